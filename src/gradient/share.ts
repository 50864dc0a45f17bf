import type { Core } from '../core/instantiate.js';
import { Lease } from '../core/memory.js';
import { type Layout, layoutCode } from '../random.js';
import { Network, type NetworkConfig, type Tensor } from '../scores/network.js';

/**
 * A batch is cut into this many leaves, whose gradients are summed in one binary tree: the sum has the same bits
 * however the leaves are shared out over threads.
 */
export const LEAVES = 8;

/** The sum over the leaves first ... first + size - 1: a node of the tree. */
export interface TreeNode {
  first: number;
  size: number;
  /** Part of the batch's loss. */
  loss: number;
}

export interface ShareConfig {
  batch: number;
  layout: Layout;
  /** The leaves of this share: first to end, without end. */
  first: number;
  end: number;
}

/** Gradients of some leaves of every batch. */
export class GradientShare {
  readonly #network: Network;
  readonly #config: ShareConfig;
  readonly #lease: Lease;
  #work = 0;
  #input = 0;
  readonly #free: number[] = [];
  readonly #buffers: number[] = [];

  constructor(network: Network, config: ShareConfig) {
    const { wasm, memory } = network.core;
    this.#network = network;
    this.#config = config;
    this.#lease = new Lease(memory, (lease) => {
      this.#work = lease.take(wasm.workspaceLayout(0, network.pointer));
      this.#input = lease.take(4 * config.batch * (network.config.dim + 2));
    });
    wasm.workspaceLayout(this.#work, network.pointer);
  }

  /**
   * The largest nodes that this share's leaves make up, with where their gradients are: f32 [count] each, until the
   * next run. x: [batch, dim]; keys: [batch, 2].
   */
  run(x: Float32Array, keys: Uint32Array): (TreeNode & { at: number })[] {
    const { memory } = this.#network.core;
    const { first, end } = this.#config;
    memory.f32(this.#input, x.length).set(x);
    memory.u32(this.#input + 4 * x.length, keys.length).set(keys);
    this.#free.splice(0, this.#free.length, ...this.#buffers);
    return cover(first, end).map(({ first, size }) => this.#node(first, size));
  }

  #node(first: number, size: number): TreeNode & { at: number } {
    if (size === 1) return this.#leaf(first);
    const left = this.#node(first, size / 2);
    const right = this.#node(first + size / 2, size / 2);
    this.#network.core.wasm.accumulate(left.at, right.at, this.#network.count);
    this.#free.push(right.at);
    return { first, size, loss: left.loss + right.loss, at: left.at };
  }

  #leaf(leaf: number): TreeNode & { at: number } {
    const { wasm } = this.#network.core;
    const { config, pointer } = this.#network;
    const { batch, layout } = this.#config;
    const start = Math.floor((batch * leaf) / LEAVES);
    const samples = Math.floor((batch * (leaf + 1)) / LEAVES) - start;
    const x = this.#input + 4 * config.dim * start;
    const keys = this.#input + 4 * config.dim * batch + 8 * start;
    const at = this.buffer();
    const rows = batch * config.levels;
    const code = layoutCode('train', layout);
    const loss = wasm.dsmGradient(pointer, this.#work, x, keys, samples, rows, code, at);
    return { first: leaf, size: 1, loss, at };
  }

  /** Room for one gradient until the next run. */
  buffer(): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    const at = this.#lease.take(4 * this.#network.count + 16);
    this.#buffers.push(at);
    return at;
  }

  dispose(): void {
    this.#lease.end();
  }
}

/** The fewest nodes of the tree that make up the leaves first ... end - 1. */
function cover(first: number, end: number): { first: number; size: number }[] {
  const nodes: { first: number; size: number }[] = [];
  while (first < end) {
    let size = 1;
    while (first % (2 * size) === 0 && first + 2 * size <= end) size *= 2;
    nodes.push({ first, size });
    first += size;
  }
  return nodes;
}

/** What another thread needs to hold a share. */
export interface RemoteConfig extends ShareConfig {
  network: NetworkConfig;
  tensors: Record<string, Tensor>;
}

export interface RemoteArgs {
  /** The parameters of this step, [count]. */
  theta: Float32Array;
  x: Float32Array;
  keys: Uint32Array;
}

export type RemoteResult = (TreeNode & { gradient: Float32Array })[];

/** A share in another thread, over a network of its own. */
export function openGradientShare(core: Core, { network: config, tensors, ...share }: RemoteConfig) {
  const network = new Network(core, config);
  network.setTensors(tensors);
  const gradients = new GradientShare(network, share);
  return {
    run(args: unknown): RemoteResult {
      const { theta, x, keys } = args as RemoteArgs;
      network.setParameters(theta);
      return gradients
        .run(x, keys)
        .map(({ at, ...node }) => ({ ...node, gradient: core.memory.f32(at, network.count).slice() }));
    },
    dispose() {
      gradients.dispose();
      network.dispose();
    },
  };
}

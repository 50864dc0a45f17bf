import { type Call, makeCalls } from '../core/job.js';
import { Lease } from '../core/memory.js';
import { type Layout, layoutCode } from '../core/random.js';
import type { Network } from '../networks/network.js';
import { cover, leavesOf, type TreeNode } from './leaves.js';

export interface GradientConfig {
  /** Data points of a step. */
  batch: number;
  layout: Layout;
  objective: Objective;
}

/** What is least: the score's squared error times sigma^2, or the denoised point's. */
export type Objective = 'score' | 'denoiser';

/** The leaves of one thread: the nodes they make up, the calls that form their gradients, and where these then are. */
interface Share {
  nodes: TreeNode[];
  calls: Call[];
  at: number[];
}

/** The gradient of whole batches, shared out over the core's threads. */
export class GradientTree {
  readonly #network: Network;
  readonly #config: GradientConfig;
  readonly #lease: Lease;
  readonly #leaves: number;
  #work = 0;
  #input = 0;
  /** Room for gradients, f32 [count] each. */
  #buffers: number[] = [];
  readonly #shares: Share[];

  private constructor(network: Network, config: GradientConfig) {
    const { core } = network;
    const { wasm, memory } = core;
    const leaves = leavesOf(config.batch * network.config.levels);
    const threads = Math.min(core.threads, leaves);
    const covers = Array.from({ length: threads }, (_, i) =>
      cover(Math.floor((leaves * i) / threads), Math.floor((leaves * (i + 1)) / threads)),
    );
    this.#network = network;
    this.#config = config;
    this.#leaves = leaves;
    this.#lease = new Lease(memory, (lease) => {
      this.#work = lease.take(wasm.workspaceLayout(0, network.pointer));
      this.#input = lease.take(4 * config.batch * (network.config.dim + 2));
      // A sum in progress holds one gradient a height of the tree.
      const most = covers.flat().length + Math.log2(leaves);
      this.#buffers = Array.from({ length: most }, () => lease.take(4 * network.count + 16));
    });
    wasm.workspaceLayout(this.#work, network.pointer);
    this.#shares = covers.map((nodes) => ({
      nodes,
      calls: nodes.flatMap((node, slot) => this.#form(node, slot)),
      at: nodes.map((_, slot) => this.#buffers[slot]),
    }));
  }

  static async open(network: Network, config: GradientConfig): Promise<GradientTree> {
    const tree = new GradientTree(network, config);
    try {
      const { memory, pool } = network.core;
      const pack: Call = ['workspaceLayout', tree.#work, network.pointer];
      await pool?.perform(
        tree.#shares.slice(1).map(() => ({
          size: memory.size,
          write: [memory.segment(memory.span(network.pointer))],
          calls: [pack],
          read: [],
        })),
      );
      return tree;
    } catch (error) {
      tree.dispose();
      throw error;
    }
  }

  /** The loss of a batch and where its gradient is: f32 [count], until the next run. x: [batch, dim]; keys: [batch, 2]. */
  async run(x: Float32Array, keys: Uint32Array): Promise<{ loss: number; at: number }> {
    const { core, count, pointer } = this.#network;
    const { wasm, memory, pool } = core;
    memory.f32(this.#input, x.length).set(x);
    memory.u32(this.#input + 4 * x.length, keys.length).set(keys);
    const [local, ...remote] = this.#shares;
    const theta = { at: wasm.networkTheta(pointer), bytes: 4 * count };
    const input = { at: this.#input, bytes: 4 * (x.length + keys.length) };
    // Asked before this thread starts its own share, which keeps it busy.
    const answers = pool?.perform(
      remote.map(({ calls, at }) => ({
        size: memory.size,
        write: [memory.segment(theta), memory.segment(input)],
        calls: [['networkPack', pointer], ...calls],
        read: at.map((gradient) => ({ at: gradient, bytes: 4 * count })),
      })),
    );
    const results = [{ values: makeCalls(wasm, local.calls), read: [] }, ...((await answers) ?? [])];
    // The calls that form leaves return their losses, in order; those that add return nothing.
    const losses = results.flatMap(({ values }, i) =>
      values.slice(i === 0 ? 0 : 1).filter((loss) => loss !== undefined),
    );
    const nodes = new Map<string, number>();
    let slot = 0;
    this.#shares.forEach((share, i) => {
      share.nodes.forEach((node, n) => {
        const at = this.#buffers[slot++];
        if (i > 0) memory.write(at, results[i].read[n]);
        nodes.set(`${node.first} ${node.size}`, at);
      });
    });
    return { loss: treeSum(losses), at: this.#join(nodes, 0, this.#leaves) };
  }

  /** The calls that leave a node's gradient in the buffer `slot`. */
  #form({ first, size }: TreeNode, slot: number): Call[] {
    if (size === 1) return [this.#leaf(first, this.#buffers[slot])];
    const half = size / 2;
    return [
      ...this.#form({ first, size: half }, slot),
      ...this.#form({ first: first + half, size: half }, slot + 1),
      ['accumulate', this.#buffers[slot], this.#buffers[slot + 1], this.#network.count],
    ];
  }

  #leaf(leaf: number, at: number): Call {
    const { config, pointer } = this.#network;
    const { batch, layout, objective } = this.#config;
    const start = Math.floor((batch * leaf) / this.#leaves);
    const samples = Math.floor((batch * (leaf + 1)) / this.#leaves) - start;
    const x = this.#input + 4 * config.dim * start;
    const keys = this.#input + 4 * config.dim * batch + 8 * start;
    const rows = batch * config.levels;
    const code = layoutCode('train', layout);
    const weights = objective === 'denoiser' ? 1 : 0;
    return ['dsmGradient', pointer, this.#work, x, keys, samples, rows, code, at, weights];
  }

  /** Sums nodes whose gradients are known into one. */
  #join(nodes: Map<string, number>, first: number, size: number): number {
    const whole = nodes.get(`${first} ${size}`);
    if (whole !== undefined) return whole;
    const left = this.#join(nodes, first, size / 2);
    const right = this.#join(nodes, first + size / 2, size / 2);
    this.#network.core.wasm.accumulate(left, right, this.#network.count);
    return left;
  }

  dispose(): void {
    this.#lease.end();
  }
}

/** The sum of the leaves' losses, in the order of the tree. */
function treeSum(losses: number[]): number {
  if (losses.length === 1) return losses[0];
  const half = losses.length / 2;
  return treeSum(losses.slice(0, half)) + treeSum(losses.slice(half));
}

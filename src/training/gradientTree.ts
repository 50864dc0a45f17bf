import { type Call, makeCalls } from '../core/job.js';
import { Lease } from '../core/memory.js';
import type { Span } from '../core/segments.js';
import { makePass, type PassCalls } from '../core/together.js';
import type { PlannedNetwork } from '../networks/planned.js';
import { cover, type SumNode, threadsOf } from './leaves.js';
import type { BatchObjective } from './objective.js';

export interface GradientConfig {
  /** Points of a batch. */
  batch: number;
  /** Leaves of the tree in which gradients are summed. */
  leaves: number;
}

/** What one thread does for a batch. */
interface Share {
  /** The calls that form the gradients of its nodes. */
  calls: Call[];
  /** Where the losses of its leaves, and those gradients, then stand. */
  results: Span[];
}

/** The gradient of whole batches, shared out over the core's threads. */
export class GradientTree {
  readonly #network: PlannedNetwork;
  readonly #config: GradientConfig;
  readonly #objective: BatchObjective;
  readonly #lease: Lease;
  readonly #shares: Share[];
  #input = 0;
  /** Losses of the leaves, f64. */
  #losses = 0;
  /** Gradients f32 [count] of the nodes that threads form, by their names. */
  readonly #gradients = new Map<string, number>();
  /** Where the whole gradient then is, or its two halves: whoever updates the parameters adds them. */
  readonly #whole: number[];
  /** What is summed when all threads have formed their nodes: into the first, the second. */
  readonly #sums: [left: number, right: number][] = [];
  /** Settles when the other threads have what was last sent to them. */
  #announced: Promise<void> = Promise.resolve();
  /** The network's version that the threads know. */
  #version: number;

  private constructor(network: PlannedNetwork, objective: BatchObjective, config: GradientConfig) {
    const { core, count } = network;
    const { batch, leaves } = config;
    const threads = threadsOf(core, leaves);
    const rooms = core.memory.rooms(threads);
    const ranges = Array.from({ length: threads }, (_, i) => ({
      first: Math.floor((leaves * i) / threads),
      end: Math.floor((leaves * (i + 1)) / threads),
    }));
    const nodes = ranges.map(({ first, end }) => cover(first, end));
    this.#network = network;
    this.#version = network.version;
    this.#config = config;
    this.#objective = objective;
    // The second half of a node is summed beside the first: one gradient a height of the tree, in each room.
    const heights = nodes.map((of) => 31 - Math.clz32(Math.max(...of.map(({ size }) => size))));
    const spare: number[][] = [];
    this.#lease = new Lease(core.memory, (lease) => {
      const gradient = () => lease.take(4 * count + 32);
      // Kernels read whole vectors, beyond the last point too.
      this.#input = lease.take(4 * batch * objective.pointWords + 64);
      this.#losses = lease.take(8 * leaves);
      for (const node of nodes.flat()) this.#gradients.set(nameOf(node), gradient());
      for (let room = 0; room < rooms; room++) {
        const length = rooms === 1 ? Math.max(...heights) : heights[room];
        spare.push(Array.from({ length }, gradient));
      }
    });
    const half = leaves / 2;
    const whole = this.#gradients.get(nameOf({ first: 0, size: leaves }));
    this.#whole = whole === undefined ? [this.#sumOf(0, half), this.#sumOf(half, half)] : [whole];
    this.#shares = ranges.map(({ first, end }, i) => ({
      calls: nodes[i].flatMap((node) =>
        this.#gradientCalls(node, this.#at(node), spare[i % rooms], i % rooms),
      ),
      results: [
        { at: this.#losses + 8 * first, bytes: 8 * (end - first) },
        ...nodes[i].map((node) => ({ at: this.#at(node), bytes: 4 * count })),
      ],
    }));
  }

  /** The objective is the tree's from here on, which disposes of it. */
  static async open(
    network: PlannedNetwork,
    objective: BatchObjective,
    config: GradientConfig,
  ): Promise<GradientTree> {
    let tree: GradientTree;
    try {
      tree = new GradientTree(network, objective, config);
    } catch (error) {
      objective.dispose();
      throw error;
    }
    try {
      await tree.#copy([...network.spans(), ...tree.#objective.spans()]);
      return tree;
    } catch (error) {
      tree.dispose();
      throw error;
    }
  }

  /** Makes the pass that changes the parameters, and derives anew in every thread what depends on them. */
  async update(pass: PassCalls): Promise<void> {
    const network = this.#network;
    await makePass(network.core, network.count, pass);
    this.#announce([{ at: network.pointer, bytes: 4 * network.count }], network.packing(0, 1));
    await network.changedTogether();
    this.#version = network.version;
  }

  /**
   * The loss of a batch, and where the one or two parts of its gradient are: f32 [count], until the next run.
   *
   * @param points as the objective reads them, words of `batch` points
   * @param meanwhile work of this thread that may be done before other threads answer
   */
  async run(points: Uint32Array, meanwhile: () => void): Promise<{ loss: number; gradient: number[] }> {
    const { core, count, version } = this.#network;
    const { memory, pool } = core;
    const { leaves } = this.#config;
    // Somebody else changed the network, perhaps more than its parameters.
    if (version !== this.#version) this.#announce(this.#network.spans());
    this.#version = version;
    memory.u32(this.#input, points.length).set(points);
    const [local, ...remote] = this.#shares;
    const input = { at: this.#input, bytes: 4 * points.length };
    // Posted before this thread computes its own share, which keeps it busy.
    const answers = pool?.perform(
      remote.map(({ calls, results }) => ({ reads: [input], calls, leaves: results })),
    );
    makeCalls(core.wasm, local.calls);
    meanwhile();
    await answers;
    await this.#announced;
    const sums = this.#sums;
    if (sums.length > 0)
      await makePass(core, count, (part, parts) =>
        sums.map(([left, right]) => ['accumulate', left, right, count, part, parts]),
      );
    return { loss: treeSum(memory.f64(this.#losses, leaves)), gradient: this.#whole };
  }

  /** Gives all other threads what changed. If that fails, the next run throws. */
  #announce(spans: Span[], calls: readonly Call[] = []): void {
    this.#announced = this.#copy(spans, calls);
    this.#announced.catch(() => {});
  }

  async #copy(spans: Span[], calls: readonly Call[] = []): Promise<void> {
    const others = this.#shares.slice(1);
    await this.#network.core.pool?.copy(
      others.map(() => spans),
      calls,
    );
  }

  /** The calls that leave a node's gradient at `gradient`, with spare ones for the second halves of its parts. */
  #gradientCalls(node: SumNode, gradient: number, [beside, ...spare]: number[], room: number): Call[] {
    const { first, size } = node;
    if (size === 1) return [this.#leaf(first, gradient, room)];
    const half = size / 2;
    return [
      ...this.#gradientCalls({ first, size: half }, gradient, [beside, ...spare], room),
      ...this.#gradientCalls({ first: first + half, size: half }, beside, spare, room),
      ['accumulate', gradient, beside, this.#network.count, 0, 1],
    ];
  }

  #leaf(leaf: number, gradient: number, room: number): Call {
    const { batch, leaves } = this.#config;
    const start = Math.floor((batch * leaf) / leaves);
    const count = Math.floor((batch * (leaf + 1)) / leaves) - start;
    const points = this.#input + 4 * this.#objective.pointWords * start;
    return this.#objective.call(points, count, gradient, this.#losses + 8 * leaf, room);
  }

  /** Notes how the nodes of the leaves first ... first + size - 1 are summed into the first one's gradient; returns where that is. */
  #sumOf(first: number, size: number): number {
    const whole = this.#gradients.get(nameOf({ first, size }));
    if (whole !== undefined) return whole;
    const left = this.#sumOf(first, size / 2);
    const right = this.#sumOf(first + size / 2, size / 2);
    this.#sums.push([left, right]);
    return left;
  }

  /** Where the gradient of a node that one thread forms stands. */
  #at(node: SumNode): number {
    return this.#gradients.get(nameOf(node)) as number;
  }

  dispose(): void {
    this.#objective.dispose();
    this.#lease.end();
  }
}

function nameOf({ first, size }: SumNode): string {
  return `${first} ${size}`;
}

/** The sum of the leaves' losses, in the order of the tree. */
function treeSum(losses: Float64Array): number {
  if (losses.length === 1) return losses[0];
  const half = losses.length / 2;
  return treeSum(losses.subarray(0, half)) + treeSum(losses.subarray(half));
}

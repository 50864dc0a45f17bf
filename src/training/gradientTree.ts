import { type Call, makeCalls } from '../core/job.js';
import { Lease } from '../core/memory.js';
import { cover, type TreeNode } from './leaves.js';
import { DenoisingObjective, type LevelNetwork, type ObjectiveConfig } from './objective.js';

export interface GradientConfig extends ObjectiveConfig {
  /** Leaves of the tree in which gradients are summed. */
  leaves: number;
}

/** The leaves of one thread. */
interface Share {
  /** The first of its leaves, and the one behind its last. */
  first: number;
  end: number;
  /** The nodes they make up, and where the gradients of these then are. */
  nodes: TreeNode[];
  gradients: number[];
  /** The calls that form the gradients. */
  calls: Call[];
}

/** The gradient of whole batches, shared out over the core's threads. */
export class GradientTree {
  readonly #network: LevelNetwork;
  readonly #config: GradientConfig;
  readonly #objective: DenoisingObjective;
  readonly #lease: Lease;
  readonly #shares: Share[];
  #input = 0;
  /** Losses of the leaves, f64. */
  #losses = 0;
  /** Room for gradients, f32 [count] each. */
  #buffers: number[] = [];

  private constructor(network: LevelNetwork, config: GradientConfig) {
    const { core, plan, count } = network;
    const { batch, leaves } = config;
    const threads = Math.min(core.threads, leaves);
    const shares = Array.from({ length: threads }, (_, i) => {
      const [first, end] = [Math.floor((leaves * i) / threads), Math.floor((leaves * (i + 1)) / threads)];
      return { first, end, nodes: cover(first, end) };
    });
    this.#network = network;
    this.#config = config;
    this.#objective = new DenoisingObjective(network, config);
    try {
      this.#lease = new Lease(core.memory, (lease) => {
        this.#input = lease.take(4 * batch * (plan.input.size + 2));
        this.#losses = lease.take(8 * leaves);
        // A sum in progress holds one gradient a height of the tree.
        const most = shares.flatMap(({ nodes }) => nodes).length + Math.log2(leaves);
        this.#buffers = Array.from({ length: most }, () => lease.take(4 * count + 16));
      });
    } catch (error) {
      this.#objective.dispose();
      throw error;
    }
    this.#shares = shares.map((share) => ({
      ...share,
      gradients: share.nodes.map((_, slot) => this.#buffers[slot]),
      calls: share.nodes.flatMap((node, slot) => this.#form(node, slot)),
    }));
  }

  static async open(network: LevelNetwork, config: GradientConfig): Promise<GradientTree> {
    const tree = new GradientTree(network, config);
    try {
      const { memory, pool } = network.core;
      const spans = [memory.span(network.pointer), ...tree.#objective.spans()];
      await pool?.perform(
        tree.#shares.slice(1).map(() => ({
          size: memory.size,
          write: spans.map((span) => memory.segment(span)),
          calls: [],
          read: [],
        })),
      );
      return tree;
    } catch (error) {
      tree.dispose();
      throw error;
    }
  }

  /** The loss of a batch, and where its gradient is: f32 [count], until the next run. x: [batch, dim]; keys: [batch, 2]. */
  async run(x: Float32Array, keys: Uint32Array): Promise<{ loss: number; gradient: number }> {
    const { core, count, pointer, packing } = this.#network;
    const { wasm, memory, pool } = core;
    const { leaves } = this.#config;
    memory.f32(this.#input, x.length).set(x);
    memory.u32(this.#input + 4 * x.length, keys.length).set(keys);
    const [local, ...remote] = this.#shares;
    const parameters = { at: pointer, bytes: 4 * count };
    const input = { at: this.#input, bytes: 4 * (x.length + keys.length) };
    // Asked before this thread starts its own share, which keeps it busy.
    const answers = pool?.perform(
      remote.map(({ calls, gradients, first, end }) => ({
        size: memory.size,
        write: [memory.segment(parameters), memory.segment(input)],
        calls: [packing, ...calls],
        read: [
          { at: this.#losses + 8 * first, bytes: 8 * (end - first) },
          ...gradients.map((at) => ({ at, bytes: 4 * count })),
        ],
      })),
    );
    makeCalls(wasm, local.calls);
    const nodes = new Map<string, number>();
    const place = ({ first, size }: TreeNode, at: number) => nodes.set(`${first} ${size}`, at);
    local.nodes.forEach((node, n) => {
      place(node, local.gradients[n]);
    });
    let slot = local.nodes.length;
    ((await answers) ?? []).forEach(({ read: [losses, ...gradients] }, i) => {
      memory.write(this.#losses + 8 * remote[i].first, losses);
      remote[i].nodes.forEach((node, n) => {
        const at = this.#buffers[slot++];
        memory.write(at, gradients[n]);
        place(node, at);
      });
    });
    return { loss: treeSum(memory.f64(this.#losses, leaves)), gradient: this.#join(nodes, 0, leaves) };
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

  #leaf(leaf: number, gradient: number): Call {
    const { batch, leaves } = this.#config;
    const dim = this.#network.plan.input.size;
    const start = Math.floor((batch * leaf) / leaves);
    const count = Math.floor((batch * (leaf + 1)) / leaves) - start;
    const x = this.#input + 4 * dim * start;
    const keys = this.#input + 4 * dim * batch + 8 * start;
    return this.#objective.call(x, keys, count, gradient, this.#losses + 8 * leaf);
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
    this.#objective.dispose();
    this.#lease.end();
  }
}

/** The sum of the leaves' losses, in the order of the tree. */
function treeSum(losses: Float64Array): number {
  if (losses.length === 1) return losses[0];
  const half = losses.length / 2;
  return treeSum(losses.subarray(0, half)) + treeSum(losses.subarray(half));
}

import type { RemoteShare } from '../core/pool.js';
import type { Network } from '../scores/network.js';
import {
  GradientShare,
  LEAVES,
  type RemoteArgs,
  type RemoteConfig,
  type RemoteResult,
  type ShareConfig,
  type TreeNode,
} from './share.js';

/** The gradient of whole batches, shared out over the core's threads. */
export class GradientTree {
  readonly #network: Network;
  readonly #local: GradientShare;
  readonly #remote: RemoteShare<RemoteArgs, RemoteResult>[];

  private constructor(
    network: Network,
    local: GradientShare,
    remote: RemoteShare<RemoteArgs, RemoteResult>[],
  ) {
    this.#network = network;
    this.#local = local;
    this.#remote = remote;
  }

  static async open(network: Network, config: Pick<ShareConfig, 'batch' | 'layout'>): Promise<GradientTree> {
    const { pool, threads } = network.core;
    const shares = Math.min(threads, LEAVES);
    const bounds = (i: number) => ({
      first: Math.floor((LEAVES * i) / shares),
      end: Math.floor((LEAVES * (i + 1)) / shares),
    });
    const open = (index: number) => {
      const share: RemoteConfig = {
        ...config,
        ...bounds(index + 1),
        network: network.config,
        tensors: network.tensors(),
      };
      return pool?.open<RemoteArgs, RemoteResult>(index, 'gradient', share);
    };
    const local = new GradientShare(network, { ...config, ...bounds(0) });
    try {
      const remote = await Promise.all(Array.from({ length: shares - 1 }, (_, index) => open(index)));
      return new GradientTree(
        network,
        local,
        remote.filter((share) => share !== undefined),
      );
    } catch (error) {
      local.dispose();
      throw error;
    }
  }

  /** The loss of a batch and where its gradient is: f32 [count], until the next run. x: [batch, dim]; keys: [batch, 2]. */
  async run(x: Float32Array, keys: Uint32Array): Promise<{ loss: number; at: number }> {
    const { memory } = this.#network.core;
    // Asked before this thread starts its own share, which keeps it busy.
    const answers =
      this.#remote.length > 0 &&
      Promise.all(this.#remote.map((share) => share.run({ theta: this.#network.parameters(), x, keys })));
    // A thread lost meanwhile is reported by the await below; until then it is not unhandled.
    if (answers) answers.catch(() => {});
    const nodes = this.#local.run(x, keys);
    for (const { gradient, ...node } of answers ? (await answers).flat() : []) {
      const at = this.#local.buffer();
      memory.f32(at, gradient.length).set(gradient);
      nodes.push({ ...node, at });
    }
    return this.#sum(nodes, 0, LEAVES);
  }

  #sum(nodes: (TreeNode & { at: number })[], first: number, size: number): { loss: number; at: number } {
    const whole = nodes.find((node) => node.first === first && node.size === size);
    if (whole) return whole;
    const left = this.#sum(nodes, first, size / 2);
    const right = this.#sum(nodes, first + size / 2, size / 2);
    this.#network.core.wasm.accumulate(left.at, right.at, this.#network.count);
    return { loss: left.loss + right.loss, at: left.at };
  }

  dispose(): void {
    this.#local.dispose();
    for (const share of this.#remote) share.close();
  }
}

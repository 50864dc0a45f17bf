import type { PlannedNetwork } from '../networks/planned.js';
import { GradientTree } from './gradientTree.js';
import type { BatchObjective } from './objective.js';
import { Adam, type AdamMoments, type AdamOptions } from './optimiser.js';

/** How batches are summed. */
export interface DescentConfig {
  /** Points of a batch. */
  batch: number;
  /** Leaves of the tree in which gradients are summed. */
  leaves: number;
}

/** Adam's updates of a network by the gradients of batches. */
export class Descent {
  readonly #network: PlannedNetwork;
  readonly #adam: Adam;
  readonly #tree: GradientTree;
  #hasUpdated = false;

  private constructor(network: PlannedNetwork, adam: Adam, tree: GradientTree) {
    this.#network = network;
    this.#adam = adam;
    this.#tree = tree;
  }

  /** The objective is the descent's from here on, which disposes of it. */
  static async open(
    network: PlannedNetwork,
    objective: BatchObjective,
    config: DescentConfig,
    moments?: AdamMoments,
  ): Promise<Descent> {
    const tree = await GradientTree.open(network, objective, config);
    try {
      const adam = new Adam(network.core, network.count);
      if (moments) adam.setMoments(moments);
      return new Descent(network, adam, tree);
    } catch (error) {
      tree.dispose();
      throw error;
    }
  }

  /**
   * The update number t = 1, 2, ... Returns the loss before it. If that is not finite, there is no update: the network gets
   * back the last parameters that gave a finite one.
   *
   * @param points the words of a batch, as the objective reads them
   * @param meanwhile work of this thread that may be done before other threads answer
   */
  async update(
    points: Uint32Array,
    t: number,
    learningRate: number,
    meanwhile: () => void,
    options?: AdamOptions,
  ): Promise<number> {
    const network = this.#network;
    network.check();
    const { loss, gradient } = await this.#tree.run(points, meanwhile);
    network.check();
    if (!Number.isFinite(loss)) {
      if (this.#hasUpdated) network.setParameters(this.#adam.before());
      return loss;
    }
    await this.#tree.update(this.#adam.calls(network.pointer, gradient, t, learningRate, options));
    this.#hasUpdated = true;
    return loss;
  }

  /** A copy of Adam's moments. */
  moments(): AdamMoments {
    return this.#adam.moments();
  }

  dispose(): void {
    this.#adam.dispose();
    this.#tree.dispose();
  }
}

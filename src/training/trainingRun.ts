import { Categorical } from '../core/categorical.js';
import { type Key, split } from '../core/random.js';
import type { PointSet } from '../core/score.js';
import type { NetworkConfig } from '../networks/networkConfig.js';
import type { Tensor } from '../networks/planned.js';
import type { TrainConfig } from './config.js';
import { Descent } from './descent.js';
import { threadsOf } from './leaves.js';
import type { Method } from './method.js';
import type { LevelObjective, TrainableNetwork } from './objective.js';

/** A run between two steps. */
export interface Checkpoint<Config extends object = NetworkConfig> {
  /** Sizes and scales of the network. */
  network: Config;
  /** Settings of the whole run. */
  training: TrainConfig;
  /** Steps done. */
  step: number;
  /** The key of the next step. */
  key: Key;
  /**
   * Parts of a batch whose gradients are summed in a binary tree: they fix the order of sums, and so their bits. When left
   * out, as many as a new run would have.
   */
  leaves?: number;
  /** Panels of the blocks in which such a part is computed, which fix the order of sums too. When left out, as leaves. */
  panels?: number;
  /** The network's tensors. */
  tensors: Record<string, Tensor>;
  /** Adam's running means of the gradient and its square, [count] each, in the order of the parameters. */
  mean: Float32Array;
  /** Adam's averages of squared gradients, by name. */
  square: Float32Array;
}

/** The points of one step, as the objective reads them, and the key of the next step. */
interface Batch {
  /** The step's key, from which it was drawn. */
  key: Key;
  points: Uint32Array;
  nextKey: Key;
}

/** What one training run takes from memory, and one step over it. */
export class TrainingRun<Config extends object> {
  readonly #network: TrainableNetwork<Config>;
  readonly #data: PointSet;
  readonly #config: TrainConfig;
  readonly #method: Method;
  readonly #leaves: number;
  readonly #panels: number;
  readonly #points: Categorical;
  /** The batch of the step to come, once it is drawn. */
  #nextBatch?: Batch;
  /** The steps behind the last update, those before a resume too; 0 before this run's first update, -1 during one and once it has ended. */
  #stepsDone = 0;
  #objective!: LevelObjective;
  #descent!: Descent;

  private constructor(
    network: TrainableNetwork<Config>,
    data: PointSet,
    config: TrainConfig,
    method: Method,
    { leaves, panels }: { leaves?: number; panels?: number } = {},
  ) {
    const sums = method.sums(network, config);
    this.#network = network;
    this.#data = data;
    this.#config = config;
    this.#method = method;
    this.#leaves = leaves ?? sums.leaves;
    this.#panels = panels ?? sums.panels;
    this.#points = new Categorical(network.core, data.logits, config.drawing);
  }

  static async start<Config extends object>(
    network: TrainableNetwork<Config>,
    data: PointSet,
    config: TrainConfig,
    method: Method,
    resume?: Checkpoint<Config>,
  ): Promise<TrainingRun<Config>> {
    const run = new TrainingRun(network, data, config, method, resume);
    try {
      if (resume) network.setTensors(resume.tensors);
      const { core } = network;
      const rooms = core.memory.rooms(threadsOf(core, run.#leaves));
      run.#objective = method.open(network, config, { panels: run.#panels, rooms });
      run.#descent = await Descent.open(
        network,
        run.#objective,
        { batch: config.batch, leaves: run.#leaves },
        resume,
      );
      return run;
    } catch (error) {
      run.dispose();
      throw error;
    }
  }

  /** The update of this step, counted from 0, by its key; returns the loss before it, and the key of the next step. */
  async step(key: Key, step: number, learningRate: number): Promise<{ loss: number; nextKey: Key }> {
    const network = this.#network;
    const { points, nextKey } = this.#nextBatch?.key === key ? this.#nextBatch : this.#draw(key);
    // Until the update is made, the network is between two steps.
    this.#stepsDone = -1;
    const loss = await this.#descent.update(points, step + 1, learningRate, () => {
      if (step + 1 < this.#config.steps) this.#nextBatch = this.#draw(nextKey);
    });
    if (!Number.isFinite(loss)) {
      const sigmaMin = (network.config as { sigmaMin?: number }).sigmaMin ?? network.sigmas[0];
      throw new Error(
        `${this.#method.caller}: the loss is ${loss} at step ${step}; lower learningRate (now ${this.#config.learningRate}) or raise sigmaMin (now ${sigmaMin})`,
      );
    }
    this.#stepsDone = step + 1;
    return { loss, nextKey };
  }

  /**
   * The batch of the step that has this key: it splits into a key for each point's noise, one for the points, and the next; where
   * there are projections, also into a last one, which splits into a key for each point's.
   */
  #draw(key: Key): Batch {
    const { batch, layout } = this.#config;
    const { dim, points } = this.#data;
    const hasProjections = this.#method.hasProjections(this.#config);
    const keys = split(key, batch + (hasProjections ? 3 : 2), { layout });
    const projectionKeys = hasProjections ? split(keys[batch + 2], batch, { layout }) : [];
    const drawn = this.#points.draw(keys[batch], batch, { layout });
    const words = new Uint32Array(batch * this.#objective.pointWords);
    drawn.forEach((index, b) => {
      const x = points.subarray(index * dim, (index + 1) * dim);
      this.#objective.write(words, b, x, keys[b], projectionKeys[b]);
    });
    return { key, points: words, nextKey: keys[batch + 1] };
  }

  /** The run as it stands after so many steps, with the key of the next one. */
  checkpoint(step: number, key: Key): Checkpoint<Config> {
    if (step !== this.#stepsDone) {
      throw new Error(
        `${this.#method.caller}: checkpoint() of step ${step - 1} must be called before the next step`,
      );
    }
    const tensors = this.#network.tensors();
    for (const [name, { data }] of Object.entries(tensors)) {
      if (!data.every(Number.isFinite)) {
        const rate = this.#config.learningRate;
        throw new RangeError(
          `${this.#method.caller}: ${name} is no longer finite after step ${step - 1}; lower learningRate (now ${rate})`,
        );
      }
    }
    return {
      network: { ...this.#network.config },
      training: { ...this.#config },
      step,
      key: key.slice(),
      leaves: this.#leaves,
      panels: this.#panels,
      tensors,
      ...this.#descent.moments(),
    };
  }

  dispose(): void {
    this.#stepsDone = -1;
    this.#points.dispose();
    this.#descent?.dispose();
  }
}

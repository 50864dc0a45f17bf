import { exp, square } from '../core/elementary.js';
import { Lease } from '../core/memory.js';
import { type Key, split, uniform } from '../core/random.js';
import { makePass } from '../core/together.js';
import { type LearnedDenoiser, scoreCoefficients } from '../networks/learnedDenoiser.js';
import type { PlannedNetwork, Tensor } from '../networks/planned.js';
import { type DenoiserTraining, drawNoises, weightOf } from './denoiserConfig.js';
import { Descent } from './descent.js';
import { leavesOf, panelsOf, threadsOf } from './leaves.js';
import { isMatching, matchingSums, ScoreMatching } from './matching.js';
import type { AdamMoments } from './optimiser.js';
import { DenoisingRegression } from './regression.js';
import type { TrainingPoints } from './trainingPoints.js';

/** The state of a run between two steps. */
export interface DenoiserState extends AdamMoments {
  /** Steps done. */
  step: number;
  /** The key of the next step. */
  key: Key;
  /** Parts of a batch, and panels of their blocks: they fix the order of sums, and so their bits. */
  leaves: number;
  panels: number;
  /** The network's tensors, and their moving averages. */
  tensors: Record<string, Tensor>;
  average: Record<string, Tensor>;
}

/** The words of one step's points, and the key of the next step. */
interface Batch {
  /** The step's key, from which it was drawn. */
  key: Key;
  words: Uint32Array;
  nextKey: Key;
}

/** What one training of a denoiser takes from memory, and one step over it. */
export class DenoiserRun {
  readonly #denoiser: LearnedDenoiser;
  readonly #points: TrainingPoints;
  readonly #config: DenoiserTraining;
  readonly #objective: DenoisingRegression | ScoreMatching;
  readonly #leaves: number;
  readonly #panels: number;
  readonly #lease: Lease;
  /** Address of the moving average of the parameters, f32 [count]. */
  #average = 0;
  #descent!: Descent;
  /** The batch of the step to come, once it is drawn. */
  #nextBatch?: Batch;
  /** Steps behind the last update; -1 during one, and once the run has ended. */
  #stepsDone: number;

  private constructor(
    denoiser: LearnedDenoiser,
    points: TrainingPoints,
    config: DenoiserTraining,
    resume?: DenoiserState,
  ) {
    const { network, core } = denoiser;
    this.#denoiser = denoiser;
    this.#points = points;
    this.#config = config;
    const sums = sumsOf(network, config);
    this.#leaves = resume?.leaves ?? sums.leaves;
    this.#panels = resume?.panels ?? sums.panels;
    this.#stepsDone = resume?.step ?? 0;
    this.#lease = new Lease(core.memory, (lease) => {
      this.#average = lease.take(4 * network.count + 32);
    });
    try {
      if (resume) network.setTensors(resume.tensors);
      const average = resume ? network.flat(resume.average) : network.parameters();
      core.memory.f32(this.#average, network.count).set(average);
      const rooms = core.memory.rooms(threadsOf(core, this.#leaves));
      const { batch, layout, objective, projections } = config;
      const common = { batch, layout, panels: this.#panels, rooms };
      this.#objective = isMatching(objective)
        ? new ScoreMatching('trainDenoiser', network, { ...common, objective, projections })
        : new DenoisingRegression(denoiser, common);
    } catch (error) {
      this.#lease.end();
      throw error;
    }
  }

  static async start(
    denoiser: LearnedDenoiser,
    points: TrainingPoints,
    config: DenoiserTraining,
    resume?: DenoiserState,
  ): Promise<DenoiserRun> {
    const run = new DenoiserRun(denoiser, points, config, resume);
    try {
      const sums = { batch: config.batch, leaves: run.#leaves };
      run.#descent = await Descent.open(denoiser.network, run.#objective, sums, resume);
      return run;
    } catch (error) {
      run.dispose();
      throw error;
    }
  }

  /** The update of this step, counted from 0, by its key; returns the loss before it, and the key of the next step. */
  async step(key: Key, step: number, learningRate: number): Promise<{ loss: number; nextKey: Key }> {
    const { words, nextKey } = this.#nextBatch?.key === key ? this.#nextBatch : this.#draw(key);
    const { steps, weightDecay, clip } = this.#config;
    // Until the update is made, the network is between two steps.
    this.#stepsDone = -1;
    const loss = await this.#descent.update(
      words,
      step + 1,
      learningRate,
      () => {
        if (step + 1 < steps) this.#nextBatch = this.#draw(nextKey);
      },
      { weightDecay, ...(clip !== null && { clip }) },
    );
    if (!Number.isFinite(loss)) {
      throw new Error(
        `trainDenoiser: the loss is ${loss} at step ${step}; lower learningRate (now ${this.#config.learningRate}) or set clip, such as 1`,
      );
    }
    const { network, core } = this.#denoiser;
    const { count, pointer } = network;
    const rate = 1 - this.#decay(step);
    await makePass(core, count, (part, parts) => [
      ['moveAverage', this.#average, pointer, count, rate, part, parts],
    ]);
    this.#stepsDone = step + 1;
    return { loss, nextKey };
  }

  /** How much of the average a step keeps: at first less, so that the initial values are soon forgotten. */
  #decay(step: number): number {
    const { batch, halfLife } = this.#config;
    return Math.min(exp(-Math.LN2 * (batch / halfLife)), step / (step + 10));
  }

  /**
   * The batch of the step that has this key: it splits into a key for each point's noise z, then one each for which points, their
   * sigmas, whose classes are withheld, and the next step; where there are projections, also into a last one, which splits into a
   * key for each point's.
   */
  #draw(key: Key): Batch {
    const { batch, layout, noise, labelDropout, objective } = this.#config;
    const { core, network } = this.#denoiser;
    const isSliced = objective === 'sliced' || objective === 'slicedReduced';
    const keys = split(key, batch + (isSliced ? 5 : 4), { layout });
    const indices = this.#points.draw(keys[batch], batch, layout);
    const sigmas = drawNoises(core, keys[batch + 1], batch, noise, layout);
    const withheld = uniform(core, keys[batch + 2], [batch], { layout });
    const projectionKeys = isSliced ? split(keys[batch + 4], batch, { layout }) : [];
    const words = new Uint32Array(batch * this.#objective.pointWords);
    const unknown = Math.max(0, network.labels - 1);
    for (let b = 0; b < batch; b++) {
      const label = withheld[b] < labelDropout ? unknown : (this.#points.label(indices[b]) ?? unknown);
      const point = { key: keys[b], sigma: sigmas[b], label: network.labels > 0 ? label : 0 };
      this.#points.copy(indices[b], this.#write(words, b, point, projectionKeys[b]));
    }
    return { key, words, nextKey: keys[batch + 3] };
  }

  /** Writes point b of a batch but for its coordinates; returns where these go. */
  #write(
    words: Uint32Array,
    b: number,
    point: { key: Key; sigma: number; label: number },
    projectionKey?: Key,
  ): Float32Array {
    const { sigma } = point;
    const { config, network } = this.#denoiser;
    const objective = this.#objective;
    const weight = weightOf(this.#config.weight, config, sigma);
    if (objective instanceof DenoisingRegression) {
      const { pointWords } = objective;
      const { key, label } = point;
      return objective.write(words.subarray(b * pointWords, (b + 1) * pointWords), {
        key,
        sigma,
        weight,
        label,
      });
    }
    const coefficients = scoreCoefficients(config, sigma);
    const { time } = coefficients;
    const { numbers, level } = network.conditionOf(time);
    // Written out: to spread objects, for every point, takes longer than a small network.
    return objective.writeSample(words, b, {
      key: point.key,
      projectionKey,
      sigma,
      in: coefficients.in,
      point: coefficients.point,
      out: coefficients.out * network.outputFactor(time),
      // D - x is sigma^2 (s - target).
      weight: weight * square(square(sigma)),
      level,
      label: point.label,
      numbers,
    });
  }

  /** The run as it stands after so many steps, with the key of the next one. */
  state(step: number, key: Key): DenoiserState {
    if (step !== this.#stepsDone)
      throw new Error(`trainDenoiser: checkpoint() of step ${step - 1} must be called before the next step`);
    const { network, core } = this.#denoiser;
    const tensors = network.tensors();
    for (const [name, { data }] of Object.entries(tensors)) {
      if (!data.every(Number.isFinite)) {
        throw new RangeError(
          `trainDenoiser: ${name} is no longer finite after step ${step - 1}; lower learningRate (now ${this.#config.learningRate})`,
        );
      }
    }
    return {
      step,
      key: key.slice(),
      leaves: this.#leaves,
      panels: this.#panels,
      tensors,
      average: { ...tensors, ...network.named(core.memory.f32(this.#average, network.count).slice()) },
      ...this.#descent.moments(),
    };
  }

  dispose(): void {
    this.#stepsDone = -1;
    this.#lease.end();
    if (this.#descent) this.#descent.dispose();
  }
}

/** Parts of a batch of a new run, and panels of the blocks in which one is computed. */
export function sumsOf(
  network: PlannedNetwork,
  { batch, objective }: DenoiserTraining,
): { leaves: number; panels: number } {
  const { plan } = network;
  if (!isMatching(objective)) return { leaves: leavesOf(batch, plan), panels: panelsOf(plan) };
  return matchingSums(network, objective, batch);
}

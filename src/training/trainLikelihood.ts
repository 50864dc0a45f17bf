import { integer, positive, scale, show } from '../core/check.js';
import { log, square } from '../core/elementary.js';
import { pacer } from '../core/pause.js';
import { checkKey, type Key, key as keyOf, normal, split, uniform } from '../core/random.js';
import type { PointSet } from '../core/score.js';
import { densityHistogram } from '../diagnostics/densityHistogram.js';
import { checkGrid, type HistogramGrid } from '../diagnostics/histogram.js';
import { EnergyScore } from '../networks/denoiserScore.js';
import type { EnergyNetwork } from '../networks/energyNetwork.js';
import { type LearnedDenoiser, scoreCoefficients } from '../networks/learnedDenoiser.js';
import type { PlannedNetwork } from '../networks/planned.js';
import { rateAt, type TrainConfig } from './config.js';
import { Descent } from './descent.js';
import { leavesOf, panelsOf, threadsOf } from './leaves.js';
import { LikelihoodObjective } from './likelihood.js';
import { type Cell, cellsOf, gridAround } from './likelihoodGrid.js';
import { TrainingPoints } from './trainingPoints.js';

/** Most cells of the grid's side: each has a node in every step. */
const MOST_BINS = 512;

/** Options of {@link trainLikelihood}. */
export interface TrainLikelihoodOptions {
  /** The noise of the data: what is learned is the density of x + sigma z. */
  sigma: number;
  /**
   * Where the density is integrated, which should hold nearly all of the data with their noise. Default: a square around the points,
   * a tenth and four sigma wider on each side, of 32 x 32 cells.
   */
  grid?: HistogramGrid;
  /** Data points of a step. Default: 512. */
  batch?: number;
  /** Default: 2000. */
  steps?: number;
  /** Adam's step size; with a schedule, the largest of the run. Default: 1e-2. */
  learningRate?: number;
  /** Default: `cosine`. */
  schedule?: TrainConfig['schedule'];
  /** Each step splits it into keys for data points, their noise, nodes, and the next step. Default: key(426). */
  key?: Key;
  /** Stops the run when aborted: the generator throws its reason. */
  signal?: AbortSignal;
}

/** What {@link trainLikelihood} yields after a step. */
export interface LikelihoodStep {
  /** The step just done, counted from 0. */
  step: number;
  /**
   * Mean of -log q of this step's data points, plus (integral of q) - 1, before its update, both estimated: never below the mean of
   * -log of the normalised q, but for chance.
   */
  loss: number;
  /** Adam's step size at this step. */
  learningRate: number;
}

/**
 * Fits the density of a gradient network in the plane by maximum likelihood, in place: the network learns the distribution of
 * x + sigma z directly, where `trainDenoiser` learns its score. The loss has the integral of the density instead of the
 * logarithm of a normaliser (`assembly/training/likelihood.ts` has the equation), so that it is a sum over points: over data, and over one node in
 * each cell of a grid, drawn anew at each step, which leaves no places between nodes unseen. At the minimum the density integrates to
 * 1: `logProb` of `denoiserScores(denoiser).at(sigma)` is then nearly normalised, and `densityHistogram` says how nearly.
 *
 * Yields after every step; between steps it lets the event loop turn once every 12 ms. The gradient has the same bits on any number
 * of threads. What the network says of other noises is not trained.
 *
 * @param data in the plane; must not change meanwhile; points are drawn from it with replacement
 * @param denoiser of a gradient network in the plane, trained in place
 * @throws RangeError on bad options or data that are not two-dimensional, TypeError on a network that is no gradient, the signal's
 *   reason when aborted, and an Error when the loss is no longer finite: the network then holds the last parameters that gave a
 *   finite one
 */
export async function* trainLikelihood(
  denoiser: LearnedDenoiser<EnergyNetwork>,
  data: PointSet,
  options: TrainLikelihoodOptions = {} as TrainLikelihoodOptions,
): AsyncGenerator<LikelihoodStep, void, void> {
  const { batch = 512, steps = 2000, learningRate = 1e-2, schedule = 'cosine', signal } = options;
  const sigma = scale('trainLikelihood', 'sigma', options.sigma);
  integer('trainLikelihood', 'batch', batch);
  integer('trainLikelihood', 'steps', steps);
  positive('trainLikelihood', 'learningRate', learningRate);
  if (schedule !== 'constant' && schedule !== 'cosine')
    throw new TypeError(`trainLikelihood: schedule must be 'constant' or 'cosine', got ${show(schedule)}`);
  let key = checkKey('trainLikelihood', options.key ?? keyOf(426));
  const { network, core } = denoiser;
  if (!network.plan.energy)
    throw new TypeError(
      `trainLikelihood: the denoiser's network must be an energyNetwork, got one of kind ${show(network.kind)}`,
    );
  const points = new TrainingPoints('trainLikelihood', core, data, 'alias');
  try {
    if (points.dim !== 2 || denoiser.dim !== 2)
      throw new RangeError(
        `trainLikelihood: data and network must have dim = 2, got ${points.dim} and ${denoiser.dim}`,
      );
    const grid = options.grid ?? gridAround(data, sigma);
    checkGrid('trainLikelihood', 'grid.', grid, MOST_BINS);
    const run = await LikelihoodRun.start(denoiser, points, { sigma, batch, grid });
    try {
      const pauseWhenDue = pacer();
      for (let step = 0; step < steps; step++) {
        signal?.throwIfAborted();
        const rate = rateAt({ schedule, learningRate, steps }, step);
        const { loss, nextKey } = await run.step(key, step, rate);
        key = nextKey;
        yield { step, loss, learningRate: rate };
        await pauseWhenDue();
      }
    } finally {
      run.dispose();
    }
  } finally {
    points.dispose();
  }
}

interface LikelihoodConfig {
  sigma: number;
  batch: number;
  grid: HistogramGrid;
}

/** A run: the scalar network trains, and the denoiser's takes over its parameters after each step. */
class LikelihoodRun {
  readonly #denoiser: LearnedDenoiser<EnergyNetwork>;
  readonly #points: TrainingPoints;
  readonly #config: LikelihoodConfig;
  readonly #scalar: PlannedNetwork;
  readonly #objective: LikelihoodObjective;
  readonly #cells: readonly Cell[];
  #descent!: Descent;

  private constructor(
    denoiser: LearnedDenoiser<EnergyNetwork>,
    points: TrainingPoints,
    config: LikelihoodConfig,
    scalar: PlannedNetwork,
  ) {
    const { core, network } = denoiser;
    const { point, out, in: scale, time } = scoreCoefficients(denoiser.config, config.sigma);
    const { numbers } = network.conditionOf(time);
    this.#denoiser = denoiser;
    this.#points = points;
    this.#config = config;
    this.#scalar = scalar;
    this.#cells = cellsOf(config.grid);
    const leaves = leavesOf(this.#batch, scalar.plan);
    this.#objective = new LikelihoodObjective(
      scalar,
      {
        curvature: -point,
        gain: out / scale,
        scale,
        numbers,
        cap: -log(2 * Math.PI * square(config.sigma)),
      },
      { panels: panelsOf(scalar.plan), rooms: core.memory.rooms(threadsOf(core, leaves)) },
    );
  }

  static async start(
    denoiser: LearnedDenoiser<EnergyNetwork>,
    points: TrainingPoints,
    config: LikelihoodConfig,
  ): Promise<LikelihoodRun> {
    normalise(denoiser, config);
    const scalar = denoiser.network.scalar();
    try {
      const run = new LikelihoodRun(denoiser, points, config, scalar);
      const batch = run.#batch;
      const leaves = leavesOf(batch, scalar.plan);
      // It disposes of the objective if it fails.
      run.#descent = await Descent.open(scalar, run.#objective, { batch, leaves });
      return run;
    } catch (error) {
      scalar.dispose();
      throw error;
    }
  }

  /** Points of a step, nodes included. */
  get #batch(): number {
    return this.#config.batch + this.#cells.length;
  }

  /** The update of this step, counted from 0, by its key; returns the loss before it, and the key of the next step. */
  async step(key: Key, step: number, learningRate: number): Promise<{ loss: number; nextKey: Key }> {
    const keys = split(key, 4);
    const update = await this.#descent.update(this.#draw(keys), step + 1, learningRate, () => {});
    const { network } = this.#denoiser;
    network.setParameters(this.#scalar.parameters());
    const loss = update - 1;
    if (!Number.isFinite(loss))
      throw new Error(
        `trainLikelihood: the loss is ${loss} at step ${step}; lower learningRate (now ${learningRate})`,
      );
    return { loss, nextKey: keys[3] };
  }

  /** A batch: data points with their noise, then a node in each cell. */
  #draw(keys: Key[]): Uint32Array {
    const { core } = this.#denoiser;
    const { batch, sigma } = this.#config;
    const { pointWords } = this.#objective;
    const words = new Uint32Array(pointWords * (batch + this.#cells.length));
    const at = (i: number) => words.subarray(i * pointWords, (i + 1) * pointWords);
    const indices = this.#points.draw(keys[0], batch, 'original');
    const z = normal(core, keys[1], [batch, 2]);
    const y = new Float32Array(2);
    for (let b = 0; b < batch; b++) {
      this.#points.copy(indices[b], y);
      for (let d = 0; d < 2; d++) y[d] += sigma * z[2 * b + d];
      this.#objective.write(at(b), y, 1 / batch, false);
    }
    let next = batch;
    const u = uniform(core, keys[2], [this.#cells.length, 2]);
    for (const { low, sides } of this.#cells) {
      for (let d = 0; d < 2; d++) y[d] = low[d] + sides[d] * u[2 * (next - batch) + d];
      this.#objective.write(at(next++), y, sides[0] * sides[1], true);
    }
    return words;
  }

  dispose(): void {
    this.#descent.dispose();
    this.#scalar.dispose();
  }
}

/** Sets the network's constant so that its density integrates to 1 over the grid. */
function normalise(denoiser: LearnedDenoiser<EnergyNetwork>, { sigma, grid }: LikelihoodConfig): void {
  const { network, config } = denoiser;
  const density = new EnergyScore(denoiser, sigma);
  try {
    const { out, in: scale } = scoreCoefficients(config, sigma);
    const tensors = network.tensors();
    tensors['out.bias'].data[0] -= (densityHistogram(density, grid).logIntegral * scale) / out;
    network.setTensors(tensors);
  } finally {
    density.dispose();
  }
}

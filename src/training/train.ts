import { integer, show } from '../core/check.js';
import { pacer } from '../core/pause.js';
import { checkKey, type Key, key as keyOf } from '../core/random.js';
import type { PointSet } from '../core/score.js';
import { checkPointSet } from '../data/pointSet.js';
import type { NetworkConfig } from '../networks/networkConfig.js';
import {
  checkTraining,
  type DenoisingConfig,
  defaultTraining,
  pick,
  rateAt,
  type TrainConfig,
} from './config.js';
import { isLeafCount, leavesOf, MOST_PANELS, panelsOf } from './leaves.js';
import type { Method } from './method.js';
import { DenoisingObjective, type Objective, type TrainableNetwork } from './objective.js';
import { checkSpread, mostSpread } from './spread.js';
import { type Checkpoint, TrainingRun } from './trainingRun.js';

/** What every training takes beside its configuration. */
export interface TrainRunOptions<Config extends object = NetworkConfig> {
  /**
   * Each step splits it into `batch` keys for the noise, one for drawing the data points, the next step's key, and, where there are
   * projections, one more for these. Default: key(426), the article's.
   */
  key?: Key;
  /**
   * Where to go on. The network must have the checkpoint's configuration; of the other options, only `steps` and `signal`
   * count.
   */
  resume?: Checkpoint<Config>;
  /** Stops the run when aborted: the generator throws its reason. */
  signal?: AbortSignal;
}

/** Options of {@link train}. */
export interface TrainOptions<Config extends object = NetworkConfig>
  extends Partial<DenoisingConfig>,
    TrainRunOptions<Config> {}

/** What {@link train} yields after a step. */
export interface TrainStep<Config extends object = NetworkConfig> {
  /** The step just done, counted from 0. */
  step: number;
  /** The loss of this step's batch, before its update. */
  loss: number;
  /** Adam's step size at this step. */
  learningRate: number;
  /**
   * The state of the run after this step, as copies. To be called before the next step.
   *
   * @throws RangeError if a weight is not finite.
   */
  checkpoint(): Checkpoint<Config>;
}

/**
 * Trains a network in place by denoising score matching over all its levels (the equations are in
 * `assembly/training/denoising.ts`) with Adam. Yields after every step: the caller logs, draws and saves, and may stop. Between
 * steps it lets the event loop turn once every 12 ms.
 *
 * One run trains a network at a time: where threads share a memory, a second would change what the first is reading.
 *
 * @param data a distribution over points, which must not change meanwhile; a batch is drawn from it as jax.random.categorical draws,
 *   or in less time with `drawing` of `alias`
 * @param network trained in place
 * @throws RangeError on bad options and on data further from 1/2, by their root mean square, than 2.5 times the network's largest noise
 *   or the inverse of its lowest frequency ({@link standardised} is for these), TypeError on a key that is none, the signal's reason when aborted, and an Error
 *   when the loss is no longer finite: the network then holds the last parameters that gave a finite loss.
 * @example
 * ```js
 * import { key, loadCore, network, pointSet, train } from 'scorefield';
 *
 * const core = await loadCore();
 * const data = pointSet({ dim: 2, points: [0, 0, 1, 0, 0, 1] });
 * const net = network(core, { features: 16, width: 16, levels: 10 });
 * for await (const { step, loss } of train(net, data, { key: key(0), steps: 10, batch: 8 })) {
 *   if (step % 5 === 0) console.log(step, loss);
 * }
 * ```
 */
export function train<Config extends object>(
  network: TrainableNetwork<Config>,
  data: PointSet,
  options?: TrainOptions<Config>,
): AsyncGenerator<TrainStep<Config>, void, void>;
export function train(
  network: TrainableNetwork,
  data: PointSet,
  options?: TrainOptions,
): AsyncGenerator<TrainStep, void, void>;
export function train<Config extends object>(
  network: TrainableNetwork<Config>,
  data: PointSet,
  options: TrainOptions<Config> = {},
): AsyncGenerator<TrainStep<Config>, void, void> {
  return trainBy(denoising, network, data, options);
}

const denoising: Method = {
  caller: 'train',
  defaults: defaultTraining,
  check({ sigmas }, { objective }) {
    if (objective !== 'score' && objective !== 'denoiser')
      throw new TypeError(
        `train: objective must be 'score' or 'denoiser', got ${show(objective)}${/^(implicit|sliced)/.test(objective) ? '; matchScore trains by it' : ''}`,
      );
    if (sigmas[0] === 0) throw new RangeError('train: network must have noise, got sigmaMin 0');
  },
  sums: ({ plan, sigmas }, { batch }) => ({
    leaves: leavesOf(batch * sigmas.length, plan),
    panels: panelsOf(plan),
  }),
  hasProjections: () => false,
  open: (network, config, blocks) =>
    new DenoisingObjective(network, { ...config, objective: config.objective as Objective, ...blocks }),
};

/** As {@link train}, by any method. */
export async function* trainBy<Config extends object>(
  method: Method,
  network: TrainableNetwork<Config>,
  data: PointSet,
  options: Partial<TrainConfig> & TrainRunOptions<Config>,
): AsyncGenerator<TrainStep<Config>, void, void> {
  const { caller, defaults } = method;
  const { resume, signal } = options;
  const config: TrainConfig = resume
    ? { ...defaults, ...resume.training, steps: options.steps ?? resume.training.steps }
    : { ...defaults, ...pick(options, defaults) };
  checkTraining(caller, config);
  method.check(network, config);
  const dim = network.plan.input.size;
  if (data?.dim === undefined) checkPointSet(caller, data);
  if (data.dim !== dim)
    throw new RangeError(`${caller}: data must have the network's ${dim} coordinates, got ${data.dim}`);
  let key = checkKey(caller, resume?.key ?? options.key ?? keyOf(426));
  if (resume) checkResume(caller, network, resume);
  checkPointSet(caller, data);
  // A run goes on as it began.
  if ((resume?.step ?? 0) === 0) checkSpread(caller, data, mostSpread(network.config), 0.5);
  const run = await TrainingRun.start(network, data, config, method, resume);
  try {
    const pauseWhenDue = pacer();
    for (let step = resume?.step ?? 0; step < config.steps; step++) {
      signal?.throwIfAborted();
      const learningRate = rateAt(config, step);
      const { loss, nextKey } = await run.step(key, step, learningRate);
      key = nextKey;
      yield { step, loss, learningRate, checkpoint: () => run.checkpoint(step + 1, nextKey) };
      await pauseWhenDue();
    }
  } finally {
    run.dispose();
  }
}

/** @throws RangeError unless the checkpoint belongs to a network of this configuration. */
function checkResume<Config extends object>(
  caller: string,
  { config, count }: TrainableNetwork<Config>,
  { network, step, mean, square, leaves = 1, panels = 1 }: Checkpoint<Config>,
): void {
  integer(caller, 'resume.step', step, 0);
  if (!isLeafCount(leaves))
    throw new RangeError(`${caller}: resume.leaves must be 1, 2, 4 or 8, got ${show(leaves)}`);
  integer(caller, 'resume.panels', panels, 1, MOST_PANELS);
  if (mean.length !== count || square.length !== count) {
    throw new RangeError(`${caller}: resume must be a checkpoint of ${count} parameters, got ${mean.length}`);
  }
  for (const name of Object.keys(config) as (keyof Config)[]) {
    if (network[name] !== config[name]) {
      throw new RangeError(
        `${caller}: resume must be a checkpoint of this network, whose ${String(name)} is ${config[name]}, got ${network[name]}`,
      );
    }
  }
}

export { type Checkpoint, type DenoisingConfig, defaultTraining, type TrainConfig };

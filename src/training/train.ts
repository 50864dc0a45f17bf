import { integer, show } from '../core/check.js';
import { pause } from '../core/pause.js';
import { checkKey, type Key, key as keyOf } from '../core/random.js';
import type { PointSet } from '../core/score.js';
import { checkPointSet } from '../data/pointSet.js';
import type { NetworkConfig } from '../networks/networkConfig.js';
import { checkTraining, defaultTraining, pick, rateAt, type TrainConfig } from './config.js';
import { isLeafCount } from './leaves.js';
import type { TrainableNetwork } from './objective.js';
import { type Checkpoint, TrainingRun } from './trainingRun.js';

export interface TrainOptions<Config extends object = NetworkConfig> extends Partial<TrainConfig> {
  /** Every step splits it into `batch` noise keys, a key for the data points, and the next key. Default key(426), the article's. */
  key?: Key;
  /** Goes on from here; the network must be the checkpoint's, and the other options are its own. */
  resume?: Checkpoint<Config>;
  signal?: AbortSignal;
}

export interface TrainStep<Config extends object = NetworkConfig> {
  /** The step just done, counted from 0. */
  step: number;
  /** The loss of this step's batch, before its update. */
  loss: number;
  learningRate: number;
  /** The run as it stands, until the next step; copies. @throws RangeError if a weight is not finite. */
  checkpoint(): Checkpoint<Config>;
}

/** Longest time between two turns of the event loop, apart from one step. */
const PAUSE_MS = 12;

/**
 * Trains a network by denoising score matching over all its levels (see `assembly/training/denoising.ts`) with Adam, in place.
 * Yields after every step; the caller logs, draws, saves and may stop at any yield. The event loop turns at least
 * between any two steps that together last longer than 12 ms.
 *
 * @param data a distribution over points, drawn from as jax.random.categorical does
 * @throws RangeError on bad options, TypeError on a key that is none, the signal's reason when aborted, and an Error
 *   when the loss is no longer finite: the network then holds the last parameters that gave a finite loss.
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
export async function* train<Config extends object>(
  network: TrainableNetwork<Config>,
  data: PointSet,
  options: TrainOptions<Config> = {},
): AsyncGenerator<TrainStep<Config>, void, void> {
  const { resume, signal } = options;
  const config: TrainConfig = resume
    ? { ...defaultTraining, ...resume.training, steps: options.steps ?? resume.training.steps }
    : { ...defaultTraining, ...pick(options) };
  checkTraining(config);
  const dim = network.plan.input.size;
  if (data.dim !== dim)
    throw new RangeError(`train: data must have the network's ${dim} coordinates, got ${data.dim}`);
  let key = checkKey('train', resume?.key ?? options.key ?? keyOf(426));
  if (resume) checkResume(network, resume);
  checkPointSet('train', data);
  const run = await TrainingRun.start(network, data, config, resume);
  try {
    let turned = performance.now();
    for (let step = resume?.step ?? 0; step < config.steps; step++) {
      signal?.throwIfAborted();
      const learningRate = rateAt(config, step);
      const { loss, nextKey } = await run.step(key, step, learningRate);
      key = nextKey;
      yield { step, loss, learningRate, checkpoint: () => run.checkpoint(step + 1, nextKey) };
      if (performance.now() - turned > PAUSE_MS) {
        await pause();
        turned = performance.now();
      }
    }
  } finally {
    run.dispose();
  }
}

/** @throws RangeError unless the checkpoint is one of this network. */
function checkResume<Config extends object>(
  { config, count }: TrainableNetwork<Config>,
  { network, step, mean, square, leaves = 1 }: Checkpoint<Config>,
): void {
  integer('train', 'resume.step', step, 0);
  if (!isLeafCount(leaves))
    throw new RangeError(`train: resume.leaves must be 1, 2, 4 or 8, got ${show(leaves)}`);
  if (mean.length !== count || square.length !== count) {
    throw new RangeError(`train: resume must be a checkpoint of ${count} parameters, got ${mean.length}`);
  }
  for (const name of Object.keys(config) as (keyof Config)[]) {
    if (network[name] !== config[name]) {
      throw new RangeError(
        `train: resume must be a checkpoint of this network, whose ${String(name)} is ${config[name]}, got ${network[name]}`,
      );
    }
  }
}

export { type Checkpoint, defaultTraining, type TrainConfig };

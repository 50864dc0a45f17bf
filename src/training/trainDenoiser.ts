import { integer, length } from '../core/check.js';
import { pacer } from '../core/pause.js';
import { checkKey, type Key, key as keyOf } from '../core/random.js';
import type { DenoiserConfig, LearnedDenoiser } from '../networks/learnedDenoiser.js';
import { rateAt } from './config.js';
import { checkDenoiserTraining, type DenoiserTraining, defaultDenoiserTraining } from './denoiserConfig.js';
import { DenoiserRun, type DenoiserState, sumsOf } from './denoiserRun.js';
import { isLeafCount, MOST_PANELS } from './leaves.js';
import { isMatching } from './matching.js';
import { checkSpread } from './spread.js';
import { type TrainingData, TrainingPoints } from './trainingPoints.js';

/** A training of a denoiser between two steps. */
export interface DenoiserCheckpoint extends DenoiserState {
  /** Which class of network, and its configuration. */
  kind: string;
  /** Sizes of the network. */
  network: object;
  /** Parameterisation and time of the denoiser. */
  denoiser: DenoiserConfig;
  /** Settings of the whole run. */
  training: DenoiserTraining;
}

/** Options of {@link trainDenoiser}. */
export interface TrainDenoiserOptions extends Partial<DenoiserTraining> {
  /** Each step splits it; `DenoiserRun` says into what. Default: key(426). */
  key?: Key;
  /** Where to go on. The denoiser must have the checkpoint's; of the other options, only `steps` and `signal` count. */
  resume?: DenoiserCheckpoint;
  /** Stops the run when aborted: the generator throws its reason. */
  signal?: AbortSignal;
}

/** What {@link trainDenoiser} yields after a step. */
export interface DenoiserStep {
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
  checkpoint(): DenoiserCheckpoint;
}

/**
 * Trains a denoiser in place, each point under a noise of its own, by least squares (the equations are in
 * `assembly/training/regression.ts`) or score matching without targets (`assembly/training/matching.ts`), with Adam and a moving average of the weights. Yields after every step: the caller
 * logs, draws and saves, and may stop. Between steps it lets the event loop turn once every 12 ms.
 *
 * One run trains a network at a time: where threads share a memory, a second would change what the first is reading.
 *
 * @param data images or points, which must not change meanwhile; batches are drawn from it with replacement
 * @param denoiser trained in place
 * @throws RangeError on bad options, data of another size or points further from 0, by their root mean square, than ten times the denoiser's sigmaData, TypeError on a key that is none, the signal's reason when
 *   aborted, and an Error when the loss is no longer finite: the network then holds the last parameters that gave a finite loss.
 * @example
 * ```js
 * import { key, learnedDenoiser, loadCore, mlp, pointSet, trainDenoiser } from 'scorefield';
 *
 * const core = await loadCore();
 * const data = pointSet({ dim: 2, points: [0, 0, 1, 0, 0, 1] });
 * const net = mlp(core, { height: 1, width: 1, channels: 2 }, { hidden: 32 });
 * const denoiser = learnedDenoiser(net, { sigmaData: 0.5 });
 * for await (const { step, loss } of trainDenoiser(denoiser, data, { key: key(0), steps: 10, batch: 8 })) {
 *   if (step % 5 === 0) console.log(step, loss);
 * }
 * console.log(denoiser.at(0.1).denoise(Float32Array.of(0.9, 0.1))); // the clean point, estimated
 * ```
 */
export async function* trainDenoiser(
  denoiser: LearnedDenoiser,
  data: TrainingData,
  options: TrainDenoiserOptions = {},
): AsyncGenerator<DenoiserStep, void, void> {
  const { resume, signal } = options;
  const { network } = denoiser;
  const config = configOf(denoiser, options);
  checkDenoiserTraining(config);
  let key = checkKey('trainDenoiser', resume?.key ?? options.key ?? keyOf(426));
  if (resume) checkResume(denoiser, resume);
  checkClasses(denoiser, data);
  // A run goes on as it began; images are from 0 to 1.
  if ((resume?.step ?? 0) === 0 && 'points' in data)
    checkSpread('trainDenoiser', data, 10 * denoiser.config.sigmaData);
  const points = new TrainingPoints('trainDenoiser', denoiser.core, data, config.drawing);
  try {
    if (points.dim !== denoiser.dim) {
      throw new RangeError(
        `trainDenoiser: data must have the network's ${denoiser.dim} coordinates, got ${points.dim}`,
      );
    }
    const run = await DenoiserRun.start(denoiser, points, config, resume);
    try {
      const pauseWhenDue = pacer();
      for (let step = resume?.step ?? 0; step < config.steps; step++) {
        signal?.throwIfAborted();
        const learningRate = rateAt(config, step);
        const { loss, nextKey } = await run.step(key, step, learningRate);
        key = nextKey;
        const checkpoint = (): DenoiserCheckpoint => ({
          kind: network.kind,
          network: network.config,
          denoiser: denoiser.config,
          training: config,
          ...run.state(step + 1, nextKey),
        });
        yield { step, loss, learningRate, checkpoint };
        await pauseWhenDue();
      }
    } finally {
      run.dispose();
    }
  } finally {
    points.dispose();
  }
}

/**
 * The checkpoint of a training before its first step, from which {@link trainDenoiser} begins as it does without one.
 *
 * @param denoiser not yet trained
 * @throws RangeError or TypeError on bad options or a key that is none
 */
export function firstCheckpoint(
  denoiser: LearnedDenoiser,
  options: Omit<TrainDenoiserOptions, 'resume' | 'signal'> = {},
): DenoiserCheckpoint {
  const { network, config } = denoiser;
  const training = configOf(denoiser, options);
  checkDenoiserTraining(training);
  const tensors = network.tensors();
  return {
    kind: network.kind,
    network: network.config,
    denoiser: config,
    training,
    step: 0,
    key: checkKey('firstCheckpoint', options.key ?? keyOf(426)).slice(),
    ...sumsOf(network, training),
    tensors,
    average: tensors,
    mean: new Float32Array(network.count),
    square: new Float32Array(network.count),
  };
}

/** What trainings did before they could choose. */
const OLD_TRAINING = { drawing: 'gumbel', objective: 'denoising', projections: 'sign' } as const;

function configOf(denoiser: LearnedDenoiser, options: TrainDenoiserOptions): DenoiserTraining {
  const { resume } = options;
  // Checkpoints that do not name their way to draw, or their objective, are older than the choice.
  if (resume) return { ...OLD_TRAINING, ...resume.training, steps: options.steps ?? resume.training.steps };
  const defaults = defaultDenoiserTraining(denoiser.config);
  const names = Object.keys(defaults) as (keyof DenoiserTraining)[];
  const given = Object.fromEntries(
    names.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]),
  );
  // Without a target a gradient's noise grows with the weight of F's error: scores are weighed by sigma^2 alone.
  const isMatched = options.objective !== undefined && isMatching(options.objective);
  return { ...defaults, ...(isMatched && { weight: 'score' as const }), ...given };
}

/** @throws RangeError unless the network knows the data's classes, or none. */
function checkClasses({ network }: LearnedDenoiser, data: TrainingData): void {
  if (network.labels === 0) return;
  const classes = 'pixels' in data && data.labels ? (data.classes as number) : 0;
  if (classes === 0)
    throw new RangeError('trainDenoiser: data must have labels, since the network knows classes, got none');
  if (network.labels !== classes + 1) {
    throw new RangeError(
      `trainDenoiser: the network must know the data's ${classes} classes and one more for none, got ${network.labels} in all`,
    );
  }
}

/** @throws RangeError unless the checkpoint belongs to a denoiser like this one. */
function checkResume({ network, config }: LearnedDenoiser, resume: DenoiserCheckpoint): void {
  integer('trainDenoiser', 'resume.step', resume.step, 0);
  if (!isLeafCount(resume.leaves))
    throw new RangeError(`trainDenoiser: resume.leaves must be 1, 2, 4 or 8, got ${resume.leaves}`);
  integer('trainDenoiser', 'resume.panels', resume.panels, 1, MOST_PANELS);
  for (const [name, own, theirs] of [
    ['kind', network.kind, resume.kind],
    ['network', network.config, resume.network],
    ['denoiser', config, resume.denoiser],
  ] as const) {
    if (canonical(own) !== canonical(theirs)) {
      throw new RangeError(
        `trainDenoiser: resume must be a checkpoint of this denoiser, whose ${name} is ${canonical(own)}, got ${canonical(theirs)}`,
      );
    }
  }
  for (const name of ['mean', 'square'] as const)
    length('trainDenoiser', `resume.${name}`, resume[name], network.count);
}

/** JSON with sorted names, to compare by. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

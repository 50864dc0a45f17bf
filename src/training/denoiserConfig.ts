import { checkDrawing, type Drawing } from '../core/categorical.js';
import { integer, positive, scale, show } from '../core/check.js';
import { exp, log, pow, square } from '../core/elementary.js';
import type { Core } from '../core/instantiate.js';
import { type Key, type Layout, layoutCode, normal, uniform } from '../core/random.js';
import { coefficientsOf, type DenoiserConfig } from '../networks/learnedDenoiser.js';
import type { TrainConfig } from './config.js';
import { checkProjections, type Matching, type Projections } from './matching.js';

/** How the noise of each training point is drawn. */
export type NoiseDistribution =
  /** One sigma, as for a walk at one noise. */
  | { kind: 'fixed'; sigma: number }
  /** Any of these sigmas, alike. */
  | { kind: 'grid'; sigmas: readonly number[] }
  /** log sigma uniform. */
  | { kind: 'logUniform'; sigmaMin: number; sigmaMax: number }
  /** log sigma normal (Karras and others 2022, equation 8): `mean` and `sd` are those of log sigma. */
  | { kind: 'logNormal'; mean: number; sd: number }
  /** sigma = t / (1 - t), t uniform: the time of straight paths, as flow matching draws it. */
  | { kind: 'flow' };

/** How a denoiser is trained. With it, a run that goes on from a checkpoint gives the bits of one that never stopped. */
export interface DenoiserTraining {
  /** Points of a step. */
  batch: number;
  /** Steps of the whole run. */
  steps: number;
  /** Adam's step size; with a schedule, the largest of the run. */
  learningRate: number;
  /** How the learning rate falls in the run. */
  schedule: TrainConfig['schedule'];
  /** Layout of the random numbers, as in all draws. */
  layout: Layout;
  /** How points with weights are drawn; those without, and images, are drawn alike either way. */
  drawing: Drawing;
  /** From which the sigma of each point is drawn. */
  noise: NoiseDistribution;
  /**
   * Weight of a point's squared error |D - x|^2: `output`, 1 / out^2, under which the network's own errors weigh alike at every noise
   * (Karras and others 2022, table 1); `clean`, 1, the lecture's least squares; `score`, 1 / sigma^2, the article's.
   */
  weight: 'output' | 'clean' | 'score';
  /**
   * What is minimised: `denoising`, the squared error above; `implicit`, `sliced` or `slicedReduced`, which need no target
   * ({@link Matching}): of the score at the noisy points, sigma^4 `weight` times the loss there a coordinate, half of the squared
   * error but for a constant.
   */
  objective: 'denoising' | Matching;
  /** Projections of `sliced` and `slicedReduced`: `sign`, 1 or -1 in each coordinate, whose losses vary least, or `normal`. */
  projections: Projections;
  /** Decoupled weight decay, as a part of the learning rate. */
  weightDecay: number;
  /** Largest norm of a gradient; null for any. */
  clip: number | null;
  /** Points after which the moving average of the weights has forgotten half. */
  halfLife: number;
  /** Part of the points whose class is withheld, so that the network learns to do without. */
  labelDropout: number;
}

/** Karras and others' training, over `sigmaData`; of the parameterisation `flow`, with the noises of flow matching. */
export function defaultDenoiserTraining({ sigmaData, parameterisation }: DenoiserConfig): DenoiserTraining {
  return {
    batch: 32,
    steps: 3000,
    learningRate: 1e-3,
    schedule: 'constant',
    layout: 'original',
    drawing: 'alias',
    // Theirs is exp(-1.2) for data of deviation 0.5; twice as high here, where pictures are mostly of one tone.
    noise:
      parameterisation === 'flow'
        ? { kind: 'flow' }
        : { kind: 'logNormal', mean: log(1.2 * sigmaData), sd: 1.2 },
    weight: 'output',
    objective: 'denoising',
    projections: 'sign',
    weightDecay: 0,
    clip: null,
    halfLife: 20_000,
    labelDropout: 0.1,
  };
}

/** How near to 0 and to 1 times of straight paths are drawn: nearer to 0, float32 would not tell the noise from the data. */
const FLOW_END = 1e-4;

/** n noises, float64, drawn by `key`. */
export function drawNoises(
  core: Core,
  key: Key,
  n: number,
  noise: NoiseDistribution,
  layout: Layout,
): number[] {
  const each = (draws: Float32Array, sigmaOf: (draw: number) => number) => Array.from(draws, sigmaOf);
  switch (noise.kind) {
    case 'fixed':
      return Array<number>(n).fill(noise.sigma);
    case 'grid':
      return each(
        uniform(core, key, [n], { layout }),
        (u) => noise.sigmas[Math.floor(u * noise.sigmas.length)],
      );
    case 'logUniform':
      return each(
        uniform(core, key, [n], { layout }),
        (u) => noise.sigmaMin * pow(noise.sigmaMax / noise.sigmaMin, u),
      );
    case 'logNormal':
      return each(normal(core, key, [n], { layout }), (z) => exp(noise.mean + noise.sd * z));
    case 'flow':
      return each(uniform(core, key, [n], { layout }), (u) => {
        const t = FLOW_END + (1 - 2 * FLOW_END) * u;
        return t / (1 - t);
      });
  }
}

/** The weight of a point's squared error. */
export function weightOf(weight: DenoiserTraining['weight'], config: DenoiserConfig, sigma: number): number {
  if (weight === 'clean') return 1;
  return weight === 'score' ? 1 / square(sigma) : 1 / square(coefficientsOf(config, sigma).out);
}

/** @throws RangeError or TypeError unless training can be done so. */
export function checkDenoiserTraining(config: DenoiserTraining): void {
  const caller = 'trainDenoiser';
  integer(caller, 'batch', config.batch);
  integer(caller, 'steps', config.steps);
  positive(caller, 'learningRate', config.learningRate);
  oneOf('schedule', config.schedule, ['constant', 'cosine']);
  oneOf('weight', config.weight, ['output', 'clean', 'score']);
  oneOf('objective', config.objective, ['denoising', 'implicit', 'sliced', 'slicedReduced']);
  checkProjections(caller, config.projections);
  layoutCode(caller, config.layout);
  checkDrawing(caller, config.drawing);
  checkNoise(config.noise);
  if (!(config.weightDecay >= 0 && config.weightDecay < Infinity))
    throw new RangeError(
      `${caller}: weightDecay must be a finite number >= 0, got ${show(config.weightDecay)}`,
    );
  if (config.clip !== null) positive(caller, 'clip', config.clip);
  positive(caller, 'halfLife', config.halfLife);
  if (!(config.labelDropout >= 0 && config.labelDropout <= 1))
    throw new RangeError(`${caller}: labelDropout must be from 0 to 1, got ${show(config.labelDropout)}`);
}

function checkNoise(noise: NoiseDistribution): void {
  const caller = 'trainDenoiser';
  oneOf('noise.kind', noise?.kind, ['fixed', 'grid', 'logUniform', 'logNormal', 'flow']);
  switch (noise.kind) {
    case 'fixed':
      scale(caller, 'noise.sigma', noise.sigma);
      return;
    case 'grid':
      if (!(noise.sigmas?.length > 0))
        throw new RangeError(`${caller}: noise.sigmas must hold a noise, got none`);
      for (const sigma of noise.sigmas) scale(caller, 'noise.sigmas', sigma);
      return;
    case 'logUniform':
      scale(caller, 'noise.sigmaMin', noise.sigmaMin);
      scale(caller, 'noise.sigmaMax', noise.sigmaMax);
      if (noise.sigmaMin >= noise.sigmaMax) {
        throw new RangeError(
          `${caller}: noise.sigmaMin must be below noise.sigmaMax, got ${noise.sigmaMin} and ${noise.sigmaMax}`,
        );
      }
      return;
    case 'logNormal':
      if (!Number.isFinite(noise.mean))
        throw new RangeError(`${caller}: noise.mean must be a finite number, got ${show(noise.mean)}`);
      positive(caller, 'noise.sd', noise.sd);
  }
}

function oneOf(name: string, value: unknown, known: readonly string[]): void {
  if (!known.includes(value as string)) {
    const all = known.map((one) => `'${one}'`).join(', ');
    throw new TypeError(`trainDenoiser: ${name} must be one of ${all}, got ${show(value)}`);
  }
}

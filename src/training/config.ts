import { checkDrawing, type Drawing } from '../core/categorical.js';
import { integer, positive, show } from '../core/check.js';
import { square } from '../core/elementary.js';
import { type Layout, layoutCode } from '../core/random.js';
import type { Matching, Projections } from './matching.js';
import type { Objective } from './objective.js';

/** How a network is trained. With it, a run that goes on from a checkpoint gives the bits of one that never stopped. */
export interface TrainConfig {
  /** Data points of a step; each is seen at every level. */
  batch: number;
  /** Steps of the whole run. */
  steps: number;
  /** Adam's step size; with a schedule, the largest of the run. */
  learningRate: number;
  /** Of the learning rate: `constant` (the article's), or `cosine`, 2 % of linear warm-up, then half a cosine down to 0. */
  schedule: 'constant' | 'cosine';
  /** Layout of the random numbers, as in all draws. */
  layout: Layout;
  /** How a step's points are drawn: `gumbel` (the article's), as JAX draws them, or `alias`, however many there are. */
  drawing: Drawing;
  /**
   * The loss is a mean over points x, levels and coordinates, with y = x + sigma z. `score` (the article's): of
   * sigma^2 (s(y) - target)^2. `denoiser`, least-squares denoising: of (xhat(y) - x)^2 with xhat(y) = y + sigma^2 s(y), which is
   * sigma^2 times as much. At a single level both have the same minimum; of several, `denoiser` weighs the noisiest most.
   * `implicit`, `sliced` and `slicedReduced` are those of {@link matchScore}, without a target: sigma^2 times {@link Matching}'s
   * a coordinate, half of that of `score` but for a constant; of a network without noise, as it is.
   */
  objective: Objective | Matching;
  /** Projections of `sliced` and `slicedReduced`. */
  projections?: Projections;
}

/** How {@link train} trains: by the denoising objectives alone, which have no projections. */
export interface DenoisingConfig extends Omit<TrainConfig, 'objective' | 'projections'> {
  /** What is minimised, and with which weights of the levels. */
  objective: Objective;
}

/** The article's training. */
export const defaultTraining: DenoisingConfig = {
  batch: 128,
  steps: 50_000,
  learningRate: 1e-3,
  schedule: 'constant',
  layout: 'original',
  drawing: 'gumbel',
  objective: 'score',
};

/** (1 + cos(pi t)) / 2 for t from 0 to 1, by the series of cos(pi t / 2): few bytes in an application, and no engine's own cosine. */
function cosineFall(t: number): number {
  let [sum, term] = [1, 1];
  for (let n = 2; n < 24; n += 2) {
    term *= -square((Math.PI / 2) * t) / (n * (n - 1));
    sum += term;
  }
  return square(sum);
}

/** Adam's step size at a step of a run, counted from 0. */
export function rateAt(
  { schedule, learningRate, steps }: Pick<TrainConfig, 'schedule' | 'learningRate' | 'steps'>,
  step: number,
): number {
  if (schedule === 'constant') return learningRate;
  const warmUp = Math.max(1, Math.round(0.02 * steps));
  const rise = Math.min(1, (step + 1) / warmUp);
  const progress = Math.max(0, step - warmUp) / Math.max(1, steps - warmUp);
  return learningRate * rise * cosineFall(progress);
}

/** @throws RangeError or TypeError unless training can be done so, by some objective. */
export function checkTraining(caller: string, config: TrainConfig): void {
  integer(caller, 'batch', config.batch);
  integer(caller, 'steps', config.steps);
  positive(caller, 'learningRate', config.learningRate);
  if (config.schedule !== 'constant' && config.schedule !== 'cosine') {
    throw new TypeError(`${caller}: schedule must be 'constant' or 'cosine', got ${show(config.schedule)}`);
  }
  layoutCode(caller, config.layout);
  checkDrawing(caller, config.drawing);
}

/** The options that belong to a training's configuration, as far as they are given. */
export function pick(options: Partial<TrainConfig>, defaults: TrainConfig): Partial<TrainConfig> {
  const names = Object.keys(defaults) as (keyof TrainConfig)[];
  return Object.fromEntries(
    names.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]),
  );
}

import { integer, positive, show } from '../core/check.js';
import { type Layout, layoutCode } from '../core/random.js';
import type { Objective } from './objective.js';

/** How a network is trained; everything a checkpoint needs to go on to the same bits. */
export interface TrainConfig {
  /** Data points a step, each seen at every level. */
  batch: number;
  /** Steps of the whole run. */
  steps: number;
  /** Adam's step size, the largest of the run. */
  learningRate: number;
  /** `constant` (the article's), or `cosine`: from learningRate to 0 along half a cosine, after 2 % of linear warm-up. */
  schedule: 'constant' | 'cosine';
  /** Layout of the random numbers. */
  layout: Layout;
  /**
   * What the loss is the mean of, over points, levels and coordinates: `score` (the article's) sigma^2 (s(y) - target)^2 with
   * y = x + sigma z, or `denoiser`, least-squares denoising, (xhat(y) - x)^2 with xhat(y) = y + sigma^2 s(y), which
   * is sigma^2 times as much: the same at one level, while of several it is mostly about the noisiest.
   */
  objective: Objective;
}

/** The article's training. */
export const defaultTraining: TrainConfig = {
  batch: 128,
  steps: 50_000,
  learningRate: 1e-3,
  schedule: 'constant',
  layout: 'original',
  objective: 'score',
};

/** Adam's step size at step t of a run. */
export function rateAt({ schedule, learningRate, steps }: TrainConfig, step: number): number {
  if (schedule === 'constant') return learningRate;
  const warmUp = Math.max(1, Math.round(0.02 * steps));
  const rise = Math.min(1, (step + 1) / warmUp);
  const progress = Math.max(0, step - warmUp) / Math.max(1, steps - warmUp);
  return learningRate * rise * 0.5 * (1 + Math.cos(Math.PI * progress));
}

export function checkTraining(config: TrainConfig): void {
  integer('train', 'batch', config.batch);
  integer('train', 'steps', config.steps);
  positive('train', 'learningRate', config.learningRate);
  if (config.schedule !== 'constant' && config.schedule !== 'cosine') {
    throw new TypeError(`train: schedule must be 'constant' or 'cosine', got ${show(config.schedule)}`);
  }
  layoutCode('train', config.layout);
  if (config.objective !== 'score' && config.objective !== 'denoiser') {
    throw new TypeError(`train: objective must be 'score' or 'denoiser', got ${show(config.objective)}`);
  }
}

/** Those of the options that are a training's own, where they are given. */
export function pick(options: Partial<TrainConfig>): Partial<TrainConfig> {
  const names = Object.keys(defaultTraining) as (keyof TrainConfig)[];
  return Object.fromEntries(
    names.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]),
  );
}

import { integer, positive, show } from '../core/check.js';
import { exp } from '../core/elementary.js';
import type { FusedScore, OpenScore } from '../core/fusedScore.js';
import type { Core } from '../core/instantiate.js';
import type { PointSet, Score } from '../core/score.js';

/** Mean and variance of each coordinate, [dim] both. */
export interface Moments {
  /** [dim] */
  readonly mean: ArrayLike<number>;
  /** [dim], about the mean. */
  readonly variance: ArrayLike<number>;
}

/** The scores of a distribution under any amount of Gaussian noise. */
export interface ScoreFamily<S extends Score = Score> {
  /** The core it computes on. */
  readonly core: Core;
  /** Coordinates of a point, D. */
  readonly dim: number;
  /** Mean and variance of the clean distribution, where they are known: chains start from them. */
  readonly moments?: Moments;
  /** The covariance of the clean distribution, where it is known: rows [dim][dim]. */
  covariance?(): Float64Array[];
  /** For a learned family, the sigmas that it was trained at, ascending. It knows those in between too. */
  readonly sigmas?: ArrayLike<number>;
  /** The score of x0 + sigma noise; the caller disposes of it. */
  at(sigma: number): S;
}

/**
 * A family that samplers run in WebAssembly: the sampler `diffuse` sets the noise of one descriptor anew at each stage.
 */
export abstract class FusedFamily<S extends Score = Score> implements ScoreFamily<S> {
  abstract readonly core: Core;
  abstract readonly dim: number;
  /** Of a mixture: variances of its K components, [K, dim]. */
  readonly variances?: Float64Array;
  abstract at(sigma: number): S;
  /** A score for one run in so many rooms, which sets its noise. It holds a copy of whatever may change in the family. */
  abstract open(rooms: number): OpenScore;
  /**
   * What `setNoise` in `assembly/samplers/diffusion.ts` reads to set this noise: the same number of parameters for every
   * sigma.
   */
  abstract noise(sigma: number): number[];
}

/** A score that is made for one run alone, which disposes of it. */
export function openOwn(score: FusedScore, rooms: number): OpenScore {
  try {
    const open = score.open(rooms);
    const dispose = () => {
      open.dispose();
      score.dispose();
    };
    return { ...open, dispose };
  } catch (error) {
    score.dispose();
    throw error;
  }
}

/**
 * Mean and variance of each coordinate of a distribution over points, [dim] both, in float64.
 *
 * @param data the points
 */
export function momentsOf({ dim, points, logits }: PointSet): Moments {
  const largest = logits.reduce((most, logit) => Math.max(most, logit), -Infinity);
  const mean = new Float64Array(dim);
  const variance = new Float64Array(dim);
  let total = 0;
  logits.forEach((logit, i) => {
    const weight = exp(logit - largest);
    if (weight === 0) return;
    total += weight;
    for (let d = 0; d < dim; d++) {
      const shift = points[i * dim + d] - mean[d];
      mean[d] += (weight / total) * shift;
      variance[d] += weight * shift * (points[i * dim + d] - mean[d]);
    }
  });
  return { mean, variance: variance.map((sum) => sum / total) };
}

/** The covariance of a distribution over points, in float64: rows [dim][dim]. */
export function covarianceOf(data: PointSet): Float64Array[] {
  const { dim, points, logits } = data;
  const { mean } = momentsOf(data);
  const largest = logits.reduce((most, logit) => Math.max(most, logit), -Infinity);
  const rows = Array.from({ length: dim }, () => new Float64Array(dim));
  let total = 0;
  logits.forEach((logit, i) => {
    const weight = exp(logit - largest);
    total += weight;
    rows.forEach((row, d) => {
      const shift = weight * (points[i * dim + d] - mean[d]);
      for (let e = 0; e <= d; e++) row[e] += shift * (points[i * dim + e] - mean[e]);
    });
  });
  return rows.map((row, d) => row.map((_, e) => rows[Math.max(d, e)][Math.min(d, e)] / total));
}

/** @throws TypeError or RangeError unless `family` is one. */
export function checkFamily(caller: string, family: ScoreFamily): void {
  if (typeof family?.at !== 'function')
    throw new TypeError(`${caller}: family must have a method at(sigma), got ${show(family)}`);
  integer(caller, 'family.dim', family.dim);
}

/**
 * The score of a family, which may be a user's own, at a noise; the caller disposes of it.
 *
 * @throws TypeError or RangeError unless it is a score of the family's points
 */
export function scoreOfFamily(family: ScoreFamily, sigma: number): Score {
  const score = family.at(sigma);
  if (typeof score?.score !== 'function' || typeof score.dispose !== 'function')
    throw new TypeError(`family.at: it must return a score, at once, got ${show(score)}`);
  if (score.dim !== family.dim) {
    throw new RangeError(
      `family.at: it must return a score of points of ${family.dim} coordinates, got one of ${score.dim}`,
    );
  }
  return score;
}

/**
 * The moments that chains start from: those given, else those of the family, else those of a point at the origin.
 *
 * @throws RangeError unless they are dim finite numbers each, and variances >= 0
 */
export function startMoments(caller: string, family: ScoreFamily, given?: Moments): Moments {
  const { dim } = family;
  const none = new Float64Array(dim);
  const moments = given ?? family.moments ?? { mean: none, variance: none };
  for (const name of ['mean', 'variance'] as const) {
    const values = moments[name];
    if (values?.length !== dim)
      throw new RangeError(`${caller}: moments.${name} must hold ${dim} numbers, got ${show(values)}`);
    for (let d = 0; d < dim; d++) {
      if (!Number.isFinite(values[d]) || (name === 'variance' && values[d] < 0)) {
        throw new RangeError(
          `${caller}: moments.${name} must be finite${name === 'variance' ? ' and >= 0' : ''}, got ${values[d]} at index ${d}`,
        );
      }
    }
  }
  return moments;
}

/**
 * Returns sigma, which may be 0 where a family has the clean distribution too.
 *
 * @throws RangeError unless float32 can hold its square
 */
export function noiseScale(caller: string, sigma: number): number {
  if (sigma === 0) return 0;
  positive(caller, 'sigma', sigma);
  if (sigma >= 1e-18 && sigma <= 1e18) return sigma;
  throw new RangeError(`${caller}: sigma must be 0 or from 1e-18 to 1e18, for float32, got ${sigma}`);
}

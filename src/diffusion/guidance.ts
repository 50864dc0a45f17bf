import { show } from '../core/check.js';
import { numbersAt } from '../core/ownFunctions.js';
import { type Moments, type ScoreFamily, startMoments } from './family.js';
import { dimOf, type Observation } from './observation.js';

/** Noisy points u = x + sigma noise with their clean estimates, and what an observation says of them. */
export interface Guided {
  /** x + sigma^2 score, [n, dim]. */
  clean: Float32Array;
  /** What is added to the score, [n, dim]. */
  guidance: Float32Array;
  /** log p(y | clean), [n]. */
  logProbs: Float64Array;
}

/**
 * The mean variance of a coordinate of the data.
 *
 * @throws RangeError if nothing is known of it
 */
export function dataVariance(caller: string, family: ScoreFamily, given?: Moments): number {
  const { dim } = family;
  const { variance } = startMoments(caller, family, given);
  const mean = Array.from(variance).reduce((sum, value) => sum + value / dim, 0);
  if (mean > 0) return mean;
  throw new RangeError(
    `${caller}: moments must be given, since the family has none of its own: how clean points vary says how far off estimates are`,
  );
}

/**
 * What an observation adds to the score at u under the noise sigma. The clean point given u is taken for
 * N(clean, r^2 I) with r^2 = sigma^2 v / (sigma^2 + v), as it is for data N(., v I) (Song and others, "Pseudoinverse-guided
 * diffusion models for inverse problems", 2023, section 3), and the Jacobian of the estimate for v / (sigma^2 + v), its value for
 * such data, so that one score is enough.
 *
 * @param scores those at u without the observation, [n, dim]
 * @param v the mean variance of a coordinate of the data
 * @throws TypeError or RangeError as {@link observed}
 */
export function guide(
  scores: Float32Array,
  sigma: number,
  u: Float32Array,
  observation: Observation,
  v: number,
  dim: number,
): Guided {
  const square = sigma * sigma;
  const clean = new Float32Array(u.length);
  for (let i = 0; i < u.length; i++) clean[i] = u[i] + square * scores[i];
  const shrink = v / (square + v);
  const guidance = new Float32Array(u.length);
  const logProbs = observed(observation, clean, square * shrink, guidance, dim);
  for (let i = 0; i < guidance.length; i++) guidance[i] *= shrink;
  return { clean, guidance, logProbs };
}

/**
 * The log-probabilities of an observation, [n], at clean points [n, dim]; it writes their gradient.
 *
 * @throws TypeError if it changes the points, RangeError unless it returns as many log-probabilities as there are points, at once
 */
export function observed(
  observation: Observation,
  clean: Float32Array,
  variance: number,
  gradient: Float32Array,
  dim: number,
): Float64Array {
  const ask = () => observation(clean, variance, gradient);
  return numbersAt('observation', observation, clean, clean.length / dim, ask);
}

/** @throws TypeError unless `observation` is a function, RangeError if it is known to be of points of another dimension */
export function checkObservation(caller: string, observation: Observation, dim: number): void {
  if (typeof observation !== 'function') {
    throw new TypeError(
      `${caller}: observation must be a function, such as linearObservation makes, got ${show(observation)}`,
    );
  }
  const known = dimOf(observation);
  if (known !== undefined && known !== dim)
    throw new RangeError(
      `${caller}: observation must be of points of ${dim} coordinates, got one of ${known}`,
    );
}

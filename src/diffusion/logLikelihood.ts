import { finite, integer, points } from '../core/check.js';
import { log, pow, square } from '../core/elementary.js';
import { factor } from '../core/factor.js';
import { scoresAt } from '../core/ownFunctions.js';
import { pacer } from '../core/pause.js';
import type { Score } from '../core/score.js';
import { checkFamily, type Moments, type ScoreFamily, scoreOfFamily, startMoments } from './family.js';
import { checkProcess, type DiffusionProcess, ratioAt } from './process.js';

/** Options of {@link logLikelihood}. */
export interface LikelihoodOptions {
  /** How noise grows with time. */
  process: DiffusionProcess;
  /** Runge-Kutta steps, evenly spaced in the logarithm of the noise. Even; default 64. */
  steps?: number;
  /**
   * Mean and variance of the clean data, for the density at time 1. Default: the family's mean and covariance where it knows
   * them, else those of a point at the origin.
   */
  moments?: Moments;
  /** Stops the run when aborted: the generator throws its reason. */
  signal?: AbortSignal;
}

/** Log-densities of points, see {@link logLikelihood}. */
export interface Likelihood {
  /** log p(x) under the process's noise at tMin: [n]. */
  logProb: Float64Array;
  /**
   * Estimated error of the Runge-Kutta steps, a fifteenth of the difference from half as many steps (Richardson): [n]. It does
   * not include other errors.
   */
  stepError: Float64Array;
}

/**
 * The log-density of points by the instantaneous change of variables along the probability flow (Chen and others 2018; Song
 * and others 2021, equation 39): with u = x / alpha at noise sigma, and lambda = log sigma,
 *
 *   du / dlambda = -sigma^2 s(u; sigma),   dlog p(u) / dlambda = sigma^2 div s(u; sigma),
 *
 * from tMin to time 1. There the density is taken to be the Gaussian with the mean and covariance of the noisy data, which is
 * wrong by the order of (extent of the data / sigmaMax)^3. The divergence is computed by central differences of four scores a coordinate,
 * so low dimensions only; the rounding of float32 scores makes its error about 1e-5 dim.
 *
 * @param x [n, dim]: points of alpha(tMin) x0 + sigma(tMin) noise
 * @param family scores at any noise, such as {@link mixtureScores} or {@link denoiserScores}
 * @throws RangeError on bad options; the signal's reason when aborted
 */
export async function logLikelihood(
  family: ScoreFamily,
  x: Float32Array,
  { process, steps = 64, moments: given, signal }: LikelihoodOptions,
): Promise<Likelihood> {
  const caller = 'logLikelihood';
  checkFamily(caller, family);
  checkProcess(caller, process);
  integer(caller, 'steps', steps, 2);
  if (steps % 2 !== 0) throw new RangeError(`${caller}: steps must be even, got ${steps}`);
  points(caller, 'x', x, family.dim);
  finite(caller, 'x', x);
  const end = new EndGaussian(caller, family, given, ratioAt(process, 1));
  const { tMin } = process;
  const alpha = process.alpha(tMin);
  const start = Float64Array.from(x, (v) => v / alpha);
  const [least, most] = [ratioAt(process, tMin), ratioAt(process, 1)];
  /** log p(x) by `count` steps. */
  const integrate = async (count: number) => {
    const flow = new Flow(family, start);
    const pauseWhenDue = pacer();
    for (let i = 0; i < count; i++) {
      signal?.throwIfAborted();
      const sigmaAt = (fraction: number) =>
        i + fraction === count ? most : least * pow(most / least, (i + fraction) / count);
      flow.step(sigmaAt(0), sigmaAt(0.5), sigmaAt(1), log(most / least) / count);
      await pauseWhenDue();
    }
    // p(x) = p(u) / alpha^dim for u = x / alpha.
    const shift = family.dim * log(alpha);
    return flow.change.map((change, i) => end.logProb(flow.u, i) - change - shift);
  };
  const [logProb, coarse] = [await integrate(steps), await integrate(steps / 2)];
  return { logProb, stepError: logProb.map((value, i) => Math.abs(value - coarse[i]) / 15) };
}

/** The Gaussian with the mean and covariance of x0 + sigma noise. */
class EndGaussian {
  readonly #mean: ArrayLike<number>;
  /** The Cholesky factor of the covariance. */
  readonly #L: number[][];

  constructor(caller: string, family: ScoreFamily, given: Moments | undefined, sigma: number) {
    const { mean, variance } = startMoments(caller, family, given);
    const covariance =
      (given ? undefined : family.covariance?.()) ??
      Array.from(variance, (v, d) => new Float64Array(family.dim).fill(v, d, d + 1));
    this.#mean = mean;
    this.#L = factor(
      caller,
      'covariance',
      covariance.map((row, d) => Array.from(row, (v, e) => (d === e ? v + square(sigma) : v))),
      family.dim,
    );
  }

  /** The log-density of point i of u [n, dim]. */
  logProb(u: Float64Array, i: number): number {
    const dim = this.#L.length;
    const z = new Float64Array(dim);
    let sum = (-dim / 2) * log(2 * Math.PI);
    this.#L.forEach((row, d) => {
      let rest = u[i * dim + d] - this.#mean[d];
      for (let e = 0; e < d; e++) rest -= row[e] * z[e];
      z[d] = rest / row[d];
      sum -= square(z[d]) / 2 + log(row[d]);
    });
    return sum;
  }
}

/** Points u [n, dim] that follow the probability flow to larger noise, and how much their log-densities changed: `change` [n]. */
class Flow {
  readonly #family: ScoreFamily;
  u: Float64Array;
  readonly change: Float64Array;

  constructor(family: ScoreFamily, u: Float64Array) {
    this.#family = family;
    this.u = u;
    this.change = new Float64Array(u.length / family.dim);
  }

  /** One step of the classical Runge-Kutta method, of length h in log sigma; the sigmas are at its start, middle and end. */
  step(sigma: number, middle: number, next: number, h: number): void {
    const { u, change } = this;
    const moved = (slope: Slope, fraction: number) => u.map((v, i) => v + fraction * h * slope.u[i]);
    const k1 = this.#slope(sigma, u);
    const k2 = this.#slope(middle, moved(k1, 0.5));
    const k3 = this.#slope(middle, moved(k2, 0.5));
    const k4 = this.#slope(next, moved(k3, 1));
    const mean = (of: (slope: Slope) => number) => (of(k1) + 2 * of(k2) + 2 * of(k3) + of(k4)) / 6;
    this.u = u.map((v, i) => v + h * mean((slope) => slope.u[i]));
    for (let i = 0; i < change.length; i++) change[i] += h * mean((slope) => slope.change[i]);
  }

  #slope(sigma: number, u: Float64Array): Slope {
    const score = scoreOfFamily(this.#family, sigma);
    try {
      const at = Float32Array.from(u);
      const s = scoresAt(score, at);
      const variance = sigma * sigma;
      return {
        u: Float64Array.from(s, (v) => -variance * v),
        change: divergence(score, at, sigma).map((v) => variance * v),
      };
    } finally {
      score.dispose();
    }
  }
}

/** Derivatives with respect to log sigma of u [n, dim] and of log-densities [n]. */
interface Slope {
  u: Float64Array;
  change: Float64Array;
}

/**
 * Distance of the nearer two of the four points from x, in units of sigma, at which errors of rounding and truncation are
 * about equal.
 */
const REACH = 1 / 16;

/** The divergence at x [n, dim] of a score that is smooth on the scale of sigma: [n]. */
export function divergence(score: Score, x: Float32Array, sigma: number): Float64Array {
  const { dim } = score;
  const out = new Float64Array(x.length / dim);
  const slope = (d: number, reach: number) => {
    const [ahead, behind] = [reach, -reach].map((by) => {
      const moved = x.slice();
      for (let i = d; i < moved.length; i += dim) moved[i] += by;
      return { moved, s: scoresAt(score, moved) };
    });
    // Divided by the distance of the rounded coordinates.
    return out.map(
      (_, i) =>
        (ahead.s[i * dim + d] - behind.s[i * dim + d]) /
        (ahead.moved[i * dim + d] - behind.moved[i * dim + d]),
    );
  };
  for (let d = 0; d < dim; d++) {
    const near = slope(d, REACH * sigma);
    const far = slope(d, 2 * REACH * sigma);
    // Richardson extrapolation: errors of second order cancel.
    for (let i = 0; i < out.length; i++) out[i] += (4 * near[i] - far[i]) / 3;
  }
  return out;
}

import { finite, integer, points } from '../core/check.js';
import { pause } from '../core/pause.js';
import type { Score } from '../core/score.js';
import { checkFamily, type Moments, type ScoreFamily, startMoments } from './family.js';
import { checkProcess, type DiffusionProcess, ratioAt } from './process.js';

export interface LikelihoodOptions {
  process: DiffusionProcess;
  /** Runge-Kutta steps, evenly spaced in the logarithm of the noise. Even; default 64. */
  steps?: number;
  /** Of the clean data, for the density at the end. Default: those of the family where it knows them, else a point at the origin. */
  moments?: Moments;
  signal?: AbortSignal;
}

export interface Likelihood {
  /** log p(x) under the process's noise at tMin: [n]. */
  logProb: Float64Array;
  /** An estimate of the error of the steps, a fifteenth of the distance from half as many; knows nothing of other errors: [n]. */
  stepError: Float64Array;
}

/** Longest time between two turns of the event loop, apart from one step. */
const PAUSE_MS = 12;

/**
 * The log-density of points by the instantaneous change of variables along the probability flow (Chen and others 2018; Song
 * and others 2021, equation 39): with u = x / alpha at noise sigma, and lambda = log sigma,
 *
 *   du / dlambda = -sigma^2 s(u; sigma),   dlog p(u) / dlambda = sigma^2 div s(u; sigma),
 *
 * from tMin to time 1, where the density is taken to be Gaussian with the moments of the noisy data, whose own error is of
 * the order of (extent of the data / sigmaMax)^3. The divergence is by central differences of four scores a
 * coordinate, so low dimensions only: error about 1e-5 of dim, from the rounding of float32 scores.
 *
 * @param x [n, dim]: points of alpha(tMin) x0 + sigma(tMin) noise
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
  const moments = startMoments(caller, family, given);
  const { tMin } = process;
  const alpha = process.alpha(tMin);
  const start = Float64Array.from(x, (v) => v / alpha);
  const [least, most] = [ratioAt(process, tMin), ratioAt(process, 1)];
  const run = async (count: number) => {
    const flow = new Flow(family, start);
    let turned = performance.now();
    for (let i = 0; i < count; i++) {
      signal?.throwIfAborted();
      const at = (part: number) =>
        i + part === count ? most : least * (most / least) ** ((i + part) / count);
      flow.step(at(0), at(0.5), at(1), Math.log(most / least) / count);
      if (performance.now() - turned > PAUSE_MS) {
        await pause();
        turned = performance.now();
      }
    }
    // The density of x is that of u = x / alpha over alpha^D.
    const shift = family.dim * Math.log(alpha);
    return flow.change.map((change, i) => gaussian(flow.u, i, moments, most) - change - shift);
  };
  const [logProb, coarse] = [await run(steps), await run(steps / 2)];
  return { logProb, stepError: logProb.map((value, i) => Math.abs(value - coarse[i]) / 15) };
}

/** Log-density of the i-th point of u under the moments and noise of variance sigma^2. */
function gaussian(u: Float64Array, i: number, { mean, variance }: Moments, sigma: number): number {
  let sum = 0;
  for (let d = 0; d < mean.length; d++) {
    const v = variance[d] + sigma ** 2;
    sum -= ((u[i * mean.length + d] - mean[d]) ** 2 / v + Math.log(2 * Math.PI * v)) / 2;
  }
  return sum;
}

/** Points on their way to noise, and how their log-densities changed. */
class Flow {
  readonly #family: ScoreFamily;
  u: Float64Array;
  readonly change: Float64Array;

  constructor(family: ScoreFamily, u: Float64Array) {
    this.#family = family;
    this.u = u;
    this.change = new Float64Array(u.length / family.dim);
  }

  /** One step of the classical Runge-Kutta method, of length h in log sigma. */
  step(sigma: number, middle: number, next: number, h: number): void {
    const { u, change } = this;
    const moved = (slope: Slope, part: number) => u.map((v, i) => v + part * h * slope.u[i]);
    const k1 = this.#slope(sigma, u);
    const k2 = this.#slope(middle, moved(k1, 0.5));
    const k3 = this.#slope(middle, moved(k2, 0.5));
    const k4 = this.#slope(next, moved(k3, 1));
    const mean = (of: (slope: Slope) => number) => (of(k1) + 2 * of(k2) + 2 * of(k3) + of(k4)) / 6;
    this.u = u.map((v, i) => v + h * mean((slope) => slope.u[i]));
    for (let i = 0; i < change.length; i++) change[i] += h * mean((slope) => slope.change[i]);
  }

  #slope(sigma: number, u: Float64Array): Slope {
    const score = this.#family.at(sigma);
    try {
      const at = Float32Array.from(u);
      const s = score.score(at);
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

interface Slope {
  u: Float64Array;
  change: Float64Array;
}

/** Distance of the nearer two of four points, in units of sigma: its rounding and its truncation are about equal. */
const REACH = 1 / 16;

/** The divergence of a score smooth on the scale of sigma, at x [n, dim]: [n]. */
export function divergence(score: Score, x: Float32Array, sigma: number): Float64Array {
  const { dim } = score;
  const out = new Float64Array(x.length / dim);
  const slope = (d: number, reach: number) => {
    const [ahead, behind] = [reach, -reach].map((by) => {
      const moved = x.slice();
      for (let i = d; i < moved.length; i += dim) moved[i] += by;
      return { moved, s: score.score(moved) };
    });
    // Over the distance that float32 coordinates really have.
    return out.map(
      (_, i) =>
        (ahead.s[i * dim + d] - behind.s[i * dim + d]) /
        (ahead.moved[i * dim + d] - behind.moved[i * dim + d]),
    );
  };
  for (let d = 0; d < dim; d++) {
    const near = slope(d, REACH * sigma);
    const far = slope(d, 2 * REACH * sigma);
    // Richardson: the errors of second order cancel.
    for (let i = 0; i < out.length; i++) out[i] += (4 * near[i] - far[i]) / 3;
  }
  return out;
}

import { length, points as pointsOf, positive } from '../core/check.js';
import { exp, log, pow } from '../core/elementary.js';
import type { Core } from '../core/instantiate.js';
import type { Denoiser } from '../core/score.js';
import { KernelDensity } from './kernelDensity.js';
import { gammaMean, gaussianMean, laplaceMean, poissonMean } from './noiseFormulas.js';
import { checkNoise, checkObservations, type NoiseModel } from './noiseModel.js';

/** Options of {@link empiricalBayesDenoiser}. */
export interface EmpiricalBayesOptions {
  /**
   * Standard deviation of the Gaussian by which the observations are smoothed to a density; of their logarithms under gamma
   * noise; of no use for poisson. Default: sigma / sqrt(1 + log N) for gaussian, after Brown and Greenshtein (2009), else 0.9
   * N^(-1/5) standard deviations of the noise alone, Silverman's rule for the sharpest that the density can be.
   */
  bandwidth?: number;
}

/**
 * Estimates the numbers behind noisy ones from noisy ones alone: neither a clean number nor a prior is asked for. E[x | y] is
 * written by the distribution of y, and that is taken from the observations:
 *
 *   poisson    (y + 1) N(y + 1) / N(y), with N(y) observations of the count y; y itself where there is none (Robbins 1956)
 *   gaussian   y + sigma^2 (log p)'(y) (Miyasawa 1961)
 *   laplace    y + mean_i [sign(Y_i - y) exp(-|Y_i - y| / b)] / p(y) (Raphan and Simoncelli 2011)
 *   gamma      y^(k-1) mean_i [Y_i^(1-k), where Y_i > y] / p(y); of shape 1, the part of the Y_i above y, by p(y)
 *
 * with p the density of the observations, smoothed. Between observations so far apart that p vanishes, the estimate is y itself,
 * y / k of gamma; real numbers beyond all of them are estimated as the nearest; and estimates are kept within the range of what
 * y alone would say. Where observations are few, estimates are rough: `bayesDenoiser(core, noise, fitPrior(noise,
 * observations))` is steadier.
 *
 * A real y takes the time of the observations within nine bandwidths of it.
 *
 * @param observations y [N], one or more; copied
 * @param core the core that `loadCore` gave
 * @param noise how the observations came from the numbers
 * @returns a denoiser of numbers, dim 1, in float64. Its `denoise` throws a RangeError for a y that cannot be observed
 * @throws TypeError unless noise is a model, RangeError unless observations are one or more that it can give, or if bandwidth
 *   is not positive
 */
export function empiricalBayesDenoiser(
  core: Core,
  noise: NoiseModel,
  observations: ArrayLike<number>,
  { bandwidth }: EmpiricalBayesOptions = {},
): Denoiser {
  const where = 'empiricalBayesDenoiser';
  checkNoise(where, noise);
  if (observations.length === 0) throw new RangeError(`${where}: observations must be one or more, got none`);
  checkObservations(where, 'observations', noise, observations);
  if (bandwidth !== undefined) positive(where, 'bandwidth', bandwidth);
  const sorted = Float64Array.from(observations).sort();
  const estimate = estimator(noise, sorted, bandwidth ?? defaultBandwidth(noise, sorted.length));
  const [least, most] = [raw(noise, sorted[0]), raw(noise, sorted[sorted.length - 1])];
  return {
    core,
    dim: 1,
    denoise(y, out = new Float32Array(y.length)) {
      pointsOf('denoise', 'y', y, 1);
      length('denoise', 'out', out, y.length);
      checkObservations('denoise', 'y', noise, y);
      for (let n = 0; n < y.length; n++) out[n] = Math.min(most, Math.max(least, estimate(y[n])));
      return out;
    },
  };
}

function defaultBandwidth(noise: NoiseModel, n: number): number {
  const silverman = 0.9 * pow(n, -1 / 5);
  switch (noise.kind) {
    case 'gaussian':
      return noise.sigma / Math.sqrt(1 + log(n));
    case 'laplace':
      return silverman * Math.SQRT2 * noise.scale;
    case 'poisson':
      return 0;
    case 'gamma': {
      // The variance of log g is the trigamma function of the shape, near 1/k + 1/(2 k^2).
      const { shape } = noise;
      return silverman * Math.sqrt(1 / shape + 1 / (2 * shape * shape));
    }
  }
}

/** The estimate of x that looks at y alone: y, of mean x, but y / k of gamma, whose mean is k x. */
const raw = (noise: NoiseModel, y: number): number => (noise.kind === 'gamma' ? y / noise.shape : y);

/** @param sorted the observations, ascending */
function estimator(noise: NoiseModel, sorted: Float64Array, bandwidth: number): (y: number) => number {
  const within = (y: number) => Math.min(sorted[sorted.length - 1], Math.max(sorted[0], y));
  switch (noise.kind) {
    case 'gaussian': {
      const density = new KernelDensity(sorted, bandwidth);
      return (far) => {
        const y = within(far);
        return gaussianMean(y, noise.sigma, density.slope(y));
      };
    }
    case 'laplace': {
      const density = new KernelDensity(sorted, bandwidth);
      const pull = pullOf(sorted, noise.scale);
      return (far) => {
        const y = within(far);
        const p = density.at(y);
        return p > 0 ? laplaceMean(y, p, pull(y)) : y;
      };
    }
    case 'poisson': {
      const counts = new Map<number, number>();
      for (const y of sorted) counts.set(y, (counts.get(y) ?? 0) + 1);
      return (y) => {
        const here = counts.get(y);
        return here === undefined ? y : poissonMean(y, here, counts.get(y + 1) ?? 0);
      };
    }
    case 'gamma': {
      const density = new KernelDensity(sorted.map(log), bandwidth);
      const above = aboveOf(sorted, noise.shape);
      return (far) => {
        const y = within(far);
        const p = density.at(log(y)) / y;
        return p > 0 ? gammaMean(p, above(y)) : raw(noise, y);
      };
    }
  }
}

/** Number of observations that are at most y. */
function rankOf(sorted: Float64Array, y: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= y) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** y -> mean_i [sign(Y_i - y) exp(-|Y_i - y| / b)], by sums from both ends, so that a y takes the time of a search. */
function pullOf(sorted: Float64Array, b: number): (y: number) => number {
  const n = sorted.length;
  const below = new Float64Array(n + 1); // at i + 1: the sum over j <= i of exp((Y_j - Y_i) / b)
  const above = new Float64Array(n + 1); // at i: the sum over j >= i of exp((Y_i - Y_j) / b)
  for (let i = 0; i < n; i++)
    below[i + 1] = 1 + (i > 0 ? below[i] * exp((sorted[i - 1] - sorted[i]) / b) : 0);
  for (let i = n - 1; i >= 0; i--)
    above[i] = 1 + (i < n - 1 ? above[i + 1] * exp((sorted[i] - sorted[i + 1]) / b) : 0);
  return (y) => {
    const rank = rankOf(sorted, y);
    const left = rank > 0 ? below[rank] * exp((sorted[rank - 1] - y) / b) : 0;
    const right = rank < n ? above[rank] * exp((y - sorted[rank]) / b) : 0;
    // Observations at y itself have no sign, and count on neither side.
    let [same, at] = [0, rank];
    while (at > 0 && sorted[at - 1] === y) {
      same++;
      at--;
    }
    return (right - (left - same)) / n;
  };
}

/** y -> mean_i [(y / Y_i)^(k-1), where Y_i > y]: ratios, since the powers themselves overflow. */
function aboveOf(sorted: Float64Array, shape: number): (y: number) => number {
  const n = sorted.length;
  const sums = new Float64Array(n + 1); // at i: the sum over j >= i of (Y_i / Y_j)^(k-1)
  for (let i = n - 1; i >= 0; i--)
    sums[i] = 1 + (i < n - 1 ? sums[i + 1] * pow(sorted[i] / sorted[i + 1], shape - 1) : 0);
  return (y) => {
    const rank = rankOf(sorted, y);
    return rank < n ? (sums[rank] * pow(y / sorted[rank], shape - 1)) / n : 0;
  };
}

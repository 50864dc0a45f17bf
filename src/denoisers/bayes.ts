import { length, points as pointsOf, show } from '../core/check.js';
import { exp, log } from '../core/elementary.js';
import type { Core } from '../core/instantiate.js';
import { atOnce, type Pieces } from '../core/pieces.js';
import type { Denoiser, PointSet } from '../core/score.js';
import { checkPointSet, pointSet } from '../data/pointSet.js';
import { checkClean, checkNoise, checkObservations, logLikelihood, type NoiseModel } from './noiseModel.js';

/**
 * The best denoiser of numbers whose prior is known: E[x | y] under any of the noise models, in float64,
 *
 *   xhat(y) = sum_i w_i x_i p(y | x_i) / sum_i w_i p(y | x_i).
 *
 * For a prior with a density, give points close to each other and weights density times spacing.
 *
 * @param prior points [N, 1], from `pointSet` or {@link fitPrior}; >= 0 for poisson, positive for gamma. Copied
 * @param core the core that `loadCore` gave
 * @param noise how y came from x
 * @throws TypeError unless noise is a model; RangeError unless prior is a distribution over such points in one dimension. Its
 *   `denoise` throws a RangeError for a y that cannot be observed
 */
export function bayesDenoiser(core: Core, noise: NoiseModel, prior: PointSet): Denoiser {
  const where = 'bayesDenoiser';
  checkNoise(where, noise);
  if (prior.dim !== 1) throw new RangeError(`${where}: prior must have dim = 1, got ${show(prior.dim)}`);
  checkPointSet(where, prior);
  const possible = [...prior.logits.keys()].filter((i) => prior.logits[i] !== -Infinity);
  if (possible.length === 0)
    throw new RangeError(`${where}: prior must have a point with a finite logit, got none`);
  const x = Float64Array.from(possible, (i) => prior.points[i]);
  const logWeights = Float64Array.from(possible, (i) => prior.logits[i]);
  checkClean(where, 'prior.points', noise, x);
  const logs = new Float64Array(x.length);
  return {
    core,
    dim: 1,
    denoise(y, out = new Float32Array(y.length)) {
      pointsOf('denoise', 'y', y, 1);
      length('denoise', 'out', out, y.length);
      checkObservations('denoise', 'y', noise, y);
      for (let n = 0; n < y.length; n++) {
        let most = -Infinity;
        for (let i = 0; i < x.length; i++) {
          logs[i] = logWeights[i] + logLikelihood(noise, y[n], x[i]);
          most = Math.max(most, logs[i]);
        }
        if (most === -Infinity)
          throw new RangeError(`denoise: y must be possible under the prior, got ${y[n]} at index ${n}`);
        let [sum, mass] = [0, 0];
        for (let i = 0; i < x.length; i++) {
          const weight = exp(logs[i] - most);
          mass += weight;
          sum += weight * x[i];
        }
        out[n] = sum / mass;
      }
      return out;
    },
  };
}

/** Points of the grid that a prior is fitted on. */
const GRID = 200;
/** Rounds of expectation maximisation. Later ones sharpen the prior's peaks and hardly move the estimates. */
const ROUNDS = 300;
/** Observations of a model of real numbers are put together in as many bins, so that a round takes the same time for all. */
const BINS = 400;

/**
 * The prior of x under which noisy observations are most likely, of all distributions over a grid of 200 points in their range:
 * the nonparametric maximum likelihood estimate of Kiefer and Wolfowitz (1956), by 300 rounds of expectation maximisation
 * (Laird 1978),
 *
 *   w_i <- the mean over observations of the posterior probability of x_i.
 *
 * `bayesDenoiser(core, noise, fitPrior(noise, y))` estimates from the noisy data alone, and needs no density of them: where few
 * observations lie, it is steadier than the formulas of `empiricalBayesDenoiser`.
 *
 * @param observations y [N], one or more
 * @param noise how the observations came from the numbers
 * @returns points [m, 1] with their logits; it is not the true prior but one that explains the observations as well
 * @throws TypeError unless noise is a model, RangeError unless observations are one or more that it can give
 */
export function fitPrior(noise: NoiseModel, observations: ArrayLike<number>): PointSet {
  return atOnce(fittingPrior(noise, observations));
}

/** The work of {@link fitPrior}, a round a piece. */
export function* fittingPrior(noise: NoiseModel, observations: ArrayLike<number>): Pieces<PointSet> {
  const where = 'fitPrior';
  checkNoise(where, noise);
  if (observations.length === 0) throw new RangeError(`${where}: observations must be one or more, got none`);
  checkObservations(where, 'observations', noise, observations);
  const { values, counts } = binned(noise, observations);
  const x = gridOf(noise, values[0], values[values.length - 1]);
  const likelihoods: Float64Array[] = [];
  for (const y of values) {
    const logs = x.map((point) => logLikelihood(noise, y, point));
    const most = Math.max(...logs);
    likelihoods.push(Float64Array.from(logs, (log) => exp(log - most)));
    yield;
  }
  const weights = new Float64Array(x.length).fill(1 / x.length);
  const next = new Float64Array(x.length);
  for (let round = 0; round < ROUNDS; round++) {
    next.fill(0);
    for (const [n, likelihood] of likelihoods.entries()) {
      let mass = 0;
      for (let i = 0; i < x.length; i++) mass += weights[i] * likelihood[i];
      const share = counts[n] / observations.length / mass;
      for (let i = 0; i < x.length; i++) next[i] += share * likelihood[i];
    }
    for (let i = 0; i < x.length; i++) weights[i] *= next[i];
    yield;
  }
  return pointSet({ dim: 1, points: x, weights });
}

/** Different observations in ascending order and how often each was made; of many real ones, those of bins at their means. */
function binned(noise: NoiseModel, observations: ArrayLike<number>): { values: number[]; counts: number[] } {
  const sorted = Float64Array.from(observations).sort();
  const values: number[] = [];
  const counts: number[] = [];
  const each = noise.kind === 'poisson' ? 1 : Math.ceil(sorted.length / BINS);
  for (let from = 0; from < sorted.length; from += each) {
    const group = sorted.subarray(from, from + each);
    const mean = group.reduce((sum, y) => sum + y, 0) / group.length;
    if (values[values.length - 1] === mean) counts[counts.length - 1] += group.length;
    else {
      values.push(mean);
      counts.push(group.length);
    }
  }
  return { values, counts };
}

/** Where x may lie: the range of the observations, in steps that suit the noise. */
function gridOf(noise: NoiseModel, least: number, most: number): number[] {
  const from = (low: number, high: number) =>
    Array.from({ length: GRID }, (_, i) => low + ((high - low) * i) / (GRID - 1));
  // A rate is known to a part of its root, a scale to a part of itself.
  if (noise.kind === 'poisson') return from(Math.sqrt(least), Math.sqrt(most)).map((root) => root * root);
  if (noise.kind === 'gamma') return from(log(least), log(most)).map((log) => exp(log) / noise.shape);
  return from(least, most);
}

import { integer, length, points as pointsOf, scale } from '../core/check.js';
import { exp, square } from '../core/elementary.js';
import type { Core } from '../core/instantiate.js';
import type { Denoiser, PointSet } from '../core/score.js';
import { checkPointSet } from '../data/pointSet.js';
import { momentsOf } from '../diffusion/family.js';
import { Cholesky } from './cholesky.js';
import { gram, packTiles, TILE, TILE_PRODUCT, tileProduct, whole } from './tiles.js';

/** Points [N, dim], all of the same weight unless they have logits. */
export type LinearData = Omit<PointSet, 'logits'> & Partial<Pick<PointSet, 'logits'>>;

/** The best linear denoisers of a data set, one for each noise. */
export interface LinearDenoisers {
  /** The core it computes on. */
  readonly core: Core;
  /** Coordinates of a point, D. */
  readonly dim: number;
  /** The mean of the data, [dim]. */
  readonly mean: Float64Array;
  /** The denoiser for noise sigma. @throws RangeError if sigma is not positive */
  at(sigma: number): Denoiser;
}

/**
 * Variance of the noise below which rounding hides it, in units of the trace of the data's covariance: what is left of a
 * direction without variance when the covariance is factored in float64 must be far below it.
 */
const LEAST_VARIANCE = 1e-12;

/**
 * The data that a denoiser needs: where they vary, and how far they are from their mean there. Coordinates that never vary are
 * estimated by their mean and leave the arithmetic, as do points that are never drawn.
 */
class Deviations {
  readonly dim: number;
  readonly mean: Float64Array;
  /** Trace of the covariance. */
  readonly trace: number;
  /** Coordinates that vary, ascending. */
  readonly varying: Uint32Array;
  /** Points that may be drawn. */
  readonly possible: Uint32Array;
  readonly #points: Float32Array;
  /** Roots of the probabilities of the points. */
  readonly #roots: Float64Array;

  constructor({ dim, points, logits }: PointSet) {
    const { mean, variance } = momentsOf({ dim, points, logits });
    this.dim = dim;
    this.mean = Float64Array.from(mean);
    this.trace = Array.from(variance).reduce((sum, v) => sum + v, 0);
    this.varying = Uint32Array.from([...this.mean.keys()].filter((d) => variance[d] > 0));
    this.possible = Uint32Array.from([...logits.keys()].filter((i) => logits[i] !== -Infinity));
    this.#points = points;
    const largest = this.possible.reduce((most, i) => Math.max(most, logits[i]), -Infinity);
    const total = this.possible.reduce((sum, i) => sum + exp(logits[i] - largest), 0);
    this.#roots = Float64Array.from(this.possible, (i) => Math.sqrt(exp(logits[i] - largest) / total));
  }

  /**
   * Entry [p][j] of A, with A^T A the covariance: point p less the mean in varying coordinate j, times the root of its
   * weight.
   */
  at(p: number, j: number): number {
    const d = this.varying[j];
    return this.#roots[p] * (this.#points[this.possible[p] * this.dim + d] - this.mean[d]);
  }
}

/**
 * Denoises four points at a time.
 *
 * @param estimate takes y - mean in the varying coordinates [whole(varying)][4], and overwrites it with xhat - mean; zeros come
 *   behind them
 */
function denoiserOf(core: Core, data: Deviations, estimate: (lanes: Float64Array) => void): Denoiser {
  const { dim, mean, varying } = data;
  return {
    core,
    dim,
    denoise(y, out = new Float32Array(y.length)) {
      const n = pointsOf('denoise', 'y', y, dim);
      length('denoise', 'out', out, y.length);
      const lanes = new Float64Array(whole(varying.length) * TILE);
      for (let first = 0; first < n; first += TILE) {
        const count = Math.min(TILE, n - first);
        lanes.fill(0);
        for (let lane = 0; lane < count; lane++) {
          const row = (first + lane) * dim;
          for (let j = 0; j < varying.length; j++)
            lanes[j * TILE + lane] = y[row + varying[j]] - mean[varying[j]];
        }
        estimate(lanes);
        for (let lane = 0; lane < count; lane++) {
          const row = (first + lane) * dim;
          out.set(mean, row);
          for (let j = 0; j < varying.length; j++)
            out[row + varying[j]] = mean[varying[j]] + lanes[j * TILE + lane];
        }
      }
      return out;
    },
  };
}

/** Through the covariance C = A^T A: xhat - mean = d - sigma^2 (C + sigma^2 I)^-1 d, with d = y - mean. */
function byCovariance(core: Core, data: Deviations): (variance: number) => Denoiser {
  const { varying, possible } = data;
  const size = whole(varying.length);
  const C = gram(varying.length, possible.length, (p, j) => data.at(p, j));
  return (variance) => {
    const factor = new Cholesky(C, size, variance);
    const solution = new Float64Array(size * TILE);
    return denoiserOf(core, data, (lanes) => {
      solution.set(lanes);
      factor.solve(solution);
      for (let i = 0; i < lanes.length; i++) lanes[i] -= variance * solution[i];
    });
  };
}

/** Through the products of the points, for fewer points than coordinates: xhat - mean = A^T (A A^T + sigma^2 I)^-1 A d. */
function byPoints(core: Core, data: Deviations): (variance: number) => Denoiser {
  const D = data.varying.length;
  const N = data.possible.length;
  const size = whole(N);
  const products = gram(N, D, (j, p) => data.at(p, j));
  const byPoint = packTiles(N, D, (j, p) => data.at(p, j)); // [size / 4][D][4]
  const byCoordinate = packTiles(D, N, (p, j) => data.at(p, j)); // [whole(D) / 4][N][4]
  return (variance) => {
    const factor = new Cholesky(products, size, variance);
    const u = new Float64Array(size * TILE);
    const c = new Float64Array(TILE_PRODUCT);
    return denoiserOf(core, data, (lanes) => {
      for (let p = 0; p < size; p += TILE) {
        tileProduct(byPoint, p * D, lanes, 0, D, c);
        u.set(c, p * TILE);
      }
      factor.solve(u);
      for (let j = 0; j < D; j += TILE) {
        tileProduct(byCoordinate, j * N, u, 0, N, c);
        lanes.set(c, j * TILE);
      }
    });
  };
}

/**
 * The best linear denoisers of a data set: of all maps y -> M y + b, the one of least mean squared error at points of the data
 * with noise sigma,
 *
 *   xhat(y) = mu + C (C + sigma^2 I)^-1 (y - mu),
 *
 * with the mean mu and the covariance C of the data, sums divided by the sum of the weights. It is the Wiener filter, and the
 * best denoiser of all for a Gaussian of these moments. Like ridge regression it shrinks the data's principal components, each
 * by lambda / (lambda + sigma^2): those that vary less than the noise are given up (Hoerl and Kennard 1970).
 *
 * Moments are computed once, in float64, with N D^2 / 2 multiply-adds for N points in the D coordinates that vary, and
 * `at(sigma)` adds D^3 / 6 and keeps D^2 numbers. With N < D, products of points take the covariance's place: N^2 D / 2 and
 * N^3 / 6. A sigma^2 below 1e-12 of the trace of C counts as that.
 *
 * @param data points [N, dim] of equal weight, or a distribution over points
 * @param core the core that `loadCore` gave
 * @throws RangeError if data are no distribution over points, or hold none that may be drawn
 */
export function linearDenoisers(core: Core, data: LinearData): LinearDenoisers {
  return denoisersOf('linearDenoisers', core, data);
}

/**
 * The best linear denoiser of a data set for noise sigma; see {@link linearDenoisers}, which serves several sigmas.
 *
 * @param core the core that `loadCore` gave
 * @param data points or images to take mean and covariance from
 * @param sigma the standard deviation of the noise in each coordinate
 * @throws RangeError if sigma is not positive, or data are no distribution over points, or hold none that may be drawn
 */
export function linearDenoiser(core: Core, data: LinearData, sigma: number): Denoiser {
  scale('linearDenoiser', 'sigma', sigma);
  return denoisersOf('linearDenoiser', core, data).at(sigma);
}

function denoisersOf(caller: string, core: Core, { dim, points, logits }: LinearData): LinearDenoisers {
  integer(caller, 'data.dim', dim);
  const N = pointsOf(caller, 'data.points', points, dim);
  const weighted = { dim, points, logits: logits ?? new Float32Array(N) };
  checkPointSet(caller, weighted);
  if (weighted.logits.every((logit) => logit === -Infinity))
    throw new RangeError(`${caller}: data must have a point with a finite logit, got none`);
  const data = new Deviations(weighted);
  const withVariance = (data.possible.length < data.varying.length ? byPoints : byCovariance)(core, data);
  return {
    core,
    dim,
    mean: data.mean,
    at(sigma) {
      scale(caller, 'sigma', sigma);
      return withVariance(Math.max(square(sigma), LEAST_VARIANCE * data.trace));
    },
  };
}

import { integer } from '../core/check.js';
import { autocovariance } from './autocovariance.js';
import { byCoordinate, checkDraws, coordinate, type Draws, type DrawsShape, split } from './draws.js';
import { effectiveSize } from './effectiveSize.js';
import { range } from './moments.js';

/** Options of {@link autocorrelation}. */
export interface AutocorrelationOptions extends DrawsShape {
  /** The largest lag, in draws. Default: all there are, draws - 1. */
  lags?: number;
}

/**
 * The autocorrelation of every chain and coordinate at lags 0 to `lags`: [lags + 1, chains, dim],
 *
 *   rho[k] = c[k] / c[0],   c[k] = 1/draws sum over t of (x[t] - mean) (x[t + k] - mean)
 *
 * with the chain's own mean, the biased estimate (`autocorr` of ArviZ), computed by a fast Fourier transform. NaN
 * where a chain never moves.
 *
 * @param draws [draws, chains, dim], at least 4 draws
 * @throws TypeError for another type of array, RangeError on a wrong length, draws that are not finite, bad lags
 */
export function autocorrelation(draws: Draws, options: AutocorrelationOptions = {}): Float64Array {
  const shape = checkDraws('autocorrelation', draws, options);
  const { length, chains, dim } = shape;
  const { lags = length - 1 } = options;
  integer('autocorrelation', 'lags', lags, 0, length - 1);
  const out = new Float64Array((lags + 1) * chains * dim).fill(Number.NaN);
  for (let at = 0; at < dim; at++) {
    const { values } = coordinate(draws, shape, at);
    for (let chain = 0; chain < chains; chain++) {
      const x = values.subarray(chain * length, (chain + 1) * length);
      if (range(x) === 0) continue;
      const covariance = autocovariance({ values: x, length });
      for (let lag = 0; lag <= lags; lag++) {
        out[(lag * chains + chain) * dim + at] = covariance[lag] / covariance[0];
      }
    }
  }
  return out;
}

/**
 * The integrated autocorrelation time of every coordinate, in draws: [dim]. That many draws of the chains tell as much
 * about the mean as one independent draw,
 *
 *   tau = 1 + 2 sum over k >= 1 of rho[k],   essMean = S / tau,
 *
 * over Geyer's initial monotone sequence and all S draws of the half chains together, as {@link essMean} has it. 1 where nothing
 * moves; below 1 where neighbours are negatively correlated.
 *
 * @param draws [draws, chains, dim], at least 4 draws
 * @throws TypeError for another type of array, RangeError on a wrong length or draws that are not finite
 */
export function integratedAutocorrelationTime(draws: Draws, options: DrawsShape = {}): Float64Array {
  const shape = checkDraws('integratedAutocorrelationTime', draws, options);
  return byCoordinate(draws, shape, (x) => {
    const halves = split(x);
    return halves.values.length / effectiveSize(halves);
  });
}

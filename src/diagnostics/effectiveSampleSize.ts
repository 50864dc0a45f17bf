import { show } from '../core/check.js';
import { square } from '../core/elementary.js';
import {
  byCoordinate,
  type Chains,
  checkDraws,
  type Draws,
  type DrawsShape,
  mapped,
  split,
} from './draws.js';
import { effectiveSize } from './effectiveSize.js';
import { mean } from './moments.js';
import { normalScores, quantileOf, sorted } from './ranks.js';

/** Options of {@link essQuantile} and {@link mcseQuantile}. */
export interface QuantileOptions extends DrawsShape {
  /** Which quantile, 0 < probability < 1. */
  probability: number;
}

/** @throws RangeError unless 0 < probability < 1. */
export function checkProbability(caller: string, probability: number): void {
  if (typeof probability === 'number' && probability > 0 && probability < 1) return;
  throw new RangeError(`${caller}: probability must be between 0 and 1, got ${show(probability)}`);
}

const chainsEssBulk = (chains: Chains): number => effectiveSize(normalScores(split(chains)));
/** Effective sample size of the mean of one coordinate. */
export const chainsEssMean = (chains: Chains): number => effectiveSize(split(chains));

/** Squared differences of all values from their mean. */
export function squaredDeviations(chains: Chains): Chains {
  const middle = mean(chains.values);
  return mapped(chains, (value) => square(value - middle));
}

/**
 * Effective sample size of one quantile of one coordinate.
 *
 * @param inOrder the values of all chains, sorted
 */
export function chainsEssQuantile(chains: Chains, inOrder: Float64Array, probability: number): number {
  const quantile = quantileOf(inOrder, probability);
  return effectiveSize(split(mapped(chains, (value) => (value <= quantile ? 1 : 0))));
}

/** Effective sample size of the tails of one coordinate. */
export function chainsEssTail(chains: Chains): number {
  const inOrder = sorted(chains.values);
  return Math.min(chainsEssQuantile(chains, inOrder, 0.05), chainsEssQuantile(chains, inOrder, 0.95));
}

/**
 * The bulk effective sample size of every coordinate: [dim], that of the normal scores of ranks of split chains. It
 * says how well the middle of the distribution is known, and exists where the variance does not. Where nothing moves it
 * is the number of draws in the halves. Source: Vehtari and others 2021, section 4.1; equal to ArviZ's.
 *
 * @param draws [draws, chains, dim], at least 4 draws
 * @throws TypeError for another type of array, RangeError on a wrong length or draws that are not finite
 */
export function essBulk(draws: Draws, options: DrawsShape = {}): Float64Array {
  return byCoordinate(draws, checkDraws('essBulk', draws, options), chainsEssBulk);
}

/**
 * The tail effective sample size of every coordinate: [dim], the smaller of those of the 5 % and the 95 % quantile.
 * Source: Vehtari and others 2021, section 4.3; equal to ArviZ's. Arguments and errors as {@link essBulk}.
 *
 * @param draws [draws, chains, dim], at least 4 draws
 */
export function essTail(draws: Draws, options: DrawsShape = {}): Float64Array {
  return byCoordinate(draws, checkDraws('essTail', draws, options), chainsEssTail);
}

/**
 * The effective sample size of the mean of every coordinate: [dim], that of the split chains as they are, so that
 * sd / sqrt(essMean) is the error of the mean. Equal to ArviZ's. Arguments and errors as {@link essBulk}.
 *
 * @param draws [draws, chains, dim], at least 4 draws
 */
export function essMean(draws: Draws, options: DrawsShape = {}): Float64Array {
  return byCoordinate(draws, checkDraws('essMean', draws, options), chainsEssMean);
}

/**
 * The effective sample size of the standard deviation of every coordinate: [dim], that of (x - mean)^2. Equal to
 * ArviZ's. Arguments and errors as {@link essBulk}.
 *
 * @param draws [draws, chains, dim], at least 4 draws
 */
export function essSd(draws: Draws, options: DrawsShape = {}): Float64Array {
  const shape = checkDraws('essSd', draws, options);
  return byCoordinate(draws, shape, (x) => chainsEssMean(squaredDeviations(x)));
}

/**
 * The effective sample size of one quantile of every coordinate: [dim], that of the indicator x <= quantile. Source:
 * Vehtari and others 2021, section 4.2; equal to ArviZ's. Arguments and errors as {@link essBulk}, and a RangeError
 * unless 0 < probability < 1.
 *
 * @param draws [draws, chains, dim], at least 4 draws
 */
export function essQuantile(draws: Draws, options: QuantileOptions): Float64Array {
  const { probability } = options;
  checkProbability('essQuantile', probability);
  const shape = checkDraws('essQuantile', draws, options);
  return byCoordinate(draws, shape, (x) => chainsEssQuantile(x, sorted(x.values), probability));
}

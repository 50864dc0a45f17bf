import { betaQuantile } from './betaQuantile.js';
import { byCoordinate, type Chains, checkDraws, type Draws, type DrawsShape } from './draws.js';
import {
  chainsEssMean,
  chainsEssQuantile,
  checkProbability,
  type QuantileOptions,
  squaredDeviations,
} from './effectiveSampleSize.js';
import { mean, variance } from './moments.js';
import { sorted } from './ranks.js';

/** Probabilities that a normal number is below its mean less, and plus, one standard deviation, as ArviZ rounds them. */
const ONE_SIGMA = [0.1586553, 0.8413447] as const;

/** Monte-Carlo standard error of the mean of one coordinate. */
export const chainsMcseMean = (chains: Chains): number =>
  Math.sqrt(variance(chains.values) / chainsEssMean(chains));

/** Monte-Carlo standard error of the standard deviation of one coordinate. */
export function chainsMcseSd(chains: Chains): number {
  const squares = squaredDeviations(chains);
  const second = mean(squares.values);
  const fourth = mean(squares.values.map((square) => square * square));
  return Math.sqrt((fourth - second * second) / chainsEssMean(squares) / second / 4);
}

function chainsMcseQuantile(chains: Chains, probability: number): number {
  const inOrder = sorted(chains.values);
  const ess = chainsEssQuantile(chains, inOrder, probability);
  const [low, high] = ONE_SIGMA.map(
    (p) => betaQuantile(p, ess * probability + 1, ess * (1 - probability) + 1) * inOrder.length - 1,
  );
  const below = inOrder[Math.floor(Math.max(low, 0))];
  const above = inOrder[Math.ceil(Math.min(high, inOrder.length - 1))];
  return (above - below) / 2;
}

/**
 * The Monte-Carlo standard error of the mean of every coordinate: [dim], in units of the draws,
 * sd / sqrt(essMean). Source: Vehtari and others 2021, section 4; equal to ArviZ's. 0 where nothing moves.
 *
 * @param draws [draws, chains, dim], at least 4 draws
 * @throws TypeError for another type of array, RangeError on a wrong length or draws that are not finite
 */
export function mcseMean(draws: Draws, options: DrawsShape = {}): Float64Array {
  return byCoordinate(draws, checkDraws('mcseMean', draws, options), chainsMcseMean);
}

/**
 * The Monte-Carlo standard error of the standard deviation of every coordinate: [dim], from the variance of
 * v = (x - mean)^2 and its effective sample size by the delta method, sqrt(var(v) / ess(v) / mean(v)) / 2. Equal to
 * ArviZ 0.23's and to that of R's posterior. NaN where nothing moves. Arguments and errors as {@link mcseMean}.
 *
 * @param draws [draws, chains, dim], at least 4 draws
 */
export function mcseSd(draws: Draws, options: DrawsShape = {}): Float64Array {
  return byCoordinate(draws, checkDraws('mcseSd', draws, options), chainsMcseSd);
}

/**
 * The Monte-Carlo standard error of one quantile of every coordinate: [dim], half the distance of the draws at the
 * 16 % and the 84 % quantile of Beta(ess p + 1, ess (1 - p) + 1). Source: Vehtari and others 2021, section 4.4; equal
 * to ArviZ's. Arguments and errors as {@link mcseMean}, and a RangeError unless 0 < probability < 1.
 *
 * @param draws [draws, chains, dim], at least 4 draws
 */
export function mcseQuantile(draws: Draws, options: QuantileOptions): Float64Array {
  const { probability } = options;
  checkProbability('mcseQuantile', probability);
  const shape = checkDraws('mcseQuantile', draws, options);
  return byCoordinate(draws, shape, (x) => chainsMcseQuantile(x, probability));
}

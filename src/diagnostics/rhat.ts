import { byCoordinate, type Chains, checkDraws, type Draws, type DrawsShape, split } from './draws.js';
import { byChain, mean, variance } from './moments.js';
import { folded, normalScores } from './ranks.js';

/** R-hat of chains that are neither split nor ranked (Vehtari and others 2021, equations 1 to 4). */
function plainRhat(chains: Chains): number {
  const { length } = chains;
  const between = length * variance(byChain(chains, mean));
  const within = mean(byChain(chains, variance));
  return Math.sqrt((between / within + length - 1) / length);
}

/** Rank-normalised split R-hat. @param scores the normal scores of the half chains, where they are known */
export function chainsRhat(chains: Chains, scores?: Chains): number {
  const halves = split(chains);
  const bulk = plainRhat(scores ?? normalScores(halves));
  const tail = plainRhat(normalScores(folded(halves)));
  // As in ArviZ, an R-hat of distances from the median that is NaN does not count.
  return Number.isNaN(tail) ? bulk : Math.max(bulk, tail);
}

/**
 * Rank-normalised split R-hat of every coordinate: [dim], near 1 when the chains agree; above 1.01 they have not
 * mixed. Chains are cut in halves, values replaced by the normal scores of their ranks, and R-hat is the root of the
 * pooled variance over that within chains; the larger of that and of the same for distances from the median.
 * Source: Vehtari, Gelman, Simpson, Carpenter and Buerkner 2021, "Rank-normalization, folding, and localization",
 * section 3. Equal to ArviZ's for two chains and more; one chain is compared with itself, half with half, as Stan has
 * it, where ArviZ gives NaN. NaN where nothing moves, Infinity where chains stand still in different places.
 *
 * @param draws [draws, chains, dim], at least 4 draws
 * @throws TypeError for another type of array, RangeError on a wrong length or draws that are not finite
 */
export function rhat(draws: Draws, options: DrawsShape = {}): Float64Array {
  return byCoordinate(draws, checkDraws('rhat', draws, options), chainsRhat);
}

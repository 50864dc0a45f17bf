// Diagnostics of what Hamiltonian samplers report at each draw of each chain: [draws, chains].

import { finite, integer, show } from '../core/check.js';
import { square } from '../core/elementary.js';
import { mean, squares } from './moments.js';

/** How many chains are in the numbers of a diagnostic. */
export interface ChainsOption {
  /** Chains side by side. Default: 1. */
  chains?: number;
}

/**
 * Draws of each chain, and chains.
 *
 * @throws TypeError or RangeError unless there are at least `least` draws of each chain.
 */
function drawsOf(
  caller: string,
  name: string,
  values: ArrayLike<number | boolean>,
  { chains = 1 }: ChainsOption,
  least = 1,
): { draws: number; chains: number } {
  if (typeof values?.length !== 'number' || typeof values === 'string') {
    throw new TypeError(`${caller}: ${name} must be an array, got ${show(values)}`);
  }
  integer(caller, 'chains', chains);
  const draws = values.length / chains;
  if (!Number.isInteger(draws) || draws < least) {
    throw new RangeError(
      `${caller}: ${name} must hold at least ${least} draws of each of ${chains} chains, got ${values.length} numbers`,
    );
  }
  return { draws, chains };
}

/** The numbers of one chain: column `chain` of values [draws, chains]. */
const chainOf = (values: ArrayLike<number>, chain: number, chains: number): Float64Array =>
  Float64Array.from({ length: values.length / chains }, (_, t) => Number(values[t * chains + chain]));

/** How often proposals were accepted, see {@link acceptance}. */
export interface Acceptance {
  /** Over all chains, 0 to 1. */
  mean: number;
  /** [chains] */
  byChain: Float64Array;
  /** The mean of the chain that accepts least. */
  lowest: number;
}

/**
 * How often proposals were accepted: the mean over all, of each chain, and of the chain that accepts least.
 *
 * @param rates [draws, chains]: acceptance probabilities, or 1 for accepted and 0 for not
 * @throws TypeError when there is no array, RangeError when its length is not a multiple of chains or a rate is not
 *   from 0 to 1
 */
export function acceptance(rates: ArrayLike<number>, options: ChainsOption = {}): Acceptance {
  const { chains } = drawsOf('acceptance', 'rates', rates, options);
  for (let i = 0; i < rates.length; i++) {
    if (!(rates[i] >= 0 && rates[i] <= 1)) {
      throw new RangeError(`acceptance: rates must be from 0 to 1, got ${rates[i]} at index ${i}`);
    }
  }
  const byChain = Float64Array.from({ length: chains }, (_, c) => mean(chainOf(rates, c, chains)));
  return { mean: mean(byChain), byChain, lowest: byChain.reduce((a, b) => Math.min(a, b)) };
}

/**
 * E-BFMI, the estimated Bayesian fraction of missing information of every chain: [chains],
 *
 *   sum over t of (E[t] - E[t - 1])^2 / (draws - 1)  over the variance of E.
 *
 * It is near 1 when a new momentum can reach all energies in one step. Below 0.3 it cannot, and tails are visited too seldom.
 * Source: Betancourt 2016, "Diagnosing suboptimal cotangent disintegrations in Hamiltonian Monte Carlo", section 4.1;
 * equal to ArviZ's. NaN where the energy never changes.
 *
 * @param energies [draws, chains]: the Hamiltonian -log p(x) + kinetic energy of each draw, up to a constant
 * @throws TypeError when there is no array, RangeError for fewer than 2 draws, a length that is not a multiple of
 *   chains, or an energy that is not finite
 */
export function bfmi(energies: ArrayLike<number>, options: ChainsOption = {}): Float64Array {
  const { draws, chains } = drawsOf('bfmi', 'energies', energies, options, 2);
  finite('bfmi', 'energies', energies);
  return Float64Array.from({ length: chains }, (_, chain) => {
    const energy = chainOf(energies, chain, chains);
    let steps = 0;
    for (let t = 1; t < draws; t++) steps += square(energy[t] - energy[t - 1]);
    // The divisors draws - 1 of both sums cancel.
    return steps / squares(energy);
  });
}

/** How many transitions diverged, see {@link divergences}. */
export interface Divergences {
  /** Divergent transitions of all chains. */
  total: number;
  /** [chains] */
  byChain: Uint32Array;
  /** total / (draws x chains) */
  share: number;
}

/**
 * Counts divergent transitions, in which the integrator left the energy surface. Even one means that the step size is too large
 * for a part of the distribution, and that estimates are biased.
 *
 * @param flags [draws, chains]: true or a number other than 0 for a divergent transition
 * @throws TypeError when there is no array, RangeError when its length is not a multiple of chains
 */
export function divergences(flags: ArrayLike<number | boolean>, options: ChainsOption = {}): Divergences {
  const { chains } = drawsOf('divergences', 'flags', flags, options);
  const byChain = new Uint32Array(chains);
  for (let i = 0; i < flags.length; i++) if (flags[i]) byChain[i % chains]++;
  const total = byChain.reduce((sum, count) => sum + count, 0);
  return { total, byChain, share: total / flags.length };
}

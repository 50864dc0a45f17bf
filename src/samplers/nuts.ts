import { integer } from '../core/check.js';
import { checkKey, split } from '../core/random.js';
import type { Score } from '../core/score.js';
import { type ChainOptions, moveChains } from './chains.js';
import {
  hamiltonianSettings,
  type MassOptions,
  type TrajectoryState,
  trajectories,
  type WarmupOptions,
} from './hamiltonian.js';
import { movesOver } from './moves.js';

/** Its warm-up is 1000 steps by default. */
export interface NutsOptions extends ChainOptions, MassOptions, WarmupOptions {
  /** Length of a leapfrog step at the start; without a warm-up, always. Default: 1. */
  stepSize?: number;
  /** A tree doubles at most so often, to 2^maxDepth leapfrog steps. Default: 10. */
  maxDepth?: number;
}

/** What {@link nuts} yields: a state of chains with the depths of their trees. */
export interface NutsState extends TrajectoryState {
  /** Mean number of doublings of each chain's trees so far, [chains]. */
  depth: Float64Array;
}

/**
 * The no-U-turn sampler (Hoffman and Gelman, 2014), which finds the length of each trajectory by itself, with
 * multinomial choice along it (Betancourt, "A conceptual introduction to Hamiltonian Monte Carlo", 2017). In the warm-up each
 * chain adapts its step size by dual averaging and its inverse masses to the variance, or with metric 'dense' the covariance, of
 * its positions, in Stan's windows: 75 steps, windows of 25, 50, 100, ..., 50 steps. States of the warm-up have a step below 0
 * and keep, count and report nothing.
 *
 * A score without a log-density, such as a learned one, will do: log p(x') - log p(x) is then the line integral of the score
 * along the trajectory, by Simpson's rule on each leapfrog step, for which the score in its middle is evaluated too. Where the
 * score is the gradient of some log-density, that is right but for an error of order stepSize^4, and the target is left as it is
 * but for the like; where it is no gradient (`curl` says how far), there is no density to be left, and where the chains go
 * depends on their paths.
 *
 * With [k, d, l, s] = split(key, 4), step t (from the warm-up's first) of chain c takes its momenta from
 * normal(k, [warmup + steps, chains, dim])[t, c]; the direction of doubling i, the choice of leaf n of the tree and of
 * the whole subtree i are element [t, c, i or n] of uniform(d, l or s, [.., chains, 2^32]), in the partitionable layout
 * whatever `layout` is, for trees need no limit on their leaves. Trees of four chains grow side by side; fused, shared out
 * over threads, and cut into calls as `langevin` is.
 *
 * @param score of the distribution to sample: exact, learned or your own
 * @throws TypeError when `score` is none, RangeError on bad options, the signal's reason when aborted, and an Error when a chain
 *   starts where its log-density or score is not finite, or float32 is too coarse for its steps to move it.
 */
export async function* nuts(score: Score, options: NutsOptions): AsyncGenerator<NutsState, void, void> {
  const { warmup = 1000, stepSize = 1, maxDepth = 10 } = options;
  const settings = hamiltonianSettings('nuts', score, { ...options, warmup, stepSize });
  integer('nuts', 'maxDepth', maxDepth, 1, 24);
  const moves = movesOver(score, {
    sampler: 'nuts',
    settings: { ...settings, maxDepth },
    keys: split(checkKey('nuts', options.key), 4),
    remedy: 'start where the density is finite',
    warmup,
  });
  for await (const state of moveChains('nuts', score, options, moves))
    yield trajectories('nuts', state, options);
}

import { integer, scale, show } from '../core/check.js';
import { checkKey, split } from '../core/random.js';
import type { Density } from '../core/score.js';
import { type ChainOptions, moveChains } from './chains.js';
import { checkDensity, inverseMasses, type TrajectoryState, trajectories } from './hamiltonian.js';
import { movesOver } from './moves.js';

export interface NutsOptions extends ChainOptions {
  /** Steps before the first of `steps`, in which every chain adapts its step size and masses by itself. Default: 1000. */
  warmup?: number;
  /** Length of a leapfrog step at the start; without a warm-up, always. Default: 1. */
  stepSize?: number;
  /** Mean acceptance probability that adaptation aims at, between 0 and 1. Default: 0.8. */
  targetAcceptance?: number;
  /** A tree doubles at most so often, to 2^maxDepth leapfrog steps. Default: 10. */
  maxDepth?: number;
  /** 1 / mass of each coordinate at the start, [dim]. Default: 1. */
  inverseMass?: ArrayLike<number>;
}

export interface NutsState extends TrajectoryState {
  /** Mean number of doublings of each chain's trees so far, [chains]. */
  depth: Float64Array;
}

/**
 * The no-U-turn sampler (Hoffman and Gelman, 2014), which finds the length of each trajectory by itself, with
 * multinomial choice along it (Betancourt, "A conceptual introduction to Hamiltonian Monte Carlo", 2017). It needs a
 * density. In the warm-up each chain adapts its step size by dual averaging and its inverse masses to the variance of its
 * positions, in Stan's windows: 75 steps, windows of 25, 50, 100, ..., 50 steps. States of the warm-up have a step below 0
 * and keep, count and report nothing.
 *
 * With [k, d, l, s] = split(key, 4), step t (from the warm-up's first) of chain c takes its momenta from
 * normal(k, [warmup + steps, chains, dim])[t, c]; the direction of doubling i, the choice of leaf n of the tree and of
 * the whole subtree i are element [t, c, i or n] of uniform(d, l or s, [.., chains, 2^32]), in the partitionable layout
 * whatever `layout` is, for trees need no limit on their leaves. Trees of four chains grow side by side; fused, shared out
 * over threads, and cut into calls as `langevin` is.
 *
 * @throws TypeError when the score has no log-density, RangeError on bad options, the signal's reason when aborted.
 */
export async function* nuts(density: Density, options: NutsOptions): AsyncGenerator<NutsState, void, void> {
  checkDensity('nuts', density);
  const { warmup = 1000, stepSize = 1, targetAcceptance = 0.8, maxDepth = 10, inverseMass } = options;
  integer('nuts', 'warmup', warmup, 0);
  integer('nuts', 'maxDepth', maxDepth, 1, 24);
  scale('nuts', 'stepSize', stepSize);
  if (!(targetAcceptance > 0 && targetAcceptance < 1)) {
    throw new RangeError(
      `nuts: targetAcceptance must be a number between 0 and 1, got ${show(targetAcceptance)}`,
    );
  }
  const moves = movesOver(density, {
    sampler: 'nuts',
    settings: {
      stepSize,
      centre: Math.log(10 * stepSize),
      targetAcceptance,
      maxDepth,
      inverseMasses: inverseMasses('nuts', density.dim, inverseMass),
    },
    keys: split(checkKey('nuts', options.key), 4),
    remedy: 'start where the density is finite',
    warmup,
  });
  for await (const state of moveChains('nuts', density, options, moves)) yield trajectories(state);
}

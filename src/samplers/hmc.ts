import { integer, scale, show } from '../core/check.js';
import { checkKey, split } from '../core/random.js';
import type { Density } from '../core/score.js';
import { type ChainOptions, moveChains } from './chains.js';
import { checkDensity, inverseMasses, type TrajectoryState, trajectories } from './hamiltonian.js';
import { movesOver } from './moves.js';

export interface HmcOptions extends ChainOptions {
  /** Length of a leapfrog step, in units of the data where the inverse mass is 1. */
  stepSize: number;
  /** Leapfrog steps of a trajectory. */
  leapfrogs: number;
  /** Each trajectory's step size is uniform on stepSize (1 - jitter) ... stepSize (1 + jitter); from 0 (default) to 1. */
  jitter?: number;
  /** 1 / mass of each coordinate, [dim]: about its variance. Default: 1. */
  inverseMass?: ArrayLike<number>;
}

/**
 * Hamiltonian Monte Carlo (Duane and others, 1987; Neal, "MCMC using Hamiltonian dynamics", 2011): each step draws momenta
 * p ~ N(0, mass), follows H(x, p) = -log p(x) + sum_d p_d^2 / (2 mass_d) for `leapfrogs` leapfrog steps,
 *
 *   p <- p + (eps / 2) score(x),  x <- x + eps p / mass,  p <- p + (eps / 2) score(x),
 *
 * and accepts the end with probability min(1, exp(H - H')). It needs a density. A fixed length can come back to where it
 * started, for ever; `jitter` prevents it. Step t of chain c takes its momenta from
 * normal(k, [steps, chains, dim])[t, c], its acceptance from uniform(a, [steps, chains])[t, c] and its length from
 * uniform(l, [steps, chains])[t, c], where [k, a, l] = split(key, 3). Fused, shared out over threads, and cut into calls as
 * `langevin` is.
 *
 * @throws TypeError when the score has no log-density, RangeError on bad options, the signal's reason when aborted.
 */
export async function* hmc(
  density: Density,
  options: HmcOptions,
): AsyncGenerator<TrajectoryState, void, void> {
  checkDensity('hmc', density);
  const { stepSize, leapfrogs, jitter = 0, inverseMass } = options;
  scale('hmc', 'stepSize', stepSize);
  integer('hmc', 'leapfrogs', leapfrogs, 1, 2 ** 24);
  if (!(jitter >= 0 && jitter <= 1)) {
    throw new RangeError(`hmc: jitter must be a number from 0 to 1, got ${show(jitter)}`);
  }
  const moves = movesOver(density, {
    sampler: 'hmc',
    settings: { stepSize, jitter, leapfrogs, inverseMasses: inverseMasses('hmc', density.dim, inverseMass) },
    keys: split(checkKey('hmc', options.key), 3),
    remedy: 'start where the density is finite',
  });
  for await (const state of moveChains('hmc', density, options, moves)) {
    const { depth: _, ...rest } = trajectories(state);
    yield rest;
  }
}

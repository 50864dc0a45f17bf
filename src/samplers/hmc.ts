import { integer, show } from '../core/check.js';
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

/** Options of {@link hmc}. */
export interface HmcOptions extends ChainOptions, MassOptions, WarmupOptions {
  /**
   * Length of a leapfrog step, in units of the data where the inverse mass is 1; with a warm-up, at its start, and 1 by
   * default. Without one it must be given.
   */
  stepSize?: number;
  /** Leapfrog steps of a trajectory. */
  leapfrogs: number;
  /** Each trajectory's step size is uniform on stepSize (1 - jitter) ... stepSize (1 + jitter); from 0 (default) to 1. */
  jitter?: number;
}

/**
 * Hamiltonian Monte Carlo (Duane and others, 1987; Neal, "MCMC using Hamiltonian dynamics", 2011): each step draws momenta
 * p ~ N(0, mass), follows H(x, p) = -log p(x) + sum_d p_d^2 / (2 mass_d) for `leapfrogs` leapfrog steps,
 *
 *   p <- p + (eps / 2) score(x),  x <- x + eps p / mass,  p <- p + (eps / 2) score(x),
 *
 * and accepts the end with probability min(1, exp(H - H')). A fixed length can come back to where it started, for ever; `jitter`
 * prevents it. With `warmup`, by default 0, each chain first adapts its step size and inverse masses as those of `nuts` do; the
 * number of leapfrog steps stays.
 *
 * A score without a log-density, such as a learned one, will do: log p(x') - log p(x) is then the line integral of the score
 * along the trajectory, by Simpson's rule on each leapfrog step, for which the score in its middle is evaluated too. Where the
 * score is the gradient of some log-density, that is right but for an error of order stepSize^4, and the target is left as it is
 * but for the like; where it is no gradient (`curl` says how far), there is no density to be left, and where the chains go
 * depends on their paths.
 *
 * Step t of chain c takes its momenta from normal(k, [warmup + steps, chains, dim])[t, c], its acceptance from
 * uniform(a, [.., chains])[t, c] and its length from uniform(l, [.., chains])[t, c], where [k, a, l] = split(key, 3). Fused,
 * shared out over threads, and cut into calls as `langevin` is.
 *
 * @param score of the distribution to sample: exact, learned or your own
 * @throws TypeError when `score` is none, RangeError on bad options, the signal's reason when aborted, and an Error when a chain
 *   starts where its log-density or score is not finite, or float32 is too coarse for its steps to move it, which takes about 128 steps to tell: it
 *   looks at one in four that it accepts, and judges after 32 looks.
 */
export async function* hmc(score: Score, options: HmcOptions): AsyncGenerator<TrajectoryState, void, void> {
  const { warmup = 0, leapfrogs, jitter = 0 } = options;
  // Without a warm-up no step size is better than another.
  const stepSize = options.stepSize ?? (warmup > 0 ? 1 : Number.NaN);
  const settings = hamiltonianSettings('hmc', score, { ...options, stepSize });
  integer('hmc', 'leapfrogs', leapfrogs, 1, 2 ** 24);
  if (!(typeof jitter === 'number' && jitter >= 0 && jitter <= 1)) {
    throw new RangeError(`hmc: jitter must be a number from 0 to 1, got ${show(jitter)}`);
  }
  const moves = movesOver(score, {
    sampler: 'hmc',
    settings: { ...settings, jitter, leapfrogs },
    keys: split(checkKey('hmc', options.key), 3),
    remedy: 'start where the density is finite',
    warmup,
  });
  for await (const state of moveChains('hmc', score, options, moves)) {
    const { depth: _, ...rest } = trajectories('hmc', state, options);
    yield rest;
  }
}

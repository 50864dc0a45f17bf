import { scale } from '../core/check.js';
import { checkKey, split } from '../core/random.js';
import type { Score } from '../core/score.js';
import { type ChainOptions, moveChains } from './chains.js';
import { hamiltonianSettings, type MetropolisState, trajectories } from './hamiltonian.js';
import { movesOver } from './moves.js';

/** Options of {@link mala}. */
export interface MalaOptions extends ChainOptions {
  /** eta, in squared units of the data. */
  stepSize: number;
}

/**
 * The Metropolis-adjusted Langevin algorithm (Roberts and Tweedie, 1996): a step of `langevin` is a proposal,
 *
 *   x' = x + (stepSize / 2) score(x) + sqrt(stepSize) z,   z ~ N(0, I),
 *
 * and accepted so that the target is left as it is. (With h = stepSize / 2 it is x + h score(x) + sqrt(2 h) z.) Over a
 * score without a log-density it accepts by the line integral of the score, as `hmc` does. Step t of chain c takes its z from normal(k, [steps, chains, dim])[t, c] and its acceptance from
 * uniform(a, [steps, chains])[t, c], where [k, a] = split(key). About 0.57 of the proposals accepted is best in many
 * dimensions (Roberts and Rosenthal, 1998). Fused, shared out over threads, and cut into calls as `langevin` is.
 *
 * @param score of the distribution to sample: exact, learned or your own
 * @throws TypeError when `score` is none, RangeError on bad options, the signal's reason when aborted, and an Error when a chain
 *   starts where its log-density or score is not finite, or float32 is too coarse for its steps to move it, which takes about 128 steps to tell: it
 *   looks at one in four that it accepts, and judges after 32 looks.
 */
export async function* mala(score: Score, options: MalaOptions): AsyncGenerator<MetropolisState, void, void> {
  const eps = Math.sqrt(scale('mala', 'stepSize', options.stepSize));
  // One leapfrog step is the proposal, and its energy the ratio (Neal, "MCMC using Hamiltonian dynamics", section 5.2).
  const settings = hamiltonianSettings('mala', score, { stepSize: eps });
  const moves = movesOver(score, {
    sampler: 'hmc',
    settings: { ...settings, jitter: 0, leapfrogs: 1 },
    keys: split(checkKey('mala', options.key)),
    remedy: 'start where the density is finite',
  });
  for await (const state of moveChains('mala', score, options, moves)) {
    const { leapfrogs: _, stepSizes: _sizes, depth: _depth, ...rest } = trajectories('mala', state, options);
    yield rest;
  }
}

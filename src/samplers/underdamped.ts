import { positive, scale } from '../core/check.js';
import { exp, expm1 } from '../core/elementary.js';
import type { Score } from '../core/score.js';
import { type ChainOptions, moveChains, type SamplerState } from './chains.js';
import { checkScore, movesOver } from './moves.js';

/** Options of {@link underdamped}. */
export interface UnderdampedOptions extends ChainOptions {
  /** h, a time: in units of the data where the inverse mass is 1. */
  stepSize: number;
  /** gamma, the rate at which velocities are forgotten. Default: 1. */
  friction?: number;
  /** u, the variance of velocities. Default: 1. */
  inverseMass?: number;
}

/**
 * Underdamped Langevin dynamics, dx = v dt, dv = u score(x) dt - gamma v dt + sqrt(2 gamma u) dW, in the steps of the walk of
 * walk-jump sampling (Saremi and Srivastava, "Multimeasurement generative models", 2022, algorithm 1, after Sachs,
 * Leimkuhler and Danos, 2017):
 *
 *   x <- x + (h / 2) v
 *   v <- e^(-gamma h) (v + (u h / 2) score(x)) + (u h / 2) score(x) + sqrt(u (1 - e^(-2 gamma h))) z,   z ~ N(0, I)
 *   x <- x + (h / 2) v
 *
 * from v = 0. It needs a score, no density, and is not adjusted: on a Gaussian of variance s^2 positions have that variance
 * for any h < 2 s / sqrt(u), on others a bias that shrinks with h^2. Step t of chain c takes its z from
 * normal(key, [steps, chains, dim])[t, c]. Fused, shared out over threads, and cut into calls as `langevin` is.
 *
 * @param score of the distribution to sample: exact, learned or your own
 * @throws TypeError when `score` is none, RangeError on bad options and where chains stay so far from 0 that float32 rounds their
 *   steps, the signal's reason when aborted, and an Error when a position is no longer finite.
 */
export async function* underdamped(
  score: Score,
  options: UnderdampedOptions,
): AsyncGenerator<SamplerState, void, void> {
  const { stepSize, friction = 1, inverseMass = 1 } = options;
  checkScore('underdamped', score);
  scale('underdamped', 'stepSize', stepSize);
  positive('underdamped', 'friction', friction);
  scale('underdamped', 'inverseMass', inverseMass);
  const decay = exp(-friction * stepSize);
  const noise = Math.sqrt(-inverseMass * expm1(-2 * friction * stepSize));
  const moves = movesOver(score, {
    sampler: 'underdamped',
    settings: { stepSize, decay, kick: (inverseMass * stepSize) / 2, noise },
    keys: [options.key],
    reach: (stepSize * Math.sqrt(inverseMass)) / 2,
    remedy: `lower stepSize (now ${stepSize})`,
  });
  for await (const { statistics: _, ...state } of moveChains('underdamped', score, options, moves))
    yield state;
}

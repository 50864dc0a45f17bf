import { positive } from '../core/check.js';
import type { Score } from '../core/score.js';
import { type ChainOptions, moveChains, type SamplerState } from './chains.js';
import { movesOver } from './moves.js';

export interface LangevinOptions extends ChainOptions {
  /** eta, in squared units of the data. */
  stepSize: number;
}

/**
 * Unadjusted Langevin dynamics over any score, in the convention of the article:
 *
 *   x <- x + (stepSize / 2) score(x) + sqrt(stepSize) z,   z ~ N(0, I)
 *
 * (eta there; with h = stepSize / 2 it is x + h score(x) + sqrt(2 h) z). Step t of chain c takes its z from
 * normal(key, [steps, chains, dim])[t, c]. A score of this library runs fused, without JavaScript between steps, its
 * chains shared out over the core's threads, and is taken as it is when the run starts: a network in training does not
 * change under it. Any other score is called once a step. Yields about every 12 ms. Neither how it is cut nor how many
 * threads there are changes a bit.
 *
 * @throws RangeError on bad options, the signal's reason when aborted, and an Error when a position is no longer finite.
 */
export async function* langevin(
  score: Score,
  options: LangevinOptions,
): AsyncGenerator<SamplerState, void, void> {
  const { stepSize } = options;
  // In float32, as the kernels have it.
  if (Math.fround(positive('langevin', 'stepSize', stepSize)) === 0 || stepSize > 1e38) {
    throw new RangeError(`langevin: stepSize must be a float32 above 0, got ${stepSize}`);
  }
  const moves = movesOver(score, {
    sampler: 'langevin',
    settings: { stepSize },
    keys: [options.key],
    remedy: `lower stepSize (now ${stepSize})`,
  });
  for await (const { statistics: _, ...state } of moveChains('langevin', score, options, moves)) yield state;
}

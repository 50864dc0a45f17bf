import { EXTERNAL } from '../core/abi.js';
import { positive } from '../core/check.js';
import type { FusedScore } from '../core/fusedScore.js';
import { layoutCode } from '../core/random.js';
import type { Score } from '../core/score.js';
import { type ChainOptions, moveChains, type SamplerState } from './chains.js';
import type { ChainShare } from './share.js';

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
 * chains shared out over the core's threads; any other is called once a step. Yields about every 12 ms. Neither how it
 * is cut nor how many threads there are changes a bit.
 *
 * @throws RangeError on bad options, the signal's reason when aborted, and an Error when a position is no longer finite.
 */
export async function* langevin(
  score: Score,
  options: LangevinOptions,
): AsyncGenerator<SamplerState, void, void> {
  const { key, steps, stepSize, chains = 1, thin = 0, histogram, layout = 'original' } = options;
  // In float32, as the kernels have it.
  if (Math.fround(positive('langevin', 'stepSize', stepSize)) === 0 || stepSize > 1e38) {
    throw new RangeError(`langevin: stepSize must be a float32 above 0, got ${stepSize}`);
  }
  const { dim, core } = score;
  const panelBytes = (count: number) => Math.ceil(count / 8) * dim * 32;
  const call = (pointer: number, share: ChainShare, first: number, count: number, path: number) =>
    [
      pointer,
      share.x,
      share.work,
      share.count,
      share.first,
      chains,
      dim,
      first,
      count,
      stepSize,
      key[0],
      key[1],
      steps * chains * dim,
      layoutCode('langevin', layout),
      path,
      thin,
      share.histogram,
      histogram?.bins ?? 0,
    ] as const;
  const states = moveChains('langevin', score, options, {
    mend: `lower stepSize (now ${stepSize})`,
    // Scores, then the descriptor of a score computed outside.
    work: (count) => panelBytes(count) + 8,
    move: (share, first, count) => [
      'langevin',
      ...call((score as FusedScore).pointer, share, first, count, share.path),
    ],
    moveAsking(share, step, path) {
      const external = share.work + panelBytes(share.count);
      core.memory.u32(external, 2).set([EXTERNAL, dim]);
      share.ask((x) => score.score(x), share.work);
      core.wasm.langevin(...call(external, share, step, 1, path));
    },
  });
  for await (const { statistics: _, ...state } of states) yield state;
}

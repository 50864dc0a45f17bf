import { STATISTICS } from '../abi/samplers.js';
import type { ChainOptions, ChainState } from './chains.js';
import { place } from './place.js';
import { shardRange } from './shard.js';

/** The distance between neighbouring float32 numbers at x. */
function spacing(x: number): number {
  const at = Float32Array.of(Math.abs(x));
  new Uint32Array(at.buffer)[0]++;
  return at[0] - Math.abs(x);
}

/**
 * Refuses chains that cannot be right although nothing in them is infinite; `assembly/samplers/health.ts` finds them. A chain
 * that starts where the density is zero has nothing to compare proposals with, and may stand still for ever. One whose steps are
 * below the spacing of float32 numbers stands still too, while its proposals, which are where it is, are accepted.
 *
 * @param options of the sampler: where chains start, how many, and which of them these are
 * @throws Error that names the first such chain
 */
export function checkHealth(
  caller: string,
  { statistics, x }: ChainState,
  { init, chains = 1, shard }: Pick<ChainOptions, 'init' | 'chains' | 'shard'>,
): void {
  const count = statistics.length / STATISTICS;
  const dim = x.length / count;
  const [first] = shardRange(caller, chains, shard);
  for (let c = 0; c < count; c++) {
    const at = c * STATISTICS + 10;
    // Read one by one: arrays for each of a million chains would take longer than their steps.
    const logp = statistics[at];
    const score = statistics[at + 1];
    const still = statistics[at + 3];
    const from = () => `chain ${first + c} starts at ${place(init, first + c, dim)}`;
    // Where there is no log-density, its integral starts with a score, and is NaN if that is not finite.
    if (logp !== Number.NEGATIVE_INFINITY && score !== 0)
      throw new Error(`${caller}: ${from()}, where its score is not finite; start where the score is finite`);
    if (!Number.isFinite(logp))
      throw new Error(
        `${caller}: ${from()}, where its log-density is ${logp}; start where the density is finite`,
      );
    if (still > 0) {
      const looks = statistics[at + 2];
      const d = statistics[at + 4];
      const value = x[c * dim + d];
      throw new Error(
        `${caller}: chain ${first + c} does not move although it accepts its steps: ${still} of ${looks} left coordinate ${d} at ${value}, where float32 numbers are ${Number(spacing(value).toPrecision(2))} apart; subtract about ${Number(value.toPrecision(3))} from that coordinate, so that it is near 0, or take larger steps`,
      );
    }
  }
}

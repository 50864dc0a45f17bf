// Samples of several systems, taken in turn so that a slow spell of the machine meets them all.
import { fail } from './contenders.mjs';

/** The value at a share of the sorted samples, between two of them where it falls there. */
function quantile(sorted, share) {
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.ceil(at);
  return sorted[low] + (sorted[high] - sorted[low]) * (at - low);
}

/** Median and quartiles. */
export function summary(samples) {
  const sorted = [...samples].sort((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    lower: quantile(sorted, 0.25),
    upper: quantile(sorted, 0.75),
    samples: sorted.length,
  };
}

/**
 * Warms every contender up, then takes samples in rounds, starting each round with another one. A contender that has
 * used up its time stops early, but not before `leastRounds`.
 *
 * @param contenders [{ call(name, argument, limitMs) }]; one that fails gets `failure` and is left out from then on
 * @returns for each, the milliseconds a unit of every sample
 */
export async function interleave(contenders, { warmMs, sampleMs, rounds, leastRounds, budgetMs, limitMs }) {
  const samples = contenders.map(() => []);
  const spent = contenders.map(() => 0);
  const guarded = async (contender, act) => {
    if (contender.failure) return;
    try {
      await act();
    } catch (error) {
      await fail(contender, error);
    }
  };
  for (const contender of contenders) {
    await guarded(contender, () => contender.call('warm', { ms: warmMs }, limitMs));
  }
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const index = (turn + round) % contenders.length;
      const contender = contenders[index];
      if (round >= leastRounds && spent[index] > budgetMs) continue;
      await guarded(contender, async () => {
        const { ms, units } = await contender.call('sample', { ms: sampleMs }, limitMs);
        samples[index].push(ms);
        spent[index] += ms * units;
      });
    }
  }
  return samples;
}

import { finite, integer, positive, show } from '../check.js';
import { pause } from '../pause.js';
import { checkKey, type Key, type Layout, layoutCode } from '../random.js';
import { FusedScore } from '../scores/fused.js';
import type { Score } from '../scores/types.js';
import { type ChainArgs, type ChainConfig, type ChainResult, ChainShare, keptBetween } from './chains.js';
import { checkHistogram, type HistogramOptions, joinCounts, type SampleHistogram } from './histogram.js';

export interface LangevinOptions {
  /** Step t of chain c adds normal(key, [steps, chains, dim])[t, c] times sqrt(stepSize). */
  key: Key;
  steps: number;
  /** eta, in squared units of the data. */
  stepSize: number;
  chains?: number;
  /** Where chains start: [dim], the same for all, or [chains, dim]. Default: the origin. */
  init?: Float32Array;
  /** Keeps every thin-th position in `path`; 0 keeps none. */
  thin?: number;
  /** Counts every position after a step of every chain. */
  histogram?: HistogramOptions;
  layout?: Layout;
  signal?: AbortSignal;
}

/** A run of chains after some steps. */
export interface SamplerState {
  /** Steps done. */
  step: number;
  /** Positions now: [chains, dim], a copy. */
  x: Float32Array;
  /** Positions kept since the last state: [kept, chains, dim]. */
  path: Float32Array;
  /** Everything counted so far, when asked for. */
  histogram?: SampleHistogram;
}

/** Chains in a panel: shares are whole panels, which the kernels compute as one. */
const PANEL = 8;
/** About how long one call of the fused loop should last. */
const CALL_MS = 12;

/**
 * Unadjusted Langevin dynamics over any score, in the convention of the article:
 *
 *   x <- x + (stepSize / 2) score(x) + sqrt(stepSize) z,   z ~ N(0, I)
 *
 * (eta there; with h = stepSize / 2 it is x + h score(x) + sqrt(2 h) z). A score of this library runs fused, without
 * JavaScript between steps, its chains shared out over the core's threads; any other is called once a step. Yields
 * about every 12 ms. Neither how it is cut nor how many threads there are changes a bit. Other threads keep the score
 * as it is when the run starts.
 *
 * @throws RangeError on bad options, the signal's reason when aborted, and an Error when a position is no longer finite.
 */
export async function* langevin(
  score: Score,
  options: LangevinOptions,
): AsyncGenerator<SamplerState, void, void> {
  const { key, steps, stepSize, chains = 1, thin = 0, histogram, layout = 'original', signal } = options;
  const { dim } = score;
  checkKey('langevin', key);
  integer('langevin', 'steps', steps);
  integer('langevin', 'chains', chains);
  integer('langevin', 'thin', thin, 0, 2 ** 32 - 1);
  // In float32, as the kernels have it.
  if (Math.fround(positive('langevin', 'stepSize', stepSize)) === 0 || stepSize > 1e38) {
    throw new RangeError(`langevin: stepSize must be a float32 above 0, got ${stepSize}`);
  }
  const limit = 2 ** 32;
  if (layoutCode('langevin', layout) === 0 && steps * chains * dim >= limit) {
    throw new RangeError(
      `langevin: steps x chains x dim must be below 2^32 in the original layout, got ${steps} x ${chains} x ${dim}; use layout 'partitionable'`,
    );
  }
  if (steps >= limit) throw new RangeError(`langevin: steps must be below 2^32, got ${steps}`);
  const start = startOf(options.init ?? new Float32Array(dim), chains, dim);

  if (histogram) checkHistogram('langevin', histogram, dim);
  // A call may keep this many positions: enough to be rare, few enough to be small.
  const room = thin === 0 ? 0 : Math.max(1, Math.floor(2 ** 20 / (4 * chains * dim)));
  const config = { key, steps, stepSize, chains, thin, histogram, layout };
  const shares = await openShares(score, start, config);
  try {
    let calls = 1;
    for (let step = 0; step < steps; ) {
      signal?.throwIfAborted();
      const untilFull = room === 0 ? steps : room * thin - (step % thin);
      const count = Math.min(calls, steps - step, untilFull);
      const before = performance.now();
      const results = await shares.run({ first: step, steps: count });
      const elapsed = performance.now() - before;
      if (elapsed < CALL_MS / 2) calls *= 2;
      else if (elapsed > CALL_MS * 2) calls = Math.max(1, calls >> 1);
      const kept = keptBetween(step, step + count, thin);
      step += count;
      const x = joinRows(
        results.map((result) => result.x),
        1,
      );
      if (!x.every(Number.isFinite)) {
        throw new Error(
          `langevin: a position is not finite within ${step} steps; lower stepSize (now ${stepSize})`,
        );
      }
      const path = joinRows(
        results.map((result) => result.path),
        kept,
      );
      const counts = results.flatMap((result) => result.counts ?? []);
      yield { step, x, path, ...(histogram && { histogram: joinCounts(histogram, counts, dim) }) };
      await pause();
    }
  } finally {
    shares.dispose();
  }
}

/** Shares the chains out over the core's threads, whole panels each; a score in JavaScript stays in this one. */
async function openShares(
  score: Score,
  start: Float32Array,
  run: Omit<ChainConfig, 'first' | 'count' | 'start'>,
) {
  const { pool, threads } = score.core;
  const { chains } = run;
  const panels = Math.ceil(chains / PANEL);
  const many = score instanceof FusedScore ? Math.min(threads, panels) : 1;
  const config = (index: number): ChainConfig => {
    const first = Math.floor((panels * index) / many) * PANEL;
    const end = Math.min(chains, Math.floor((panels * (index + 1)) / many) * PANEL);
    return { ...run, first, count: end - first, start: start.slice(first * score.dim, end * score.dim) };
  };
  const open = (index: number) =>
    pool?.open<ChainArgs, ChainResult>(index - 1, 'chains', {
      ...config(index),
      spec: (score as FusedScore).spec(),
    });
  const remote = (await Promise.all(Array.from({ length: many - 1 }, (_, i) => open(i + 1)))).filter(
    (share) => share !== undefined,
  );
  const local = new ChainShare(score, config(0));
  return {
    /** Moves all chains; the results stand in the order of their chains. */
    async run(args: ChainArgs): Promise<ChainResult[]> {
      const answers = Promise.all(remote.map((share) => share.run(args)));
      // A thread lost meanwhile is reported by the await below; until then it is not unhandled.
      answers.catch(() => {});
      return [local.run(args), ...(await answers)];
    },
    dispose() {
      local.dispose();
      for (const share of remote) share.close();
    },
  };
}

/** Joins arrays [rows, some chains, dim] into one [rows, all chains, dim]. */
function joinRows(parts: Float32Array[], rows: number): Float32Array {
  if (parts.length === 1) return parts[0];
  const out = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (let row = 0; row < rows; row++) {
    for (const part of parts) {
      const width = part.length / rows;
      out.set(part.subarray(row * width, (row + 1) * width), at);
      at += width;
    }
  }
  return out;
}

function startOf(init: Float32Array, chains: number, dim: number): Float32Array {
  if (!(init instanceof Float32Array))
    throw new TypeError(`langevin: init must be a Float32Array, got ${show(init)}`);
  finite('langevin', 'init', init);
  if (init.length === chains * dim) return init;
  if (init.length !== dim) {
    throw new RangeError(`langevin: init must hold ${dim} or ${chains} x ${dim} numbers, got ${init.length}`);
  }
  return Float32Array.from({ length: chains * dim }, (_, i) => init[i % dim]);
}

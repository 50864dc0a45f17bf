import { finite, integer, show } from '../core/check.js';
import { joined } from '../core/joined.js';
import { pause } from '../core/pause.js';
import { checkKey, type Key, type Layout, layoutCode } from '../core/random.js';
import type { Score } from '../core/score.js';
import { checkHistogram, type HistogramOptions, joinCounts, type SampleHistogram } from './histogram.js';
import type { Moves } from './moves.js';
import { place } from './place.js';
import { type Shard, shardRange } from './shard.js';
import { keptBetween, Shares } from './shares.js';
import { Standstill } from './standstill.js';

/** What every sampler of many chains takes. */
export interface ChainOptions {
  /** Of all random numbers of the run. */
  key: Key;
  /** Steps of each chain. */
  steps: number;
  /** Chains that run side by side; default: 1. */
  chains?: number;
  /** Where chains start: [dim], the same for all, or [chains, dim]. Default: the origin. */
  init?: Float32Array;
  /** Keeps every thin-th position in `path`; 0 keeps none. */
  thin?: number;
  /** Counts every position after a step of every chain. */
  histogram?: HistogramOptions;
  /**
   * [k, n] moves the k-th of n shares of the chains alone, k from 1, with the bits that they have in the whole run: `chains` and
   * `init` are of all, the state and its histogram of the share. Default: all chains.
   */
  shard?: Shard;
  /** Layout of the counters of random numbers; default: `original`. */
  layout?: Layout;
  /** Stops the run when aborted: the generator throws its reason. */
  signal?: AbortSignal;
}

/** A run of chains after some steps. */
export interface SamplerState {
  /** Steps done; below 0 while so many steps of a warm-up are still to do. */
  step: number;
  /** Positions now: [chains, dim], a copy. */
  x: Float32Array;
  /** Positions kept since the last state: [kept, chains, dim]. */
  path: Float32Array;
  /** Everything counted so far, when asked for. */
  histogram?: SampleHistogram;
}

/** A state with the chains' statistics. */
export interface ChainState extends SamplerState {
  /** [chains, numbers of the sampler's statistics] */
  statistics: Float64Array;
}

/** About how long one call into WebAssembly should last. */
const CALL_MS = 12;
/** Bytes of positions that a call may keep in all, about: enough to be rare, few enough to be small. */
const PATH_BYTES = 2 ** 20;

/**
 * Moves chains, shared out over the core's threads, panels of eight each; over a score in JavaScript they stay in this
 * thread. Yields about every 12 ms. Neither how it is cut nor how many threads there are changes a bit. A score of this
 * library is taken as it is when the run starts, in every thread.
 *
 * @param caller the sampler's name, for messages
 * @throws RangeError on bad options, the signal's reason when aborted, and an Error when a position is no longer finite.
 */
export async function* moveChains(
  caller: string,
  { core, dim }: Pick<Score, 'core' | 'dim'>,
  options: ChainOptions,
  moves: Moves,
): AsyncGenerator<ChainState, void, void> {
  const { steps, chains = 1, thin = 0, histogram, layout = 'original', signal } = options;
  const { warmup = 0, normalsPerStep = 1 } = moves;
  checkKey(caller, options.key);
  integer(caller, 'score.dim', dim);
  integer(caller, 'steps', steps);
  integer(caller, 'chains', chains);
  integer(caller, 'thin', thin, 0, 2 ** 32 - 1);
  const partitionable = layoutCode(caller, layout);
  const limit = 2 ** 32;
  if (partitionable === 0 && (warmup + steps) * chains * dim * normalsPerStep >= limit) {
    throw new RangeError(
      `${caller}: steps x chains x dim must be below 2^32 in the original layout, got ${steps} x ${chains} x ${dim}; use layout 'partitionable'`,
    );
  }
  if (warmup + steps >= limit) throw new RangeError(`${caller}: steps must be below 2^32, got ${steps}`);
  if (histogram) checkHistogram(caller, histogram, dim);
  const start = startOf(caller, options.init ?? new Float32Array(dim), chains, dim);
  const room = thin === 0 ? 0 : Math.max(1, Math.floor(PATH_BYTES / (4 * chains * dim)));
  const range = shardRange(caller, chains, options.shard);
  const standstill = moves.reach && new Standstill(caller, moves.reach, dim, range[0]);
  const shares = new Shares(
    core,
    moves,
    { start, chains, dim, steps: warmup + steps, thin, histogram, partitionable },
    room,
    range,
  );
  try {
    await shares.open();
    let stepsPerCall = 1;
    for (let step = -warmup; step < steps; ) {
      signal?.throwIfAborted();
      const untilFull = room === 0 ? Infinity : room * thin - (step > 0 ? step % thin : step);
      const count = Math.min(stepsPerCall, steps - step, untilFull);
      const before = performance.now();
      const results = await shares.move(step, count, signal);
      const elapsed = performance.now() - before;
      if (elapsed < CALL_MS / 2) stepsPerCall *= 2;
      else if (elapsed > CALL_MS * 2) stepsPerCall = Math.max(1, stepsPerCall >> 1);
      const kept = keptBetween(step, step + count, thin);
      step += count;
      const x = joinRows(
        results.map((result) => result.x),
        1,
      );
      const lost = x.findIndex((v) => !Number.isFinite(v));
      if (lost >= 0) {
        const c = range[0] + Math.floor(lost / dim);
        throw new Error(
          `${caller}: a position is not finite within ${step + warmup} steps, of chain ${c}, which started at ${place(start, c, dim)}; ${moves.remedy}`,
        );
      }
      if (standstill) standstill.look(x, step, step === steps);
      const path = joinRows(
        results.map((result) => result.path),
        kept,
      );
      const counts = results.flatMap((result) => result.counts ?? []);
      const statistics = joined(
        Float64Array,
        results.map((result) => result.statistics),
      );
      yield {
        step,
        x,
        path,
        statistics,
        ...(histogram && { histogram: joinCounts(histogram, counts, dim) }),
      };
      await pause();
    }
  } finally {
    shares.dispose();
  }
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

function startOf(caller: string, init: Float32Array, chains: number, dim: number): Float32Array {
  if (!(init instanceof Float32Array))
    throw new TypeError(`${caller}: init must be a Float32Array, got ${show(init)}`);
  finite(caller, 'init', init);
  if (init.length === chains * dim) return init;
  if (init.length !== dim) {
    throw new RangeError(
      `${caller}: init must hold ${dim} or ${chains} x ${dim} numbers, got ${init.length}`,
    );
  }
  return Float32Array.from({ length: chains * dim }, (_, i) => init[i % dim]);
}

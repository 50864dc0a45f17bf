import { finite, integer, show } from '../core/check.js';
import { FusedScore } from '../core/fusedScore.js';
import { type Call, makeCalls, type Span } from '../core/job.js';
import { pause } from '../core/pause.js';
import { checkKey, type Key, type Layout, layoutCode } from '../core/random.js';
import type { Score } from '../core/score.js';
import { checkHistogram, type HistogramOptions, joinCounts, type SampleHistogram } from './histogram.js';
import { type ChainLayout, type ChainResult, ChainShare } from './share.js';

/** What every sampler of many chains takes. */
export interface ChainOptions {
  key: Key;
  steps: number;
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
  /** Steps done; below 0 while so many steps of a warm-up are still to do. */
  step: number;
  /** Positions now: [chains, dim], a copy. */
  x: Float32Array;
  /** Positions kept since the last state: [kept, chains, dim]. */
  path: Float32Array;
  /** Everything counted so far, when asked for. */
  histogram?: SampleHistogram;
}

/** How a sampler moves its chains: its calls into the fused kernels. */
export interface ChainMoves {
  /** What to do when a position is no longer finite, for the message. */
  mend: string;
  /** Bytes that a share of some chains needs beside their positions; zeroed at the start. */
  work(chains: number): number;
  /** Numbers that a chain reports, f64 [count, statistics], zeroed at the start. Default: none. */
  statistics?: number;
  /** Steps made before the first that is kept, counted or reported. Default: none. */
  warmup?: number;
  /** Normal numbers a step draws for one coordinate of one chain, at most. Default: 1. */
  draws?: number;
  /** Memory that the calls read beside the score's, the same for all shares. Default: none. */
  spans?(): Span[];
  /** Calls before the first step, of each share. */
  begin?(share: ChainShare): Call[];
  /** The call that makes the steps first ... first + steps - 1 of a share; step 0 is the first of the warm-up. */
  move(share: ChainShare, first: number, steps: number): Call;
  /** For scores in JavaScript: makes one step of a share, asking as often as it must; `path` is where to keep it. */
  moveAsking(share: ChainShare, step: number, path: number): void;
}

/** A state with what the chains report: [chains, statistics]. */
export interface ChainState extends SamplerState {
  statistics: Float64Array;
}

/** Chains in a panel: shares are whole panels, which the kernels compute as one. */
const PANEL = 8;
/** About how long one call of the fused loop should last. */
const CALL_MS = 12;
/** Bytes of positions that a call may keep in all, about: enough to be rare, few enough to be small. */
const PATH_BYTES = 2 ** 20;

/**
 * Moves chains over a score, shared out over the core's threads, panels of eight each; a score in JavaScript stays in
 * this thread. Yields about every 12 ms. Neither how it is cut nor how many threads there are changes a bit. Other
 * threads keep the score as it is when the run starts.
 *
 * @param caller the sampler's name, for messages
 * @throws RangeError on bad options, the signal's reason when aborted, and an Error when a position is no longer finite.
 */
export async function* moveChains(
  caller: string,
  score: Score,
  options: ChainOptions,
  moves: ChainMoves,
): AsyncGenerator<ChainState, void, void> {
  const { steps, chains = 1, thin = 0, histogram, signal } = options;
  const { dim } = score;
  const { warmup = 0, draws = 1 } = moves;
  checkChains(caller, score, options, warmup, draws);
  const layout: ChainLayout = {
    start: startOf(caller, options.init ?? new Float32Array(dim), chains, dim),
    chains,
    dim,
    thin,
    histogram,
    work: moves.work,
    statistics: moves.statistics ?? 0,
  };
  const room = thin === 0 ? 0 : Math.max(1, Math.floor(PATH_BYTES / (4 * chains * dim)));
  const shares = new Shares(score, layout, room, moves);
  try {
    await shares.open();
    let calls = 1;
    for (let step = -warmup; step < steps; ) {
      signal?.throwIfAborted();
      const untilFull = room === 0 ? Infinity : room * thin - (step > 0 ? step % thin : step);
      const count = Math.min(calls, steps - step, untilFull);
      const before = performance.now();
      const results = await shares.run(step, count);
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
        throw new Error(`${caller}: a position is not finite within ${step + warmup} steps; ${moves.mend}`);
      }
      const path = joinRows(
        results.map((result) => result.path),
        kept,
      );
      const counts = results.flatMap((result) => result.counts ?? []);
      const statistics = Float64Array.from(results.flatMap((result) => [...result.statistics]));
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

/** The chains of a run, in as many shares as threads can take. */
class Shares {
  readonly #score: Score;
  readonly #moves: ChainMoves;
  readonly #thin: number;
  readonly #shares: ChainShare[] = [];

  constructor(score: Score, layout: ChainLayout, room: number, moves: ChainMoves) {
    this.#score = score;
    this.#moves = moves;
    this.#thin = layout.thin;
    const panels = Math.ceil(layout.chains / PANEL);
    const many = score instanceof FusedScore ? Math.min(score.core.threads, panels) : 1;
    try {
      for (let i = 0; i < many; i++) {
        const first = Math.floor((panels * i) / many) * PANEL;
        const end = Math.min(layout.chains, Math.floor((panels * (i + 1)) / many) * PANEL);
        this.#shares.push(new ChainShare(score.core, layout, first, end - first, room));
      }
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  async open(): Promise<void> {
    const score = this.#score;
    const { memory, pool, wasm } = score.core;
    const [local, ...remote] = this.#shares;
    const begin = (share: ChainShare) => this.#moves.begin?.(share) ?? [];
    if (score instanceof FusedScore) score.prepare();
    const spans = [...(score instanceof FusedScore ? score.spans() : []), ...(this.#moves.spans?.() ?? [])];
    const opened = pool?.run(
      remote.map((share) => ({
        size: memory.size,
        write: [...spans, ...share.spans()].map((span) => memory.image(span)),
        calls: begin(share),
        read: [],
      })),
    );
    makeCalls(wasm, begin(local));
    await opened;
  }

  /** Makes steps of all chains, from the step `first`, below 0 in a warm-up; the results stand in the order of their chains. */
  async run(first: number, steps: number): Promise<ChainResult[]> {
    const { memory, pool, wasm } = this.#score.core;
    const [local, ...remote] = this.#shares;
    const kept = keptBetween(first, first + steps, this.#thin);
    const { warmup = 0 } = this.#moves;
    const at = first + warmup;
    const answers = pool?.run(
      remote.map((share) => ({
        size: memory.size,
        write: [],
        calls: [this.#moves.move(share, at, steps), share.rows()],
        read: share.results(kept),
      })),
    );
    if (this.#score instanceof FusedScore) {
      this.#score.prepare();
      makeCalls(wasm, [this.#moves.move(local, at, steps)]);
    } else {
      const rowBytes = 4 * local.count * this.#score.dim;
      for (let step = first; step < first + steps; step++) {
        this.#moves.moveAsking(
          local,
          step + warmup,
          local.path + keptBetween(first, step, this.#thin) * rowBytes,
        );
      }
    }
    makeCalls(wasm, [local.rows()]);
    (await answers)?.forEach(({ read }, i) => {
      remote[i].results(kept).forEach(({ at }, n) => {
        memory.write(at, read[n]);
      });
    });
    return this.#shares.map((share) => share.read(kept));
  }

  dispose(): void {
    for (const share of this.#shares) share.dispose();
  }
}

function checkChains(
  caller: string,
  { dim }: Score,
  options: ChainOptions,
  warmup: number,
  draws: number,
): void {
  const { key, steps, chains = 1, thin = 0, histogram, layout = 'original' } = options;
  checkKey(caller, key);
  integer(caller, 'steps', steps);
  integer(caller, 'chains', chains);
  integer(caller, 'thin', thin, 0, 2 ** 32 - 1);
  const limit = 2 ** 32;
  if (layoutCode(caller, layout) === 0 && (warmup + steps) * chains * dim * draws >= limit) {
    throw new RangeError(
      `${caller}: steps x chains x dim must be below 2^32 in the original layout, got ${steps} x ${chains} x ${dim}; use layout 'partitionable'`,
    );
  }
  if (warmup + steps >= limit) throw new RangeError(`${caller}: steps must be below 2^32, got ${steps}`);
  if (histogram) checkHistogram(caller, histogram, dim);
}

/** Positions kept by steps first + 1 ... end, of which those up to 0 are a warm-up. */
export function keptBetween(first: number, end: number, thin: number): number {
  return thin === 0 ? 0 : Math.floor(Math.max(0, end) / thin) - Math.floor(Math.max(0, first) / thin);
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

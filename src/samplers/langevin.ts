import { finite, integer, positive, show } from '../check.js';
import { pause } from '../pause.js';
import { checkKey, type Key, type Layout, layoutCode } from '../random.js';
import { FusedScore, KIND } from '../scores/fused.js';
import type { Score } from '../scores/types.js';
import { HistogramMemory, type HistogramOptions, type SampleHistogram } from './histogram.js';

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

/** About how long one call of the fused loop should last. */
const CALL_MS = 12;

/**
 * Unadjusted Langevin dynamics over any score, in the convention of the article:
 *
 *   x <- x + (stepSize / 2) score(x) + sqrt(stepSize) z,   z ~ N(0, I)
 *
 * (eta there; with h = stepSize / 2 it is x + h score(x) + sqrt(2 h) z). A score of this library runs fused, without
 * JavaScript between steps; any other is called once a step. Yields about every 12 ms; how it is cut changes no bit.
 *
 * @throws RangeError on bad options, the signal's reason when aborted, and an Error when a position is no longer finite.
 */
export async function* langevin(
  score: Score,
  options: LangevinOptions,
): AsyncGenerator<SamplerState, void, void> {
  const { key, steps, stepSize, chains = 1, thin = 0, histogram, layout = 'original', signal } = options;
  const { dim, core } = score;
  checkKey('langevin', key);
  integer('langevin', 'steps', steps);
  integer('langevin', 'chains', chains);
  integer('langevin', 'thin', thin, 0, 2 ** 32 - 1);
  positive('langevin', 'stepSize', stepSize);
  const code = layoutCode('langevin', layout);
  const limit = 2 ** 32;
  if (code === 0 && steps * chains * dim >= limit) {
    throw new RangeError(
      `langevin: steps x chains x dim must be below 2^32 in the original layout, got ${steps} x ${chains} x ${dim}; use layout 'partitionable'`,
    );
  }
  if (steps >= limit) throw new RangeError(`langevin: steps must be below 2^32, got ${steps}`);
  const start = startOf(options.init ?? new Float32Array(dim), chains, dim);

  const { wasm, memory } = core;
  const panelBytes = Math.ceil(chains / 8) * dim * 32;
  const rowBytes = 4 * chains * dim;
  // A call may keep this many positions: enough to be rare, few enough to be small.
  const room = thin === 0 ? 0 : Math.max(1, Math.floor(2 ** 20 / rowBytes));
  const taken: number[] = [];
  const take = (bytes: number): number => taken[taken.push(memory.take(bytes)) - 1];
  let counts: HistogramMemory | undefined;
  try {
    counts = histogram && new HistogramMemory(core, histogram, dim);
    const rows = take(rowBytes);
    const panels = take(2 * panelBytes + 8);
    const kept = take(room * rowBytes);
    const external = score instanceof FusedScore ? undefined : panels + 2 * panelBytes;
    if (external) memory.u32(external, 2).set([KIND.external, dim]);
    memory.f32(rows, chains * dim).set(start);
    wasm.toPanels(rows, chains, dim, panels);
    let calls = 1;
    for (let step = 0; step < steps; ) {
      signal?.throwIfAborted();
      const untilFull = room === 0 ? steps : room * thin - (step % thin);
      const count = Math.min(calls, steps - step, untilFull);
      const before = performance.now();
      const run = (pointer: number, first: number, n: number, path: number) =>
        wasm.langevin(
          pointer, panels, panels + panelBytes, chains, dim, first, n, stepSize, key[0], key[1],
          steps * chains * dim, code, path, thin, counts?.pointer ?? 0, counts?.bins ?? 0,
        ); // biome-ignore format: one line a group of arguments
      if (score instanceof FusedScore) {
        score.prepare();
        run(score.pointer, step, count, kept);
      } else {
        const s = new Float32Array(chains * dim);
        for (let t = step; t < step + count; t++) {
          wasm.fromPanels(panels, chains, dim, rows);
          score.score(memory.f32(rows, chains * dim).slice(), s);
          memory.f32(rows, chains * dim).set(s);
          wasm.toPanels(rows, chains, dim, panels + panelBytes);
          run(external as number, t, 1, kept + keptBetween(step, t, thin) * rowBytes);
        }
      }
      const elapsed = performance.now() - before;
      if (elapsed < CALL_MS / 2) calls *= 2;
      else if (elapsed > CALL_MS * 2) calls = Math.max(1, calls >> 1);
      const path = memory.f32(kept, keptBetween(step, step + count, thin) * chains * dim).slice();
      step += count;
      wasm.fromPanels(panels, chains, dim, rows);
      const x = memory.f32(rows, chains * dim).slice();
      if (!x.every(Number.isFinite)) {
        throw new Error(
          `langevin: a position is not finite within ${step} steps; lower stepSize (now ${stepSize})`,
        );
      }
      yield { step, x, path, ...(counts && { histogram: counts.read() }) };
      await pause();
    }
  } finally {
    for (const at of taken) memory.give(at);
    counts?.dispose();
  }
}

/** Positions kept by steps first + 1 ... end. */
function keptBetween(first: number, end: number, thin: number): number {
  return thin === 0 ? 0 : Math.floor(end / thin) - Math.floor(first / thin);
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

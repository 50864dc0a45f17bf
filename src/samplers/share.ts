import type { Core } from '../core/instantiate.js';
import type { Call, Span } from '../core/job.js';
import { Lease } from '../core/memory.js';
import { HistogramMemory, type HistogramOptions, type ShareCounts } from './histogram.js';

/** How all chains of a run stand. */
export interface ChainLayout {
  /** [chains, dim] */
  start: Float32Array;
  chains: number;
  dim: number;
  thin: number;
  histogram?: HistogramOptions;
  /** Bytes a share of some chains needs beside their positions; zeroed at the start. */
  work(chains: number): number;
  /** Numbers that a chain reports, f64 [count, statistics] at `statistics` of a share; zeroed at the start. */
  statistics: number;
}

export interface ChainResult {
  /** [count, dim] */
  x: Float32Array;
  /** [kept, count, dim] */
  path: Float32Array;
  counts?: ShareCounts;
  /** [count, statistics] */
  statistics: Float64Array;
}

/** The chains first ... first + count - 1 of a run in memory, where one thread moves them. */
export class ChainShare {
  readonly first: number;
  readonly count: number;
  /** Positions: panels [ceil(count / 8)][dim][8]. */
  x = 0;
  /** {@link ChainLayout.work}'s bytes. */
  work = 0;
  statistics = 0;
  /** The histogram, or 0. */
  histogram = 0;
  /** Room for the positions that one call keeps: rows [kept][count][dim]. */
  path = 0;
  readonly #core: Core;
  readonly #layout: ChainLayout;
  readonly #lease: Lease;
  #rows = 0;
  #counts?: HistogramMemory;

  /** @param room positions of a chain that one call may keep */
  constructor(core: Core, layout: ChainLayout, first: number, count: number, room: number) {
    const { dim, histogram, start } = layout;
    this.first = first;
    this.count = count;
    this.#core = core;
    this.#layout = layout;
    this.#lease = new Lease(core.memory, (lease) => {
      this.#rows = lease.take(4 * count * dim);
      this.x = lease.take(Math.ceil(count / 8) * dim * 32);
      this.work = lease.take(layout.work(count));
      this.statistics = lease.take(8 * count * layout.statistics);
      this.path = lease.take(4 * room * count * dim);
      if (histogram) {
        const bytes = HistogramMemory.bytes(histogram, count, dim);
        this.#counts = new HistogramMemory(core, lease.take(bytes), histogram, count, dim);
        this.histogram = this.#counts.pointer;
      }
    });
    core.memory.f32(this.#rows, count * dim).set(start.subarray(first * dim, (first + count) * dim));
    core.wasm.toPanels(this.#rows, count, dim, this.x);
  }

  /** What another thread needs to move these chains. */
  spans(): Span[] {
    return this.#lease.spans();
  }

  /** The call that leaves the positions as rows, for {@link read}. */
  rows(): Call {
    return ['fromPanels', this.x, this.count, this.#layout.dim, this.#rows];
  }

  /** What to read after a call that kept so many positions. */
  results(kept: number): Span[] {
    const { dim, statistics } = this.#layout;
    const rowBytes = 4 * this.count * dim;
    return [
      { at: this.#rows, bytes: rowBytes },
      { at: this.path, bytes: kept * rowBytes },
      { at: this.statistics, bytes: 8 * this.count * statistics },
      ...(this.#counts ? [this.#core.memory.span(this.histogram)] : []),
    ];
  }

  /** Copies of what stands in the {@link results}. */
  read(kept: number): ChainResult {
    const { dim, statistics } = this.#layout;
    const { memory } = this.#core;
    const n = this.count * dim;
    return {
      x: memory.f32(this.#rows, n).slice(),
      path: memory.f32(this.path, kept * n).slice(),
      counts: this.#counts?.read(),
      statistics: memory.f64(this.statistics, this.count * statistics).slice(),
    };
  }

  /** Asks a score written in JavaScript; leaves its answer, as panels, at `scores`. */
  ask(score: (x: Float32Array) => Float32Array, scores: number): void {
    const { wasm, memory } = this.#core;
    const n = this.count * this.#layout.dim;
    wasm.fromPanels(this.x, this.count, this.#layout.dim, this.#rows);
    const s = score(memory.f32(this.#rows, n).slice());
    memory.f32(this.#rows, n).set(s);
    wasm.toPanels(this.#rows, this.count, this.#layout.dim, scores);
  }

  dispose(): void {
    this.#lease.end();
  }
}

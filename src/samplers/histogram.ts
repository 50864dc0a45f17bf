import { integer } from '../check.js';
import type { Core } from '../core/load.js';

export interface HistogramOptions {
  /** Cells a side. */
  bins: number;
  /** Range of x[0], and of x[1]. */
  xlim: readonly [number, number];
  ylim: readonly [number, number];
}

/** What a sampler counted: cells as numpy.histogram2d has them. */
export interface SampleHistogram extends HistogramOptions {
  /** [bins, bins]: x[0] chooses the row, x[1] the column. */
  counts: Float64Array;
  /** Positions outside the limits. */
  outside: number;
  /** Mean of every coordinate over all positions counted, [dim]. */
  mean: Float64Array;
}

/** A histogram in the core's memory, laid out as `histogramAdd` in `assembly/langevin.ts` has it. */
export class HistogramMemory {
  readonly pointer: number;
  readonly bins: number;
  readonly #core: Core;
  readonly #options: HistogramOptions;
  readonly #dim: number;

  constructor(core: Core, options: HistogramOptions, dim: number) {
    const { bins, xlim, ylim } = options;
    integer('langevin', 'histogram.bins', bins, 1, 4096);
    if (dim < 2)
      throw new RangeError(`langevin: histogram needs points of 2 or more coordinates, got ${dim}`);
    for (const [name, [low, high]] of Object.entries({ xlim, ylim })) {
      if (!(Number.isFinite(low) && Number.isFinite(high) && low < high)) {
        throw new RangeError(
          `langevin: histogram.${name} must be two ascending finite numbers, got ${low}, ${high}`,
        );
      }
    }
    this.#core = core;
    this.#options = { bins, xlim, ylim };
    this.#dim = dim;
    this.bins = bins;
    this.pointer = core.memory.take(8 * this.#size);
    const limits = [xlim, ylim].flatMap(([low, high]) => [low, bins / (high - low), high]);
    core.memory.f64(this.pointer, 6).set(limits);
  }

  get #size(): number {
    return 6 + this.#dim + this.bins ** 2 + 1;
  }

  /** A copy of what is counted so far. */
  read(): SampleHistogram {
    const all = this.#core.memory.f64(this.pointer, this.#size);
    const cells = all.subarray(6 + this.#dim);
    const counts = cells.slice(0, this.bins ** 2);
    const outside = cells[this.bins ** 2];
    const total = counts.reduce((sum, n) => sum + n, outside);
    return { ...this.#options, counts, outside, mean: all.slice(6, 6 + this.#dim).map((sum) => sum / total) };
  }

  dispose(): void {
    this.#core.memory.give(this.pointer);
  }
}

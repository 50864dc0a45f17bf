import type { HistogramOptions, SampleHistogram } from '../../index.js';

/** Counts points that no sampler counted itself, such as the jumps of a walk, as numpy.histogram2d does. */
export class Counter {
  readonly #grid: HistogramOptions;
  readonly #dim: number;
  readonly #counts: Float64Array;
  readonly #sums: Float64Array;
  #outside = 0;
  #points = 0;

  constructor(grid: HistogramOptions, dim: number) {
    this.#grid = grid;
    this.#dim = dim;
    this.#counts = new Float64Array(grid.bins ** 2);
    this.#sums = new Float64Array(dim);
  }

  /** @param x [n, dim] */
  add(x: Float32Array): void {
    const { bins, xlim, ylim } = this.#grid;
    for (let at = 0; at < x.length; at += this.#dim) {
      for (let d = 0; d < this.#dim; d++) this.#sums[d] += x[at + d];
      const [row, column] = [cellOf(x[at], xlim, bins), cellOf(x[at + 1], ylim, bins)];
      if (row < 0 || column < 0) this.#outside++;
      else this.#counts[row * bins + column]++;
      this.#points++;
    }
  }

  histogram(): SampleHistogram {
    const mean = this.#sums.map((sum) => sum / this.#points);
    return { ...this.#grid, counts: this.#counts, outside: this.#outside, mean };
  }
}

/** The cell of a coordinate, -1 outside; the last one holds its right edge. */
function cellOf(x: number, [low, high]: readonly [number, number], bins: number): number {
  if (!(x >= low && x <= high)) return -1;
  return Math.min(bins - 1, Math.floor(((x - low) / (high - low)) * bins));
}

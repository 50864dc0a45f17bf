import { square } from '../core/elementary.js';
import { cellOf, edgesOf } from './cells.js';
import type { HistogramGrid } from './histogram.js';

/** Counts in cells [bins, bins], as samplers give them: x[0] chooses the row, x[1] the column. */
export interface PointHistogram extends HistogramGrid {
  counts: Float64Array;
  /** Points outside the grid. */
  outside: number;
  /** Mean of each coordinate over all points, [dim]. */
  mean: Float64Array;
  /** Of each chain the sum of its points, [chains, dim]. */
  sums: Float64Array;
}

/** Counts points that samplers do not count, such as the jumps of a walk, in the cells of numpy.histogram2d. */
export class PointCounter {
  readonly #grid: HistogramGrid;
  readonly #rows: Float64Array;
  readonly #columns: Float64Array;
  readonly #counts: Float64Array;
  readonly #dim: number;
  /** [chains, dim] */
  readonly #sums: Float64Array;
  #outside = 0;
  #points = 0;

  /**
   * @param dim coordinates of a point, at least 2; the first two choose its cell
   * @param chains which are counted each time, one after another
   */
  constructor(grid: HistogramGrid, dim: number, chains = 1) {
    this.#grid = grid;
    this.#rows = edgesOf(grid.bins, grid.xlim);
    this.#columns = edgesOf(grid.bins, grid.ylim);
    this.#counts = new Float64Array(square(grid.bins));
    this.#dim = dim;
    this.#sums = new Float64Array(chains * dim);
  }

  /** Adds points x [n, chains, dim] to the counts. */
  add(x: Float32Array): void {
    const dim = this.#dim;
    for (let at = 0; at < x.length; at += dim) {
      for (let d = 0; d < dim; d++) this.#sums[(at + d) % this.#sums.length] += x[at + d];
      const [row, column] = [cellOf(x[at], this.#rows), cellOf(x[at + 1], this.#columns)];
      if (row < 0 || column < 0) this.#outside++;
      else this.#counts[row * this.#grid.bins + column]++;
      this.#points++;
    }
  }

  /** The histogram of all points so far. Its `counts` is the counter's own array, not a copy. */
  histogram(): PointHistogram {
    const mean = new Float64Array(this.#dim);
    for (const [i, sum] of this.#sums.entries()) mean[i % this.#dim] += sum;
    return {
      ...this.#grid,
      counts: this.#counts,
      outside: this.#outside,
      mean: mean.map((sum) => sum / this.#points),
      sums: this.#sums,
    };
  }
}

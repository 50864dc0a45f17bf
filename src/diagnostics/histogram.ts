import { integer, show } from '../core/check.js';
import { exp, log, log1p, pow } from '../core/elementary.js';
import { erf, erfc } from '../core/erf.js';
import type { PointSet } from '../core/score.js';
import { cellOf, edgesOf } from './cells.js';
import { logGamma } from './logGamma.js';

/** A square grid of `bins` x `bins` cells over `xlim` (x[0]: rows) and `ylim` (x[1]: columns). */
export interface HistogramGrid {
  /** Cells of a side. */
  bins: number;
  /** Where the grid begins and ends in x[0]. */
  xlim: readonly [number, number];
  /** Where the grid begins and ends in x[1]. */
  ylim: readonly [number, number];
}

/** Counts or masses in any scale: `counts` [bins, bins] by rows, and what fell outside the grid. */
export interface Histogram {
  /** [bins, bins], x[0] by rows and x[1] by columns. */
  readonly counts: ArrayLike<number>;
  /** What fell outside of the grid. */
  readonly outside: number;
}

/** @throws RangeError unless a grid has cells. `of` comes before the names of its fields. */
export function checkGrid(
  caller: string,
  of: string,
  { bins, xlim, ylim }: HistogramGrid,
  mostBins?: number,
): void {
  integer(caller, `${of}bins`, bins, 1, mostBins);
  for (const [name, limits] of Object.entries({ xlim, ylim })) {
    if (limits?.length !== 2)
      throw new RangeError(`${caller}: ${of}${name} must hold two numbers, got ${show(limits)}`);
    const [low, high] = [limits[0], limits[1]];
    if (!(Number.isFinite(low) && Number.isFinite(high) && low < high)) {
      throw new RangeError(
        `${caller}: ${of}${name} must be finite and increasing, got [${show(low)}, ${show(high)}]`,
      );
    }
  }
}

/**
 * Writes the mass of N(x, sigma^2) in each cell between `edges` [bins + 1] to `out` [bins], and returns the mass outside
 * them. With sigma = 0 the mass is 1 in the cell of x.
 */
function axisMass(x: number, sigma: number, edges: Float64Array, out: Float64Array): number {
  const bins = out.length;
  if (sigma === 0) {
    const cell = cellOf(x, edges);
    out.fill(0);
    if (cell < 0) return 1;
    out[cell] = 1;
    return 0;
  }
  const scale = sigma * Math.SQRT2;
  for (let k = 0; k < bins; k++) {
    const a = (edges[k] - x) / scale;
    const b = (edges[k + 1] - x) / scale;
    // In the tails, differences of erfc: those of erf would cancel.
    out[k] = a > 0 ? (erfc(a) - erfc(b)) / 2 : b < 0 ? (erfc(-b) - erfc(-a)) / 2 : (erf(b) - erf(a)) / 2;
  }
  return (erfc((x - edges[0]) / scale) + erfc((edges[bins] - x) / scale)) / 2;
}

/** Most numbers of masses that are kept. */
const MOST_KEPT = 4e6;

/** The masses of one axis, computed once for each coordinate: a picture of a million pixels has a thousand of them. */
class AxisMasses {
  readonly #sigma: number;
  readonly #edges: Float64Array;
  readonly #known = new Map<number, { cells: Float64Array; outside: number }>();

  constructor(sigma: number, edges: Float64Array) {
    this.#sigma = sigma;
    this.#edges = edges;
  }

  /** The mass of N(x, sigma^2) in each cell, and outside of them. */
  of(x: number): { cells: Float64Array; outside: number } {
    let masses = this.#known.get(x);
    if (!masses) {
      const cells = new Float64Array(this.#edges.length - 1);
      masses = { cells, outside: axisMass(x, this.#sigma, this.#edges, cells) };
      if (this.#known.size * cells.length > MOST_KEPT) this.#known.clear();
      this.#known.set(x, masses);
    }
    return masses;
  }
}

/** Probabilities of the points, [N], with sum 1. */
function probabilities({ logits }: PointSet): Float64Array {
  let largest = -Infinity;
  for (const logit of logits) {
    largest = Math.max(largest, logit);
  }
  const weights = new Float64Array(logits.length);
  let total = 0;
  for (let i = 0; i < weights.length; i++) {
    weights[i] = exp(logits[i] - largest);
    total += weights[i];
  }
  for (let i = 0; i < weights.length; i++) weights[i] /= total;
  return weights;
}

/**
 * The exact probability of each cell of a grid under a two-dimensional point set convolved with N(0, sigma^2 I), the
 * distribution whose score the network learns at noise level sigma; sigma = 0 gives the histogram of the points
 * themselves. `counts` [bins, bins] has x[0] as rows and x[1] as columns, and with `outside` it sums to 1.
 *
 * @param points in two dimensions
 * @param sigma the standard deviation of the noise in each coordinate
 * @throws RangeError for a point set that is not two-dimensional or has no probability anywhere, sigma < 0, bins not
 *   a positive integer, or limits that are not finite and increasing.
 */
export function smoothedHistogram(
  points: PointSet,
  sigma: number,
  { bins, xlim, ylim }: HistogramGrid,
): { counts: Float64Array; outside: number } {
  if (points.dim !== 2) {
    throw new RangeError(`smoothedHistogram: points must have dim = 2, got ${points.dim}`);
  }
  if (!(sigma >= 0 && sigma < Infinity)) {
    throw new RangeError(`smoothedHistogram: sigma must be finite and >= 0, got ${sigma}`);
  }
  checkGrid('smoothedHistogram', '', { bins, xlim, ylim });
  const weights = probabilities(points);
  if (!weights.every(Number.isFinite)) {
    throw new RangeError(
      'smoothedHistogram: points must have a finite logit and none that is NaN or Infinity',
    );
  }
  const rows = new AxisMasses(sigma, edgesOf(bins, xlim));
  const columns = new AxisMasses(sigma, edgesOf(bins, ylim));
  const counts = new Float64Array(bins * bins);
  let outside = 0;
  // Points of one row of a picture follow each other: their masses along the row are summed first.
  const alongRow = new Float64Array(bins);
  for (let n = 0; n < weights.length; ) {
    const x = points.points[2 * n];
    const row = rows.of(x);
    alongRow.fill(0);
    for (const first = n; n < weights.length && (n === first || points.points[2 * n] === x); n++) {
      if (weights[n] === 0) continue;
      const column = columns.of(points.points[2 * n + 1]);
      outside += weights[n] * (row.outside + column.outside - row.outside * column.outside);
      for (let k = 0; k < bins; k++) alongRow[k] += weights[n] * column.cells[k];
    }
    for (let i = 0; i < bins; i++) {
      for (let k = 0; row.cells[i] > 0 && k < bins; k++) counts[i * bins + k] += row.cells[i] * alongRow[k];
    }
  }
  return { counts, outside };
}

/**
 * All counts of a histogram, that outside the grid last, divided by their sum: [bins^2 + 1].
 *
 * @throws RangeError on bad counts
 */
function normalised(caller: string, { counts, outside }: Histogram, what: string): Float64Array {
  const cells = Float64Array.from([...Array.from(counts), outside]);
  const wrong = cells.findIndex((cell) => !(cell >= 0 && cell < Infinity));
  if (wrong >= 0) {
    throw new RangeError(`${caller}: ${what} must be finite and >= 0, got ${cells[wrong]}`);
  }
  const total = cells.reduce((sum, cell) => sum + cell, 0);
  if (total === 0) {
    throw new RangeError(`${caller}: ${what} must have a count above zero, got only zeros`);
  }
  return cells.map((cell) => cell / total);
}

/**
 * The total variation distance of two histograms on the same grid, from 0 (equal) to 1 (disjoint): half the sum of
 * |a - b| over the cells, each histogram divided by its own total, the outside counting as one more cell.
 *
 * @param a probabilities or counts of cells
 * @param b of the same cells
 * @throws RangeError when the histograms have different numbers of cells, none above zero, or one that is negative
 *   or not finite.
 */
export function totalVariation(a: Histogram, b: Histogram): number {
  if (a.counts.length !== b.counts.length) {
    throw new RangeError(
      `totalVariation: both histograms must have the same cells, got ${a.counts.length} and ${b.counts.length}`,
    );
  }
  const p = normalised('totalVariation', a, 'the first histogram');
  const q = normalised('totalVariation', b, 'the second histogram');
  return p.reduce((sum, mass, i) => sum + Math.abs(mass - q[i]), 0) / 2;
}

/**
 * The mean total variation distance between a distribution and the histogram of so many independent draws from it: what exact
 * samples would score. Half the sum over the cells, the outside counting as one more, of the mean of |X / n - p| for X binomial
 * of n = draws (de Moivre; Diaconis and Zabell, "Closed form summation for classical distributions", 1991, equation 1.1).
 *
 * @param distribution probabilities of the cells, which sum to at most 1
 * @param draws independent draws
 * @throws RangeError unless `distribution` has a count above zero and none that is negative or not finite, and draws is a positive
 *   integer.
 */
export function expectedTotalVariation(distribution: Histogram, draws: number): number {
  const caller = 'expectedTotalVariation';
  integer(caller, 'draws', draws);
  const cells = normalised(caller, distribution, 'the distribution');
  return cells.reduce((sum, p) => sum + meanDeviation(draws, p), 0) / (2 * draws);
}

/** The mean of |X - n p| for a binomial X: 2 k C(n, k) p^k (1 - p)^(n - k + 1), with k the least integer above n p. */
function meanDeviation(n: number, p: number): number {
  if (p <= 0 || p >= 1) return 0;
  const k = Math.floor(n * p) + 1;
  if (k > n) return 2 * n * pow(p, n) * (1 - p);
  const choices = logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
  return 2 * k * exp(choices + k * log(p) + (n - k + 1) * log1p(-p));
}

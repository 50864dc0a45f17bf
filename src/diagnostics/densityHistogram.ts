import { integer, show } from '../core/check.js';
import { exp, log } from '../core/elementary.js';
import { numbersAt } from '../core/ownFunctions.js';
import type { Density } from '../core/score.js';
import { edgesOf } from './cells.js';
import { checkGrid, type HistogramGrid } from './histogram.js';

/** A density in the plane, integrated over the cells of a grid. */
export interface DensityHistogram {
  /** Probability of each cell, given that a point is inside the grid: [bins, bins] by rows, with sum 1. */
  counts: Float64Array;
  /** 0: nothing is known of what lies outside. */
  outside: number;
  /** Logarithm of the integral of exp(logProb) over the grid: less this, `logProb` is normalised there. */
  logIntegral: number;
}

/** Most places a side at which the density is asked for. */
const MOST_NODES = 8192;

/**
 * The probability of each cell of a grid under a two-dimensional density that may lack its constant, by the midpoint rule, with
 * nodes x nodes places in each cell: the error falls with the square of their distance. So a learned energy is normalised, and
 * compared with `smoothedHistogram` by `totalVariation`.
 *
 * @param grid `counts` has x[0] as rows and x[1] as columns
 * @param options nodes of a cell's side; default: 4
 * @param density in two dimensions
 * @throws RangeError for a density that is not two-dimensional, or a grid or nodes that are none
 */
export function densityHistogram(
  density: Density,
  { bins, xlim, ylim }: HistogramGrid,
  { nodes = 4 }: { nodes?: number } = {},
): DensityHistogram {
  if (typeof density?.logProb !== 'function')
    throw new TypeError(
      `densityHistogram: density must have a method logProb(x), got ${show(density?.logProb)}`,
    );
  if (density.dim !== 2)
    throw new RangeError(`densityHistogram: density must have dim = 2, got ${density.dim}`);
  checkGrid('densityHistogram', '', { bins, xlim, ylim });
  integer('densityHistogram', 'nodes', nodes);
  if (nodes * bins > MOST_NODES) {
    throw new RangeError(
      `densityHistogram: nodes x bins must be at most ${MOST_NODES}, got ${nodes} x ${bins}; lower one of them`,
    );
  }
  const [xs, ys] = [xlim, ylim].map((limits) => midpoints(edgesOf(bins, limits), nodes));
  const perRow = nodes * ys.length;
  const logs = new Float64Array(nodes * nodes * bins * bins);
  const row = new Float32Array(2 * perRow);
  for (let i = 0; i < bins; i++) {
    for (let j = 0; j < perRow; j++) {
      row[2 * j] = xs[i * nodes + Math.floor(j / ys.length)];
      row[2 * j + 1] = ys[j % ys.length];
    }
    const ask = () => density.logProb64?.(row) ?? density.logProb(row);
    logs.set(numbersAt('logProb', density, row, perRow, ask), i * perRow);
  }
  const largest = logs.reduce((most, value) => Math.max(most, value), -Infinity);
  if (!Number.isFinite(largest) || logs.some(Number.isNaN)) {
    throw new RangeError(
      `densityHistogram: density must have a log-density within the limits that is a number everywhere and finite somewhere, got at most ${largest}`,
    );
  }
  const counts = new Float64Array(bins * bins);
  let total = 0;
  for (let k = 0; k < logs.length; k++) {
    const mass = exp(logs[k] - largest);
    const column = Math.floor((k % ys.length) / nodes);
    counts[Math.floor(k / perRow) * bins + column] += mass;
    total += mass;
  }
  const area = ((xlim[1] - xlim[0]) * (ylim[1] - ylim[0])) / logs.length;
  return {
    counts: counts.map((mass) => mass / total),
    outside: 0,
    logIntegral: largest + log(total * area),
  };
}

/** The middles of `nodes` equal parts of each cell. */
function midpoints(edges: Float64Array, nodes: number): Float64Array {
  const bins = edges.length - 1;
  return Float64Array.from({ length: bins * nodes }, (_, k) => {
    const cell = Math.floor(k / nodes);
    return edges[cell] + ((edges[cell + 1] - edges[cell]) * ((k % nodes) + 0.5)) / nodes;
  });
}

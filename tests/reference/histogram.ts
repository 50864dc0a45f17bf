import { erf } from './erf.js';
import { logSumExp, type WeightedPoints } from './scores.js';

/** The probabilities of the bins between edges under N(centre, sigma^2). */
export function binMasses(edges: number[], centre: number, sigma: number): number[] {
  const below = edges.map((edge) => erf((edge - centre) / (sigma * Math.SQRT2)) / 2);
  return below.slice(1).map((value, i) => value - below[i]);
}

/**
 * The exact histogram [bins, bins] of weighted points in the plane convolved with N(0, sigma^2 I):
 * entry (i, j) is the probability that x[0] is in bin i of xlim and x[1] in bin j of ylim.
 */
export function smoothedHistogram(
  set: WeightedPoints,
  sigma: number,
  { bins = 50, xlim = [0, 1], ylim = [0, 1] }: { bins?: number; xlim?: number[]; ylim?: number[] } = {},
): Float64Array {
  const edges = ([from, to]: number[]) =>
    Array.from({ length: bins + 1 }, (_, i) => from + ((to - from) * i) / bins);
  const logTotal = logSumExp(Array.from(set.logits));
  const out = new Float64Array(bins * bins);
  for (let n = 0; n < set.logits.length; n++) {
    const weight = Math.exp(set.logits[n] - logTotal);
    if (weight === 0) continue;
    const rows = binMasses(edges(xlim), set.points[2 * n], sigma);
    const columns = binMasses(edges(ylim), set.points[2 * n + 1], sigma);
    rows.forEach((row, i) => {
      columns.forEach((column, j) => {
        out[i * bins + j] += weight * row * column;
      });
    });
  }
  return out;
}

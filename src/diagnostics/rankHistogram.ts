import { integer } from '../core/check.js';
import { checkDraws, coordinate, type Draws, type DrawsShape } from './draws.js';
import { ranked } from './ranks.js';

/** Options of {@link rankHistogram}. */
export interface RankHistogramOptions extends DrawsShape {
  /** Cells of equally many ranks. Default: 20. */
  bins?: number;
}

/**
 * Histograms of the ranks of each chain's draws among the draws of all chains: [bins, chains, dim]. If chains agree, every cell
 * has about draws / bins; a chain that is too low, too high, too narrow or too wide differs.
 * Equal values share the mean of their ranks. Source: Vehtari and others 2021, section 5.
 *
 * @param draws [draws, chains, dim], at least 4 draws
 * @throws TypeError for another type of array, RangeError on a wrong length, draws that are not finite or bad bins
 */
export function rankHistogram(draws: Draws, options: RankHistogramOptions = {}): Uint32Array {
  const shape = checkDraws('rankHistogram', draws, options);
  const { bins = 20 } = options;
  integer('rankHistogram', 'bins', bins, 1, 2 ** 16);
  const { length, chains, dim } = shape;
  const counts = new Uint32Array(bins * chains * dim);
  for (let at = 0; at < dim; at++) {
    const cells = ranked(coordinate(draws, shape, at), (rank, total) =>
      Math.floor(((rank - 0.5) / total) * bins),
    ).values;
    for (let i = 0; i < cells.length; i++) counts[(cells[i] * chains + Math.floor(i / length)) * dim + at]++;
  }
  return counts;
}

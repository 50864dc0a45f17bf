// Cells of histograms that hold whole pixels: places of pixels would beat against other cells as plaid.
import type { HistogramOptions } from '../../index.js';

/** Pixels of a picture so many across that one cell stands for, along either side, where cells are at most `most`; and the cells. */
export function wholePixels(across: number, most: number): { by: number; cells: number } {
  const by = Math.ceil(across / most);
  return { by, cells: Math.ceil(across / by) };
}

/** Most pixels a side that points are taken for. */
const MOST_ACROSS = 2 ** 16;

/**
 * A grid of whole pixels, of the largest where there are several pictures, from the points that `imageDistribution` made of
 * them: pixels begin with (0, 0), or with half of one where pictures differ in size. Its outer pixels are not cut.
 *
 * @param most cells a side: of a larger picture each holds several pixels, as many in each
 * @returns also the width of a pixel; undefined if the points are not pixels
 */
export function pixelGrid(
  points: Float32Array,
  most: number,
): { grid: HistogramOptions; width: number } | undefined {
  let [least, second, largest] = [Infinity, Infinity, -Infinity];
  for (const x of points) {
    if (x > largest) largest = x;
    if (x < least) [least, second] = [x, least];
    else if (x > least && x < second) second = x;
  }
  const isCentred = least > 0;
  const across = Math.round(isCentred ? 0.5 / least : 1 / second + 1);
  if (!(least >= 0 && across >= 2 && across <= MOST_ACROSS)) return undefined;
  const width = isCentred ? 1 / across : 1 / (across - 1);
  const first = isCentred ? width / 2 : 0;
  if (Math.abs(least - first) + Math.abs(largest - (1 - first)) > width / 100) return undefined;
  const { by, cells } = wholePixels(across, most);
  const limits = [first - width / 2, first + (cells * by - 0.5) * width] as const;
  return { grid: { bins: cells, xlim: limits, ylim: limits }, width };
}

import { type GreyImage, type PointSet, readCsvPoints, readNpyPoints } from '../../index.js';

/** Cells a side of the picture that points are counted in. */
const CELLS = 64;
/** Share of the picture's side that stays empty around the points. */
const MARGIN = 0.06;

/** Whether a file's name says that it holds points. */
export const isOfPoints = (name: string) => /\.(csv|tsv|txt|npy)$/i.test(name);

/**
 * Reads points of the plane from a CSV or npy file as a picture: each pixel is as light as the number of points in it, with x
 * to the right and y upwards, at one scale for both.
 * @throws Error if the file holds no points, or points of other than two coordinates
 */
export function readPoints(bytes: Uint8Array, name: string): GreyImage {
  const set = /\.npy$/i.test(name) ? readNpyPoints(bytes, name) : readCsvPoints(bytes, name);
  if (set.dim !== 2)
    throw new Error(`${name}: must hold points of the plane, two numbers each, got ${set.dim} numbers`);
  return counted(set);
}

function counted({ points, logits }: PointSet): GreyImage {
  const limits = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < points.length; i++) {
    const k = 2 * (i % 2);
    limits[k] = Math.min(limits[k], points[i]);
    limits[k + 1] = Math.max(limits[k + 1], points[i]);
  }
  const side = Math.max(limits[1] - limits[0], limits[3] - limits[2]) || 1;
  const cellOf = (value: number, k: number) => {
    const share = 0.5 + ((1 - 2 * MARGIN) * (value - (limits[k] + limits[k + 1]) / 2)) / side;
    return Math.min(CELLS - 1, Math.floor(share * CELLS));
  };
  const counts = new Float32Array(CELLS * CELLS);
  for (let i = 0; i < points.length; i += 2) {
    const [column, row] = [cellOf(points[i], 0), CELLS - 1 - cellOf(points[i + 1], 2)];
    counts[row * CELLS + column] += Math.exp(logits[i / 2]);
  }
  const most = counts.reduce((a, b) => Math.max(a, b), 0);
  // What is rare stays visible.
  const light = (count: number) => (count > 0 ? Math.max(1, Math.round((255 * count) / most)) / 255 : 0);
  return { height: CELLS, width: CELLS, pixels: counts.map(light) };
}

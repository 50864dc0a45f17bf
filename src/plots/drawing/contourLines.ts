import { contours } from 'd3-contour';

/** A place on a grid of samples: to the right, then down; sample (row, column) lies at [column + 0.5, row + 0.5]. */
export type Place = readonly number[];

/** Where a function passes one level. */
export interface Contour {
  level: number;
  /** Regions above the level: of each its outline, then those of its holes, as closed rings. */
  regions: Place[][][];
}

/**
 * The contours of `values` [n, n], rows downwards, one for each level in their order. Rings close along the edge of the
 * grid, half a cell outside the outermost samples.
 */
export function contoursOf(values: number[], n: number, levels: readonly number[]): Contour[] {
  const found = contours()
    .size([n, n])
    .thresholds([...levels])(values);
  return found.map(({ value, coordinates }) => ({ level: value, regions: coordinates }));
}

/** The lines of a contour without the parts that run along the edge of the grid, where there is no contour. */
export const openLines = ({ regions }: Contour, n: number): Place[][] =>
  regions.flatMap((rings) => rings.flatMap((ring) => cutAtEdge(ring, n)));

/** Cuts a ring where it runs along the edge of the grid; a ring that never does stays whole. */
function cutAtEdge(ring: readonly Place[], n: number): Place[][] {
  const isOnEdge = (a: Place, b: Place) =>
    [0, 1].some((k) => (a[k] <= 0.5 && b[k] <= 0.5) || (a[k] >= n - 0.5 && b[k] >= n - 0.5));
  const lines: Place[][] = [];
  let line: Place[] = [];
  for (let i = 1; i < ring.length; i++) {
    if (isOnEdge(ring[i - 1], ring[i])) {
      if (line.length > 1) lines.push(line);
      line = [];
    } else {
      if (line.length === 0) line.push(ring[i - 1]);
      line.push(ring[i]);
    }
  }
  if (line.length > 1) lines.push(line);
  return lines;
}

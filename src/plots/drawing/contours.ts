import * as Plot from '@observablehq/plot';
import { contours } from 'd3-contour';
import type { Numbers } from './check.js';
import { extent, roundTicks } from './numbers.js';
import type { Plane } from './plane.js';

/** A function on an n by n grid over the plane's limits, in gridPoints' order. */
export interface Grid {
  n: number;
  values: Numbers;
}

/** Levels between the smallest and the largest value, about count of them; none for a constant grid. */
export function contourLevels(values: Numbers, count: number): number[] {
  const [low, high] = extent(values);
  return roundTicks(low, high, count).filter((level) => level > low && level < high);
}

type Colour = (level: number) => string;

/**
 * Filled regions above each level and the lines around them, as marks on the plane's axes. Regions end at the
 * outermost grid points and lines are not drawn along that edge, so no clipping is needed.
 */
export function contourMarks(
  plane: Plane,
  { n, values }: Grid,
  levels: readonly number[],
  { fill, stroke, strokeWidth = 1 }: { fill?: Colour; stroke?: Colour; strokeWidth?: number },
): Plot.Markish[] {
  if (levels.length === 0 || n < 2) return [];
  const { across, along, image } = plane;
  const [low] = extent(values);
  // rows of d3-contour's grid lie along the page, columns across it; below every level stands for -Infinity
  const grid = Array.from({ length: n * n }, (_, k) => {
    const v = image ? values[(k % n) * n + Math.floor(k / n)] : values[k];
    return Number.isFinite(v) ? v : low;
  });
  // d3-contour puts sample (i, j) at (i + 0.5, j + 0.5) and closes regions half a cell further out
  const inside = (g: number) => Math.min(n - 0.5, Math.max(0.5, g)) - 0.5;
  const place = ([u, v]: number[]): number[] => [
    across[0] + (inside(u) * (across[1] - across[0])) / (n - 1),
    along[0] + (inside(v) * (along[1] - along[0])) / (n - 1),
  ];
  const regions = contours()
    .size([n, n])
    .thresholds([...levels])(grid);
  const marks: Plot.Markish[] = [];
  for (const { value, coordinates } of fill ? regions : []) {
    const geometry = {
      type: 'MultiPolygon',
      coordinates: coordinates.map((p) => p.map((r) => r.map(place))),
    };
    marks.push(Plot.geo([geometry], { fill: fill?.(value), stroke: 'none' }));
  }
  for (const { value, coordinates } of stroke ? regions : []) {
    const lines = coordinates.flatMap((p) => p.flatMap((ring) => openLines(ring, n)));
    const geometry = { type: 'MultiLineString', coordinates: lines.map((line) => line.map(place)) };
    if (lines.length > 0)
      marks.push(Plot.geo([geometry], { fill: 'none', stroke: stroke?.(value), strokeWidth }));
  }
  return marks;
}

/** Cuts a ring where it runs along the edge of the grid; a ring that never does stays whole. */
function openLines(ring: number[][], n: number): number[][][] {
  const onEdge = (a: number[], b: number[]) =>
    [0, 1].some((k) => (a[k] <= 0.5 && b[k] <= 0.5) || (a[k] >= n - 0.5 && b[k] >= n - 0.5));
  const lines: number[][][] = [];
  let line: number[][] = [];
  for (let i = 1; i < ring.length; i++) {
    if (onEdge(ring[i - 1], ring[i])) {
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

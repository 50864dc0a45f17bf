import * as Plot from '@observablehq/plot';
import type { Numbers } from './check.js';
import { contoursOf, openLines, type Place } from './contourLines.js';
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
  const { across, along, isPicture } = plane;
  const [low] = extent(values);
  // Rows of the grid lie along the page and columns across it; the least value stands for -Infinity.
  const grid = Array.from({ length: n * n }, (_, k) => {
    const v = isPicture ? values[(k % n) * n + Math.floor(k / n)] : values[k];
    return Number.isFinite(v) ? v : low;
  });
  // Regions close half a cell outside the outermost samples, and are drawn only as far as these.
  const inside = (g: number) => Math.min(n - 0.5, Math.max(0.5, g)) - 0.5;
  const place = ([u, v]: Place): number[] => [
    across[0] + (inside(u) * (across[1] - across[0])) / (n - 1),
    along[0] + (inside(v) * (along[1] - along[0])) / (n - 1),
  ];
  const found = contoursOf(grid, n, levels);
  const marks: Plot.Markish[] = [];
  for (const { level, regions } of fill ? found : []) {
    const coordinates = regions.map((rings) => rings.map((ring) => ring.map(place)));
    marks.push(Plot.geo([{ type: 'MultiPolygon', coordinates }], { fill: fill?.(level), stroke: 'none' }));
  }
  for (const contour of stroke ? found : []) {
    const coordinates = openLines(contour, n).map((line) => line.map(place));
    if (coordinates.length === 0) continue;
    const colour = stroke?.(contour.level);
    marks.push(
      Plot.geo([{ type: 'MultiLineString', coordinates }], { fill: 'none', stroke: colour, strokeWidth }),
    );
  }
  return marks;
}

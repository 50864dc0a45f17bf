import type { PointSet } from '../core/score.js';
import type { HistogramGrid } from '../diagnostics/histogram.js';

/** A cell of the plane, in which a node is drawn: its lower corner and its sides. */
export interface Cell {
  low: readonly [number, number];
  sides: readonly [number, number];
}

/**
 * The cells of a grid, and around it, to three times its width, larger ones, at least twice as wide: the density must learn that
 * there is nothing outside, too.
 */
export function cellsOf({ bins, xlim, ylim }: HistogramGrid): Cell[] {
  const limits = [xlim, ylim];
  const square = (count: number, grid: readonly (readonly [number, number])[]) => {
    const sides = grid.map(([low, high]) => (high - low) / count) as [number, number];
    return Array.from({ length: count * count }, (_, i): Cell & { place: [number, number] } => {
      const place: [number, number] = [Math.floor(i / count), i % count];
      const low = place.map((k, d) => grid[d][0] + k * sides[d]) as [number, number];
      return { place, low, sides };
    });
  };
  const third = Math.ceil(bins / 6);
  const around = square(
    3 * third,
    limits.map(([low, high]) => [2 * low - high, 2 * high - low] as const),
  );
  const isInside = (k: number) => k >= third && k < 2 * third;
  return [...square(bins, limits), ...around.filter(({ place }) => !place.every(isInside))];
}

/** A square around all points that may be drawn, a tenth and four sigma wider on each side. */
export function gridAround({ points, logits }: PointSet, sigma: number): HistogramGrid {
  const [xs, ys] = [0, 1].map((d) => {
    const own = Array.from(logits, (logit, i) => (logit === -Infinity ? Number.NaN : points[2 * i + d]));
    const known = own.filter((value) => !Number.isNaN(value));
    const low = known.reduce((least, value) => Math.min(least, value), Infinity);
    return { low, high: known.reduce((most, value) => Math.max(most, value), -Infinity) };
  });
  const half = 0.6 * Math.max(xs.high - xs.low, ys.high - ys.low) + 4 * sigma;
  const around = ({ low, high }: { low: number; high: number }): [number, number] => [
    (low + high) / 2 - half,
    (low + high) / 2 + half,
  ];
  return { bins: 32, xlim: around(xs), ylim: around(ys) };
}

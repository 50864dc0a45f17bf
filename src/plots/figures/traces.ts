import * as Plot from '@observablehq/plot';
import { checkInteger, type Numbers } from '../drawing/check.js';
import { extent, isFlat } from '../drawing/numbers.js';
import { type ChainNumbers, checkChains, MOST_CHAINS, stackedPanels } from '../drawing/panels.js';
import { seriesColour } from '../drawing/theme.js';

/** Options of {@link traceFigure}. */
export interface TraceOptions extends ChainNumbers {
  /** Draws [draws, chains, dim], at least 2. */
  draws: Numbers;
  /** Number of the first draw on the axis. */
  first?: number;
}

/** Stretches that a long trace is split into. */
const STRETCHES = 500;

/**
 * Draws every coordinate of the first seven chains against the draw's number. Long chains are split into 500 stretches,
 * and the least and the largest value of each are drawn. Returns an SVG document; throws a RangeError where lengths do
 * not match or a number is not finite.
 */
export function traceFigure(options: TraceOptions): string {
  const where = 'traceFigure';
  const { draws, chains, dim, title, first = 0 } = options;
  const { rows, names } = checkChains(where, 'draws', draws, options, 2);
  checkInteger(where, 'first', first, 0);
  const panels = names.map((name, at) => {
    const lines = Array.from({ length: Math.min(chains, MOST_CHAINS) }, (_, chain) =>
      outline(rows, (t) => draws[(t * chains + chain) * dim + at], first),
    );
    const [low, high] = extent(lines.flat().map(([, y]) => y));
    const room = isFlat(low, high) ? Math.abs(low) * 0.1 || 1 : 0.06 * (high - low);
    return {
      name,
      y: [low - room, high + room] as const,
      marks: lines.map((line, chain) =>
        Plot.line(line, { stroke: seriesColour(chain), strokeWidth: 1, strokeOpacity: 0.75 }),
      ),
    };
  });
  const x = [first, first + rows - 1] as const;
  return stackedPanels(panels, { x, xLabel: 'draw', chains, title, name: 'Traces of the chains' });
}

/** All points of a short line; for a long one, the least and the largest of each stretch, in order. */
function outline(rows: number, value: (t: number) => number, first: number): [number, number][] {
  const point = (t: number): [number, number] => [first + t, value(t)];
  if (rows <= 2 * STRETCHES) return Array.from({ length: rows }, (_, t) => point(t));
  return Array.from({ length: STRETCHES }, (_, s) => {
    const from = Math.floor((s * rows) / STRETCHES);
    const to = Math.floor(((s + 1) * rows) / STRETCHES);
    let [least, most] = [from, from];
    for (let t = from; t < to; t++) {
      if (value(t) < value(least)) least = t;
      if (value(t) > value(most)) most = t;
    }
    return [point(Math.min(least, most)), point(Math.max(least, most))];
  }).flat();
}

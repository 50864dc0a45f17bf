import { chiDensity } from '../../apps/chiDensity.js';
import { countCells, edgesOf } from '../../diagnostics/cells.js';
import { type Core, foldIn, type Key, normal } from '../../index.js';
import { linspace } from '../../plots/drawing/numbers.js';
import { type ChartPanel, chartFigure } from '../../plots/index.js';
import type { FigureInput, LectureFigure } from './figure.js';

/** Normal numbers drawn at a time. */
const AT_ONCE = 2 ** 20;

/** Draws `count` standard normal points and returns |x| / sqrt(dim) of each: [count]. */
export function scaledNorms(core: Core, key: Key, dim: number, count: number): Float64Array {
  const norms = new Float64Array(count);
  const rows = Math.max(1, Math.floor(AT_ONCE / dim));
  for (let from = 0, draw = 0; from < count; from += rows, draw++) {
    const n = Math.min(rows, count - from);
    const z = normal(core, foldIn(key, draw), [n, dim]);
    for (let i = 0; i < n; i++) {
      let squares = 0;
      for (let d = 0; d < dim; d++) squares += z[i * dim + d] ** 2;
      norms[from + i] = Math.sqrt(squares / dim);
    }
  }
  return norms;
}

/** The density of |x| / sqrt(dim): that of a chi variable of `dim` degrees of freedom, times sqrt(dim). */
export const scaledNormDensity = (r: number, dim: number) =>
  Math.sqrt(dim) * chiDensity(dim, Math.sqrt(dim) * r);

const DIMS = [2, 5, 20, 100, 300, 1000];
const COUNT = 10_000;
const [LOW, HIGH] = [0, 2.6];

/** The histogram of |x| / sqrt(d): in high dimensions a Gaussian is a thin shell. */
export const normsFigure: LectureFigure = {
  name: 'norms',
  draws: 2,
  about: 'the histogram of |x| / sqrt(d) for d from 2 to 1000',
  parts: DIMS.length,
  async make({ core, key, signal, part }: FigureInput) {
    const panels: ChartPanel[] = [];
    const numbers: object[] = [];
    for (const [i, dim] of DIMS.entries()) {
      signal.throwIfAborted();
      const norms = scaledNorms(core, foldIn(key, i), dim, COUNT);
      const bins = dim < 50 ? 52 : 130;
      const width = (HIGH - LOW) / bins;
      const edges = edgesOf(bins, [LOW, HIGH]);
      const counts = countCells(norms, edges);
      const r = linspace(LOW, HIGH, 651);
      const mean = norms.reduce((sum, value) => sum + value, 0) / COUNT;
      const sd = Math.sqrt(norms.reduce((sum, value) => sum + (value - mean) ** 2, 0) / COUNT);
      panels.push({
        title: `d = ${dim}`,
        x: { name: '|x| / sqrt(d)', limits: [LOW, HIGH] },
        y: { name: 'density' },
        series: [
          {
            name: `${COUNT.toLocaleString('en-US')} draws of N(0, I)`,
            kind: 'bins',
            x: edges,
            y: counts.map((count) => count / COUNT / width),
          },
          { name: 'exact density', x: r, y: r.map((value) => scaledNormDensity(value, dim)) },
        ],
      });
      numbers.push({ dim, mean, sd });
      part();
    }
    const title = 'A Gaussian in high dimensions is a thin shell of radius sqrt(d)';
    return {
      svg: chartFigure({ panels, columns: 3, title, width: 270, height: 200 }),
      numbers: { count: COUNT, dims: numbers },
    };
  },
};

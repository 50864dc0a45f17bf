import { countCells, edgesOf } from '../../diagnostics/cells.js';
import { foldIn, imageDim, type Key, normal } from '../../index.js';
import { type ChartPanel, chartFigure, shortNumber } from '../../plots/index.js';
import type { FigureInput, LearnedFigure } from './figure.js';
import { type ImageRun, trainingRows } from './imageRun.js';

/**
 * How far rows x [n, dim] with noise are from their mean: |x + sigma z - mean| over its average, [n]. On a sphere about the mean all
 * are 1.
 */
export function relativeNorms(
  { denoiser: { core } }: ImageRun,
  x: Float32Array,
  { key, sigma, dim }: { key: Key; sigma: number; dim: number },
): Float64Array {
  const n = x.length / dim;
  const mean = new Float64Array(dim);
  for (let i = 0; i < x.length; i++) mean[i % dim] += x[i] / n;
  const norms = new Float64Array(n);
  for (let row = 0; row < n; row++) {
    // Drawn an image at a time: all at once may be too much to hold.
    const z = sigma > 0 ? normal(core, foldIn(key, row), [dim]) : new Float32Array(dim);
    let squares = 0;
    for (let d = 0; d < dim; d++) squares += (x[row * dim + d] + sigma * z[d] - mean[d]) ** 2;
    norms[row] = Math.sqrt(squares);
  }
  const average = norms.reduce((sum, norm) => sum + norm, 0) / n;
  return norms.map((norm) => norm / average);
}

const SIGMAS = [0, 0.25, 0.5, 1, 2, 4];
const COUNT = 4000;
const LIMITS = [0.5, 1.5] as const;

/** The norms of noisy images about their mean, which is ever more of a sphere. */
export const manifoldFigure: LearnedFigure = {
  name: 'manifold',
  draws: 12,
  about: 'norms of noisy images about their mean: the more noise, the more of a sphere',
  parts: SIGMAS.length,
  lacks: () => undefined,
  async make({ key, signal, part }: FigureInput, run: ImageRun) {
    const dim = imageDim(run.training);
    const x = trainingRows(run, COUNT);
    const n = x.length / dim;
    const panels: ChartPanel[] = [];
    const results: { sigma: number; sd: number }[] = [];
    for (const [i, sigma] of SIGMAS.entries()) {
      signal.throwIfAborted();
      const norms = relativeNorms(run, x, { key: foldIn(key, i), sigma, dim });
      const sd = Math.sqrt(norms.reduce((sum, r) => sum + (r - 1) ** 2, 0) / n);
      const bins = sd > 0.1 ? 60 : 120;
      const edges = edgesOf(bins, LIMITS);
      const width = (LIMITS[1] - LIMITS[0]) / bins;
      const y = Array.from(countCells(norms, edges), (count) => count / n / width);
      panels.push({
        title: `σ = ${sigma}: deviation ${shortNumber(sd, 2)}`,
        x: { name: '|y - mean| / its average', limits: LIMITS },
        y: { name: 'density' },
        series: [{ kind: 'bins', x: edges, y }],
      });
      results.push({ sigma, sd });
      part();
    }
    const title = `With noise, images of ${dim} dimensions come near to a sphere about their mean`;
    return {
      svg: chartFigure({ panels, columns: 3, title, width: 270, height: 200 }),
      numbers: { images: n, dim, gaussian: 1 / Math.sqrt(2 * dim), results },
    };
  },
};

import { mixture, smooth } from '../../index.js';
import { linspace } from '../../plots/drawing/numbers.js';
import { type ChartSeries, chartFigure } from '../../plots/index.js';
import type { FigureInput, LectureFigure } from './figure.js';

/** A mixture in one dimension. */
export interface Line {
  means: readonly number[];
  sd: number;
  weights: readonly number[];
}

/**
 * |E exp(i omega Y)| of a one-dimensional mixture under noise sigma. The noise multiplies the characteristic function by
 * exp(-sigma^2 omega^2 / 2), which removes high frequencies first.
 */
export function characteristic({ means, sd, weights }: Line, sigma: number, omega: number): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let [real, imaginary] = [0, 0];
  means.forEach((mean, k) => {
    real += (weights[k] / total) * Math.cos(omega * mean);
    imaginary += (weights[k] / total) * Math.sin(omega * mean);
  });
  return Math.hypot(real, imaginary) * Math.exp((-(sd * sd + sigma * sigma) * omega * omega) / 2);
}

const LINE: Line = { means: [-2, -0.6, 1.7], sd: 0.15, weights: [0.3, 0.25, 0.45] };
const SIGMAS = [0, 0.3, 0.7, 1.5];
const [LOW, HIGH] = [-5, 5];
const MOST_OMEGA = 12;
const POINTS = 401;

/** A density, its smoothed forms and their characteristic functions. */
export const smoothingFigure: LectureFigure = {
  name: 'smoothing',
  draws: 3,
  about: 'a density, its smoothed forms, and their characteristic functions',
  parts: 1,
  async make({ core, part }: FigureInput) {
    using sharp = mixture(core, {
      means: LINE.means.map((mean) => [mean]),
      sds: LINE.means.map(() => [LINE.sd]),
      weights: [...LINE.weights],
    });
    const x = Float32Array.from(linspace(LOW, HIGH, POINTS));
    const omega = linspace(0, MOST_OMEGA, POINTS);
    const densities: ChartSeries[] = [];
    const waves: ChartSeries[] = [];
    for (const [colour, sigma] of SIGMAS.entries()) {
      const name = sigma === 0 ? 'p(x)' : `with noise σ = ${sigma}`;
      const density = sigma === 0 ? sharp : smooth(sharp, sigma);
      densities.push({ name, x, y: density.prob(x), colour });
      waves.push({ name, x: omega, y: omega.map((w) => characteristic(LINE, sigma, w)), colour });
      if (density !== sharp) density.dispose();
    }
    part();
    const svg = chartFigure({
      panels: [
        {
          title: 'density',
          x: { name: 'y', limits: [LOW, HIGH] },
          y: { name: 'p(y)', limits: [0, 1.28] },
          series: densities,
        },
        {
          title: 'characteristic function',
          x: { name: 'frequency omega', limits: [0, MOST_OMEGA] },
          y: { name: '|E exp(i omega Y)|', limits: [0, 1.04] },
          series: waves,
        },
      ],
      title: 'Gaussian noise takes away high frequencies',
      width: 400,
      height: 280,
    });
    return { svg, numbers: { ...LINE, sigmas: SIGMAS } };
  },
};

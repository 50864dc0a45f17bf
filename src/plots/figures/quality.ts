import { checkNumbers, checkPositive, type Numbers } from '../drawing/check.js';
import { type ChartSeries, chartFigure } from './chart.js';

/** The error of one denoiser at every noise. */
export interface QualityCurve {
  /** What the legend calls the denoiser. */
  name: string;
  /** Mean squared error of a pixel at each sigma, [L]. */
  mse: Numbers;
  /** Draws a dashed line. */
  dashed?: boolean;
}

/** Options of {@link qualityChart}. */
export interface QualityOptions {
  /** Standard deviations of the noise, [L], in any order. */
  sigmas: Numbers;
  /** The first seven have colours of their own. */
  curves: readonly QualityCurve[];
  /** Written above the figure. */
  title?: string;
}

/**
 * Draws the mean squared error of denoisers on held-out images against the noise, both axes logarithmic. Returns an SVG
 * document; throws a RangeError where lengths do not match, or a number is not finite and positive.
 */
export function qualityChart({ sigmas, curves, title }: QualityOptions): string {
  const where = 'qualityChart';
  checkNumbers(where, 'sigmas', sigmas, sigmas?.length || 1);
  checkPositive(where, 'sigmas', sigmas);
  if (!(curves?.length > 0)) throw new RangeError(`${where}: curves must hold at least one curve`);
  const order = Array.from(sigmas, (_, i) => i).sort((a, b) => sigmas[a] - sigmas[b]);
  const series = curves.map(({ name, mse, dashed }, i): ChartSeries => {
    checkNumbers(where, `curves[${i}].mse`, mse, sigmas.length);
    checkPositive(where, `curves[${i}].mse`, mse);
    // Beyond the seventh, colours come again, with dashes.
    return {
      name,
      kind: 'both',
      x: order.map((at) => sigmas[at]),
      y: order.map((at) => mse[at]),
      dashed: dashed ?? i >= 7,
    };
  });
  return chartFigure({
    panels: [
      {
        x: { name: 'noise σ (log scale)', scale: 'log' },
        y: { name: 'mean squared error (log scale)', scale: 'log' },
        series,
      },
    ],
    title: title ?? 'Error of denoising held-out images',
    width: 720,
    height: 420,
  });
}

import { type Core, denoiser, foldIn, gaussian, type Key, normal } from '../../index.js';
import { gridPoints, type PointLayer, pointFigure } from '../../plots/index.js';
import type { FigureInput, LectureFigure } from './figure.js';

/** A straight line, y = slope x + intercept, and the standard deviation of points about it. */
export interface Line {
  slope: number;
  intercept: number;
  sd: number;
}

export interface Regression {
  /** [count, 2] */
  points: Float32Array;
  /** By least squares; sd of the residuals. */
  fitted: Line;
  /** The slope of the longest axis of the points' covariance (total least squares). */
  principalSlope: number;
  /** Points moved by the variance about the line times the score of y given x: [count, 2]. */
  denoised: Float32Array;
  /** Points moved by the least variance times the whole score of the points' Gaussian: [count, 2]. */
  denoisedInBoth: Float32Array;
}

/**
 * Draws points about a line, fits it, and denoises them by the score of the Gaussian with their moments. With noise in y alone,
 * y + sd^2 d/dy log p(x, y) is slope x + intercept: denoising is regression. With the same noise in x and y, of the least
 * variance, x + sigma^2 score lies on the principal axis.
 */
export function denoiseLine(
  core: Core,
  { key, count, line }: { key: Key; count: number; line: Line },
): Regression {
  const [across, noise] = [0, 1].map((i) => normal(core, foldIn(key, i), [count]));
  const points = new Float32Array(2 * count);
  for (let i = 0; i < count; i++) {
    points[2 * i] = 1.2 * across[i];
    points[2 * i + 1] = line.slope * points[2 * i] + line.intercept + line.sd * noise[i];
  }
  const mean = [0, 1].map((d) => points.reduce((sum, v, i) => (i % 2 === d ? sum + v / count : sum), 0));
  const moment = (a: number, b: number) => {
    let sum = 0;
    for (let i = 0; i < 2 * count; i += 2) sum += (points[i + a] - mean[a]) * (points[i + b] - mean[b]);
    return sum / count;
  };
  const [xx, xy, yy] = [moment(0, 0), moment(0, 1), moment(1, 1)];
  const slope = xy / xx;
  const fitted = { slope, intercept: mean[1] - slope * mean[0], sd: Math.sqrt(yy - slope * xy) };
  const root = Math.hypot((xx - yy) / 2, xy);
  const least = (xx + yy) / 2 - root;
  const principalSlope = (yy - xx + 2 * root) / (2 * xy);
  using joint = gaussian(core, {
    mean,
    covariance: [
      [xx, xy],
      [xy, yy],
    ],
  });
  const score = joint.score(points);
  const denoised = points.map((v, i) => (i % 2 === 0 ? v : v + fitted.sd ** 2 * score[i]));
  const denoisedInBoth = denoiser(joint, Math.sqrt(least)).denoise(points);
  return { points, fitted, principalSlope, denoised, denoisedInBoth };
}

const LINE: Line = { slope: 0.7, intercept: 0.2, sd: 0.7 };
const COUNT = 80;
const LIMITS = { xlim: [-3.4, 3.4], ylim: [-3.2, 3.4] } as const;
const GRID = 81;
/** Where bells stand on the line, and how far their tops reach. */
const BELLS = { at: [-2.4, -1.2, 0, 1.2, 2.4], reach: 0.7 };

const bell = (y: number, { slope, intercept, sd }: Line, x: number) =>
  Math.exp(-(((y - slope * x - intercept) / sd) ** 2) / 2);

/** A line through two ends of the panel. */
const through = (slope: number, intercept: number) =>
  Float64Array.from([-4, 4].flatMap((x) => [x, slope * x + intercept]));

/** Linear regression as denoising: the fuzzy line in two pictures, and its points denoised. */
export const regressionFigure: LectureFigure = {
  name: 'regression',
  draws: 15,
  about: 'linear regression as denoising: the fuzzy line in two pictures, and its points denoised',
  parts: 1,
  async make({ core, key, part }: FigureInput) {
    const got = denoiseLine(core, { key: foldIn(key, 0), count: COUNT, line: LINE });
    const { points, fitted, principalSlope, denoised, denoisedInBoth } = got;
    const mean = [0, 1].map((d) => points.reduce((sum, v, i) => (i % 2 === d ? sum + v / COUNT : sum), 0));
    const line: PointLayer = {
      kind: 'paths',
      name: 'the line, by least squares',
      paths: [through(fitted.slope, fitted.intercept)],
      colour: 0,
    };
    const dots: PointLayer = { kind: 'dots', name: 'data (x, y)', x: points, colour: 1 };
    const heights: PointLayer = {
      kind: 'paths',
      name: 'p(y | x) as height',
      paths: BELLS.at.map((x) =>
        Float64Array.from({ length: 162 }, (_, i) => {
          const y = fitted.slope * x + fitted.intercept + fitted.sd * (((i >> 1) - 40) / 13);
          return i % 2 === 0 ? x + BELLS.reach * bell(y, fitted, x) : y;
        }),
      ),
      colour: 2,
    };
    const grid = gridPoints({ ...LIMITS, n: GRID });
    const prob = Float64Array.from({ length: GRID * GRID }, (_, k) =>
      bell(grid[2 * k + 1], fitted, grid[2 * k]),
    );
    const axis: PointLayer = {
      kind: 'paths',
      name: 'the longest axis',
      paths: [through(principalSlope, mean[1] - principalSlope * mean[0])],
      colour: 3,
    };
    const arrows = (to: Float32Array): PointLayer => ({
      kind: 'arrows',
      name: 'from a point to its denoised place',
      x: points,
      to,
      colour: 'ink',
    });
    const panels = [
      { ...LIMITS, title: 'The noise about the line as height', layers: [dots, line, heights] },
      {
        ...LIMITS,
        title: 'The noise about the line as shade',
        density: { n: GRID, prob },
        layers: [dots, line],
      },
      { ...LIMITS, title: 'Noise in y: denoising is regression', layers: [dots, line, arrows(denoised)] },
      {
        ...LIMITS,
        title: 'Noise in x and y: another line',
        layers: [dots, line, axis, arrows(denoisedInBoth)],
      },
    ];
    part();
    const title = 'Linear regression is denoising: y + sd² d/dy log p(y | x) lies on the line';
    return {
      svg: pointFigure({ panels, columns: 2, title, side: 330 }),
      numbers: { count: COUNT, line: LINE, fitted, principalSlope },
    };
  },
};

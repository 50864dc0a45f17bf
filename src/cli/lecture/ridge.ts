import { Cholesky } from '../../denoisers/cholesky.js';
import { gram } from '../../denoisers/tiles.js';
import {
  type Core,
  digits,
  empirical,
  foldIn,
  imageRows,
  type Key,
  linearDenoisers,
  normal,
  pointSet,
} from '../../index.js';
import { type ChartPanel, type ChartSeries, chartFigure } from '../../plots/index.js';
import type { FigureInput, LectureFigure } from './figure.js';
import { principalAxes, project } from './principalAxes.js';

/** The part of a deviation from the mean that the best linear denoiser keeps along a direction of variance lambda. */
export const kept = (lambda: number, sigma: number): number => lambda / (lambda + sigma ** 2);

/** Points of which the first `inputs` coordinates shall say the others. */
export interface Halves {
  dim: number;
  inputs: number;
  /** Rows [n, dim] */
  training: Float32Array;
  heldOut: Float32Array;
}

/**
 * Held-out error, a coordinate, of the linear map from the first coordinates to the others, both less their training means, that
 * is fitted by least squares with the penalty sigma^2: W = (X^T X / n + sigma^2 I)^-1 X^T Y / n, which is ridge regression.
 *
 * @param copies 0 for that; else the map is fitted without a penalty, to so many copies of each training point, all with noise
 *   sigma z in their inputs. As they become many, X^T X / n of them tends to that of the data plus sigma^2 I (Bishop 1995)
 * @returns the error of a prediction, mean squared
 */
export function regressionError(
  core: Core,
  { dim, inputs, training, heldOut }: Halves,
  { sigma, copies = 0, key }: { sigma: number; copies?: number; key: Key },
): number {
  const n = training.length / dim;
  const outputs = dim - inputs;
  const mean = new Float64Array(dim);
  for (let i = 0; i < training.length; i++) mean[i % dim] += training[i] / n;
  const rows = n * Math.max(1, copies);
  const z = copies > 0 ? normal(core, key, [rows, inputs]) : undefined;
  const at = (row: number, d: number) => training[(row % n) * dim + d] - mean[d];
  const input = (row: number, d: number) => at(row, d) + (z ? sigma * z[row * inputs + d] : 0);
  const size = Math.ceil(inputs / 4) * 4;
  const products = gram(inputs, rows, input).map((v) => v / rows);
  const factor = new Cholesky(products, size, z ? 1e-10 : sigma ** 2);
  let sum = 0;
  const weights = new Float64Array(size * 4);
  for (let first = inputs; first < dim; first += 4) {
    const lanes = Math.min(4, dim - first);
    weights.fill(0);
    for (let row = 0; row < rows; row++)
      for (let d = 0; d < inputs; d++)
        for (let lane = 0; lane < lanes; lane++)
          weights[d * 4 + lane] += (input(row, d) * at(row, first + lane)) / rows;
    factor.solve(weights);
    for (let from = 0; from < heldOut.length; from += dim) {
      for (let lane = 0; lane < lanes; lane++) {
        let rest = heldOut[from + first + lane] - mean[first + lane];
        for (let d = 0; d < inputs; d++) rest -= weights[d * 4 + lane] * (heldOut[from + d] - mean[d]);
        sum += rest * rest;
      }
    }
  }
  return sum / (heldOut.length / dim) / outputs;
}

/** Variances along the `count` longest principal axes of rows [n, dim], and what the linear denoiser keeps of each. */
export function keptAlongAxes(
  core: Core,
  {
    points,
    dim,
    count,
    sigmas,
  }: { points: Float32Array; dim: number; count: number; sigmas: readonly number[] },
): { lambdas: number[]; kept: number[][] } {
  const axes = principalAxes(points, dim, count);
  const family = linearDenoisers(core, { dim, points });
  const along = project(points, axes, dim, family.mean);
  const lambdas = Array.from({ length: count }, (_, k) => {
    let sum = 0;
    for (let i = k; i < along.length; i += count) sum += along[i] ** 2;
    return (sum * dim) / points.length;
  });
  const y = Float32Array.from({ length: count * dim }, (_, i) => family.mean[i % dim] + axes[i]);
  const measured = sigmas.map((sigma) => {
    const moved = project(family.at(sigma).denoise(y), axes, dim, family.mean);
    return lambdas.map((_, k) => moved[k * count + k]);
  });
  return { lambdas, kept: measured };
}

const SIZE = 12;
const [TRAINING, HELD_OUT, FEW] = [1000, 400, 100];
const AXES = 24;
const SHOWN = [0.1, 0.5, 2];
const SIGMAS = [0.02, 0.04, 0.07, 0.12, 0.2, 0.35, 0.6, 1, 1.8];
const COPIES = 30;

/** sigma as ridge regression's penalty: of the linear denoiser, of a regression, and of the data's own density. */
export const ridgeFigure: LectureFigure = {
  name: 'ridge',
  draws: 18,
  about: 'sigma as the penalty of ridge regression, by held-out errors',
  parts: SIGMAS.length + 2,
  async make({ core, key, part }: FigureInput) {
    const dim = SIZE * SIZE;
    const all = imageRows(digits(core, foldIn(key, 0), TRAINING + HELD_OUT, { size: SIZE }));
    const points = all.slice(0, TRAINING * dim);
    const { lambdas, kept: measured } = keptAlongAxes(core, { points, dim, count: AXES, sigmas: SHOWN });
    part();
    const halves: Halves = {
      dim,
      inputs: dim / 2,
      training: all.slice(0, FEW * dim),
      heldOut: all.slice(TRAINING * dim),
    };
    const few = pointSet({ dim, points: halves.training });
    const results = SIGMAS.map((sigma, i) => {
      using density = empirical(core, few, sigma);
      const logs = density.logProb(halves.heldOut);
      const result = {
        sigma,
        ridge: regressionError(core, halves, { sigma, key }),
        noisy: regressionError(core, halves, { sigma, copies: COPIES, key: foldIn(key, 1 + i) }),
        logDensity: logs.reduce((sum, log) => sum + log, 0) / HELD_OUT / dim,
      };
      part();
      return result;
    });
    const sigmaAxis = { name: 'σ (log scale)', scale: 'log' } as const;
    const best = results.reduce((a, b) => (b.logDensity > a.logDensity ? b : a));
    const panels: ChartPanel[] = [
      {
        title: `The best linear denoiser of ${TRAINING} digits`,
        x: { name: 'variance λ along a principal axis (log scale)', scale: 'log' },
        y: { name: 'part that is kept', limits: [0, 1.04] },
        series: SHOWN.flatMap((sigma, s): ChartSeries[] => [
          {
            name: `λ / (λ + σ²), σ = ${sigma}`,
            x: lambdas,
            y: lambdas.map((v) => kept(v, sigma)),
            colour: s,
          },
          { name: 'the denoiser along its axes', kind: 'dots', x: lambdas, y: measured[s], colour: s },
        ]),
      },
      {
        title: `Lower halves by upper ones, from ${FEW} digits`,
        x: sigmaAxis,
        y: { name: 'held-out error a pixel' },
        series: [
          {
            name: 'ridge regression, penalty σ²',
            x: SIGMAS,
            y: results.map(({ ridge }) => ridge),
            colour: 5,
          },
          {
            name: `least squares, noise σ in ${COPIES} copies`,
            kind: 'dots',
            x: SIGMAS,
            y: results.map(({ noisy }) => noisy),
            colour: 'ink',
          },
        ],
      },
      {
        title: `The density of ${FEW} digits plus noise`,
        x: sigmaAxis,
        y: { name: 'log-density of held-out digits, a pixel', limits: [-3, best.logDensity + 0.3] },
        series: [
          {
            name: 'the data, smoothed',
            kind: 'both',
            x: SIGMAS,
            y: results.map(({ logDensity }) => logDensity),
            colour: 6,
          },
        ],
      },
    ];
    part();
    const title = 'Is σ a regularisation strength? For what is linear, it is that of ridge regression';
    return {
      svg: chartFigure({ panels, columns: 3, title, width: 400, height: 270 }),
      numbers: { training: TRAINING, few: FEW, heldOut: HELD_OUT, lambdas, results },
    };
  },
};

import {
  bayesDenoiser,
  type Core,
  type Denoiser,
  drawNoisy,
  empiricalBayesDenoiser,
  fitPrior,
  foldIn,
  type Key,
  type NoiseModel,
  pointSet,
  uniform,
} from '../../index.js';
import { linspace } from '../../plots/drawing/numbers.js';
import { type ChartPanel, chartFigure } from '../../plots/index.js';
import type { FigureInput, LectureFigure } from './figure.js';

/** Clean numbers of two kinds, how often they are of the first, and the noise that they are observed with. */
export interface TwoKinds {
  noise: NoiseModel;
  kinds: readonly [number, number];
  share: number;
}

/** Mean squared errors of four estimates of the same numbers. */
export interface NoiseRisks {
  /** Of y alone: y itself, or y divided by its mean at x = 1. */
  raw: number;
  /** By the formula of the noise model, from the observations. */
  formula: number;
  /** By the prior that was fitted to the observations. */
  fitted: number;
  /** By the true prior: no estimate has less. */
  best: number;
}

/** Draws n numbers with their observations, and the three denoisers: two that know the observations alone, one the prior. */
export function denoiseTwoKinds(
  core: Core,
  { noise, kinds, share }: TwoKinds,
  { key, n }: { key: Key; n: number },
): { y: Float32Array; denoisers: Record<'formula' | 'fitted' | 'best', Denoiser>; risks: NoiseRisks } {
  const x = uniform(core, foldIn(key, 0), [n]).map((u) => (u < share ? kinds[0] : kinds[1]));
  const y = drawNoisy(core, noise, x, { key: foldIn(key, 1) });
  const denoisers = {
    formula: empiricalBayesDenoiser(core, noise, y),
    fitted: bayesDenoiser(core, noise, fitPrior(noise, y)),
    best: bayesDenoiser(core, noise, pointSet({ dim: 1, points: kinds, weights: [share, 1 - share] })),
  };
  const risk = (estimates: Float32Array) => estimates.reduce((sum, v, i) => sum + (v - x[i]) ** 2, 0) / n;
  const { formula, fitted, best } = denoisers;
  return {
    y,
    denoisers,
    risks: {
      raw: risk(y.map((v) => rawEstimate(noise, v))),
      formula: risk(formula.denoise(y)),
      fitted: risk(fitted.denoise(y)),
      best: risk(best.denoise(y)),
    },
  };
}

const rawEstimate = (noise: NoiseModel, y: number) => (noise.kind === 'gamma' ? y / noise.shape : y);

const N = 1000;
const CASES: (TwoKinds & { title: string; y: string; limits: readonly [number, number] })[] = [
  {
    title: 'Poisson counts',
    y: 'count y',
    noise: { kind: 'poisson' },
    kinds: [2, 9],
    share: 0.6,
    limits: [0, 16],
  },
  {
    title: 'Gaussian noise, σ = 1.5',
    y: 'observation y',
    noise: { kind: 'gaussian', sigma: 1.5 },
    kinds: [2, 7],
    share: 0.6,
    limits: [-2, 11],
  },
  {
    title: 'Laplace noise of scale 1.2',
    y: 'observation y',
    noise: { kind: 'laplace', scale: 1.2 },
    kinds: [2, 7],
    share: 0.6,
    limits: [-2, 11],
  },
  {
    title: 'Gamma noise of mean 4',
    y: 'observation y',
    noise: { kind: 'gamma', shape: 4 },
    kinds: [1, 4],
    share: 0.6,
    limits: [0.3, 30],
  },
];

/** Numbers of two kinds under four noise models: what each estimate makes of an observation. */
export const noiseModelsFigure: LectureFigure = {
  name: 'noise-models',
  draws: 14,
  about: 'numbers denoised from noisy data alone, under Poisson, Gaussian, Laplace and gamma noise',
  parts: CASES.length,
  async make({ core, key, part }: FigureInput) {
    const panels: ChartPanel[] = [];
    const numbers: object[] = [];
    for (const [i, example] of CASES.entries()) {
      const { noise, limits, title } = example;
      const { denoisers, risks } = denoiseTwoKinds(core, example, { key: foldIn(key, i), n: N });
      const isCount = noise.kind === 'poisson';
      const [low, high] = limits;
      const x = isCount
        ? Float32Array.from({ length: high + 1 }, (_, y) => y)
        : Float32Array.from(linspace(low, high, 201));
      const errors = [risks.raw, risks.formula, risks.fitted, risks.best].map((v) => v.toPrecision(2));
      panels.push({
        title: `${title}: errors ${errors.join(', ')}`,
        x: { name: example.y, limits: isCount ? [-0.5, high + 0.5] : limits },
        y: { name: 'estimate of x', limits: [0.8 * example.kinds[0] - 1, 1.15 * example.kinds[1] + 1] },
        series: [
          {
            name: 'one observation alone',
            x,
            y: x.map((y) => rawEstimate(noise, y)),
            colour: 'ink',
            dashed: true,
          },
          {
            name: 'noisy data alone, by formula',
            kind: isCount ? 'both' : 'line',
            x,
            y: denoisers.formula.denoise(x),
            colour: 1,
          },
          { name: 'noisy data alone, by a fitted prior', x, y: denoisers.fitted.denoise(x), colour: 2 },
          { name: 'the best, which knows the prior', x, y: denoisers.best.denoise(x), colour: 4 },
        ],
      });
      numbers.push({ noise, kinds: example.kinds, share: example.share, risks });
      part();
    }
    const title = `Denoising ${N} numbers of two kinds from noisy ones alone; mean squared errors in the order of the legend`;
    return {
      svg: chartFigure({ panels, title, width: 450, height: 260 }),
      numbers: { observations: N, cases: numbers },
    };
  },
};

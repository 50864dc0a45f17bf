import { square } from '../core/elementary.js';
import { atOnce, type Pieces } from '../core/pieces.js';
import { fittingPrior } from '../denoisers/bayes.js';
import {
  bayesDenoiser,
  type Core,
  type Denoiser,
  drawNoisy,
  empiricalBayesDenoiser,
  foldIn,
  type Key,
  type NoiseModel,
  pointSet,
  uniform,
} from '../index.js';

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

/** Numbers, their observations, and what denoises them. */
interface DenoisedKinds {
  x: Float32Array;
  y: Float32Array;
  denoisers: Record<'formula' | 'fitted' | 'best', Denoiser>;
  risks: NoiseRisks;
}

/** Draws n numbers with their observations, and the three denoisers: two that know the observations alone, one the prior. */
export const denoiseTwoKinds = (core: Core, example: TwoKinds, drawn: { key: Key; n: number }) =>
  atOnce(denoisingTwoKinds(core, example, drawn));

/** Numbers whose estimates are one piece of the work. */
const PIECE = 100;

/** The work of {@link denoiseTwoKinds}. */
export function* denoisingTwoKinds(
  core: Core,
  { noise, kinds, share }: TwoKinds,
  { key, n }: { key: Key; n: number },
): Pieces<DenoisedKinds> {
  const x = uniform(core, foldIn(key, 0), [n]).map((u) => (u < share ? kinds[0] : kinds[1]));
  const y = drawNoisy(core, noise, x, { key: foldIn(key, 1) });
  const denoisers = {
    formula: empiricalBayesDenoiser(core, noise, y),
    fitted: bayesDenoiser(core, noise, yield* fittingPrior(noise, y)),
    best: bayesDenoiser(core, noise, pointSet({ dim: 1, points: kinds, weights: [share, 1 - share] })),
  };
  const risk = (estimates: Float32Array) => estimates.reduce((sum, v, i) => sum + square(v - x[i]), 0) / n;
  function* estimated({ denoise }: Denoiser): Pieces<Float32Array> {
    const estimates = new Float32Array(n);
    for (let from = 0; from < n; from += PIECE) {
      const to = Math.min(n, from + PIECE);
      denoise(y.subarray(from, to), estimates.subarray(from, to));
      yield;
    }
    return estimates;
  }
  const { formula, fitted, best } = denoisers;
  return {
    x,
    y,
    denoisers,
    risks: {
      raw: risk(y.map((v) => rawEstimate(noise, v))),
      formula: risk(yield* estimated(formula)),
      fitted: risk(yield* estimated(fitted)),
      best: risk(yield* estimated(best)),
    },
  };
}

/** The estimate of x that looks at y alone: y, or y divided by its mean at x = 1. */
export const rawEstimate = (noise: NoiseModel, y: number) => (noise.kind === 'gamma' ? y / noise.shape : y);

/** An example: with its title, what y is, and between which y it is shown. */
interface Example extends TwoKinds {
  title: string;
  y: string;
  limits: readonly [number, number];
}

/** An example of each noise model. */
export const twoKindsOf: Readonly<Record<NoiseModel['kind'], Example>> = {
  poisson: {
    title: 'Poisson counts',
    y: 'count y',
    noise: { kind: 'poisson' },
    kinds: [2, 9],
    share: 0.6,
    limits: [0, 16],
  },
  gaussian: {
    title: 'Gaussian noise, σ = 1.5',
    y: 'observation y',
    noise: { kind: 'gaussian', sigma: 1.5 },
    kinds: [2, 7],
    share: 0.6,
    limits: [-2, 11],
  },
  laplace: {
    title: 'Laplace noise of scale 1.2',
    y: 'observation y',
    noise: { kind: 'laplace', scale: 1.2 },
    kinds: [2, 7],
    share: 0.6,
    limits: [-2, 11],
  },
  gamma: {
    title: 'Gamma noise of mean 4',
    y: 'observation y',
    noise: { kind: 'gamma', shape: 4 },
    kinds: [1, 4],
    share: 0.6,
    limits: [0.3, 30],
  },
};

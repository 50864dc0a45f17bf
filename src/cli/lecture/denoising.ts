import { type Core, denoiser, empirical, foldIn, type Key, nearest, normal } from '../../index.js';
import { type PointLayer, pointFigure } from '../../plots/index.js';
import type { FigureInput, LectureFigure } from './figure.js';
import { moons } from './moons.js';

export interface Denoised {
  /** [data, 2] */
  data: Float32Array;
  /** The first `count` data with noise added, and these denoised by the best denoiser: [count, 2] each. */
  noisy: Float32Array;
  clean: Float32Array;
  /** Root mean squared distance of the noisy and the denoised points from their data. */
  errorNoisy: number;
  errorClean: number;
  /** Mean distance to the nearest datum. */
  distanceNoisy: number;
  distanceClean: number;
}

/** Adds noise to points of two moons and denoises them by the data set's closed-form denoiser. */
export function denoiseMoons(
  core: Core,
  { key, data: size, count, sigma }: { key: Key; data: number; count: number; sigma: number },
): Denoised {
  const set = moons(core, foldIn(key, 0), size);
  const noisy = normal(core, foldIn(key, 1), [count, 2]).map((z, i) => set.points[i] + sigma * z);
  using score = empirical(core, set, sigma);
  const clean = denoiser(score, sigma).denoise(noisy);
  const error = (x: Float32Array) =>
    Math.sqrt(x.reduce((sum, value, i) => sum + (value - set.points[i]) ** 2, 0) / count);
  const distance = (x: Float32Array) =>
    nearest(x, set.points, { dim: 2 }).distance.reduce((sum, r) => sum + r, 0) / count;
  return {
    data: set.points,
    noisy,
    clean,
    errorNoisy: error(noisy),
    errorClean: error(clean),
    distanceNoisy: distance(noisy),
    distanceClean: distance(clean),
  };
}

const DATA = 1000;
const COUNT = 250;
const SIGMA = 0.2;

/** Noisy points, the denoiser's arrows, and the denoised points. */
export const denoisingFigure: LectureFigure = {
  name: 'denoising',
  draws: 4,
  about: "noisy points, the denoiser's arrows, and the denoised points",
  parts: 1,
  async make({ core, key, part }: FigureInput) {
    const { data, noisy, clean, ...numbers } = denoiseMoons(core, {
      key,
      data: DATA,
      count: COUNT,
      sigma: SIGMA,
    });
    const limits = { xlim: [-2.1, 2.1], ylim: [-1.5, 1.5] } as const;
    const ground: PointLayer = { kind: 'dots', name: 'data', x: data, colour: 4, radius: 1.2 };
    const dots: PointLayer = { kind: 'dots', name: 'noisy y = x + σ z', x: noisy, colour: 1 };
    const arrows: PointLayer = {
      kind: 'arrows',
      name: 'from y to x̂(y)',
      x: noisy,
      to: clean,
      colour: 'ink',
    };
    const denoised: PointLayer = { kind: 'dots', name: 'denoised x̂(y)', x: clean, colour: 0 };
    const panels = [
      { ...limits, title: `noise σ = ${SIGMA}`, layers: [ground, dots] },
      { ...limits, title: 'x̂(y) = y + σ² score(y)', layers: [ground, arrows] },
      { ...limits, title: 'denoised', layers: [ground, denoised] },
    ];
    part();
    const title = 'Denoising by the score of the noisy density';
    return { svg: pointFigure({ panels, title, side: 300 }), numbers: { sigma: SIGMA, ...numbers } };
  },
};

import {
  type Core,
  denoiser,
  digits,
  empirical,
  foldIn,
  imageDim,
  imageMoments,
  imagePoints,
  imageRows,
  type Key,
  normal,
  splitImages,
  takeImages,
} from '../../index.js';
import { imageGrid } from '../../plots/index.js';
import type { FigureInput, LectureFigure } from './figure.js';

export interface Averages {
  size: number;
  /** A held-out digit of each class: [10, dim]. */
  clean: Float32Array;
  /** The mean of the training digits of each class: [10, dim]. */
  means: Float32Array;
  /** The mean of all training digits: [dim]. */
  mean: Float64Array;
  /** For each sigma the noisy and the denoised digits [10, dim], and how far these are from the mean of all, pixel by pixel. */
  levels: { sigma: number; noisy: Float32Array; denoised: Float32Array; distance: number }[];
}

const CLASSES = 10;

/** Averages digits of each class, and denoises held-out ones by the exact score of the training digits. */
export function averageDigits(
  core: Core,
  {
    key,
    count,
    size,
    sigmas,
    onLevel,
  }: { key: Key; count: number; size: number; sigmas: readonly number[]; onLevel?: () => void },
): Averages {
  const { training, heldOut } = splitImages(digits(core, foldIn(key, 0), count + 200, { size }), 200);
  const dim = imageDim(training);
  const means = new Float32Array(CLASSES * dim);
  const chosen: number[] = [];
  const labelled = (labels: ArrayLike<number> | undefined, c: number) =>
    Array.from(labels ?? []).flatMap((label, i) => (label === c ? [i] : []));
  for (let c = 0; c < CLASSES; c++) {
    means.set(imageMoments(takeImages(training, labelled(training.labels, c))).mean, c * dim);
    chosen.push(labelled(heldOut.labels, c)[0]);
  }
  const clean = imageRows(heldOut, chosen);
  const { mean } = imageMoments(training);
  const data = imagePoints(training);
  const z = normal(core, foldIn(key, 1), [clean.length]);
  const levels = sigmas.map((sigma) => {
    const noisy = clean.map((x, i) => x + sigma * z[i]);
    using score = empirical(core, data, sigma);
    const denoised = denoiser(score, sigma).denoise(noisy);
    onLevel?.();
    const square = denoised.reduce((sum, v, i) => sum + (v - mean[i % dim]) ** 2, 0) / denoised.length;
    return { sigma, noisy, denoised, distance: Math.sqrt(square) };
  });
  return { size, clean, means, mean, levels };
}

const COUNT = 3000;
const SIGMAS = [0.5, 2, 4, 8, 30];

/** Means of classes of digits, and the denoiser's way to the mean of all as the noise grows. */
export const averageFigure: LectureFigure = {
  name: 'average',
  draws: 16,
  about: 'means of classes of digits, and denoised digits that tend to the mean of all as sigma grows',
  parts: 2 + SIGMAS.length,
  async make({ core, key, part }: FigureInput) {
    const got = averageDigits(core, { key, count: COUNT, size: 28, sigmas: SIGMAS, onLevel: part });
    const { size, clean, means, mean, levels } = got;
    const rows = [
      { name: 'a digit', images: clean },
      { name: 'mean of its class', images: means },
      ...levels.flatMap(({ sigma, noisy, denoised }) => [
        { name: `with noise, σ = ${sigma}`, images: noisy },
        { name: 'denoised', images: denoised },
      ]),
      {
        name: 'mean of all',
        images: Float32Array.from({ length: clean.length }, (_, i) => mean[i % mean.length]),
      },
    ];
    part();
    const svg = imageGrid({
      images: Float32Array.from(rows.flatMap(({ images }) => [...images])),
      height: size,
      width: size,
      columns: CLASSES,
      rowLabels: rows.map(({ name }) => name),
      title: 'An average is no digit; as the noise grows, the best denoiser tends to the average of all',
    });
    part();
    return {
      svg,
      numbers: { digits: COUNT, levels: levels.map(({ sigma, distance }) => ({ sigma, distance })) },
    };
  },
};

import { foldIn, imageDim, type Key, normal } from '../../index.js';
import { type DenoisedLevel, denoisingStrip } from '../../plots/index.js';
import type { FigureInput, LearnedFigure } from './figure.js';
import { type ImageRun, rowsAt, spread } from './imageRun.js';

/** A noise level, and mean squared errors a coordinate of the noisy and of the denoised images. */
export interface DenoisedImages extends DenoisedLevel {
  noisy: Float32Array;
  denoised: Float32Array;
  errorNoisy: number;
  errorDenoised: number;
}

/** Held-out images x [count, dim], with the same noise z times each sigma, y = x + sigma z, and denoised. */
export async function denoiseHeldOut(
  run: ImageRun,
  {
    key,
    count,
    sigmas,
    onLevel,
  }: { key: Key; count: number; sigmas: readonly number[]; onLevel?: () => void },
): Promise<{ clean: Float32Array; levels: DenoisedImages[] }> {
  const dim = imageDim(run.training);
  const clean = rowsAt(run.heldOut, dim, spread(run.heldOut.length / dim, count));
  const z = normal(run.denoiser.core, key, [clean.length]);
  const error = (x: Float32Array) => x.reduce((sum, v, i) => sum + (v - clean[i]) ** 2, 0) / clean.length;
  const levels = sigmas.map((sigma) => {
    const noisy = clean.map((value, i) => value + sigma * z[i]);
    const estimates = run.denoiser.denoise(noisy, sigma);
    onLevel?.();
    return { sigma, noisy, denoised: estimates, errorNoisy: error(noisy), errorDenoised: error(estimates) };
  });
  return { clean, levels };
}

const COUNT = 20;
const SIGMAS = [0.25, 0.5, 1, 2];

/** Held-out images, noisy and denoised at several noise levels. */
export const learnedDigitsFigure: LearnedFigure = {
  name: 'digits',
  draws: 9,
  about: 'held-out images x, y = x + sigma z, and these denoised, at several sigmas',
  parts: 2 * SIGMAS.length,
  lacks: ({ heldOut }) => (heldOut.length > 0 ? undefined : 'images that are held out'),
  async make({ key, part }: FigureInput, run: ImageRun) {
    const sigmas = run.sigma === undefined ? SIGMAS : [run.sigma];
    const { clean, levels } = await denoiseHeldOut(run, {
      key: foldIn(key, 0),
      count: COUNT,
      sigmas,
      onLevel: () => {
        part();
        part();
      },
    });
    const svg = denoisingStrip({
      ...run.shape,
      clean,
      levels,
      noisyRange: [-0.5, 1.5],
      title: 'Images that the network has not seen, with noise, and denoised by it',
    });
    const results = levels.map(({ sigma, errorNoisy, errorDenoised }) => ({
      sigma,
      errorNoisy,
      errorDenoised,
    }));
    return { svg, numbers: { images: clean.length / imageDim(run.training), results } };
  },
};

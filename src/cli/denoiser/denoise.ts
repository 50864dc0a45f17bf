import { join } from 'node:path';
import { square } from '../../core/elementary.js';
import { key, type Layout, split, writeNpy } from '../../index.js';
import { denoisingStrip, shortNumber } from '../../plots/index.js';
import { besideResult, saveFigure } from '../run/figures.js';
import { openFolder, saveFile } from '../run/files.js';
import type { Context } from '../terminal/report.js';
import { toData } from './data.js';
import { denoiseRows, estimator } from './estimates.js';
import { arrayShape, counted, drawnSize, examples, noisyRows } from './examples.js';
import type { OpenDenoiser } from './folder.js';
import { sigmaOf } from './noise.js';
import { saveArrows } from './planeFigures.js';

export interface DenoiseRunOptions {
  /** Folder for the files. Default: the run's. */
  out?: string;
  sigma?: number;
  count?: number;
  seed?: number;
  layout?: Layout;
}

export const DENOISED = 20;
/** Most images of the strip, which is one row of them. */
const MOST_SHOWN = 40;

/** Adds noise to held-out images or points and takes it off again; writes all three and a figure. Returns the files. */
export async function denoiseRun(
  run: OpenDenoiser,
  options: DenoiseRunOptions,
  context: Context,
): Promise<string[]> {
  const { report } = context;
  const { out = run.folder, count = DENOISED, seed = 0, layout = 'original' } = options;
  const { data, denoiser } = run;
  const sigma = sigmaOf(run, options.sigma, context);
  const clean = examples(data, count);
  // The second of two keys, as for runs of pictures, whose first one draws the points.
  const [, noiseKey] = split(key(seed), 2, { layout });
  const noisy = noisyRows(run, clean, { sigma, key: noiseKey, layout });
  const estimate = estimator(denoiser, sigma);
  const denoised = await denoiseRows(estimate, noisy, context).finally(() => estimate.dispose?.());
  const n = clean.length / denoiser.dim;
  const error = { noisy: meanSquare(noisy, clean), denoised: meanSquare(denoised, clean) };
  const heldOut = data.heldOut !== undefined;
  report.event('denoised', { sigma, points: n, dim: denoiser.dim, heldOut, error });
  await openFolder(out);
  const files: string[] = [];
  const parts = { clean: toData(data, clean), noisy: toData(data, noisy), denoised: toData(data, denoised) };
  for (const [part, x] of Object.entries(parts)) {
    const file = join(out, `${part}.npy`);
    await saveFile(file, writeNpy(x, arrayShape(data, n)));
    files.push(file);
  }
  const size = drawnSize(data);
  if (size) {
    const shown = <T extends Float32Array>(x: T) => x.subarray(0, MOST_SHOWN * denoiser.dim);
    const levels = [{ sigma, noisy: shown(noisy), denoised: shown(denoised) }];
    const title = `Denoising ${heldOut ? 'images it has not seen' : 'images it was trained on'}`;
    const strip = () => denoisingStrip({ ...size, clean: shown(clean), levels, title });
    files.push(...(await besideResult('denoise', context, () => saveFigure(out, 'denoise', strip()))));
  } else if (data.kind === 'points' && denoiser.dim === 2) {
    files.push(...(await besideResult('denoise', context, () => saveArrows(out, parts, sigma))));
  }
  const which = heldOut ? 'held-out' : 'training';
  report.say(
    `${counted(data, n, which)} denoised at sigma ${shortNumber(sigma)}: mean squared error ` +
      `${shortNumber(error.noisy)} before, ${shortNumber(error.denoised)} after: ${out}`,
  );
  return files;
}

/** The mean of (a - b)^2. */
function meanSquare(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + square(value - b[i]), 0) / a.length;
}

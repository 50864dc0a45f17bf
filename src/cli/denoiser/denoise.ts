import { join } from 'node:path';
import { square } from '../../core/elementary.js';
import { key, type Layout, split, writeNpy } from '../../index.js';
import { denoisingStrip, shortNumber } from '../../plots/index.js';
import type { Shard } from '../../samplers/shard.js';
import { besideResult, saveFigure } from '../run/figures.js';
import { openFolder, saveFile } from '../run/files.js';
import { f32Of, type Parts, part } from '../run/parts.js';
import type { Context } from '../terminal/report.js';
import { rangeOf } from '../terminal/shardOption.js';
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
  return saveDenoised(run, options, await denoiseParts(run, options, context), context);
}

/** Held-out images or points, with noise and without it again, [n, dim] each: those of a shard, or all. */
export async function denoiseParts(
  run: OpenDenoiser,
  options: DenoiseRunOptions,
  context: Context,
  shard?: Shard,
): Promise<Parts> {
  const { count = DENOISED, seed = 0, layout = 'original' } = options;
  const { data, denoiser } = run;
  const { dim } = denoiser;
  const sigma = sigmaOf(run, options.sigma, context);
  const clean = examples(data, count);
  // The second of two keys, as for runs of pictures, whose first one draws the points.
  const [, noiseKey] = split(key(seed), 2, { layout });
  const noisy = noisyRows(run, clean, { sigma, key: noiseKey, layout });
  const [first, end] = rangeOf(shard, clean.length / dim, data.kind);
  const own = (x: Float32Array) => x.subarray(first * dim, end * dim);
  const estimate = estimator(denoiser, sigma);
  const denoised = await denoiseRows(estimate, own(noisy), context).finally(() => estimate.dispose?.());
  return { clean: part(own(clean), dim), noisy: part(own(noisy), dim), denoised: part(denoised, dim) };
}

/** Writes images or points, clean, noisy and denoised, and a figure; returns the files. */
export async function saveDenoised(
  run: OpenDenoiser,
  options: DenoiseRunOptions,
  rows: Parts,
  context: Context,
): Promise<string[]> {
  const { report } = context;
  const { out = run.folder } = options;
  const { data, denoiser } = run;
  const sigma = options.sigma ?? sigmaOf(run, undefined, context);
  const [clean, noisy, denoised] = ['clean', 'noisy', 'denoised'].map((name) => f32Of(rows, name));
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

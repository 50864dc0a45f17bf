// The run of a learned denoiser of images that figures of the lecture are drawn from.
import { join } from 'node:path';
import {
  decodeDenoiserCheckpoint,
  digits,
  type ImageSet,
  imageDim,
  imageRows,
  type Kernel,
  key,
  type LearnedDenoiser,
  loadCore,
  nearest,
  type PictureShape,
} from '../../index.js';
import { imageData, momentsOfData } from '../denoiser/data.js';
import { isDenoiserRun, openDenoiser } from '../denoiser/folder.js';
import { trainDenoiserRun } from '../denoiser/train.js';
import { exists, readBytes } from '../run/files.js';
import { runPath } from '../run/runFolder.js';
import { Failure } from '../terminal/failure.js';
import type { Context, Report } from '../terminal/report.js';

/** A learned denoiser of images, and the images. */
export interface ImageRun {
  /** Its folder. */
  readonly folder: string;
  readonly denoiser: LearnedDenoiser;
  readonly shape: PictureShape & { channels: 1 | 3 };
  readonly training: ImageSet;
  /** Rows [n, dim]; of length 0 if none are held out. */
  readonly heldOut: Float32Array;
  readonly heldOutLabels?: ArrayLike<number>;
  /** Standard deviation of the training images' values. */
  readonly sigmaData: number;
  /** The only noise that the denoiser has learned, if it is only one. */
  readonly sigma?: number;
}

/** The run that the lecture trains by itself: a small U-Net on digits that the library draws. */
export interface OwnRun {
  /** Pixels a side. */
  size: number;
  training: number;
  heldOut: number;
  steps: number;
  /** Of the levels of the U-Net; left out: those of `train`. */
  channels?: number[];
  groups?: number;
}

/** About two minutes of training on two cores of a plain machine. */
const OWN: OwnRun = { size: 28, training: 6000, heldOut: 1000, steps: 600 };

/**
 * Opens the folder of a run of images.
 *
 * @throws Failure if it holds no such run, FileError or Error on damaged files
 */
export async function openImageRun(
  folder: string,
  { kernel }: { kernel?: 'auto' | Kernel },
  report: Report,
): Promise<ImageRun> {
  if (!(await isDenoiserRun(folder))) {
    throw new Failure(
      `${folder}: it holds no run of images; make one with scorefield train --images FILES --out ${folder}`,
    );
  }
  const { denoiser, data } = await openDenoiser(folder, { kernel }, report);
  const { training, shape, heldOut = new Float32Array(0), heldOutLabels } = data;
  const { channels } = shape;
  if (!('pixels' in training) || (channels !== 1 && channels !== 3)) {
    denoiser.core.dispose();
    const what = 'pixels' in training ? `images of ${channels} channels` : 'points';
    throw new Failure(
      `${folder}: the run is of ${what}, but figures of the lecture are of grey or colour images`,
    );
  }
  return {
    ...{ folder, denoiser, training, heldOut, sigma: await onlySigma(folder) },
    ...{ shape: { ...shape, channels }, sigmaData: momentsOfData(data).sd || 1 },
    ...(heldOutLabels && { heldOutLabels }),
  };
}

/** The one noise of a run's training, which its checkpoint has. */
async function onlySigma(folder: string): Promise<number | undefined> {
  const path = runPath(folder, 'checkpoint');
  if (!(await exists(path))) return undefined;
  const { noise } = decodeDenoiserCheckpoint(await readBytes(path), path).training;
  return noise.kind === 'fixed' ? noise.sigma : undefined;
}

/**
 * Opens OUT/denoiser, a run on digits of the library's generator, with keys of its own; trains it before where it is not yet
 * finished, on from its checkpoint where there is one.
 *
 * @param options names: of the figures that it is for
 */
export async function ownImageRun(
  out: string,
  { kernel, names = [], ...own }: { kernel?: 'auto' | Kernel; names?: readonly string[] } & Partial<OwnRun>,
  context: Context,
): Promise<ImageRun> {
  const { size, training, heldOut, steps, channels, groups } = { ...OWN, ...own };
  const folder = join(out, 'denoiser');
  if (!(await exists(runPath(folder, 'weights')))) {
    context.report.say(
      `Figures of a learned denoiser need one, which is trained in ${folder} and used again.`,
    );
    // A network is given its form when it begins; a run that goes on has one.
    const form = (await exists(runPath(folder, 'checkpoint'))) ? {} : { channels, groups };
    await trainDenoiserRun([], { out: folder, resume: true, steps, kernel, ...form }, context, {
      async load() {
        const core = await loadCore();
        const set = digits(core, key(0), training + heldOut, { size });
        core.dispose();
        return { data: imageData(set, { heldOut }), source: `${training + heldOut} drawn digits` };
      },
      goOn: ['scorefield lecture', ...names, '--out', out].join(' '),
    });
  }
  return openImageRun(folder, { kernel }, context.report);
}

/** Numbers of `count` of n images, or of all if there are fewer, evenly spaced: classes may stand one after another. */
export function spread(n: number, count: number): number[] {
  const taken = Math.min(n, count);
  return Array.from({ length: taken }, (_, i) => Math.floor((i * n) / taken));
}

/** Rows `indices` of x [n, dim]. */
export function rowsAt(x: Float32Array, dim: number, indices: readonly number[]): Float32Array {
  const rows = new Float32Array(indices.length * dim);
  for (const [row, i] of indices.entries()) rows.set(x.subarray(i * dim, (i + 1) * dim), row * dim);
  return rows;
}

/** `count` training images, evenly spaced: rows [count, dim]. */
export function trainingRows({ training }: ImageRun, count: number): Float32Array {
  return count >= training.count ? imageRows(training) : imageRows(training, spread(training.count, count));
}

/** Training images that labels are taken from. */
const LABELLED = 1000;

/**
 * The label of the training image, of a thousand that are evenly spaced, that is nearest to each row of x [n, dim];
 * undefined where they have no labels. Held-out images, the last of all, may be of a few classes only.
 */
export function nearestLabels(run: ImageRun, x: Float32Array): number[] | undefined {
  const { count, labels } = run.training;
  if (!labels) return undefined;
  const taken = spread(count, LABELLED);
  const { index } = nearest(x, trainingRows(run, LABELLED), { dim: imageDim(run.training) });
  return Array.from(index, (i) => labels[taken[i]]);
}

/** How often neighbours differ in `labels` [T, chains], of all pairs of neighbours of a chain. */
export function changesOf(labels: ArrayLike<number>, chains: number): number {
  const pairs = labels.length - chains;
  let changes = 0;
  for (let i = 0; i < pairs; i++) if (labels[i] !== labels[i + chains]) changes++;
  return pairs > 0 ? changes / pairs : 0;
}

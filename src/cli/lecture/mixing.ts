import { foldIn, imageDim, integratedAutocorrelationTime, type Key, nearest, normal } from '../../index.js';
import { tradeOffChart } from '../../plots/index.js';
import type { FigureInput, LearnedFigure } from './figure.js';
import { changesOf, type ImageRun, rowsAt, trainingRows } from './imageRun.js';
import { walkImages } from './imageWalk.js';
import { STEP_SIZE } from './learnedWalk.js';
import { principalAxes, project } from './principalAxes.js';

/** Held-out images that jumps are compared with, and what is known of them. */
export interface References {
  /** [n, dim] */
  images: Float32Array;
  labels?: number[];
  /** Directions in which they vary most: [AXES, dim]. */
  axes: Float64Array;
  /** Mean distance of other held-out images to the nearest of them. */
  distance: number;
  /** The part of the others that have the label of the nearest. */
  sameLabel?: number;
}

export interface Mixing {
  sigma: number;
  /** Integrated autocorrelation time of the jumps in steps: the largest along the axes. */
  time: number;
  /** Changes of label in a hundred steps; a jump's label is that of the nearest reference. */
  changes?: number;
  /** Mean distance of jumps to the nearest reference. */
  distance: number;
}

/** Directions whose autocorrelation is measured. */
const AXES = 4;
/** Every fifth held-out image is compared with the others, as a jump is. */
const APART = 5;

/** Splits the held-out images of a run, at least two, into references and others that are compared with them. */
export function referencesOf({ heldOut, heldOutLabels, training }: ImageRun): References {
  const dim = imageDim(training);
  const all = Array.from({ length: heldOut.length / dim }, (_, i) => i);
  const [kept, others] = [all.filter((i) => i % APART !== 0), all.filter((i) => i % APART === 0)];
  const images = rowsAt(heldOut, dim, kept);
  const { index, distance } = nearest(rowsAt(heldOut, dim, others), images, { dim });
  const labels = heldOutLabels && kept.map((i) => heldOutLabels[i]);
  const same = labels && others.filter((other, i) => heldOutLabels[other] === labels[index[i]]).length;
  return {
    images,
    axes: principalAxes(images, dim, AXES),
    distance: mean(distance),
    ...(labels && { labels, sameLabel: (same as number) / others.length }),
  };
}

const mean = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

export interface MixingOptions {
  key: Key;
  sigma: number;
  chains: number;
  steps: number;
  signal?: AbortSignal;
  onStep?: () => void;
}

/**
 * Measures chains at one noise. They start at training images, not at those that the jumps are compared with; the first tenth of the
 * steps is left out.
 */
export async function measureMixing(
  run: ImageRun,
  { images, labels, axes }: References,
  { key, sigma, chains, ...options }: MixingOptions,
): Promise<Mixing> {
  const dim = imageDim(run.training);
  const x = trainingRows(run, chains);
  const count = x.length / dim;
  const z = normal(run.denoiser.core, foldIn(key, 0), [x.length]);
  const init = x.map((value, i) => value + sigma * z[i]);
  const walkOptions = { ...options, key: foldIn(key, 1), sigma, stepSize: STEP_SIZE, init };
  const { jumps } = await walkImages(run, walkOptions);
  const kept = jumps.subarray(Math.floor(options.steps / 10) * count * dim);
  const times = integratedAutocorrelationTime(project(kept, axes, dim), { chains: count, dim: AXES });
  const { index, distance } = nearest(kept, images, { dim });
  const shown = labels && Array.from(index, (i) => labels[i]);
  return {
    sigma,
    time: Math.max(...times),
    distance: mean(distance),
    ...(shown && { changes: 100 * changesOf(shown, count) }),
  };
}

const SIGMAS = [0.25, 0.35, 0.5, 0.7, 1, 1.4, 2];
const SIZES = { chains: 8, steps: 200 };

/** How fast walks by the learned score mix, against how far their jumps are from held-out images. */
export const mixingFigure: LearnedFigure = {
  name: 'mixing',
  about: 'how fast learned walks mix against how far jumps are from held-out images, over sigma',
  parts: SIGMAS.length * SIZES.steps,
  lacks: ({ heldOut, sigma, training }) => {
    if (sigma !== undefined) return 'a denoiser of many noises';
    return heldOut.length >= 2 * imageDim(training) ? undefined : 'images that are held out';
  },
  async make({ key, signal, part }: FigureInput, run: ImageRun) {
    const references = referencesOf(run);
    const results: Mixing[] = [];
    for (const [i, sigma] of SIGMAS.entries()) {
      const options = { ...SIZES, key: foldIn(key, i), sigma, signal, onStep: part };
      results.push(await measureMixing(run, references, options));
    }
    const { distance, sameLabel } = references;
    const changes = results.flatMap((result) => result.changes ?? []);
    const svg = tradeOffChart({
      sigmas: SIGMAS,
      distance: results.map((result) => result.distance),
      distanceName: 'distance of jumps to the nearest held-out image',
      time: results.map(({ time }) => time),
      ...(changes.length > 0 && { changes }),
      reference: { name: 'of held-out images to each other', distance },
      title: 'More noise mixes faster, and its jumps are further from the data',
    });
    const numbers = {
      ...SIZES,
      stepSize: STEP_SIZE,
      reference: distance,
      ...(sameLabel !== undefined && { sameLabel }),
    };
    return { svg, numbers: { ...numbers, results } };
  },
};

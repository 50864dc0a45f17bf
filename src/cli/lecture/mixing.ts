import { foldIn, imageDim, integratedAutocorrelationTime, type Key, nearest, normal } from '../../index.js';
import { energyDistance } from './energyDistance.js';
import { changesOf, type ImageRun, nearestLabels, rowsAt, spread, trainingRows } from './imageRun.js';
import { walkImages } from './imageWalk.js';
import { principalAxes, project } from './principalAxes.js';

/** Held-out images that jumps are compared with, and what is known of them. */
export interface References {
  /** [n, dim] */
  images: Float32Array;
  /** Directions in which they vary most: [AXES, dim]. */
  axes: Float64Array;
  /** Mean distance of other held-out images to the nearest of them. */
  nearest: number;
  /** Energy distance of training images. */
  energy: number;
  /** The part of the others that {@link nearestLabels} gives their own label. */
  sameLabel?: number;
}

export interface Mixing {
  sigma: number;
  /** Integrated autocorrelation time of the jumps in steps: the largest along the axes. */
  time: number;
  /** Changes of label in a hundred steps; a jump's label is that of {@link nearestLabels}. */
  changes?: number;
  /** Mean distance of the chains' jumps to the nearest reference. */
  nearest: number;
  /** Energy distance of jumps from exact draws y = x + sigma z, so that it does not depend on how well the walk mixes. */
  energy: number;
}

export interface MixingOptions {
  key: Key;
  sigma: number;
  chains: number;
  steps: number;
  /** h, in units of sigma^2. */
  stepSize: number;
  /** Exact draws, and references that they are compared with. */
  draws: number;
  signal?: AbortSignal;
  onStep?: () => void;
}

/** Directions whose autocorrelation is measured. */
const AXES = 4;
/** Every fifth held-out image is compared with the others, as a jump is. */
const APART = 5;

const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The energy distance of rows x [n, dim] from `count` of the references. */
const energyFrom = (x: Float32Array, images: Float32Array, dim: number, count: number) =>
  energyDistance(x, rowsAt(images, dim, spread(images.length / dim, count)), dim);

/** Splits the held-out images of a run, at least three, into references and others that are compared with them. */
export function referencesOf(run: ImageRun, draws: number): References {
  const { heldOut, heldOutLabels, training } = run;
  const dim = imageDim(training);
  const all = Array.from({ length: heldOut.length / dim }, (_, i) => i);
  const [kept, others] = [all.filter((i) => i % APART !== 0), all.filter((i) => i % APART === 0)];
  const images = rowsAt(heldOut, dim, kept);
  const compared = rowsAt(heldOut, dim, others);
  const shown = heldOutLabels && nearestLabels(run, compared);
  const same = shown?.filter((label, i) => label === heldOutLabels?.[others[i]]).length;
  return {
    images,
    axes: principalAxes(images, dim, AXES),
    nearest: mean(nearest(compared, images, { dim }).distance),
    energy: energyFrom(trainingRows(run, draws), images, dim, draws),
    ...(same !== undefined && { sameLabel: same / others.length }),
  };
}

/**
 * Measures one noise. Chains and exact draws start at training images, not at those that jumps are compared with; the first
 * tenth of the chains' steps is left out.
 */
export async function measureMixing(
  run: ImageRun,
  { images, axes }: References,
  { key, sigma, chains, draws, ...options }: MixingOptions,
): Promise<Mixing> {
  const dim = imageDim(run.training);
  const noisy = (count: number, noiseKey: Key) => {
    const x = trainingRows(run, count);
    const z = normal(run.denoiser.core, noiseKey, [x.length]);
    return x.map((value, i) => value + sigma * z[i]);
  };
  const exact = run.denoiser.denoise(noisy(draws, foldIn(key, 0)), sigma);
  const init = noisy(chains, foldIn(key, 1));
  const count = init.length / dim;
  const { jumps } = await walkImages(run, { ...options, key: foldIn(key, 2), sigma, init });
  const kept = jumps.subarray(Math.floor(options.steps / 10) * count * dim);
  const times = integratedAutocorrelationTime(project(kept, axes, dim), { chains: count, dim: AXES });
  const shown = nearestLabels(run, kept);
  return {
    sigma,
    time: Math.max(...times),
    ...(shown && { changes: 100 * changesOf(shown, count) }),
    nearest: mean(nearest(kept, images, { dim }).distance),
    energy: energyFrom(exact, images, dim, draws),
  };
}

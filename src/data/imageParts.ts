// Image sets from others: split, joined, in grey; and their moments.

import { integer, show } from '../core/check.js';
import { square } from '../core/elementary.js';
import type { Core } from '../core/instantiate.js';
import type { Key } from '../core/random.js';
import { type ImageSet, imageDim, imageRows, takeImages } from './imageSet.js';
import { permutation } from './permutation.js';

/** Images to train on and images to judge by. */
export interface ImageSplit {
  /** What training draws from. */
  readonly training: ImageSet;
  /** What training never sees. */
  readonly heldOut: ImageSet;
}

/** Images `from` up to `to`, without a copy. */
function slice(set: ImageSet, from: number, to: number): ImageSet {
  const dim = imageDim(set);
  const labels = set.labels?.subarray(from, to);
  const pixels = set.pixels.subarray(from * dim, to * dim);
  return { ...set, count: to - from, pixels, ...(labels && { labels }) };
}

/**
 * Keeps `heldOut` images out of training: the last ones, as views of the set's own arrays; or, with a `core` and a `key`, those
 * that jax.random.permutation(key, count) has first, as copies, either part in the order of the set.
 *
 * @param set the images
 * @param heldOut images to keep back, at least 1 and fewer than there are
 * @param random for a random choice; the last images when left out
 * @throws RangeError for a set of one image, or unless heldOut is an integer from 1 to count - 1.
 */
export function splitImages(set: ImageSet, heldOut: number, random?: { core: Core; key: Key }): ImageSplit {
  const { count } = set;
  if (count === 1) throw new RangeError('splitImages: set must hold at least two images, got 1');
  integer('splitImages', 'heldOut', heldOut, 1, count - 1);
  if (!random) {
    const first = count - heldOut;
    return { training: slice(set, 0, first), heldOut: slice(set, first, count) };
  }
  const order = permutation(random.core, random.key, count);
  return {
    training: takeImages(set, order.slice(heldOut).sort()),
    heldOut: takeImages(set, order.slice(0, heldOut).sort()),
  };
}

/**
 * Several sets as one: the images of the first, then of the second, and so on, as copies. The number of classes is the largest.
 *
 * @param sets one or more, of one size
 * @throws RangeError for an empty list, another size, floats beside bytes, or labels in some sets only.
 */
export function concatImages(sets: readonly ImageSet[]): ImageSet {
  if (sets.length === 0) {
    throw new RangeError('concatImages: sets must hold at least one set, got an empty list');
  }
  if (sets.length === 1) return sets[0];
  const kind = ({ height, width, channels, pixels, labels }: ImageSet) =>
    `${height} x ${width} x ${channels} of ${pixels instanceof Uint8Array ? 'bytes' : 'floats'} ` +
    `${labels ? 'with' : 'without'} labels`;
  const [first] = sets;
  const odd = sets.findIndex((set) => kind(set) !== kind(first));
  if (odd > 0) {
    throw new RangeError(
      `concatImages: all sets must be of one kind, got ${kind(first)} in sets[0] and ${kind(sets[odd])} in ` +
        `sets[${odd}]`,
    );
  }
  const count = sets.reduce((sum, set) => sum + set.count, 0);
  const length = count * imageDim(first);
  const pixels = first.pixels instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
  const labels = first.labels && new Uint16Array(count);
  let image = 0;
  for (const set of sets) {
    pixels.set(set.pixels, image * imageDim(first));
    if (labels && set.labels) labels.set(set.labels, image);
    image += set.count;
  }
  const classes = sets.reduce((most, set) => Math.max(most, set.classes ?? 0), 0);
  return { ...first, count, pixels, ...(labels && { labels, classes }) };
}

/**
 * Images of red, green and blue in grey: Rec. 709 luma (0.2126 R + 0.7152 G + 0.0722 B) of the values as they are, bytes rounded
 * to bytes. A set of one channel is returned as it is.
 *
 * @param set images of one channel or three
 * @throws RangeError unless there are 1 or 3 channels.
 */
export function greyImages(set: ImageSet): ImageSet {
  const { pixels, channels } = set;
  if (channels === 1) return set;
  if (channels !== 3) {
    throw new RangeError(`greyImages: set must have 1 or 3 channels, got ${show(channels)}`);
  }
  const count = pixels.length / 3;
  const grey = pixels instanceof Uint8Array ? new Uint8Array(count) : new Float32Array(count);
  const isByte = pixels instanceof Uint8Array;
  for (let i = 0; i < count; i++) {
    const [red, green, blue] = [pixels[3 * i], pixels[3 * i + 1], pixels[3 * i + 2]];
    // The weights sum to 1 but for rounding: grey stays exactly what it is.
    const luma = red === green && green === blue ? red : 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    grey[i] = isByte ? Math.round(luma) : luma;
  }
  return { ...set, channels: 1, pixels: grey };
}

/** Moments of the coordinates of a set of images. */
export interface ImageMoments {
  /** Mean of each coordinate, [dim]. */
  readonly mean: Float64Array;
  /** Variance of each coordinate, [dim], divided by the count. */
  readonly variance: Float64Array;
  /** Standard deviation of all coordinates of all images about their common mean: Karras and others' sigma_data. */
  readonly sd: number;
}

/** Images that are turned into floats at a time. */
const BLOCK = 64;

/**
 * Mean and variance of each coordinate, and the standard deviation of all of them, in float64: of the values that
 * {@link imageRows} gives, in two passes.
 *
 * @param set one image or more
 */
export function imageMoments(set: ImageSet): ImageMoments {
  const dim = imageDim(set);
  const rows = new Float32Array(Math.min(BLOCK, set.count) * dim);
  const visit = (see: (value: number, d: number) => void) => {
    for (let first = 0; first < set.count; first += BLOCK) {
      const n = Math.min(BLOCK, set.count - first);
      const indices = Array.from({ length: n }, (_, i) => first + i);
      const block = imageRows(set, indices, rows.subarray(0, n * dim));
      for (let i = 0, d = 0; i < block.length; i++) {
        see(block[i], d);
        d = d + 1 === dim ? 0 : d + 1;
      }
    }
  };
  const mean = new Float64Array(dim);
  visit((value, d) => {
    mean[d] += value;
  });
  for (let d = 0; d < dim; d++) mean[d] /= set.count;
  const variance = new Float64Array(dim);
  visit((value, d) => {
    variance[d] += square(value - mean[d]);
  });
  for (let d = 0; d < dim; d++) variance[d] /= set.count;
  const centre = mean.reduce((sum, m) => sum + m, 0) / dim;
  const total = variance.reduce((sum, v, d) => sum + v + square(mean[d] - centre), 0);
  return { mean, variance, sd: Math.sqrt(total / dim) };
}

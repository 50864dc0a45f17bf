import { integer, show } from '../core/check.js';
import type { PointSet } from '../core/score.js';

/** Images of one size, as points of height x width x channels coordinates in [0, 1]. */
export interface ImageSet {
  /** Images. */
  readonly count: number;
  /** Rows of an image. */
  readonly height: number;
  /** Columns of an image. */
  readonly width: number;
  /** Numbers of a pixel, 1 for grey and 3 for red, green and blue. */
  readonly channels: number;
  /** [count, height, width, channels], row 0 on top: bytes, of which 255 is 1, or floats in [0, 1]. */
  readonly pixels: Uint8Array | Float32Array;
  /** The class of each image, [count], from 0 to classes - 1. */
  readonly labels?: Uint16Array;
  /** Number of classes, where there are labels. */
  readonly classes?: number;
}

/** What {@link imageSet} takes. */
export interface ImageSetOptions {
  /** Rows of an image. */
  readonly height: number;
  /** Columns of an image. */
  readonly width: number;
  /** Default: 1, grey. */
  readonly channels?: number;
  /** [count, height, width, channels], bytes or floats. */
  readonly pixels: Uint8Array | Float32Array;
  /** [count], the class of each image. */
  readonly labels?: ArrayLike<number>;
  /** Default: the largest label and one. */
  readonly classes?: number;
}

/** Labels are kept in 16 bits. */
const MAX_CLASSES = 65536;

/** Byte b as the float32 nearest b / 255. */
const INTENSITIES = /* @__PURE__ */ Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

/** The labels as they are kept, and the number of classes. @throws RangeError */
function checkedLabels(
  count: number,
  labels: ArrayLike<number>,
  classes?: number,
): { labels: Uint16Array; classes: number } {
  if (labels.length !== count) {
    throw new RangeError(
      `imageSet: labels must hold one class for each of the ${count} images, got ${labels.length}`,
    );
  }
  if (classes !== undefined) integer('imageSet', 'classes', classes, 1, MAX_CLASSES);
  const limit = classes ?? MAX_CLASSES;
  let largest = 0;
  for (let i = 0; i < count; i++) {
    if (!Number.isInteger(labels[i]) || labels[i] < 0 || labels[i] >= limit) {
      throw new RangeError(
        `imageSet: labels must be integers from 0 to ${limit - 1}, got ${show(labels[i])} at index ${i}`,
      );
    }
    largest = Math.max(largest, labels[i]);
  }
  const kept = labels instanceof Uint16Array ? labels : Uint16Array.from(labels);
  return { labels: kept, classes: classes ?? largest + 1 };
}

/**
 * A data set of images. `pixels` [count, height, width, channels] are bytes, of which 255 is 1, or floats in [0, 1]; the
 * count follows from their number. They are kept, not copied, and must not change; so are labels in a Uint16Array.
 *
 * @param options pixels [count, height, width, channels], with the size of an image and its labels
 * @throws RangeError when a size is not a positive integer, pixels are not a positive number of whole images or a float is
 *   not in [0, 1], labels are not one integer from 0 to classes - 1 for each image, or classes come without labels;
 *   TypeError when pixels are neither a Uint8Array nor a Float32Array.
 */
export function imageSet({
  height,
  width,
  channels = 1,
  pixels,
  labels,
  classes,
}: ImageSetOptions): ImageSet {
  integer('imageSet', 'height', height);
  integer('imageSet', 'width', width);
  integer('imageSet', 'channels', channels);
  if (!(pixels instanceof Uint8Array) && !(pixels instanceof Float32Array)) {
    throw new TypeError(`imageSet: pixels must be a Uint8Array or a Float32Array, got ${show(pixels)}`);
  }
  const dim = height * width * channels;
  const count = pixels.length / dim;
  if (!Number.isInteger(count) || count === 0) {
    throw new RangeError(
      `imageSet: pixels must hold one or more images of ${height} x ${width} x ${channels} = ${dim} numbers, ` +
        `got ${pixels.length} numbers`,
    );
  }
  if (pixels instanceof Float32Array) {
    for (let i = 0; i < pixels.length; i++) {
      if (!(pixels[i] >= 0 && pixels[i] <= 1)) {
        throw new RangeError(
          `imageSet: pixels must be from 0 to 1, got ${pixels[i]} in image ${Math.floor(i / dim)}: scale them, ` +
            'or give bytes from 0 to 255 as a Uint8Array',
        );
      }
    }
  }
  const set = { count, height, width, channels, pixels };
  if (labels) return { ...set, ...checkedLabels(count, labels, classes) };
  if (classes !== undefined) {
    throw new RangeError(`imageSet: classes must come with labels, got ${show(classes)} and none`);
  }
  return set;
}

/** Coordinates of an image: height x width x channels. */
export const imageDim = ({ height, width, channels }: ImageSet): number => height * width * channels;

/** @throws RangeError unless `index` is that of an image */
function checkIndex(caller: string, { count }: ImageSet, index: number): void {
  if (Number.isInteger(index) && index >= 0 && index < count) return;
  throw new RangeError(
    `${caller}: indices must be integers from 0 to ${count - 1}, got ${show(index)}: the set holds ${count} images`,
  );
}

/**
 * The images at `indices` [n] (default: all) as points, [n, height x width x channels]: a byte gives the float32 nearest byte / 255. Written
 * to `out` where it is given, else to a new array. Takes no time or memory that grows with the set.
 *
 * @param set the images
 * @param indices numbers of images, each below `count`
 * @param out [indices, height * width * channels], which is written over; a new array when left out
 * @throws RangeError for an index that is not one of an image, or an `out` of another length.
 */
export function imageRows(
  set: ImageSet,
  indices: ArrayLike<number> = Uint32Array.from({ length: set.count }, (_, i) => i),
  out?: Float32Array,
): Float32Array {
  const dim = imageDim(set);
  const rows = out ?? new Float32Array(indices.length * dim);
  if (rows.length !== indices.length * dim) {
    throw new RangeError(
      `imageRows: out must hold ${indices.length} x ${dim} = ${indices.length * dim} numbers, got ${rows.length}`,
    );
  }
  const { pixels } = set;
  for (let row = 0; row < indices.length; row++) {
    checkIndex('imageRows', set, indices[row]);
    const from = indices[row] * dim;
    const to = row * dim;
    if (pixels instanceof Float32Array) {
      rows.set(pixels.subarray(from, from + dim), to);
    } else {
      for (let d = 0; d < dim; d++) rows[to + d] = INTENSITIES[pixels[from + d]];
    }
  }
  return rows;
}

/**
 * All images as a distribution that draws each equally often, for `empirical` and `dataScores`: points [count, dim] in
 * float32, so four bytes a coordinate, and logits of 0.
 *
 * @param set images in bytes or floats
 */
export function imagePoints(set: ImageSet): PointSet {
  return { dim: imageDim(set), points: imageRows(set), logits: new Float32Array(set.count) };
}

/**
 * The images at `indices`, in that order, as a set of their own: copies. The number of classes stays what it is.
 *
 * @param set the images
 * @param indices numbers of images, each below `count`, in any order and as often as wished
 * @throws RangeError for an index that is not one of an image, or no index at all.
 */
export function takeImages(set: ImageSet, indices: ArrayLike<number>): ImageSet {
  if (indices.length === 0) {
    throw new RangeError('takeImages: indices must hold at least one, got an empty list');
  }
  const dim = imageDim(set);
  const pixels =
    set.pixels instanceof Uint8Array
      ? new Uint8Array(indices.length * dim)
      : new Float32Array(indices.length * dim);
  const labels = set.labels && new Uint16Array(indices.length);
  for (let i = 0; i < indices.length; i++) {
    checkIndex('takeImages', set, indices[i]);
    pixels.set(set.pixels.subarray(indices[i] * dim, (indices[i] + 1) * dim), i * dim);
    if (labels && set.labels) labels[i] = set.labels[indices[i]];
  }
  return { ...set, count: indices.length, pixels, ...(labels && { labels }) };
}

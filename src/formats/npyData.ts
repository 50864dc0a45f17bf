// npy files as data: images and points.

import type { PointSet } from '../core/score.js';
import { type ImageSet, imageSet } from '../data/imageSet.js';
import { pointSet } from '../data/pointSet.js';
import { checkBytes } from './bytes.js';
import { parseNpy } from './npy.js';
import { bytesOf } from './npyTypes.js';
import { reason } from './reason.js';

/** Channels of pictures: grey, with or without opacity, and colour, with or without. */
const MAX_CHANNELS = 4;

/** The sizes in a shape. @throws Error unless it is one of images */
function imageSizes(shape: readonly number[]): { height: number; width: number; channels: number } {
  const [count, height, width, channels = 1] = shape;
  if (shape.length !== 3 && shape.length !== 4) {
    throw new Error(
      `images must have shape [n, height, width] or [n, height, width, channels], got [${shape.join(', ')}]`,
    );
  }
  if (shape.includes(0)) throw new Error(`there must be at least one image, got shape [${shape.join(', ')}]`);
  if (channels > MAX_CHANNELS) {
    const hint =
      height <= MAX_CHANNELS
        ? `save numpy.moveaxis(array, 1, -1), of shape [${[count, width, channels, height].join(', ')}]`
        : 'save one of [n, height, width, channels]';
    throw new Error(
      `images must have 1 to ${MAX_CHANNELS} channels, got shape [${shape.join(', ')}]: ${hint}`,
    );
  }
  return { height, width, channels };
}

/** The index of the first number that is not in [0, 1], or -1. */
export function outside(data: ArrayLike<number>): number {
  for (let i = 0; i < data.length; i++) if (!(data[i] >= 0 && data[i] <= 1)) return i;
  return -1;
}

/** Whether all numbers are whole and from 0 to 255. */
export function isBytes(data: ArrayLike<number>): boolean {
  for (let i = 0; i < data.length; i++) {
    if (!Number.isInteger(data[i]) || data[i] < 0 || data[i] > 255) return false;
  }
  return true;
}

/**
 * An npy file [n, height, width] or [n, height, width, channels] as a set of images: uint8, of which 255 is 1, booleans, or
 * floats in [0, 1], kept in float32. `name` stands for the file in errors.
 *
 * @param bytes the whole file
 * @param name what messages call the file
 * @throws Error for anything else, as {@link readNpy}; it says what to do with whole numbers of other types.
 */
export function readNpyImages(bytes: Uint8Array, name = 'the file'): ImageSet {
  checkBytes('readNpyImages', name, bytes);
  try {
    const { data, shape, kind } = parseNpy(bytes);
    const sizes = imageSizes(shape);
    if (data instanceof Uint8Array) {
      return imageSet({ ...sizes, pixels: kind === 'b1' ? data.map((bit) => 255 * bit) : data });
    }
    if (kind[0] !== 'f') {
      const name = `${kind[0] === 'i' ? 'int' : 'uint'}${8 * bytesOf(kind)}`;
      const hint = isBytes(data)
        ? "save array.astype('uint8') if they are from 0 to 255"
        : "save (array / its largest).astype('float32')";
      throw new Error(`images must be uint8 or floats in [0, 1], got ${name}: ${hint}`);
    }
    const wrong = outside(data);
    if (wrong >= 0) {
      const hint = isBytes(data)
        ? "all are whole numbers from 0 to 255, so save array.astype('uint8')"
        : 'scale them to [0, 1]';
      throw new Error(`images must be floats in [0, 1], got ${data[wrong]}: ${hint}`);
    }
    return imageSet({ ...sizes, pixels: Float32Array.from(data) });
  } catch (error) {
    throw new Error(`readNpyImages: ${name}: ${reason(error)}`);
  }
}

/**
 * An npy file [n, dim], or [n] for points on a line, as a distribution that draws each row equally often: numbers of any
 * type that {@link readNpy} reads, kept in float32. `name` stands for the file in errors.
 *
 * @param bytes the whole file
 * @param name what messages call the file
 * @throws Error for anything else, or numbers that are not finite as float32.
 */
export function readNpyPoints(bytes: Uint8Array, name = 'the file'): PointSet {
  checkBytes('readNpyPoints', name, bytes);
  try {
    const { data, shape } = parseNpy(bytes);
    const [count, dim = 1] = shape;
    if ((shape.length !== 1 && shape.length !== 2) || count === 0 || dim === 0) {
      throw new Error(`points must have shape [n, dim] or [n] of at least 1, got [${shape.join(', ')}]`);
    }
    return pointSet({ dim, points: data });
  } catch (error) {
    throw new Error(`readNpyPoints: ${name}: ${reason(error)}`);
  }
}

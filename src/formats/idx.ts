// IDX, the format of MNIST and its successors: images and their labels.
import type { GreyImage } from '../data/image.js';
import { greyImages } from '../data/imageParts.js';
import { type ImageSet, imageSet } from '../data/imageSet.js';
import { readIdxArray } from './idxArray.js';
import { isBytes, outside } from './npyData.js';
import type { NpyData } from './npyTypes.js';

/** The images of one IDX file: `image(index)` gives number `index` (from 0) as intensities in [0, 1]. */
export interface IdxImages {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  image(index: number): GreyImage;
}

/** How the images of an IDX file stand there. */
export interface IdxOptions {
  /** Rows and columns are exchanged, as in the files of EMNIST. Default: false. */
  readonly transposed?: boolean;
}

/** Whether a file of images has a name of EMNIST's, such as emnist-letters-train-images-idx3-ubyte. */
export const isEmnist = (path: string): boolean => /(^|[\\/])emnist-[^\\/]*$/i.test(path);

interface Pictures {
  count: number;
  height: number;
  width: number;
  channels: number;
  pixels: Uint8Array | Float32Array;
}

/** Bytes as they are; other whole numbers from 0 to 255 as bytes; floats in [0, 1]. @throws Error for others */
function intensities(caller: string, name: string, data: NpyData): Uint8Array | Float32Array {
  if (data instanceof Uint8Array) return data;
  const isFloat = data instanceof Float32Array || data instanceof Float64Array;
  if (isFloat && outside(data) < 0) return Float32Array.from(data);
  if (isBytes(data)) return Uint8Array.from(data);
  const wrong = isFloat ? data[outside(data)] : data.find((value) => value < 0 || value > 255);
  const range = isFloat ? 'in [0, 1], or whole numbers from 0 to 255' : 'from 0 to 255';
  throw new Error(`${caller}: ${name} must hold intensities ${range}, got ${wrong}: scale them`);
}

/** Values of pictures [count, height, width, channels] that stand in another order, by the distance of neighbours. */
function reordered<T extends Uint8Array | Float32Array>(
  pixels: T,
  { count, height, width, channels }: Omit<Pictures, 'pixels'>,
  [yStride, xStride, channelStride]: [number, number, number],
): T {
  const out = pixels.slice() as T;
  const size = height * width * channels;
  let to = 0;
  for (let image = 0; image < count; image++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (let channel = 0; channel < channels; channel++) {
          out[to++] = pixels[image * size + y * yStride + x * xStride + channel * channelStride];
        }
      }
    }
  }
  return out;
}

/** The pictures of a file [count, height, width], or with grey or colour as an axis more, last or second. */
function readPictures(caller: string, bytes: Uint8Array, name: string, transposed: boolean): Pictures {
  const { shape, data } = readIdxArray(caller, bytes, name, { holds: 'images', ranks: [3, 4] });
  const last = shape.length === 3 || shape[3] === 1 || shape[3] === 3;
  const [count, rows, columns, channels = 1] = last ? shape : [shape[0], shape[2], shape[3], shape[1]];
  if (channels !== 1 && channels !== 3) {
    throw new Error(
      `${caller}: ${name} must hold grey or colour images, [count, height, width, channels] or [count, channels, height, ` +
        `width], got ${shape.join(' x ')}`,
    );
  }
  const [height, width] = transposed ? [columns, rows] : [rows, columns];
  if (height === 0 || width === 0) {
    throw new Error(`${caller}: ${name} must hold images of at least 1 x 1 pixels, got ${height} x ${width}`);
  }
  const pixels = intensities(caller, name, data);
  const sizes = { count, height, width, channels };
  if (!transposed && (last || channels === 1)) return { ...sizes, pixels };
  const inner = last ? channels : 1;
  const strides: [number, number] = [columns * inner, inner];
  const [yStride, xStride] = transposed ? [strides[1], strides[0]] : strides;
  return {
    ...sizes,
    pixels: reordered(pixels, sizes, [yStride, xStride, last ? 1 : rows * columns]),
  };
}

/**
 * Reads an IDX file of images: [count, height, width], or with an axis more, last or second, that is 1 or 3 long; colour becomes
 * grey (Rec. 709 luma). `name` stands for the file in errors. An intensity is byte / 255, divided in double precision and rounded
 * to float32; other whole numbers count as bytes, and floats in [0, 1] as they are. Bytes are kept, not copied.
 *
 * @param bytes the whole file
 * @param name what messages call the file
 * @throws Error when the file is compressed, of another kind, truncated, too long, of other numbers, or of images without pixels;
 *   `image(index)` throws a RangeError when index is not an integer from 0 to count - 1.
 */
export function readIdx(
  bytes: Uint8Array,
  name = 'the file',
  { transposed = false }: IdxOptions = {},
): IdxImages {
  const { count, height, width, channels, pixels } = readPictures('readIdx', bytes, name, transposed);
  const size = height * width * channels;
  return {
    count,
    height,
    width,
    image(index) {
      if (!Number.isInteger(index) || index < 0 || index >= count) {
        const range =
          count > 0 ? `an integer from 0 to ${count - 1}` : `left out, as ${name} holds no images`;
        throw new RangeError(`readIdx: index must be ${range}, got ${index}`);
      }
      const part = pixels.subarray(index * size, (index + 1) * size);
      const one = imageSet({ height, width, channels, pixels: part });
      const grey = channels === 1 ? part : greyImages(one).pixels;
      const scale = grey instanceof Uint8Array ? 255 : 1;
      return { height, width, pixels: Float32Array.from(grey, (value) => value / scale) };
    },
  };
}

/**
 * Reads an IDX file of labels, [count], of any type of number; returns a copy. `name` stands for the file in errors.
 *
 * @param bytes the whole file
 * @param name what messages call the file
 * @throws Error when the file is compressed, of another kind, truncated or too long, or has labels that are no integers from 0 to
 *   255.
 */
export function readIdxLabels(bytes: Uint8Array, name = 'the file'): Uint8Array {
  const { data } = readIdxArray('readIdxLabels', bytes, name, { holds: 'labels', ranks: [1] });
  const wrong = data.findIndex((label) => !Number.isInteger(label) || label < 0 || label > 255);
  if (wrong >= 0) {
    throw new Error(
      `readIdxLabels: ${name} must hold labels from 0 to 255, got ${data[wrong]} at index ${wrong}: number the classes from 0`,
    );
  }
  return Uint8Array.from(data);
}

/** Labels of an IDX file of images, and what errors call the files. */
export interface IdxSetOptions extends IdxOptions {
  /** The bytes of the IDX file of labels that belongs to the images. */
  readonly labels?: Uint8Array;
  /** Default: the largest label and one. */
  readonly classes?: number;
  /** What messages call the file of images. */
  readonly name?: string;
  /** What messages call the file of labels. */
  readonly labelsName?: string;
}

/**
 * All pictures of an IDX file as a set of images, grey or in colour as {@link readIdx} takes them, with the labels of another
 * where it is given. Bytes are kept, not copied, where they stand in order.
 *
 * @param bytes the whole file
 * @throws Error as {@link readIdx} and {@link readIdxLabels}, and when there are no images, or not as many labels.
 */
export function readIdxImages(
  bytes: Uint8Array,
  {
    labels,
    classes,
    name = 'the file',
    labelsName = 'the file of labels',
    transposed = false,
  }: IdxSetOptions = {},
): ImageSet {
  const { count, ...set } = readPictures('readIdxImages', bytes, name, transposed);
  if (count === 0) throw new Error(`readIdxImages: ${name} must hold at least one image, got none`);
  if (!labels) return imageSet(set);
  const found = readIdxLabels(labels, labelsName);
  if (found.length !== count) {
    throw new Error(
      `readIdxImages: ${labelsName} must hold a label for each of the ${count} images of ${name}, got ${found.length}: ` +
        'give the labels that belong to them',
    );
  }
  return imageSet({ ...set, labels: found, classes });
}

// IDX, the format of MNIST and its successors: http://yann.lecun.com/exdb/mnist (big-endian header, then bytes).
import type { GreyImage } from '../data/image.js';
import { type ImageSet, imageSet } from '../data/imageSet.js';
import { hexBytes } from './hexBytes.js';
import { reason } from './reason.js';
import { sizeOf } from './shape.js';

const IMAGES = 0x00000803; // unsigned bytes, three dimensions: count, height, width
const IMAGES_HEADER = 16; // bytes
const LABELS = 0x00000801; // unsigned bytes, one dimension: count

/** The images of one IDX file: `image(index)` gives number `index` (from 0) as intensities in [0, 1]. */
export interface IdxImages {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  image(index: number): GreyImage;
}

const hex = (value: number) => `0x${value.toString(16).padStart(8, '0')}`;

/** True when `bytes` begin with the two magic bytes of gzip. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * The sizes in the header of an IDX file.
 *
 * @throws Error unless the file begins with `magic` and has exactly the bytes they ask for.
 */
function readHeader(caller: string, bytes: Uint8Array, name: string, magic: number): number[] {
  if (!(bytes instanceof Uint8Array)) {
    throw new TypeError(`${caller}: ${name} must be a Uint8Array, got ${typeof bytes}`);
  }
  if (isGzip(bytes)) {
    throw new Error(`${caller}: ${name} is gzip-compressed: unpack it first, with gunzip()`);
  }
  const rank = magic & 0xff;
  const headerLength = 4 + 4 * rank;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length >= 4 && view.getUint32(0) !== magic) {
    const found = view.getUint32(0);
    const other: Record<number, string> = {
      [IMAGES]: ', an IDX file of images: use readIdx()',
      [LABELS]: ', an IDX file of labels: use readIdxLabels()',
    };
    const kind =
      magic === IMAGES ? 'images, unsigned bytes in 3 dimensions' : 'labels, unsigned bytes in 1 dimension';
    throw new Error(
      `${caller}: ${name} must begin with the magic number ${hex(magic)} (IDX ${kind}), ` +
        `got ${hex(found)}${other[found] ?? ''}`,
    );
  }
  if (bytes.length < headerLength) {
    throw new Error(
      `${caller}: ${name} is truncated: expected at least the ${headerLength} bytes of its header, ` +
        `got ${bytes.length}; fetch it again`,
    );
  }
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const expected = sizeOf(shape) + headerLength;
  if (bytes.length !== expected) {
    const problem = bytes.length < expected ? 'is truncated' : 'is too long';
    throw new Error(
      `${caller}: ${name} ${problem}: its header (${shape.join(' x ')}) asks for ${expected} bytes, ` +
        `got ${bytes.length}; fetch it again`,
    );
  }
  return shape;
}

/**
 * Reads an IDX file of images (magic number 0x00000803: unsigned bytes [count, height, width]). `name` stands
 * for the file in errors. An intensity is byte / 255, divided in double precision and rounded to float32.
 * The bytes are kept, not copied.
 *
 * @throws Error when the file is compressed, of another kind, truncated, too long, or of images without pixels;
 *   `image(index)` throws a RangeError when index is not an integer from 0 to count - 1.
 */
export function readIdx(bytes: Uint8Array, name = 'the file'): IdxImages {
  const [count, height, width] = readHeader('readIdx', bytes, name, IMAGES);
  if (height === 0 || width === 0) {
    throw new Error(`readIdx: ${name} must hold images of at least 1 x 1 pixels, got ${height} x ${width}`);
  }
  const size = height * width;
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
      const start = IMAGES_HEADER + index * size;
      const pixels = Float32Array.from(bytes.subarray(start, start + size), (byte) => byte / 255);
      return { height, width, pixels };
    },
  };
}

/**
 * Reads an IDX file of labels (magic number 0x00000801: unsigned bytes [count]); returns a copy of the labels.
 * `name` stands for the file in errors.
 *
 * @throws Error when the file is compressed, of another kind, truncated or too long.
 */
export function readIdxLabels(bytes: Uint8Array, name = 'the file'): Uint8Array {
  readHeader('readIdxLabels', bytes, name, LABELS);
  return new Uint8Array(bytes.subarray(8));
}

/** Labels of an IDX file of images, and what errors call the files. */
export interface IdxSetOptions {
  /** The bytes of the IDX file of labels that belongs to the images. */
  readonly labels?: Uint8Array;
  /** Default: the largest label and one. */
  readonly classes?: number;
  readonly name?: string;
  readonly labelsName?: string;
}

/**
 * All pictures of an IDX file as a set of grey images, with the labels of another where it is given. The bytes of the pictures
 * are kept, not copied.
 *
 * @throws Error as {@link readIdx} and {@link readIdxLabels}, and when there are no images, or not as many labels.
 */
export function readIdxImages(
  bytes: Uint8Array,
  { labels, classes, name = 'the file', labelsName = 'the file of labels' }: IdxSetOptions = {},
): ImageSet {
  const { count, height, width } = readIdx(bytes, name);
  if (count === 0) throw new Error(`readIdxImages: ${name} must hold at least one image, got none`);
  const pixels = bytes.subarray(IMAGES_HEADER);
  if (!labels) return imageSet({ height, width, pixels });
  const found = readIdxLabels(labels, labelsName);
  if (found.length !== count) {
    throw new Error(
      `readIdxImages: ${labelsName} must hold a label for each of the ${count} images of ${name}, got ${found.length}: ` +
        'give the labels that belong to them',
    );
  }
  return imageSet({ height, width, pixels, labels: found, classes });
}

/** All bytes of a stream. Not read by a Response, since browsers then hide the reason of a failure. */
async function readAll(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const reader = stream.getReader();
  const pieces: Uint8Array[] = [];
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    pieces.push(piece.value);
  }
  const bytes = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece, offset);
    offset += piece.length;
  }
  return bytes;
}

/**
 * Unpacks gzip-compressed bytes with the platform's own DecompressionStream. `name` stands for the file in errors.
 *
 * @throws Error when the bytes are not gzip, or are truncated or corrupt (gzip carries a checksum).
 */
export async function gunzip(bytes: Uint8Array, name = 'the file'): Promise<Uint8Array> {
  if (!isGzip(bytes)) {
    const found = hexBytes(bytes.subarray(0, 2));
    throw new Error(`gunzip: ${name} must begin with the bytes 1f 8b of gzip, got ${found}`);
  }
  try {
    // A copy, since a Blob takes no view of a SharedArrayBuffer.
    const packed = new Blob([new Uint8Array(bytes)]).stream();
    return await readAll(packed.pipeThrough(new DecompressionStream('gzip')));
  } catch (error) {
    throw new Error(`gunzip: ${name} is truncated or corrupt (${reason(error)}): fetch it again`);
  }
}

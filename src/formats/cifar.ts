// CIFAR-10, binary version: https://www.cs.toronto.edu/~kriz/cifar.html
import { greyImages } from '../data/imageParts.js';
import { type ImageSet, imageSet } from '../data/imageSet.js';

const SIDE = 32;
const PLANE = SIDE * SIDE;
const RECORD = 1 + 3 * PLANE;
const CLASSES = 10;

/**
 * A batch of CIFAR-10 as a set of 32 x 32 images with labels from 0 to 9: red, green and blue, or grey (Rec. 709 luma, rounded to
 * bytes). A record of the file is a byte for the label, then 32 x 32 bytes of red, as many of green and of blue. `name` stands
 * for the file in errors.
 *
 * @param bytes the whole file
 * @param options grey: one channel instead of three; name: what messages call the file
 * @throws TypeError when bytes are not a Uint8Array; Error unless they are one or more whole records with such labels.
 */
export function readCifar(
  bytes: Uint8Array,
  { grey = false, name = 'the file' }: { grey?: boolean; name?: string } = {},
): ImageSet {
  if (!(bytes instanceof Uint8Array)) {
    throw new TypeError(`readCifar: ${name} must be given as a Uint8Array, got ${typeof bytes}`);
  }
  const count = bytes.length / RECORD;
  if (!Number.isInteger(count) || count === 0) {
    throw new Error(
      `readCifar: ${name} must hold one or more records of ${RECORD} bytes (a label and 32 x 32 x 3 values), ` +
        `got ${bytes.length} bytes: it is no batch of CIFAR-10, or truncated; fetch it again`,
    );
  }
  const labels = new Uint16Array(count);
  const pixels = new Uint8Array(count * 3 * PLANE);
  for (let record = 0; record < count; record++) {
    const start = record * RECORD;
    labels[record] = bytes[start];
    if (labels[record] >= CLASSES) {
      throw new Error(
        `readCifar: ${name} must have labels from 0 to ${CLASSES - 1}, got ${labels[record]} in record ${record}: ` +
          'it is no batch of CIFAR-10',
      );
    }
    for (let channel = 0; channel < 3; channel++) {
      const from = start + 1 + channel * PLANE;
      const to = record * 3 * PLANE + channel;
      for (let i = 0; i < PLANE; i++) pixels[to + 3 * i] = bytes[from + i];
    }
  }
  const set = imageSet({ height: SIDE, width: SIDE, channels: 3, pixels, labels, classes: CLASSES });
  return grey ? greyImages(set) : set;
}

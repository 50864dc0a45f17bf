// The images of a run as one safetensors file: those that are trained on, and those that are held out.

import { type ImageSet, imageSet } from '../data/imageSet.js';
import { readSafetensors, type Tensor, writeSafetensors } from '../formats/safetensors.js';

const KIND = 'scorefield';

/** The images of a run. */
export interface RunImages {
  training: ImageSet;
  /** Kept out of training; none if the run has none. */
  heldOut?: ImageSet;
  /** Names of the classes, where they have some. */
  classNames?: readonly string[];
}

export function encodeImages({ training, heldOut, classNames }: RunImages): Uint8Array {
  return writeSafetensors(
    { ...tensorsOf('training', training), ...(heldOut && tensorsOf('heldOut', heldOut)) },
    {
      [KIND]: 'images',
      ...(training.classes !== undefined && { classes: String(training.classes) }),
      ...(classNames && { classNames: JSON.stringify(classNames) }),
    },
  );
}

function tensorsOf(
  name: string,
  { count, height, width, channels, pixels, labels }: ImageSet,
): Record<string, Tensor> {
  return {
    [name]: { shape: [count, height, width, channels], data: pixels },
    ...(labels && { [`${name}.labels`]: { shape: [count], data: Uint32Array.from(labels) } }),
  };
}

/** Whether a file holds images of a run; false for any other file. */
export function isImageFile(bytes: Uint8Array): boolean {
  try {
    return readSafetensors(bytes).metadata[KIND] === 'images';
  } catch {
    return false;
  }
}

/**
 * The inverse of {@link encodeImages}.
 *
 * @param name what messages call the file
 * @throws Error if the bytes are another file's
 */
export function decodeImages(bytes: Uint8Array, name = 'the images'): RunImages {
  const { tensors, metadata } = readSafetensors(bytes, name);
  if (metadata[KIND] !== 'images') throw new Error(`${name}: must hold the images of a scorefield run`);
  const classes = metadata.classes === undefined ? undefined : Number(metadata.classes);
  const training = setOf(tensors, 'training', classes);
  if (!training) throw new Error(`${name}: tensor training must be there`);
  const heldOut = setOf(tensors, 'heldOut', classes);
  return {
    training,
    ...(heldOut && { heldOut }),
    ...(metadata.classNames && { classNames: JSON.parse(metadata.classNames) as string[] }),
  };
}

function setOf(tensors: Record<string, Tensor>, name: string, classes?: number): ImageSet | undefined {
  const images = tensors[name];
  if (!images) return undefined;
  const [, height, width, channels] = images.shape;
  const labels = tensors[`${name}.labels`];
  return imageSet({
    height,
    width,
    channels,
    pixels: images.data as Uint8Array | Float32Array,
    ...(labels && { labels: Uint16Array.from(labels.data), classes }),
  });
}

// The images of a run as one safetensors file: those that are trained on, and those that are held out.

import { type ImageSet, imageSet } from '../data/imageSet.js';
import { readSafetensors, type Tensor, writeSafetensors } from '../formats/safetensors.js';
import { float, parsed } from './fileEntries.js';

const KIND = 'scorefield';

/** The images of a run. */
export interface RunImages {
  /** What training draws from. */
  training: ImageSet;
  /** Kept out of training; none if the run has none. */
  heldOut?: ImageSet;
  /** Names of the classes, where they have some. */
  classNames?: readonly string[];
}

/** The images of a run, training and held out, as safetensors; {@link decodeImages} reads them. */
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

/** Whether a file's metadata, or where they are lost its tensors, are those of images. */
function isOfImages({ tensors, metadata }: ReturnType<typeof readSafetensors>): boolean {
  return metadata[KIND] === undefined ? tensors.training?.shape.length === 4 : metadata[KIND] === 'images';
}

/**
 * Whether a file holds images of a run; false for any other file.
 *
 * @param bytes the whole file
 */
export function isImageFile(bytes: Uint8Array): boolean {
  try {
    return isOfImages(readSafetensors(bytes));
  } catch {
    return false;
  }
}

/**
 * The inverse of {@link encodeImages}. Metadata may be lost, and names of classes with them: then there is a class more than the
 * largest label.
 *
 * @param name what messages call the file
 * @param bytes the whole file
 * @throws Error if the bytes are another file's
 */
export function decodeImages(bytes: Uint8Array, name = 'the images'): RunImages {
  const file = readSafetensors(bytes, name);
  if (!isOfImages(file)) throw new Error(`${name}: must hold the images of a scorefield run`);
  const { tensors, metadata } = file;
  const classes = metadata.classes === undefined ? countClasses(tensors) : Number(metadata.classes);
  const training = setOf(tensors, 'training', classes, name);
  if (!training) throw new Error(`${name}: tensor training must be there`);
  const heldOut = setOf(tensors, 'heldOut', classes, name);
  return {
    training,
    ...(heldOut && { heldOut }),
    ...(metadata.classNames && { classNames: classNamesOf(metadata, name) }),
  };
}

/** @throws Error unless the metadata name classes */
function classNamesOf(metadata: Record<string, string>, name: string): string[] {
  const found = parsed(metadata, 'classNames', name);
  if (Array.isArray(found) && found.every((one) => typeof one === 'string')) return found;
  throw new Error(`${name}: its metadata classNames must be a list of names, got ${metadata.classNames}`);
}

/** A class more than the largest label, or undefined where there are no labels. */
function countClasses(tensors: Record<string, Tensor>): number | undefined {
  let classes = 0;
  for (const entry of ['training.labels', 'heldOut.labels']) {
    for (const label of tensors[entry]?.data ?? []) classes = Math.max(classes, label + 1);
  }
  return classes || undefined;
}

function setOf(
  tensors: Record<string, Tensor>,
  entry: string,
  classes: number | undefined,
  name: string,
): ImageSet | undefined {
  const images = tensors[entry];
  if (!images) return undefined;
  if (images.shape.length !== 4) {
    throw new Error(
      `${name}: tensor ${entry} must have shape [n, height, width, channels], got [${images.shape.join(', ')}]`,
    );
  }
  const [, height, width, channels] = images.shape;
  const labels = tensors[`${entry}.labels`];
  return imageSet({
    height,
    width,
    channels,
    pixels: images.data instanceof Uint8Array ? images.data : float(images, entry, name),
    ...(labels && { labels: labels.data, classes }),
  });
}

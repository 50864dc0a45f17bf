import { basename } from 'node:path';
import { fileKind, isText } from '../../formats/fileKind.js';
import { isGzip } from '../../formats/gzip.js';
import { isEmnist } from '../../formats/idx.js';
import { decodeImage, fitImages } from '../../images/index.js';
import {
  builtInImage,
  type builtInImages,
  type GreyImage,
  gunzip,
  imageDistribution,
  imageSet,
  type PointSet,
  readIdx,
} from '../../index.js';
import { Failure, plainMessage, UsageError } from '../terminal/failure.js';
import { readBytes } from './files.js';

/** Options that choose the pictures of a run. */
export interface PictureOptions {
  idx?: string;
  index?: number;
  builtin?: (typeof builtInImages)[number];
  invert?: boolean;
  shrink?: number;
  weights?: number[];
}

/** The data of a run. */
export interface RunData {
  data: PointSet;
  /** The picture, if there is only one. */
  image?: GreyImage;
  /** Pixels of the longest side of them all. */
  across: number;
  /** The data's name in messages. */
  source: string;
}

/** Whether any option or argument chooses pictures. */
export function namesPictures(files: readonly string[], options: PictureOptions): boolean {
  const { idx, index, builtin, invert, shrink, weights } = options;
  return (
    files.length > 0 || [idx, index, builtin, invert, shrink, weights].some((value) => value !== undefined)
  );
}

function checkOptions(files: readonly string[], { idx, index, builtin, weights }: PictureOptions): void {
  const named = [files.length > 0 && 'picture files', idx && '--idx', builtin && '--builtin'].filter(Boolean);
  if (named.length > 1) throw new UsageError(`${named.join(' and ')} cannot be combined; give one of them`);
  if (index !== undefined && idx === undefined) {
    throw new UsageError(`--index ${index} needs --idx FILE, the file to take the picture from`);
  }
  if (weights && weights.length !== files.length) {
    throw new UsageError(
      `--weights must hold one number for each picture file, ${files.length}, got ${weights.length}`,
    );
  }
}

/** @throws Failure for a file that another option takes, saying which */
function checkPicture(name: string, bytes: Uint8Array): void {
  const kind = fileKind(bytes);
  const options: Record<string, string> = {
    'an npy array': `--images ${name} for images, --points ${name} for points`,
    'an IDX file': `--images ${name} for all of its images, --idx ${name} for one`,
  };
  const option = isText(bytes) ? `--points ${name} for points, one a line` : options[kind];
  if (option) throw new Failure(`${name}: must be a PNG or JPEG image, got ${kind}; give ${option}`);
}

async function readPictures(
  files: readonly string[],
  { idx, index = 0, builtin = 'five', invert = false }: PictureOptions,
): Promise<{ images: GreyImage[]; source: string }> {
  if (files.length > 0) {
    const images: GreyImage[] = [];
    for (const name of files) {
      const bytes = await readBytes(name);
      checkPicture(name, bytes);
      images.push(await decodeImage(bytes, { invert, name }));
    }
    return { images, source: files.map((file) => basename(file)).join(', ') };
  }
  if (idx === undefined) {
    return { images: [negated(builtInImage(builtin), invert)], source: `the built-in ${builtin}` };
  }
  const bytes = await readBytes(idx);
  const whole = isGzip(bytes) ? await gunzip(bytes, idx) : bytes;
  const { image } = readIdx(whole, idx, { transposed: isEmnist(idx) });
  try {
    return { images: [negated(image(index), invert)], source: `picture ${index} of ${basename(idx)}` };
  } catch (error) {
    throw new UsageError(`--${plainMessage(error)} in ${idx}`);
  }
}

function negated(image: GreyImage, invert: boolean): GreyImage {
  return invert ? { ...image, pixels: image.pixels.map((intensity) => 1 - intensity) } : image;
}

/** A picture `by` times smaller a side, of at least two pixels along the longer one: means over areas. */
function shrunk(image: GreyImage, by: number): GreyImage {
  if (by === 1) return image;
  const { height, width } = image;
  const longer = Math.max(height, width);
  if (by > longer / 2)
    throw new UsageError(`--shrink must leave two pixels of the ${longer} of the longer side, got ${by}`);
  const size = { height: Math.max(1, Math.round(height / by)), width: Math.max(1, Math.round(width / by)) };
  const { pixels } = fitImages(imageSet({ ...image, channels: 1 }), size);
  return { ...size, pixels: pixels as Float32Array };
}

/**
 * Reads the pictures that the command line chooses; without any, the built-in five.
 * @throws UsageError if options contradict each other, Error if a file is not a picture
 */
export async function loadPictures(files: readonly string[], options: PictureOptions): Promise<RunData> {
  checkOptions(files, options);
  const read = await readPictures(files, options);
  const { shrink = 1, invert } = options;
  for (const { pixels } of read.images) {
    if (pixels.some((intensity) => intensity > 0)) continue;
    throw new Failure(
      invert
        ? `${read.source}: must have a pixel darker than white, which is empty with --invert; leave --invert out`
        : `${read.source}: must have a pixel brighter than black, which is empty; give --invert for a dark drawing`,
    );
  }
  const images = read.images.map((image) => shrunk(image, shrink));
  const inverted = `${read.source}${shrink > 1 ? `, shrunk ${shrink} times` : ''}${invert ? ', inverted' : ''}`;
  const across = Math.max(...images.flatMap(({ height, width }) => [height, width]));
  if (images.length === 1) {
    return { data: imageDistribution(images[0]), image: images[0], across, source: inverted };
  }
  const parts = images.map((image, i) => ({ image, weight: options.weights?.[i] ?? 1 }));
  return { data: imageDistribution(parts), across, source: inverted };
}

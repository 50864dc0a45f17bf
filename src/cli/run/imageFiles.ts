// Images and points of files, for commands that learn them.
import { stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { fileKind, isText } from '../../formats/fileKind.js';
import { isGzip } from '../../formats/gzip.js';
import { isEmnist } from '../../formats/idx.js';
import { fitImages } from '../../images/index.js';
import {
  concatImages,
  greyImages,
  gunzip,
  type ImageSet,
  imageSet,
  type PointSet,
  readCifar,
  readCsvPoints,
  readIdxImages,
  readIdxLabels,
  readNpy,
  readNpyImages,
  readNpyPoints,
} from '../../index.js';
import { Failure, plainMessage, UsageError } from '../terminal/failure.js';
import { exists, fileError, readBytes } from './files.js';
import { PICTURE, type PictureFileOptions, readFolder, reading, readPictures } from './pictureFiles.js';

export interface ReadImagesOptions extends PictureFileOptions {
  /** A file of labels, IDX or npy [n], for one file of images, IDX or npy. */
  labels?: string;
}

/** Images of files. */
export interface ImageFiles extends ImageSet {
  /** Names of the classes, where folders name them. */
  readonly classNames?: readonly string[];
  /** The files' name in messages. */
  readonly source: string;
}

const NPY = [0x93, 0x4e, 0x55, 0x4d];
const IDX = [0, 0];
const IDX_BYTES = [0, 0, 8];
const CIFAR_RECORD = 3073;

const beginsWith = (bytes: Uint8Array, begin: readonly number[]) =>
  begin.every((byte, i) => bytes[i] === byte);

/** The bytes of a file, unpacked if it is compressed. @throws FileError, or Failure on a damaged file */
async function readUnpacked(path: string): Promise<Uint8Array> {
  const bytes = await readBytes(path);
  return isGzip(bytes) ? reading(() => gunzip(bytes, path)) : bytes;
}

/** @throws FileError, or Failure on a file of another kind */
async function readLabels(path: string): Promise<ArrayLike<number>> {
  const bytes = await readUnpacked(path);
  return reading(() => {
    if (!beginsWith(bytes, NPY)) return readIdxLabels(bytes, path);
    const { data, shape } = readNpy(bytes, path);
    if (shape.length === 1) return data;
    throw new Failure(`${path}: labels must have shape [n], got [${shape.join(', ')}]`);
  });
}

/** The labels that stand beside an IDX file of images under the name that MNIST gives them, compressed or not. */
async function labelsBeside(path: string): Promise<string | undefined> {
  const name = basename(path);
  const other = name.replace('images', 'labels').replace('idx3', 'idx1');
  if (other === name) return undefined;
  const plain = other.replace(/\.gz$/, '');
  for (const candidate of [other, plain, `${plain}.gz`]) {
    const beside = join(dirname(path), candidate);
    if (await exists(beside)) return beside;
  }
  return undefined;
}

/** @throws Failure unless there is a label for each image, an integer */
function withLabels(set: ImageSet, path: string, labels: ArrayLike<number>, labelsPath: string): ImageSet {
  if (labels.length !== set.count) {
    throw new Failure(
      `${labelsPath}: must hold a label for each of the ${set.count} images of ${path}, got ${labels.length}`,
    );
  }
  try {
    return imageSet({ ...set, labels, classes: undefined });
  } catch (error) {
    throw new Failure(`${labelsPath}: ${plainMessage(error)}`);
  }
}

/** A file of many images. @throws FileError, or Failure on a file of no kind that is known */
async function readImageFile(path: string, labels?: string): Promise<ImageSet> {
  const bytes = await readUnpacked(path);
  const isBatch = extname(path.replace(/\.gz$/, '')) === '.bin';
  // A batch may begin like an IDX file, by a label of 0 and dark pixels.
  if (isBatch && (bytes.length % CIFAR_RECORD === 0 || !beginsWith(bytes, IDX_BYTES))) {
    if (labels !== undefined) {
      throw new UsageError(`--labels is not for ${path}, which has labels of its own`);
    }
    return reading(() => readCifar(bytes, { name: path }));
  }
  const isNpy = beginsWith(bytes, NPY);
  if (!isNpy && !beginsWith(bytes, IDX)) {
    const hint = isText(bytes) ? 'give points, a line each, as --points' : 'convert it';
    throw new Failure(
      `${path}: is no IDX or npy file, no .png, .jpg or .jpeg picture and no .bin batch of CIFAR-10, but ` +
        `${fileKind(bytes)}; ${hint}`,
    );
  }
  const set = await reading(() =>
    isNpy ? readNpyImages(bytes, path) : readIdxImages(bytes, { name: path, transposed: isEmnist(path) }),
  );
  const labelsPath = labels ?? (isNpy ? undefined : await labelsBeside(path));
  if (labelsPath === undefined) return set;
  const found = await readLabels(labelsPath);
  return reading(() => withLabels(set, path, found, labelsPath));
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw fileError(path, error);
  }
}

/** Images of one path, or of many pictures, and the names of their classes where folders name them. */
interface Part {
  set: ImageSet;
  classNames?: string[];
}

async function readPart(paths: readonly string[], options: ReadImagesOptions): Promise<Part> {
  const { labels, size, grey } = options;
  const folder = paths.length === 1 && (await isFolder(paths[0]));
  if (labels !== undefined && (folder || PICTURE.test(paths[0]))) {
    throw new UsageError(`--labels is for a file of images, got ${paths[0]}; name classes by folders`);
  }
  if (folder) return readFolder(paths[0], options);
  if (PICTURE.test(paths[0])) return { set: await readPictures(paths, options) };
  const set = await readImageFile(paths[0], labels);
  return reading(() => {
    const coloured = grey ? greyImages(set) : set;
    return { set: size ? fitImages(coloured, size) : coloured };
  });
}

/** What messages call the images of these paths. */
export function sourceName(paths: readonly string[]): string {
  return paths.length > 3 ? `${paths.length} files` : paths.map((path) => basename(path)).join(', ');
}

/**
 * Reads the images of files, in the order of `paths`: IDX files, compressed or not, with the labels beside them; npy files;
 * batches of CIFAR-10 (.bin); pictures (.png, .jpg, .jpeg), or folders of them, whose folders are classes. Several are joined.
 *
 * @throws UsageError if options contradict each other; FileError, or Failure on files that are damaged or do not fit
 */
export async function readImages(
  paths: readonly string[],
  options: ReadImagesOptions = {},
): Promise<ImageFiles> {
  if (paths.length === 0) throw new UsageError('name at least one file or folder of images');
  if (options.labels !== undefined && paths.length > 1) {
    throw new UsageError(`--labels is for one file of images, got ${paths.length} paths`);
  }
  const groups = paths.every((path) => PICTURE.test(path)) ? [paths] : paths.map((path) => [path]);
  const parts: Part[] = [];
  for (const group of groups) parts.push(await readPart(group, options));
  const named = parts.filter(({ classNames }) => classNames);
  if (named.length > 0 && parts.length > 1) {
    throw new Failure(`${paths[parts.indexOf(named[0])]}: has folders of classes; give it alone`);
  }
  const set = await reading(() => joined(parts, paths));
  return { ...set, ...(named[0] && { classNames: named[0].classNames }), source: sourceName(paths) };
}

/** One set of several. @throws Failure, naming the paths, where they do not fit */
function joined(parts: readonly Part[], paths: readonly string[]): ImageSet {
  try {
    return concatImages(parts.map(({ set }) => set));
  } catch (error) {
    const text = plainMessage(error).replace(/sets\[(\d+)\]/g, (_, i) => paths[Number(i)]);
    throw new Failure(`${text}; --size HxW and --grey make sizes and channels alike`);
  }
}

/** Reads points of an npy file [n, dim] or [n], or of text, a point a line. @throws FileError, or Failure on another file */
export async function readPoints(path: string): Promise<PointSet> {
  const bytes = await readUnpacked(path);
  return reading(() => (beginsWith(bytes, NPY) ? readNpyPoints(bytes, path) : readCsvPoints(bytes, path)));
}

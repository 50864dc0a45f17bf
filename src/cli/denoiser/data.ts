// The data of a run that learns to denoise: images, or points of any dimension.
import {
  decodeImages,
  encodeImages,
  type ImageSet,
  imageDim,
  imageMoments,
  imageRows,
  isImageFile,
  type Moments,
  type PictureShape,
  type PointSet,
  pointSet,
  readSafetensors,
  splitImages,
  standardised,
  type TrainingData,
  writeSafetensors,
} from '../../index.js';
import { type ImageFiles, readImages, readPoints } from '../run/imageFiles.js';
import { Failure } from '../terminal/failure.js';
import { type DenoiserFlags, heldOutCount } from './settings.js';

/** Data of a run, split into what is trained on and what is held out. */
export interface DenoiserData {
  kind: 'images' | 'points';
  shape: PictureShape;
  /** In the network's coordinates: for points, each coordinate has mean 0 and deviation 1 over the training points. */
  training: TrainingData;
  /** Rows [n, dim], as `training`; none if nothing is held out. */
  heldOut?: Float32Array;
  /** Classes of the held-out images. */
  heldOutLabels?: ArrayLike<number>;
  classNames?: readonly string[];
  /** Of points: x = shift + scale times the network's coordinate, [dim] each. */
  shift?: Float32Array;
  scale?: Float32Array;
}

/** Reads the data that the options name. @throws UsageError, FileError or Failure on files that do not fit */
export async function loadData(options: DenoiserFlags): Promise<{ data: DenoiserData; source: string }> {
  const { points, images = [], labels, size, grey } = options;
  if (points !== undefined)
    return { data: standardisedData(await readPoints(points), options, points), source: points };
  const set = await readImages(images, { labels, size, grey });
  return { data: imageData(set, options), source: set.source };
}

/** A set of images, split. */
export function imageData(
  set: ImageSet & Partial<Pick<ImageFiles, 'classNames'>>,
  options: DenoiserFlags,
): DenoiserData {
  const held = heldOutCount(set.count, options);
  if (held >= set.count) {
    throw new Failure(
      `--held-out ${held} of ${set.count} images leaves none to train on; hold out fewer, or give more images`,
    );
  }
  const { training, heldOut } = held > 0 ? splitImages(set, held) : { training: set, heldOut: undefined };
  return fromImages(training, heldOut, set.classNames);
}

function fromImages(training: ImageSet, heldOut?: ImageSet, classNames?: readonly string[]): DenoiserData {
  const { height, width, channels } = training;
  return {
    kind: 'images',
    shape: { height, width, channels },
    training,
    ...(heldOut && { heldOut: imageRows(heldOut), heldOutLabels: heldOut.labels }),
    ...(classNames && { classNames }),
  };
}

/** Points in coordinates of mean 0 and deviation 1, the last ones held out. */
function standardisedData(
  { dim, points, logits }: PointSet,
  options: DenoiserFlags,
  source: string,
): DenoiserData {
  const count = logits.length;
  const held = heldOutCount(count, options);
  if (held >= count) {
    throw new Failure(
      `--held-out ${held} of ${count} points of ${source} leaves none to train on; hold out fewer, or give more points`,
    );
  }
  const n = count - held;
  const { data, shift, scale } = standardised(pointSet({ dim, points: points.subarray(0, n * dim) }));
  const rest = points.slice(n * dim);
  return {
    kind: 'points',
    shape: { height: 1, width: 1, channels: dim },
    training: data,
    ...(held > 0 && { heldOut: rest.map((value, i) => (value - shift[i % dim]) / scale[i % dim]) }),
    shift,
    scale,
  };
}

/** Mean and variance of each coordinate of what is trained on, and the deviation of all, which is sigma_data. */
export function momentsOfData({ training }: DenoiserData): Moments & { sd: number } {
  if ('pixels' in training) return imageMoments(training);
  const dim = training.dim;
  return { mean: new Float64Array(dim), variance: new Float64Array(dim).fill(1), sd: 1 };
}

/** The training data as points, each with the same weight. */
export function trainingPoints({ training }: DenoiserData): PointSet {
  if (!('pixels' in training)) return training;
  return { dim: imageDim(training), points: imageRows(training), logits: new Float32Array(training.count) };
}

/** Coordinates [n, dim] of the network in those of the data. */
export function toData({ shift, scale }: DenoiserData, x: Float32Array): Float32Array {
  if (!shift || !scale) return x;
  return x.map((value, i) => shift[i % shift.length] + scale[i % shift.length] * value);
}

/** The file of a run's data. */
export function encodeData({
  kind,
  training,
  heldOut,
  heldOutLabels,
  shape,
  ...rest
}: DenoiserData): Uint8Array {
  if (kind === 'images') {
    const set = training as ImageSet;
    const held = heldOut && {
      ...shape,
      count: heldOut.length / imageDim(set),
      pixels: set.pixels instanceof Uint8Array ? toBytes(heldOut) : heldOut,
      ...(heldOutLabels && { labels: Uint16Array.from(heldOutLabels), classes: set.classes }),
    };
    return encodeImages({ training: set, heldOut: held, classNames: rest.classNames });
  }
  const { dim, points, logits } = training as PointSet;
  return writeSafetensors(
    {
      points: { shape: [logits.length, dim], data: points },
      logits: { shape: [logits.length], data: logits },
      shift: { shape: [dim], data: rest.shift as Float32Array },
      scale: { shape: [dim], data: rest.scale as Float32Array },
      ...(heldOut && { heldOut: { shape: [heldOut.length / dim, dim], data: heldOut } }),
    },
    { scorefield: 'points' },
  );
}

const toBytes = (rows: Float32Array) => Uint8Array.from(rows, (value) => Math.round(255 * value));

/** Python may have saved them in another type. */
const floats = ({ data }: { data: ArrayLike<number> }) => Float32Array.from(data);

/** The inverse of {@link encodeData}. @throws Error if the bytes are another file's */
export function decodeData(bytes: Uint8Array, name: string): DenoiserData {
  if (isImageFile(bytes)) {
    const { training, heldOut, classNames } = decodeImages(bytes, name);
    return fromImages(training, heldOut, classNames);
  }
  const { tensors } = readSafetensors(bytes, name);
  const { points, logits, shift, scale, heldOut } = tensors;
  if (!points || !logits || !shift || !scale)
    throw new Error(`${name}: must hold the images or points of a run of a denoiser`);
  const dim = points.shape[1];
  return {
    kind: 'points',
    shape: { height: 1, width: 1, channels: dim },
    training: { dim, points: floats(points), logits: floats(logits) },
    ...(heldOut && { heldOut: floats(heldOut) }),
    shift: floats(shift),
    scale: floats(scale),
  };
}

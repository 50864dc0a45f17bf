import { isGzip } from '../../../formats/gzip.js';
import { isEmnist } from '../../../formats/idx.js';
import { decodeImage, fitImages } from '../../../images/index.js';
import {
  concatImages,
  digits,
  greyImages,
  gunzip,
  type ImageSet,
  imageMoments,
  imagePoints,
  imageSet,
  key,
  type LinearDenoisers,
  linearDenoisers,
  type Moments,
  type PointSet,
  readIdxImages,
  splitImages,
} from '../../../index.js';
import type { Session } from '../session.js';
import { DIGITS, DIM, SIZE } from './numbers.js';

/** The pictures that a denoiser is made of: digits that the library draws, or those the reader gave. */
export type Source = 'digits' | 'own';

/** Pictures of a source that are shown. */
const SHOWN = 16;
/** Most pictures of a file that are kept, and most that denoisers without a network look at. */
const MOST = { kept: 20_000, compared: 2000 };

/** Pictures of one source, and what is made of them once. */
export interface Pictures {
  training: ImageSet;
  /** At most `MOST.compared` of them, and the same as points. */
  few: ImageSet;
  points: PointSet;
  /** Pictures [n, DIM] that no denoiser has seen; of fewer than ten pictures, these themselves. */
  heldOut: Float32Array;
  linear: LinearDenoisers;
}

/** Moments that chains from noise start with: the mean of each pixel, and one variance for all, which no pixel lacks. */
export function momentsOf({ few, linear }: Pictures): Moments {
  const { sd } = imageMoments(few);
  return { mean: Float32Array.from(linear.mean), variance: new Float32Array(DIM).fill(sd * sd) };
}

/** The pictures of the chapter on images. */
export class Stock {
  readonly #session: Session;
  readonly #made = new Map<Source, Pictures>();
  #own?: ImageSet;
  /** Whether the reader's pictures came one by one, so that the next is added to them. */
  #isAlbum = false;

  constructor(session: Session) {
    this.#session = session;
  }

  /** The first pictures of a source to learn from, at most 16: [n, DIM]. */
  first(source: Source): Float32Array {
    return imagePoints(firstOf(this.of(source).training, SHOWN)).points;
  }

  /** @throws Error if there are no pictures of the reader's yet */
  of(source: Source): Pictures {
    const made = this.#made.get(source) ?? this.#make(source);
    this.#made.set(source, made);
    return made;
  }

  #make(source: Source): Pictures {
    const { core } = this.#session;
    const [training, heldOut] = source === 'digits' ? this.#digits() : this.#split();
    const few = firstOf(training, MOST.compared);
    const points = imagePoints(few);
    const linear = linearDenoisers(core, points);
    return { training, few, points, heldOut: imagePoints(heldOut).points, linear };
  }

  #digits(): [ImageSet, ImageSet] {
    const { core } = this.#session;
    // The first of those that the network of the page has learned from, and digits of another key, which nothing has seen.
    return [
      digits(core, key(0), DIGITS.data, { size: SIZE }),
      digits(core, key(1), DIGITS.heldOut, { size: SIZE }),
    ];
  }

  #split(): [ImageSet, ImageSet] {
    if (!this.#own) throw new Error('There are no pictures of yours yet: drop some, or open a file.');
    const { count } = this.#own;
    if (count < 10) return [this.#own, this.#own];
    const { training, heldOut } = splitImages(this.#own, Math.min(DIGITS.heldOut, Math.floor(count / 5)));
    return [training, heldOut];
  }

  /**
   * Takes a file of the reader's: the pictures of an IDX file in place of all before, or a PNG or JPEG beside those that came
   * as such. Returns how many there are.
   *
   * @throws Error if the file is neither
   */
  async read(bytes: Uint8Array, name: string, invert: boolean): Promise<{ count: number }> {
    const whole = isGzip(bytes) ? await gunzip(bytes, name) : bytes;
    const isIdx = whole[0] === 0 && whole[1] === 0;
    const set = isIdx
      ? firstOf(greyImages(readIdxImages(whole, { name, transposed: isEmnist(name) })), MOST.kept)
      : grey(await decodeImage(whole, { invert, name }));
    return this.#take(fitImages(set, { height: SIZE, width: SIZE }), !isIdx);
  }

  /** Takes a picture of the reader's pen, [DIM], beside those that came one by one. Returns how many there are. */
  add(pixels: Float32Array): { count: number } {
    return this.#take(grey({ height: SIZE, width: SIZE, pixels }), true);
  }

  #take(set: ImageSet, isOne: boolean): { count: number } {
    this.#own = firstOf(
      this.#own && this.#isAlbum && isOne ? concatImages([this.#own, set]) : set,
      MOST.kept,
    );
    this.#isAlbum = isOne;
    this.#made.delete('own');
    return { count: this.#own.count };
  }
}

/** Digit number `index` of those that no denoiser has seen: [DIM]. */
export function heldOutDigit(stock: Stock, index: number): Float32Array {
  const { heldOut } = stock.of('digits');
  const at = index % (heldOut.length / DIM);
  return heldOut.slice(at * DIM, (at + 1) * DIM);
}

const firstOf = (set: ImageSet, n: number) =>
  set.count > n ? splitImages(set, set.count - n).training : set;

/** A grey picture as a set of one, in bytes. */
const grey = ({ height, width, pixels }: { height: number; width: number; pixels: Float32Array }) =>
  imageSet({ height, width, pixels: Uint8Array.from(pixels, (value) => Math.round(255 * value)) });

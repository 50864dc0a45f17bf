import { integer, show } from '../core/check.js';
import { log } from '../core/elementary.js';
import type { PointSet } from '../core/score.js';

/** A grey picture: `pixels` [height, width] are intensities >= 0, row 0 on top. */
export interface GreyImage {
  /** Rows. */
  readonly height: number;
  /** Columns. */
  readonly width: number;
  /** [height, width], intensities from 0 up, row 0 on top. */
  readonly pixels: Float32Array;
}

/** A picture and its weight in a mixture of several. Weights are relative; default 1. */
export interface ImagePart {
  /** The picture. */
  readonly image: GreyImage;
  /** Its share of the mass, relative to the other pictures. */
  readonly weight?: number;
}

/** The sum of the pixels in float64. @throws RangeError or TypeError unless `image` can be a distribution */
function checkedTotal(image: GreyImage, what: string): number {
  const { height, width, pixels } = image;
  for (const [side, size] of Object.entries({ height, width })) {
    integer('imageDistribution', `${what}.${side}`, size);
  }
  if (!(pixels instanceof Float32Array)) {
    throw new TypeError(`imageDistribution: ${what}.pixels must be a Float32Array, got ${show(pixels)}`);
  }
  if (pixels.length !== height * width) {
    throw new RangeError(
      `imageDistribution: ${what}.pixels must hold height x width = ${height * width} intensities, ` +
        `got ${pixels.length}`,
    );
  }
  if (height === 1 && width === 1) {
    throw new RangeError(
      `imageDistribution: ${what} must have at least two pixels, got 1 x 1: coordinates are divided by ` +
        'max(height, width) - 1',
    );
  }
  let total = 0;
  for (let i = 0; i < pixels.length; i++) {
    if (!(pixels[i] >= 0 && pixels[i] < Infinity)) {
      throw new RangeError(
        `imageDistribution: ${what}.pixels must be finite and >= 0, got ${pixels[i]} in row ` +
          `${Math.floor(i / width)}, column ${i % width}`,
      );
    }
    total += pixels[i];
  }
  if (total === 0) {
    throw new RangeError(
      `imageDistribution: ${what} must have a pixel above zero, got only zeros: bright pixels are the dense ones, ` +
        'so invert a dark drawing on white',
    );
  }
  return total;
}

/** Whether two pictures have the same aspect ratio, up to rounding either side to whole pixels. */
function sameAspect(a: GreyImage, b: GreyImage): boolean {
  const [large, small] = a.height * a.width >= b.height * b.width ? [a, b] : [b, a];
  const height = (small.width * large.height) / large.width;
  const width = (small.height * large.width) / large.height;
  return Math.abs(height - small.height) < 1 || Math.abs(width - small.width) < 1;
}

/**
 * Writes the coordinates of every pixel to `points` from index `offset` on: (row, column) / (max(height, width) - 1), or the
 * centre ((row, column) + 1/2) / max(height, width).
 */
function writeCoordinates(
  { height, width }: GreyImage,
  isCentred: boolean,
  points: Float32Array,
  offset: number,
): void {
  const side = Math.max(height, width);
  const [shift, divisor] = isCentred ? [0.5, side] : [0, side - 1];
  let at = offset;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      // Rounded to float64 and then to float32, a quotient of two such integers is the float32 quotient that JAX computes.
      points[at++] = (row + shift) / divisor;
      points[at++] = (column + shift) / divisor;
    }
  }
}

/**
 * A picture as a distribution over its pixels, as in the article. Pixel (row, column) is the point
 * x = (row, column) / (max(height, width) - 1), divided in float32 as in JAX: x[0] runs down, x[1] to the right. Its probability
 * is proportional to its intensity.
 *
 * One picture gives logits = log(pixels), rounded to float32 and not normalised (a black pixel is -Infinity). A list
 * of pictures, of any resolutions but one aspect ratio, gives their mixture: each is normalised by its own total and
 * gets its weight (relative, default 1), logits = log(pixel / total) + log(weight), one picture after another. Where their
 * resolutions differ, pixels are the points ((row, column) + 1/2) / max(height, width), so that a picture and its smaller copy
 * lie on one another; the article's text has these, its code those above.
 *
 * @param image intensities, of which 0 is never drawn
 * @throws RangeError or TypeError for an empty list, a picture without light, of a single pixel, with pixels that
 *   are negative, not finite or not height x width many, another aspect ratio, or a weight not positive and finite.
 */
export function imageDistribution(image: GreyImage | readonly ImagePart[]): PointSet {
  const isList = Array.isArray(image);
  const parts: readonly ImagePart[] = isList ? image : [{ image: image as GreyImage }];
  if (parts.length === 0) {
    throw new RangeError('imageDistribution: parts must hold at least one image, got an empty list');
  }
  const shifts = parts.map(({ image: part, weight = 1 }, i) => {
    const what = isList ? `parts[${i}].image` : 'image';
    const total = checkedTotal(part, what);
    if (!(weight > 0 && weight < Infinity)) {
      throw new RangeError(
        `imageDistribution: parts[${i}].weight must be positive and finite, got ${weight}`,
      );
    }
    const first = parts[0].image;
    if (!sameAspect(first, part)) {
      throw new RangeError(
        `imageDistribution: all images must have one aspect ratio, got ${first.height} x ${first.width} and ` +
          `${part.height} x ${part.width}: crop or pad them`,
      );
    }
    return isList ? log(weight) - log(total) : 0;
  });
  const [{ image: first }] = parts;
  const isCentred = parts.some(
    ({ image: part }) => part.height !== first.height || part.width !== first.width,
  );
  const count = parts.reduce((sum, part) => sum + part.image.pixels.length, 0);
  const points = new Float32Array(2 * count);
  const logits = new Float32Array(count);
  let offset = 0;
  parts.forEach(({ image: part }, i) => {
    writeCoordinates(part, isCentred, points, 2 * offset);
    for (let j = 0; j < part.pixels.length; j++) {
      logits[offset + j] = log(part.pixels[j]) + shifts[i];
    }
    offset += part.pixels.length;
  });
  return { dim: 2, points, logits };
}

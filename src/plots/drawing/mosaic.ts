import { checkInteger, checkLimits, checkNumbers, type Limits, type Numbers } from './check.js';
import type { Raster } from './raster.js';

/** Images as points: [n, height, width, channels], row 0 on top. */
export interface ImageSize {
  /** Pixels. */
  height: number;
  /** Columns of an image. */
  width: number;
  /** 1: grey, 0 is black and 1 is white. 3: red, green, blue. Default: 1. */
  channels?: 1 | 3;
}

/** One image of many. */
export interface Tile {
  /** [n, height, width, channels] */
  images: Numbers;
  /** Which of them. */
  index: number;
  /** Values drawn black and white. What lies outside is clipped to them. */
  range: Limits;
}

/** The values that images are drawn over unless a range is given. */
export const UNIT_RANGE: Limits = [0, 1];

/** Returns the numbers of an image. Throws a RangeError unless sizes are positive integers and channels are 1 or 3. */
export function checkImageSize(where: string, { height, width, channels = 1 }: ImageSize): number {
  checkInteger(where, 'height', height);
  checkInteger(where, 'width', width);
  if (channels !== 1 && channels !== 3)
    throw new RangeError(`${where}: channels must be 1 or 3, got ${channels}`);
  return height * width * channels;
}

/** Returns n. Throws a RangeError unless images [n, ...] are finite and at least one, of `numbers` values each. */
export function checkImages(where: string, name: string, images: Numbers, numbers: number): number {
  const count = (images?.length ?? 0) / numbers;
  if (!(count >= 1 && Number.isInteger(count)))
    throw new RangeError(
      `${where}: ${name} must hold one or more images of ${numbers} values, got ${images?.length} values`,
    );
  checkNumbers(where, name, images, images.length);
  return count;
}

/** The range, [0, 1] without one. Throws a RangeError unless it is [low, high]. */
export function checkedRange(where: string, name: string, range: Limits = UNIT_RANGE): Limits {
  checkLimits(where, name, range);
  return range;
}

/**
 * Puts images side by side, `gap` white pixels apart, as opaque RGBA of [rows * (height + gap) - gap,
 * columns * (width + gap) - gap]. A place without a tile stays white.
 */
export function mosaic(
  { height, width, channels = 1 }: ImageSize,
  { rows, columns, gap }: { rows: number; columns: number; gap: number },
  tileAt: (row: number, column: number) => Tile | undefined,
): Raster {
  const [high, wide] = [rows * (height + gap) - gap, columns * (width + gap) - gap];
  const pixels = new Uint8Array(4 * high * wide).fill(255);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const tile = tileAt(row, column);
      if (!tile) continue;
      const { images, index, range } = tile;
      const unit = 255 / (range[1] - range[0]);
      let from = index * height * width * channels;
      for (let y = 0; y < height; y++) {
        let to = 4 * ((row * (height + gap) + y) * wide + column * (width + gap));
        for (let x = 0; x < width; x++, to += 4) {
          for (let c = 0; c < 3; c++) {
            const shade = Math.round((images[from + (channels === 3 ? c : 0)] - range[0]) * unit);
            pixels[to + c] = shade < 0 ? 0 : shade > 255 ? 255 : shade;
          }
          from += channels;
        }
      }
    }
  }
  return { width: wide, height: high, pixels };
}

/** Every pixel as a square of scale by scale pixels. */
export function enlarged(raster: Raster, scale: number): Raster {
  if (scale === 1) return raster;
  const [width, height] = [raster.width * scale, raster.height * scale];
  const to = new Uint32Array(width * height);
  const from = new Uint32Array(raster.pixels.slice().buffer);
  for (let y = 0; y < raster.height; y++) {
    const start = y * scale * width;
    for (let x = 0; x < raster.width; x++) {
      to.fill(from[y * raster.width + x], start + x * scale, start + (x + 1) * scale);
    }
    for (let k = 1; k < scale; k++) to.copyWithin(start + k * width, start, start + width);
  }
  return { width, height, pixels: new Uint8Array(to.buffer) };
}

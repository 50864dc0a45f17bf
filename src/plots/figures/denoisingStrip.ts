import { checkInteger, checkNumbers, checkSize, type Limits, type Numbers } from '../drawing/check.js';
import {
  checkedRange,
  checkImageSize,
  checkImages,
  type ImageSize,
  mosaic,
  type Tile,
  UNIT_RANGE,
} from '../drawing/mosaic.js';
import { shortNumber } from '../drawing/numbers.js';
import { rasterElement } from '../drawing/png.js';
import { label, sheet, textWidth, titleHeight, titleLine, titleWidth } from '../drawing/svg.js';
import { INK, MUTED } from '../drawing/theme.js';

/** Images with noise of one standard deviation, and what a denoiser makes of them. */
export interface DenoisedLevel {
  /** Standard deviation of the noise, in units of the images' values. */
  sigma: number;
  /** y = x + sigma z: [m, height, width, channels]. */
  noisy: Numbers;
  /** xhat(y): [m, height, width, channels]. */
  denoised: Numbers;
}

/** Options of {@link denoisingStrip}. */
export interface DenoisingStripOptions extends ImageSize {
  /** x: [m, height, width, channels], from left to right. */
  clean: Numbers;
  /** One below the other. */
  levels: readonly DenoisedLevel[];
  /** Whole number of pixels a side that one pixel of an image takes. */
  scale?: number;
  /** White space between images, in pixels of an image. */
  gap?: number;
  /** Values of noisy images drawn black and white. Default: 0 and 1. */
  noisyRange?: Limits;
  /** Written above the figure. */
  title?: string;
}

const MARGIN = 14;
/** Pixels between one noise level and the next. */
const BETWEEN = 8;

/**
 * Draws clean images, below them the same with noise, and below these denoised; the last two for each noise level.
 * Values outside 0 and 1 (of noisy images, outside noisyRange) are clipped. Returns an SVG document; throws a
 * RangeError where lengths do not match or a value is not finite.
 */
export function denoisingStrip(options: DenoisingStripOptions): string {
  const where = 'denoisingStrip';
  const { height, width, channels, clean, levels, scale = 2, gap = 1, title } = options;
  const count = checkImages(where, 'clean', clean, checkImageSize(where, options));
  checkInteger(where, 'scale', scale);
  checkInteger(where, 'gap', gap, 0);
  if (!(levels?.length > 0)) throw new RangeError(`${where}: levels must hold at least one noise level`);
  for (const [i, { sigma, noisy, denoised }] of levels.entries()) {
    checkSize(where, `levels[${i}].sigma`, sigma);
    checkNumbers(where, `levels[${i}].noisy`, noisy, clean.length);
    checkNumbers(where, `levels[${i}].denoised`, denoised, clean.length);
  }
  const noisyRange = checkedRange(where, 'noisyRange', options.noisyRange);
  const blocks = [
    { rows: [{ name: 'clean', images: clean, range: UNIT_RANGE }] },
    ...levels.map(({ sigma, noisy, denoised }) => ({
      sigma: `σ = ${shortNumber(sigma, 3)}`,
      rows: [
        { name: 'noisy', images: noisy, range: noisyRange },
        { name: 'denoised', images: denoised, range: UNIT_RANGE },
      ],
    })),
  ];
  const reserve = Math.max(
    textWidth('denoised', 12),
    ...levels.map(({ sigma }) => textWidth(`σ = ${shortNumber(sigma, 3)}`, 11)),
  );
  const left = MARGIN + Math.ceil(reserve) + 8;
  const whole = Math.max(left + (count * (width + gap) - gap) * scale + MARGIN, titleWidth(title, MARGIN));
  let y = titleHeight(title) + 4;
  let body = titleLine(title, MARGIN, whole);
  for (const block of blocks) {
    const { rows } = block;
    const tileAt = (row: number, index: number): Tile => ({ ...rows[row], index });
    const raster = mosaic({ height, width, channels }, { rows: rows.length, columns: count, gap }, tileAt);
    for (const [row, { name }] of rows.entries()) {
      const sigma = row === 0 && 'sigma' in block ? block.sigma : undefined;
      const middle = y + (row * (height + gap) + height / 2) * scale;
      const line = { anchor: 'end', fill: INK } as const;
      body += label(left - 8, middle + (sigma ? -3 : 4), name, line);
      if (sigma) body += label(left - 8, middle + 11, sigma, { ...line, size: 11, fill: MUTED });
    }
    body += rasterElement(raster, left, y, scale);
    y += raster.height * scale + BETWEEN;
  }
  return sheet(whole, y - BETWEEN + MARGIN, title ?? 'Clean, noisy and denoised images', body);
}

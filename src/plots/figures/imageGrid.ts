import { checkInteger, type Limits, type Numbers } from '../drawing/check.js';
import {
  checkedRange,
  checkImageSize,
  checkImages,
  enlarged,
  type ImageSize,
  mosaic,
} from '../drawing/mosaic.js';
import { rasterElement } from '../drawing/png.js';
import type { Raster } from '../drawing/raster.js';
import { fittedLabel, label, sheet, textWidth, titleHeight, titleLine, titleWidth } from '../drawing/svg.js';
import { MUTED } from '../drawing/theme.js';

/** Options of {@link imageGridPixels}. */
export interface ImageGridPixelsOptions extends ImageSize {
  /** [n, height, width, channels], from left to right, then from top to bottom. */
  images: Numbers;
  /** Images a row. Default: as many as make the sheet about square. */
  columns?: number;
  /** Whole number of pixels a side that one pixel of an image takes. Default: 2; of pixels alone, 1. */
  scale?: number;
  /** White space between images, in pixels of an image. */
  gap?: number;
  /** Values drawn black and white; what lies outside is drawn so too. Default: 0 and 1. */
  range?: Limits;
}

/** Options of {@link imageGrid}. */
export interface ImageGridOptions extends ImageGridPixelsOptions {
  /** A text left of each row. */
  rowLabels?: readonly string[];
  /** A text above each column; cut off where a column is too narrow. */
  columnLabels?: readonly string[];
  /** Written above the figure. */
  title?: string;
}

const MARGIN = 14;
const LABEL_SIZE = 11;

/** Checks the options; returns the sheet at one pixel a pixel, and its shape. */
function drawn(where: string, options: ImageGridPixelsOptions) {
  const { images, height, width, channels, gap = 1 } = options;
  const count = checkImages(where, 'images', images, checkImageSize(where, options));
  const { columns = Math.ceil(Math.sqrt(count)) } = options;
  checkInteger(where, 'columns', columns);
  checkInteger(where, 'gap', gap, 0);
  const range = checkedRange(where, 'range', options.range);
  const across = Math.min(columns, count);
  const rows = Math.ceil(count / across);
  const raster = mosaic({ height, width, channels }, { rows, columns: across, gap }, (row, column) => {
    const index = row * across + column;
    return index < count ? { images, index, range } : undefined;
  });
  return { raster, rows, columns: across, gap };
}

/**
 * A sheet of images as pixels, for a PNG file or a frame of a GIF. Values outside the range are clipped. Returns RGBA
 * bytes, each pixel of an image scale by scale of them; throws a RangeError where lengths do not match or a value is
 * not finite.
 */
export function imageGridPixels(options: ImageGridPixelsOptions): Raster {
  const where = 'imageGridPixels';
  const { scale = 1 } = options;
  checkInteger(where, 'scale', scale);
  return enlarged(drawn(where, options).raster, scale);
}

/**
 * Draws a sheet of images with square sharp pixels. Values outside the range are clipped. Returns an SVG document with
 * the pixels as one embedded PNG; throws a RangeError where lengths do not match or a value is not finite.
 */
export function imageGrid(options: ImageGridOptions): string {
  const where = 'imageGrid';
  const { height, width, scale = 2, rowLabels, columnLabels, title } = options;
  checkInteger(where, 'scale', scale);
  const { raster, rows, columns, gap } = drawn(where, options);
  checkLabels(where, 'rowLabels', rowLabels, rows);
  checkLabels(where, 'columnLabels', columnLabels, columns);
  const names = rowLabels ?? [];
  const reserve = Math.max(0, ...names.map((name) => Math.ceil(textWidth(name, LABEL_SIZE)) + 8));
  const left = MARGIN + reserve;
  const top = titleHeight(title) + (columnLabels ? 16 : 4);
  const whole = Math.max(left + raster.width * scale + MARGIN, titleWidth(title, MARGIN));
  const style = { size: LABEL_SIZE, fill: MUTED };
  let body = titleLine(title, MARGIN, whole);
  for (const [row, name] of names.entries()) {
    const middle = top + (row * (height + gap) + height / 2) * scale;
    body += label(left - 8, middle + 4, name, { ...style, anchor: 'end' });
  }
  for (const [column, name] of (columnLabels ?? []).entries()) {
    const middle = left + (column * (width + gap) + width / 2) * scale;
    body += fittedLabel(middle, top - 6, name, (width + gap) * scale, { ...style, anchor: 'middle' });
  }
  body += rasterElement(raster, left, top, scale);
  const name = title ?? `Images, ${rows} rows of ${columns}`;
  return sheet(whole, top + raster.height * scale + MARGIN, name, body);
}

function checkLabels(
  where: string,
  name: string,
  labels: readonly string[] | undefined,
  length: number,
): void {
  if (labels && labels.length !== length)
    throw new RangeError(`${where}: ${name} must have ${length} values, got ${labels.length}`);
}

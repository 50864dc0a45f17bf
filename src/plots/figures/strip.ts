import {
  checkInteger,
  checkLimits,
  checkNumbers,
  checkSize,
  type Limits,
  type Numbers,
} from '../drawing/check.js';
import { label, px, sheet, titleHeight, titleLine } from '../drawing/svg.js';
import { grey, RULE } from '../drawing/theme.js';
import { pixelPaths } from './image.js';

/** A row of {@link stripFigure}. */
export interface StripRow {
  /** Written to the left of the row. */
  name: string;
  /** Pictures from left to right, [height, width] each, row 0 on top. */
  pictures: readonly Numbers[];
  /** Values drawn black and white; what lies outside is drawn so too. Default: 0 and 1. */
  range?: Limits;
}

/** Options of {@link stripFigure}. */
export interface StripOptions {
  /** Size of every picture in its pixels. */
  height: number;
  /** Columns of a picture. */
  width: number;
  /** From top to bottom. */
  rows: readonly StripRow[];
  /** Written above the figure. */
  title?: string;
  /** Width of one picture in pixels of the figure. */
  side?: number;
}

const LEFT = 14;
const GAP = 3;
const BLACK_TO_WHITE: Limits = [0, 1];
const CAPTION = 20;

/**
 * Draws rows of small pictures one above the other, a column a step: noisy ones above, denoised ones below. Returns an
 * SVG document; throws a RangeError where lengths do not match or a value is not finite.
 */
export function stripFigure(options: StripOptions): string {
  const where = 'stripFigure';
  const { height, width, rows, title, side = 40 } = options;
  checkInteger(where, 'height', height);
  checkInteger(where, 'width', width);
  checkSize(where, 'side', side);
  if (!(rows?.length > 0)) throw new RangeError(`${where}: rows must hold at least one row`);
  const most = Math.max(1, ...rows.map(({ pictures }) => pictures.length));
  const scale = side / width;
  const high = height * scale;
  const whole = LEFT + most * (side + GAP) - GAP + LEFT;
  let y = titleHeight(title);
  let body = titleLine(title, LEFT, whole);
  for (const [i, { name, pictures, range = BLACK_TO_WHITE }] of rows.entries()) {
    checkLimits(where, `rows[${i}].range`, range);
    body += label(LEFT, y + 13, name, { size: 12, weight: 600 });
    y += CAPTION;
    for (const [k, values] of pictures.entries()) {
      checkNumbers(where, `rows[${i}].pictures[${k}]`, values, height * width);
      const x = LEFT + k * (side + GAP);
      const picture = { title: '', height, width, values };
      body +=
        `<g transform="translate(${px(x)},${px(y)}) scale(${Number(scale.toFixed(4))})" shape-rendering="crispEdges">` +
        `${pixelPaths(picture, range[0], range[1], grey)}</g>` +
        `<rect x="${px(x)}" y="${px(y)}" width="${px(side)}" height="${px(high)}" fill="none" stroke="${RULE}"/>`;
    }
    y += high + 8;
  }
  return sheet(whole, y + 6, title ?? rows.map(({ name }) => name).join('; '), body);
}

import { label, px, sheet, titleHeight, titleLine } from '../drawing/svg.js';
import { MUTED } from '../drawing/theme.js';

export interface StackedOptions {
  /** SVG documents that other figures of this module returned, from top to bottom. */
  figures: readonly string[];
  title?: string;
  /** A line of small text below them all. */
  caption?: string;
}

const MARGIN = 14;
const CAPTION = 26;
const SIZE = /^<svg [^>]*width="(\d+)" height="(\d+)"/;

/** Puts figures one below another on one sheet, each in the middle. Returns an SVG document; throws a RangeError for what is no figure. */
export function stackedFigures({ figures, title, caption }: StackedOptions): string {
  if (!(figures?.length > 0)) throw new RangeError('stackedFigures: figures must hold at least one figure');
  const sizes = figures.map((svg, i) => {
    const found = SIZE.exec(svg);
    if (!found) throw new RangeError(`stackedFigures: figures[${i}] must be an SVG document of a figure`);
    return { width: Number(found[1]), height: Number(found[2]) };
  });
  const whole = Math.max(...sizes.map(({ width }) => width));
  let y = title ? titleHeight(title) : 0;
  let body = titleLine(title, MARGIN, whole);
  for (const [i, { width, height }] of sizes.entries()) {
    body += `<g transform="translate(${px((whole - width) / 2)},${px(y)})">${figures[i]}</g>`;
    y += height;
  }
  if (caption) {
    body += label(MARGIN, y + 12, caption, { size: 11, fill: MUTED });
    y += CAPTION;
  }
  return sheet(whole, y, title ?? 'Figures', body);
}

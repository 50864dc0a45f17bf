import { label, px, sheet, titleHeight, titleLine } from '../drawing/svg.js';
import { MUTED } from '../drawing/theme.js';

const SIZE = /^<svg xmlns="[^"]*" width="([\d.]+)" height="([\d.]+)"/;

/** Options of {@link stackFigures}. */
export interface StackOptions {
  /** Written above the figure. */
  title?: string;
  /** A line of small text below them all. */
  caption?: string;
}

/** Height of the caption, pixels. */
const CAPTION = 26;

/**
 * Puts figures of this library one below the other into one, each at its own size. Returns an SVG document; throws a RangeError
 * where there is none, or one that is no such figure.
 *
 * @param figures SVG documents, from top to bottom
 */
export function stackFigures(figures: readonly string[], { title, caption }: StackOptions = {}): string {
  if (!(figures?.length > 0))
    throw new RangeError('stackFigures: figures must hold at least one figure, got none');
  const top = title ? titleHeight(title) : 0;
  let [width, y, body] = [0, top, ''];
  for (const [i, figure] of figures.entries()) {
    const size = SIZE.exec(figure);
    if (!size)
      throw new RangeError(
        `stackFigures: figures[${i}] must be an SVG document of this library, got another`,
      );
    const [w, h] = [Number(size[1]), Number(size[2])];
    const inside = figure.replace(/<title>.*?<\/title>/, '').replace(/ role="img"/, ' aria-hidden="true"');
    body += inside.replace(/^<svg xmlns="[^"]*"/, `<svg x="0" y="${px(y)}"`);
    width = Math.max(width, w);
    y += h;
  }
  if (caption) {
    body += label(14, y + 12, caption, { size: 11, fill: MUTED });
    y += CAPTION;
  }
  return sheet(width, y, title ?? titlesOf(figures), titleLine(title, 14, width) + body);
}

const titlesOf = (figures: readonly string[]) =>
  figures.map((figure) => /<title>(.*?)<\/title>/.exec(figure)?.[1] ?? '').join('; ');

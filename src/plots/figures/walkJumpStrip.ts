import { checkInteger, checkNumbers, type Numbers } from '../drawing/check.js';
import { checkChainsOfImages, type ImageChains } from '../drawing/imageChains.js';
import { mosaic } from '../drawing/mosaic.js';
import { rasterElement } from '../drawing/png.js';
import { label, sheet, textWidth, titleHeight, titleLine, titleWidth } from '../drawing/svg.js';
import { INK, MUTED } from '../drawing/theme.js';

/** Options of {@link walkJumpStrip}. */
export interface WalkJumpStripOptions extends ImageChains {
  /** Number of the step that each image was kept at, [T], written left of each double row. */
  steps: Numbers;
  /** Images a row. */
  columns?: number;
  /** Written above the figure. */
  title?: string;
}

const MARGIN = 14;
/** Pixels between one double row and the next. */
const BETWEEN = 8;
const CAPTION = 22;
const LABEL_SIZE = 11;

/**
 * Draws walks through noisy images with the jump from each to a clean one below it, in as many double rows as hold all
 * steps, one chain below another. Values outside 0 and 1 (of the walk, outside walkRange) are clipped. Returns an SVG
 * document; throws a RangeError where lengths do not match or a value is not finite.
 */
export function walkJumpStrip(options: WalkJumpStripOptions): string {
  const where = 'walkJumpStrip';
  const { height, width, channels, steps, columns = 20, title } = options;
  const { length, chains, scale, gap, walkAt, jumpAt } = checkChainsOfImages(where, options);
  checkNumbers(where, 'steps', steps, length);
  checkInteger(where, 'columns', columns);
  const across = Math.min(columns, length);
  const starts = Array.from({ length: Math.ceil(length / across) }, (_, i) => i * across);
  const names = starts.map((from) => stretch(steps[from], steps[Math.min(from + across, length) - 1]));
  const left = MARGIN + Math.ceil(Math.max(...names.map((name) => textWidth(name, LABEL_SIZE)))) + 8;
  const key = 'above: walk, noisy y; below: jump, x̂(y); at the left: steps';
  const room = Math.max(textWidth(key, LABEL_SIZE) + 2 * MARGIN, titleWidth(title, MARGIN));
  const whole = Math.max(left + (across * (width + gap) - gap) * scale + MARGIN, room);
  let y = titleHeight(title);
  let body = titleLine(title, MARGIN, whole) + label(MARGIN, y + 10, key, { size: LABEL_SIZE, fill: MUTED });
  y += CAPTION;
  for (let chain = 0; chain < chains; chain++) {
    if (chains > 1) {
      if (chain > 0) y += BETWEEN;
      body += label(MARGIN, y + 12, `chain ${chain}`, { weight: 600, fill: INK });
      y += CAPTION;
    }
    for (const [i, from] of starts.entries()) {
      const raster = mosaic({ height, width, channels }, { rows: 2, columns: across, gap }, (row, column) => {
        const t = from + column;
        if (t >= length) return undefined;
        return row === 0 ? walkAt(t, chain) : jumpAt(t, chain);
      });
      const high = raster.height * scale;
      const style = { size: LABEL_SIZE, fill: MUTED, anchor: 'end' } as const;
      body += label(left - 8, y + high / 2 + 4, names[i], style) + rasterElement(raster, left, y, scale);
      y += high + BETWEEN;
    }
  }
  return sheet(whole, y - BETWEEN + MARGIN, title ?? 'Walk and jump', body);
}

/** The first and the last step of a row, or one number for both. */
function stretch(first: number, last: number): string {
  const [from, to] = [first, last].map((step) => step.toLocaleString('en-US'));
  return from === to ? from : `${from}\u2013${to}`;
}

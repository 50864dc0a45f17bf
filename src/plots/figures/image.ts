import { BAR_WIDTH, colourBar } from '../drawing/bar.js';
import {
  checkInteger,
  checkLimits,
  checkNumbers,
  checkSize,
  checkWord,
  type Limits,
  type Numbers,
} from '../drawing/check.js';
import { extent } from '../drawing/numbers.js';
import { fittedLabel, label, placed, px, sheet, titleHeight, titleLine } from '../drawing/svg.js';
import { grey, MUTED, RULE, viridis } from '../drawing/theme.js';

/** One picture of {@link imageFigure}. */
export interface Picture {
  /** Written above it. */
  title: string;
  /** Rows. */
  height: number;
  /** Columns. */
  width: number;
  /** [height, width], row 0 on top. */
  values: Numbers;
  /** What stands below it. Default: its width and height in pixels. */
  caption?: string;
  /** Values drawn darkest and lightest, and those beyond them too; by default zero (or the least, if negative) and the largest. */
  range?: Limits;
}

/** Options of {@link imageFigure}. */
export interface ImageOptions {
  /** From left to right. */
  pictures: readonly Picture[];
  /** Written above the figure. */
  title?: string;
  /** True: a colour bar beside each picture. The name of a quantity: all pictures on one scale, with one bar of that name. */
  colourBar?: boolean | string;
  /** Colours from the least value to the largest. */
  scheme?: 'grey' | 'viridis';
  /** Side in pixels of the square each picture is fitted into. */
  side?: number;
}

/** Number of shades; each is drawn as one path. */
const SHADES = 256;

/**
 * Draws pictures side by side in frames of equal size, with square sharp pixels, whatever their resolutions.
 * Each has its own scale from black to white unless it names a range or all share one. Returns an SVG document; throws a
 * RangeError where lengths do not match or a value is not finite.
 */
export function imageFigure(options: ImageOptions): string {
  const where = 'imageFigure';
  const { pictures, title, colourBar: bars = false, scheme = 'grey', side = 260 } = options;
  checkWord(where, 'scheme', scheme, ['grey', 'viridis']);
  checkSize(where, 'side', side);
  if (!(pictures?.length > 0)) throw new RangeError(`${where}: pictures must hold at least one picture`);
  for (const [i, { height, width, values, range }] of pictures.entries()) {
    checkInteger(where, `pictures[${i}].height`, height);
    checkInteger(where, `pictures[${i}].width`, width);
    checkNumbers(where, `pictures[${i}].values`, values, height * width);
    if (range) checkLimits(where, `pictures[${i}].range`, range);
  }
  const colour = scheme === 'grey' ? grey : viridis;
  const shared = typeof bars === 'string' ? commonRange(pictures) : undefined;
  const [left, gap, caption] = [14, 20, 20];
  const top = titleHeight(title) + caption;
  const step = side + gap + (bars === true ? BAR_WIDTH : 0);
  let body = '';
  const addBar = (x: number, [low, high]: Limits, of: readonly Picture[], name?: string) => {
    const bands = Array.from({ length: 64 }, (_, k) => ({
      low: low + ((high - low) * k) / 64,
      high: low + ((high - low) * (k + 1)) / 64,
      fill: colour((k + 0.5) / 64),
    }));
    body += placed(
      x + side + 8,
      top,
      colourBar({ bands, height: side, beyond: of.some(({ values }) => extent(values)[1] > high), name }),
    );
  };
  for (const [i, picture] of pictures.entries()) {
    const x = left + i * step;
    const scale = side / Math.max(picture.height, picture.width);
    const [w, h] = [picture.width * scale, picture.height * scale];
    // A picture that is not square is centred in its square.
    const [x0, y0] = [x + (side - w) / 2, top + (side - h) / 2];
    const [low, high] = shared ?? picture.range ?? shownRange(picture.values);
    body += fittedLabel(x, top - 8, picture.title, side, { size: 12, weight: 600 });
    body += `<g transform="translate(${px(x0)},${px(y0)}) scale(${px4(scale)})" shape-rendering="crispEdges">`;
    body += `${pixelPaths(picture, low, high, colour)}</g>`;
    body += `<rect x="${px(x0)}" y="${px(y0)}" width="${px(w)}" height="${px(h)}" fill="none" stroke="${RULE}"/>`;
    const size = picture.caption ?? `${picture.width} \u00d7 ${picture.height} pixels`;
    body += label(x, top + side + 17, size, { size: 11, fill: MUTED });
    if (bars === true) addBar(x, [low, high], [picture]);
  }
  if (shared) addBar(left + (pictures.length - 1) * step, shared, pictures, bars as string);
  const width = left + pictures.length * step - gap + 14 + (shared ? BAR_WIDTH : 0);
  const name = title ?? pictures.map((p) => p.title).join('; ');
  return sheet(width, top + side + 28, name, titleLine(title, left, width) + body);
}

const px4 = (v: number): string => String(Number(v.toFixed(4)));

/** The range that holds all pictures. */
function commonRange(pictures: readonly Picture[]): [number, number] {
  const ranges = pictures.map(({ values, range }) => range ?? shownRange(values));
  return [Math.min(...ranges.map(([low]) => low)), Math.max(...ranges.map(([, high]) => high))];
}

function shownRange(values: Numbers): [number, number] {
  const [low, high] = extent(values);
  return [Math.min(0, low), high];
}

/** The picture in units of its pixels: one path per shade, made of stretches of equal pixels in a row. */
export function pixelPaths(
  { height, width, values }: Picture,
  low: number,
  high: number,
  colour: (t: number) => string,
): string {
  const shadeOf = (i: number) => {
    const t = high > low ? (values[i] - low) / (high - low) : 0;
    return Math.round(Math.min(1, Math.max(0, t)) * (SHADES - 1));
  };
  const counts = new Map<number, number>();
  for (let i = 0; i < height * width; i++) counts.set(shadeOf(i), (counts.get(shadeOf(i)) ?? 0) + 1);
  // The most frequent shade is drawn as the background, which keeps mostly black pictures small.
  const [ground] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a));
  const paths = new Map<number, string>();
  for (let row = 0; row < height; row++) {
    for (let from = 0; from < width; ) {
      const shade = shadeOf(row * width + from);
      let to = from + 1;
      while (to < width && shadeOf(row * width + to) === shade) to++;
      if (shade !== ground) {
        paths.set(shade, `${paths.get(shade) ?? ''}M${from},${row}h${to - from}v1h${from - to}z`);
      }
      from = to;
    }
  }
  const fill = (shade: number) => colour(shade / (SHADES - 1));
  let body = `<rect width="${width}" height="${height}" fill="${fill(ground)}"/>`;
  for (const shade of [...paths.keys()].sort((a, b) => a - b)) {
    body += `<path d="${paths.get(shade)}" fill="${fill(shade)}"/>`;
  }
  return body;
}

import { checkInteger, checkSize } from '../drawing/check.js';
import { type Raster, toRgba } from '../drawing/raster.js';
import { label, sheet, textWidth } from '../drawing/svg.js';
import { MUTED } from '../drawing/theme.js';
import { backdrop, checkPath, type PathOptions, pathLines } from './path.js';

/** A picture in two layers of equal size; the background is the same string in every frame. */
export interface LayeredFrame {
  /** An SVG document that all frames share. */
  readonly background: string;
  /** SVG without paper, to be laid over the background. */
  readonly overlay: string;
}
/** A frame of a moving picture: an SVG document, two layers, or pixels. */
export type Frame = string | LayeredFrame | Raster;

/** Options of {@link pathFrames}. */
export interface PathFramesOptions extends PathOptions {
  /** Steps from one frame to the next. */
  every?: number;
}

/**
 * The moving picture of paths growing over the density's contours: yields a frame every `every` steps, the last
 * one with the whole paths. The contours are drawn once. Throws a RangeError as pathFigure does.
 */
export function* pathFrames(options: PathFramesOptions): Generator<LayeredFrame> {
  const { paths, every = 1 } = options;
  const plane = checkPath('pathFrames', options);
  checkInteger('pathFrames', 'every', every);
  const most = Math.max(...paths.map((path) => path.length / 2));
  const reserve = textWidth(`${most} of ${most}`, 11);
  const still = backdrop(plane, options, { latest: 'now', reserve });
  const { width, height, panel } = still;
  const background = sheet(width, height, still.name, still.body);
  const [w, h] = [Math.ceil(width), Math.ceil(height)];
  const open = `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" font-family="Inter, system-ui, sans-serif">`;
  for (let steps = 1; ; steps = Math.min(most, steps + every)) {
    const counter = label(panel.frame.left + panel.frame.width, height - 10, `${steps} of ${most}`, {
      size: 11,
      anchor: 'end',
      fill: MUTED,
    });
    yield { background, overlay: `${open}${pathLines(still, paths, steps)}${counter}</svg>` };
    if (steps === most) return;
  }
}

/**
 * Joins the two layers of a frame into one SVG document.
 *
 * @param frame of {@link pathFrames} or {@link pointFrames}
 */
export function flattenFrame({ background, overlay }: LayeredFrame): string {
  return background.replace(/<\/svg>$/, `${overlay}</svg>`);
}

/**
 * Draws frames as pixels, one at a time; a background shared by several frames is drawn once. width in pixels
 * (default: the SVG's own).
 *
 * @param frames SVG documents, or layers of one
 * @param options width in pixels (default: the SVG's own); signal to stop early
 */
export async function* rasterFrames(
  frames: Iterable<Frame> | AsyncIterable<Frame>,
  { width, signal }: { width?: number; signal?: AbortSignal } = {},
): AsyncGenerator<Raster> {
  if (width !== undefined) checkSize('rasterFrames', 'width', width);
  let shown: { svg: string; raster: Raster } | undefined;
  for await (const frame of frames) {
    signal?.throwIfAborted();
    if (typeof frame === 'string') {
      yield await toRgba(frame, { width });
    } else if ('overlay' in frame) {
      if (shown?.svg !== frame.background) {
        shown = { svg: frame.background, raster: await toRgba(frame.background, { width }) };
      }
      yield over(await toRgba(frame.overlay, { width }), shown.raster);
    } else {
      yield frame;
    }
  }
}

/** Lays `front` over an opaque `back`. */
function over(front: Raster, back: Raster): Raster {
  const pixels = back.pixels.slice();
  for (let i = 0; i < pixels.length; i += 4) {
    const alpha = front.pixels[i + 3];
    if (alpha === 0) continue;
    for (let k = i; k < i + 3; k++) pixels[k] += Math.round(((front.pixels[k] - pixels[k]) * alpha) / 255);
  }
  return { width: back.width, height: back.height, pixels };
}

import * as gifencModule from 'gifenc';
import { checkSize } from '../drawing/check.js';
import { type Frame, rasterFrames } from './frames.js';

// Node sees the package's CommonJS file, where everything hangs on the default export; bundlers see its module
type Gifenc = typeof gifencModule;
const { GIFEncoder, applyPalette, quantize } =
  'GIFEncoder' in gifencModule ? gifencModule : (gifencModule as { default: Gifenc }).default;

/** Options of {@link toGif}. */
export interface GifOptions {
  /** Width in pixels; frames given as pixels keep their own. */
  width?: number;
  /** How long a frame stays, milliseconds; the format counts in tens. */
  delayMs?: number;
  /** How long the last frame stays before the picture starts again. */
  lastDelayMs?: number;
  /** Stops the encoding when aborted: the promise is rejected with its reason. */
  signal?: AbortSignal;
}

/** Most frames that the palette is made from. */
const SAMPLED = 5;
/** Colours of the palette; the 256th index means "as in the frame before". */
const COLOURS = 255;

/**
 * Encodes frames as an endless GIF with one palette. Only what changed from the frame before is stored, which
 * keeps a thin growing line small. Throws a RangeError without frames, for frames of unequal size, and for a
 * width or delay not above 0; rejects with the signal's reason when aborted.
 *
 * @param frames pixels or SVG documents, all of one size
 */
export async function toGif(
  frames: Iterable<Frame> | AsyncIterable<Frame>,
  { width, delayMs = 100, lastDelayMs = delayMs, signal }: GifOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  checkSize('toGif', 'delayMs', delayMs);
  checkSize('toGif', 'lastDelayMs', lastDelayMs);
  const all: Frame[] = [];
  for await (const frame of frames) all.push(frame);
  if (all.length === 0) throw new RangeError('toGif: frames must hold at least one frame, got 0');

  const last = all.length - 1;
  const picked = new Set(Array.from({ length: SAMPLED }, (_, i) => Math.round((i * last) / (SAMPLED - 1))));
  const samples: Uint8Array[] = [];
  const raster = { width, signal };
  for await (const { pixels } of rasterFrames(
    [...picked].map((i) => all[i]),
    raster,
  ))
    samples.push(pixels);
  const palette = quantize(joined(samples), COLOURS, { format: 'rgb565' });
  restoreWhite(palette);
  const unchanged = palette.length;
  palette.push([255, 255, 255]);

  const gif = GIFEncoder();
  let before: Uint8Array | undefined;
  let size = '';
  let at = 0;
  for await (const { width: w, height: h, pixels } of rasterFrames(all, raster)) {
    size ||= `${w}x${h}`;
    if (size !== `${w}x${h}`) throw new RangeError(`toGif: frames must all be ${size} pixels, got ${w}x${h}`);
    const index = applyPalette(pixels, palette.slice(0, unchanged));
    const written = index.slice();
    if (before) for (let i = 0; i < index.length; i++) if (index[i] === before[i]) written[i] = unchanged;
    gif.writeFrame(written, w, h, {
      palette: before ? undefined : palette,
      transparent: before !== undefined,
      transparentIndex: unchanged,
      delay: at === last ? lastDelayMs : delayMs,
      dispose: 1, // leave the frame in place: the next one is drawn over it
    });
    before = index;
    at++;
  }
  gif.finish();
  return gif.bytes();
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

/** Averaging near-white edges greys the paper a little; make its entry pure white again. */
function restoreWhite(palette: number[][]): void {
  const darkness = (colour: number[]) => 765 - colour[0] - colour[1] - colour[2];
  let best = 0;
  for (const i of palette.keys()) if (darkness(palette[i]) < darkness(palette[best])) best = i;
  if (darkness(palette[best]) < 24) palette[best] = [255, 255, 255];
}

import { encode } from 'fast-png';
import type { Raster } from './raster.js';
import { px } from './svg.js';

/**
 * The bytes of a PNG file with exactly these pixels: grey, RGB or RGBA of 8 bits, whichever suffices.
 *
 * @param raster RGBA pixels
 */
export function encodePng({ width, height, pixels }: Raster): Uint8Array {
  let [isOpaque, isGrey] = [true, true];
  for (let i = 0; i < pixels.length; i += 4) {
    if (pixels[i + 3] !== 255) isOpaque = false;
    if (pixels[i] !== pixels[i + 1] || pixels[i] !== pixels[i + 2]) isGrey = false;
  }
  const channels = !isOpaque ? 4 : isGrey ? 1 : 3;
  const data = new Uint8Array(width * height * channels);
  for (let from = 0, to = 0; from < pixels.length; from += 4) {
    for (let c = 0; c < channels; c++) data[to++] = pixels[from + c];
  }
  return encode({ width, height, data, channels, depth: 8 });
}

/** Bytes a call of String.fromCharCode, which takes them as arguments. */
const CHUNK = 2 ** 15;

/**
 * An SVG element with these pixels, each a sharp square of `scale` units, the top left corner at (x, y). Pixels of a
 * batch of images are too many for a path a shade, as imageFigure has them.
 */
export function rasterElement(raster: Raster, x: number, y: number, scale: number): string {
  const png = encodePng(raster);
  let binary = '';
  for (let at = 0; at < png.length; at += CHUNK) {
    binary += String.fromCharCode(...png.subarray(at, at + CHUNK));
  }
  const size = `width="${px(raster.width * scale)}" height="${px(raster.height * scale)}"`;
  // resvg knows optimizeSpeed alone, and drops it for a style whose value it does not know; Chromium is sharp by
  // `pixelated` alone. Names of properties have no case in CSS, but resvg passes over a name in capitals.
  const sharp = 'image-rendering="optimizeSpeed" style="IMAGE-RENDERING:pixelated"';
  return (
    `<image x="${px(x)}" y="${px(y)}" ${size} preserveAspectRatio="none" ${sharp} ` +
    `href="data:image/png;base64,${btoa(binary)}"/>`
  );
}

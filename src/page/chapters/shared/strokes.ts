// What the pen and the eraser do to a picture.
import type { GreyImage } from '../../../index.js';

/** A place of a picture in pixels: [row, column], fractions allowed. */
export type Pixel = readonly [number, number];

/** Width of a stroke's fading edge in pixels. */
const FADE = 1;

/**
 * Draws a line of light between two places; an eraser takes light away. Intensities stay multiples of 1 / 255.
 * @param radius of the pen in pixels
 */
export function stroked(
  image: GreyImage,
  from: Pixel,
  to: Pixel,
  { radius, isEraser }: { radius: number; isEraser: boolean },
): GreyImage {
  const pixels = image.pixels.slice();
  const [dr, dc] = [to[0] - from[0], to[1] - from[1]];
  for (let i = 0; i < pixels.length; i++) {
    const [r, c] = [Math.floor(i / image.width) - from[0], (i % image.width) - from[1]];
    const t = Math.min(1, Math.max(0, (r * dr + c * dc) / (dr * dr + dc * dc || 1)));
    const share = Math.min(1, Math.max(0, (radius + FADE - Math.hypot(r - t * dr, c - t * dc)) / FADE));
    const light = Math.round(255 * share) / 255;
    pixels[i] = isEraser ? Math.min(pixels[i], 1 - light) : Math.max(pixels[i], light);
  }
  return lit({ ...image, pixels });
}

/** The picture, or with one faint pixel in its middle if it is black: a black picture is no distribution. */
function lit(image: GreyImage): GreyImage {
  const { height, width, pixels } = image;
  if (!pixels.some((value) => value > 0)) pixels[(height >> 1) * width + (width >> 1)] = 1 / 255;
  return image;
}

/** An empty sheet of side x side pixels. */
export const emptySheet = (side: number): GreyImage =>
  lit({ height: side, width: side, pixels: new Float32Array(side * side) });

/** Light and dark the other way round. */
export const inverted = (image: GreyImage): GreyImage =>
  lit({ ...image, pixels: image.pixels.map((value) => Math.round(255 * (1 - value)) / 255) });

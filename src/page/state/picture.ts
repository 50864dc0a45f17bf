// The picture of the state, as a link carries it.

import { builtInImages } from '../../data/builtIn.js';
import type { GreyImage } from '../../data/image.js';
import type { Field } from './fieldKinds.js';

/** A picture: the name of a built-in one, or pixels that are multiples of 1 / 255. */
export type Picture = (typeof builtInImages)[number] | GreyImage;

/** A picture in a link: its name, or its size and pixels. */
export const picture: Field<Picture> = {
  initial: 'five',
  read(text) {
    const name = builtInImages.find((candidate) => candidate === text);
    return name ?? readPixels(text);
  },
  write: (value) => (typeof value === 'string' ? value : writePixels(value)),
};

/** Writes height.width.pixels. Pixels are bytes in hexadecimal; n zero bytes in a row are "z", n in base 36, and a dot. */
function writePixels({ height, width, pixels }: GreyImage): string {
  const hex = Array.from(pixels, (value) =>
    Math.round(255 * value)
      .toString(16)
      .padStart(2, '0'),
  );
  const runs = hex.join(' ').replace(/00(?: 00)*/g, (run) => `z${((run.length + 1) / 3).toString(36)}.`);
  return `${height}.${width}.${runs.replaceAll(' ', '')}`;
}

function readPixels(text: string): GreyImage | undefined {
  const [, high, wide, runs] = /^(\d+)\.(\d+)\.([0-9a-z.]+)$/.exec(text) ?? [];
  const [height, width] = [Number(high), Number(wide)];
  if (!(height >= 2 && height <= 64 && width >= 2 && width <= 64)) return undefined;
  const hex = runs.replace(/z([0-9a-z]+)\./g, (_, n) => '00'.repeat(Math.min(4096, Number.parseInt(n, 36))));
  const bytes = hex.match(/[0-9a-f]{2}/g) ?? [];
  if (bytes.length !== height * width || hex.length !== 2 * bytes.length) return undefined;
  // A black picture is not a distribution.
  if (!/[1-9a-f]/.test(hex)) return undefined;
  return { height, width, pixels: Float32Array.from(bytes, (byte) => Number.parseInt(byte, 16) / 255) };
}

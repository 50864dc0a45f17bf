// Decoding in a page or a worker, by the browser itself: the same interface as decode.ts.
import type { Pixels } from './pixels.js';
import { type Png, plainPng } from './png.js';

/** Decodes to 8 bits a channel, since a canvas has no more; rejects with the browser's own reason. */
async function decode(bytes: Uint8Array, type: string): Promise<Pixels> {
  // slice: a Blob takes no view of a SharedArrayBuffer
  const blob = new Blob([bytes.slice()], { type: `image/${type}` });
  const bitmap = await createImageBitmap(blob, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
  try {
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    if (!context) {
      throw new Error('the browser gives no 2d canvas');
    }
    context.drawImage(bitmap, 0, 0);
    return { width, height, data: context.getImageData(0, 0, width, height).data, max: 255 };
  } finally {
    bitmap.close();
  }
}

/** Decodes a PNG file, without what may make the browser refuse it. */
export const decodePng = (png: Png): Promise<Pixels> => decode(plainPng(png), 'png');

/** Decodes a JPEG file of one or three components, as it is stored: its orientation has been taken out. */
export const decodeJpeg = (bytes: Uint8Array): Promise<Pixels> => decode(bytes, 'jpeg');

/** Decodes a file of another `type`, such as webp, as browsers do. */
export const decodeOther = (bytes: Uint8Array, type: string, _kind: string): Promise<Pixels> =>
  decode(bytes, type);

// Decoding in a page or a worker, by the browser itself: the same interface as decode.ts.
import type { ImageType, Pixels } from './pixels.js';

/**
 * Decodes the bytes of a PNG or JPEG file to 8 bits a channel (a canvas has no more); rejects with the browser's own
 * reason. The stored values are taken as they are, without a colour profile, and turned as the Exif orientation asks.
 */
export async function decodePixels(bytes: Uint8Array, type: ImageType): Promise<Pixels> {
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

import { crc32 } from '../formats/crc32.js';
import { UnsupportedImage } from './pixels.js';

// A larger picture would be a point set of gigabytes; it is refused before anything is unpacked.
export const MAX_PIXELS = 100e6;

/**
 * Throws when a PNG file does not run from its header to its end in whole chunks with right checksums, or has no
 * pixels or too many. Decoders differ: fast-png and Chromium refuse a truncated file, Firefox shows what there is.
 */
export function checkPng(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Length, type, data, checksum of type and data (PNG, 5.3).
  for (let offset = 8; ; ) {
    const dataLength = offset + 12 <= bytes.length ? view.getUint32(offset) : Infinity;
    const end = offset + 12 + dataLength;
    if (end > bytes.length) {
      throw new Error(`it ends within the chunk at byte ${offset}`);
    }
    if (crc32(bytes.subarray(offset + 4, end - 4)) !== view.getUint32(end - 4)) {
      throw new Error(`wrong checksum of the chunk at byte ${offset}`);
    }
    if (view.getUint32(offset + 4) === 0x49454e44) break; // IEND
    offset = end;
  }
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  if (width === 0 || height === 0 || width * height > MAX_PIXELS) {
    throw new UnsupportedImage(
      `must have 1 to ${MAX_PIXELS} pixels, got ${width} x ${height}: scale it down or save it again`,
    );
  }
}

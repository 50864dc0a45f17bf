import type { Pixels } from './pixels.js';

// Exif 2.32, 4.6.4: tag 0x0112 says where row 0 and column 0 of the stored picture belong.
const ORIENTATION = 0x0112;

/** The orientation, 1 to 8, in a TIFF structure (the payload of an Exif segment); 1 when there is none. */
function tiffOrientation(tiff: DataView): number {
  const littleEndian = tiff.getUint16(0) === 0x4949;
  const directory = tiff.getUint32(4, littleEndian);
  const entries = tiff.getUint16(directory, littleEndian);
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + 12 * i;
    if (tiff.getUint16(entry, littleEndian) === ORIENTATION) {
      const value = tiff.getUint16(entry + 8, littleEndian);
      return value >= 1 && value <= 8 ? value : 1;
    }
  }
  return 1;
}

/** The orientation, 1 to 8, of an Exif segment's data; 1 (as stored) when it has none or is broken: viewers show it as it is. */
export function exifOrientation(exif: Uint8Array): number {
  try {
    return tiffOrientation(new DataView(exif.buffer, exif.byteOffset + 6, exif.length - 6));
  } catch (error) {
    // An offset beyond the segment.
    if (error instanceof RangeError) return 1;
    throw error;
  }
}

/** `pixels` turned and mirrored the way the Exif `orientation` (1 to 8) asks. */
export function orient(pixels: Pixels, orientation: number): Pixels {
  if (orientation === 1) {
    return pixels;
  }
  const { height: storedHeight, width: storedWidth } = pixels;
  // 5 to 8 exchange rows and columns; then the vertical or horizontal axis may be mirrored.
  const exchanged = orientation >= 5;
  const height = exchanged ? storedWidth : storedHeight;
  const width = exchanged ? storedHeight : storedWidth;
  const flipRows = [3, 4, 7, 8].includes(orientation);
  const flipColumns = [2, 3, 6, 7].includes(orientation);
  const data = pixels.data.slice();
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const r = flipRows ? height - 1 - row : row;
      const c = flipColumns ? width - 1 - column : column;
      const from = 4 * (exchanged ? c * storedWidth + r : r * storedWidth + c);
      const to = 4 * (row * width + column);
      for (let channel = 0; channel < 4; channel++) {
        data[to + channel] = pixels.data[from + channel];
      }
    }
  }
  return { ...pixels, height, width, data };
}

/** Decoded pixels: `data` [height, width, 4] are red, green, blue and alpha from 0 to `max`, not premultiplied. */
export interface Pixels {
  readonly height: number;
  readonly width: number;
  readonly data: Uint8Array | Uint8ClampedArray | Uint16Array;
  readonly max: 255 | 65535;
}

/** A larger picture would be a point set of gigabytes; it is refused before anything is unpacked. */
const MAX_PIXELS = 100e6;

/** A picture that is whole but that we do not take; the message says what to do, and follows the name of the file. */
export class UnsupportedImage extends Error {}

/** @throws UnsupportedImage for a picture without pixels or of too many */
export function checkSize(width: number, height: number): void {
  if (width === 0 || height === 0 || width * height > MAX_PIXELS) {
    throw new UnsupportedImage(
      `must have 1 to ${MAX_PIXELS} pixels, got ${width} x ${height}: scale it down or save it again`,
    );
  }
}

/** Decoded pixels: `data` [height, width, 4] are red, green, blue and alpha from 0 to `max`, not premultiplied. */
export interface Pixels {
  readonly height: number;
  readonly width: number;
  readonly data: Uint8Array | Uint8ClampedArray | Uint16Array;
  readonly max: 255 | 65535;
}

export type ImageType = 'png' | 'jpeg';

/** A picture that is whole but that we do not take; the message says what to do, and follows the name of the file. */
export class UnsupportedImage extends Error {}

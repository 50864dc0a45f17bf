import type { GreyImage } from '../data/image.js';
import { reason } from '../formats/reason.js';
import { decodePixels } from './decode.js';
import { type ImageType, type Pixels, UnsupportedImage } from './pixels.js';
import { checkPng } from './png.js';

export { fitImages } from './fit.js';

export interface DecodeImageOptions {
  /** Take dark as dense: 1 - intensity, for dark ink on white paper. Default: false, bright is dense. */
  invert?: boolean;
  /** What errors call the file. */
  name?: string;
}

/** A picture in colour: `pixels` [height, width, 3] are red, green and blue in [0, 1], row 0 on top. */
export interface ColourImage {
  readonly height: number;
  readonly width: number;
  readonly channels: 3;
  readonly pixels: Float32Array;
}

const SIGNATURES: Record<ImageType, number[]> = {
  png: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
  jpeg: [0xff, 0xd8, 0xff],
};

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');

/** What a decoder says of a file it cannot read, but for the innards of the decoder itself. */
function complaint(error: unknown): string {
  return error instanceof TypeError || error instanceof RangeError ? '' : ` (${reason(error)})`;
}

/** Intensities in [0, 1]: luma over white, or its complement. */
function toGrey({ height, width, data, max }: Pixels, invert: boolean): GreyImage {
  const pixels = new Float32Array(height * width);
  for (let i = 0; i < pixels.length; i++) {
    const [red, green, blue, alpha] = [data[4 * i], data[4 * i + 1], data[4 * i + 2], data[4 * i + 3]];
    // Rec. 709, on the stored values; grey stays exactly what it is, so that a grey file gives byte / 255.
    const isGrey = red === green && green === blue;
    const luma = (isGrey ? red : 0.2126 * red + 0.7152 * green + 0.0722 * blue) / max;
    const opacity = alpha / max;
    const intensity = opacity * luma + (1 - opacity);
    pixels[i] = invert ? 1 - intensity : intensity;
  }
  return { height, width, pixels };
}

/** Red, green and blue in [0, 1] over white, or their complements. */
function toColour({ height, width, data, max }: Pixels, invert: boolean): ColourImage {
  const pixels = new Float32Array(height * width * 3);
  for (let i = 0; i < height * width; i++) {
    const opacity = data[4 * i + 3] / max;
    for (let channel = 0; channel < 3; channel++) {
      const intensity = opacity * (data[4 * i + channel] / max) + (1 - opacity);
      pixels[3 * i + channel] = invert ? 1 - intensity : intensity;
    }
  }
  return { height, width, channels: 3, pixels };
}

/** The pixels of a file. @throws TypeError and Error as {@link decodeImage}, in the name of `caller` */
async function decode(caller: string, bytes: Uint8Array, name: string): Promise<Pixels> {
  if (!(bytes instanceof Uint8Array)) {
    throw new TypeError(`${caller}: ${name} must be given as a Uint8Array, got ${typeof bytes}`);
  }
  if (bytes.length === 0) {
    throw new Error(`${caller}: ${name} is empty: expected the bytes of a PNG or JPEG image`);
  }
  const types = Object.keys(SIGNATURES) as ImageType[];
  const type = types.find((candidate) => SIGNATURES[candidate].every((byte, i) => bytes[i] === byte));
  if (!type) {
    throw new Error(
      `${caller}: ${name} must be a PNG or JPEG image, got a file beginning with ${hex(bytes.subarray(0, 8))}: ` +
        'convert it first',
    );
  }
  try {
    if (type === 'png') {
      checkPng(bytes);
    }
    return await decodePixels(bytes, type);
  } catch (error) {
    if (error instanceof UnsupportedImage) {
      throw new Error(`${caller}: ${name} ${reason(error)}`);
    }
    throw new Error(
      `${caller}: ${name} cannot be decoded as ${type.toUpperCase()}${complaint(error)}: ` +
        'it may be truncated or damaged, so save or copy it again',
    );
  }
}

/**
 * A PNG or JPEG file as a grey picture: intensities in [0, 1], row 0 on top. Colour becomes grey by Rec. 709 luma
 * (0.2126 R + 0.7152 G + 0.0722 B) of the stored, gamma-encoded values; no colour profile is applied; transparency
 * shows white. Bright is dense unless `invert`. The Exif orientation of a JPEG is obeyed. In Node a 16-bit PNG keeps
 * its 16 bits; a browser's decoder gives 8.
 *
 * @throws TypeError when bytes are not a Uint8Array; Error, naming the file by `name`, when it is empty, neither PNG
 *   nor JPEG, damaged, or of more than 100 million pixels.
 */
export async function decodeImage(
  bytes: Uint8Array,
  { invert = false, name = 'the file' }: DecodeImageOptions = {},
): Promise<GreyImage> {
  return toGrey(await decode('decodeImage', bytes, name), invert);
}

/**
 * A PNG or JPEG file in red, green and blue, whatever it stores: the stored values over white, otherwise as {@link decodeImage}.
 *
 * @throws TypeError and Error as {@link decodeImage}.
 */
export async function decodeColour(
  bytes: Uint8Array,
  { invert = false, name = 'the file' }: DecodeImageOptions = {},
): Promise<ColourImage> {
  return toColour(await decode('decodeColour', bytes, name), invert);
}

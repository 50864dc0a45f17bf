import type { GreyImage } from '../data/image.js';
import { fileKind } from '../formats/fileKind.js';
import { reason } from '../formats/reason.js';
import { decodeJpeg, decodeOther, decodePng } from './decode.js';
import { readJpeg, type Segment, writeJpeg } from './jpeg.js';
import { joinInks, splitJpeg } from './jpegSplit.js';
import { orient } from './orientation.js';
import { type Pixels, UnsupportedImage } from './pixels.js';
import { readPng } from './png.js';

export { fitImages } from './fit.js';

/** Options of {@link decodeImage} and {@link decodeColour}. */
export interface DecodeImageOptions {
  /** Take dark as dense: 1 - intensity, for dark ink on white paper. Default: false, bright is dense. */
  invert?: boolean;
  /** What errors call the file. */
  name?: string;
}

/** A picture in colour: `pixels` [height, width, 3] are red, green and blue in [0, 1], row 0 on top. */
export interface ColourImage {
  /** Rows. */
  readonly height: number;
  /** Columns. */
  readonly width: number;
  /** Red, green and blue. */
  readonly channels: 3;
  /** [height, width, 3], each in [0, 1], row 0 on top. */
  readonly pixels: Float32Array;
}

/** Pictures that browsers read, and Node does not, by what a message calls them. */
const OTHERS: Record<string, string> = {
  'a WebP picture': 'webp',
  'a GIF picture': 'gif',
  'a BMP picture': 'bmp',
  'an AVIF picture': 'avif',
};

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

async function decodeKind(bytes: Uint8Array, kind: string): Promise<Pixels> {
  if (kind === 'a PNG picture') return decodePng(readPng(bytes));
  if (kind !== 'a JPEG picture') return decodeOther(bytes, OTHERS[kind], kind);
  const jpeg = readJpeg(bytes);
  const one = (segments: readonly Segment[]) => decodeJpeg(writeJpeg(segments));
  if (jpeg.components.length < 4) return orient(await one(jpeg.segments), jpeg.orientation);
  const { colour, black } = splitJpeg(jpeg);
  return orient(joinInks(await one(colour), await one(black), jpeg), jpeg.orientation);
}

/** The pixels of a file. @throws TypeError and Error as {@link decodeImage}, in the name of `caller` */
async function decode(caller: string, bytes: Uint8Array, name: string): Promise<Pixels> {
  if (!(bytes instanceof Uint8Array)) {
    throw new TypeError(`${caller}: ${name} must be given as a Uint8Array, got ${typeof bytes}`);
  }
  if (bytes.length === 0) {
    throw new Error(`${caller}: ${name} is empty: expected the bytes of a PNG or JPEG image`);
  }
  const kind = fileKind(bytes);
  if (kind !== 'a PNG picture' && kind !== 'a JPEG picture' && !(kind in OTHERS)) {
    const hint = kind.endsWith('picture') ? ': convert it to PNG' : '';
    throw new Error(`${caller}: ${name} must be a PNG or JPEG image, got ${kind}${hint}`);
  }
  try {
    return await decodeKind(bytes, kind);
  } catch (error) {
    if (error instanceof UnsupportedImage) {
      throw new Error(`${caller}: ${name} ${reason(error)}`);
    }
    throw new Error(
      `${caller}: ${name} cannot be decoded as ${kind.replace(/^an? | picture$/g, '')}${complaint(error)}: ` +
        'it may be truncated or damaged, so save or copy it again',
    );
  }
}

/**
 * A PNG or JPEG file as a grey picture: intensities in [0, 1], row 0 on top. Colour becomes grey by Rec. 709 luma
 * (0.2126 R + 0.7152 G + 0.0722 B) of the stored, gamma-encoded values; no colour profile is applied, also of the inks of CMYK;
 * transparency shows white. Bright is dense unless `invert`. The Exif orientation of a JPEG is obeyed. In Node a 16-bit PNG keeps
 * its 16 bits; a browser's decoder gives 8. A browser also reads what else it shows, such as WebP and the first picture of a GIF.
 *
 * @param bytes the whole file
 * @throws TypeError when bytes are not a Uint8Array; Error, naming the file by `name`, when it is empty, no picture that is read,
 *   damaged, or of more than 100 million pixels.
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
 * @param bytes the whole file
 * @throws TypeError and Error as {@link decodeImage}.
 */
export async function decodeColour(
  bytes: Uint8Array,
  { invert = false, name = 'the file' }: DecodeImageOptions = {},
): Promise<ColourImage> {
  return toColour(await decode('decodeColour', bytes, name), invert);
}

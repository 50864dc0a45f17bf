// Decoding in Node; a build for the browser takes decode.browser.ts in its place.
import { type DecodedPng, decode as decodePng, type PngDataArray } from 'fast-png';
import { decode as decodeJpeg } from 'jpeg-js';
import { jpegOrientation, orient } from './orientation.js';
import { type ImageType, type Pixels, UnsupportedImage } from './pixels.js';
import { MAX_PIXELS } from './png.js';

const JPEG_OPTIONS = {
  useTArray: true,
  tolerantDecoding: false,
  maxResolutionInMP: MAX_PIXELS / 1e6,
  maxMemoryUsageInMB: 4096, // enough for as many pixels
} as const;

/** Samples of the file as stored, one element each: fast-png leaves those of 1, 2 and 4 bits packed in bytes. */
function unpackSamples({ data, depth, width, height, channels }: DecodedPng): PngDataArray {
  if (depth >= 8) {
    return data;
  }
  const samples = new Uint8Array(height * width * channels);
  const perRow = width * channels;
  const bytesPerRow = Math.ceil((perRow * depth) / 8);
  for (let i = 0; i < samples.length; i++) {
    const bit = (i % perRow) * depth;
    const byte = data[Math.floor(i / perRow) * bytesPerRow + (bit >> 3)];
    samples[i] = (byte >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
  }
  return samples;
}

/** Red, green, blue and alpha of every pixel, whatever the file stores: grey, colour or palette, 1 to 16 bits. */
function expandPng(png: DecodedPng): Pixels {
  const { width, height, channels, depth, palette, transparency } = png;
  const samples = unpackSamples(png);
  const max = depth === 16 ? 65535 : 255;
  const data = depth === 16 ? new Uint16Array(4 * width * height) : new Uint8Array(4 * width * height);
  // 1, 2 and 4 bits: 255 is divisible by their largest values, so the scaled samples are exact.
  const scale = depth < 8 ? 255 / ((1 << depth) - 1) : 1;
  const isGrey = channels <= 2;
  const hasAlpha = channels % 2 === 0;
  for (let i = 0; i < width * height; i++) {
    if (palette && channels === 1) {
      const colour = palette[samples[i]];
      if (!colour) {
        throw new Error(`palette index ${samples[i]} is beyond its ${palette.length} colours`);
      }
      data.set([colour[0], colour[1], colour[2], colour[3] ?? 255], 4 * i);
      continue;
    }
    const at = i * channels;
    const green = isGrey ? at : at + 1;
    const blue = isGrey ? at : at + 2;
    // Without an alpha channel one colour may be named transparent.
    const isNamed =
      transparency &&
      samples[at] === transparency[0] &&
      (isGrey || (samples[green] === transparency[1] && samples[blue] === transparency[2]));
    data[4 * i] = samples[at] * scale;
    data[4 * i + 1] = samples[green] * scale;
    data[4 * i + 2] = samples[blue] * scale;
    data[4 * i + 3] = hasAlpha ? samples[at + channels - 1] : isNamed ? 0 : max;
  }
  return { width, height, data, max };
}

/** Decodes the bytes of a PNG file that `checkPng` has passed, or of a JPEG file; rejects with the decoder's own reason. */
export async function decodePixels(bytes: Uint8Array, type: ImageType): Promise<Pixels> {
  if (type === 'jpeg') {
    const { width, height, data } = decodeJpeg(bytes, JPEG_OPTIONS);
    return orient({ width, height, data, max: 255 }, jpegOrientation(bytes));
  }
  const [depth, interlace] = [bytes[24], bytes[28]];
  if (interlace === 1 && depth < 8) {
    // fast-png 8 takes the packed samples of interlaced rows for whole bytes.
    throw new UnsupportedImage(
      `must have 8 or 16 bits a sample when interlaced, got ${depth}: save it without interlacing`,
    );
  }
  return expandPng(decodePng(bytes));
}

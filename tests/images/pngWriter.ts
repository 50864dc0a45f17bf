// A writer of PNG files of every kind, naive, for the reader's tests.
import { deflateSync } from 'node:zlib';
import { crc32 } from '../../src/formats/crc32.js';

/** A picture: samples [height][width][channels] of `depth` bits. */
export interface Drawn {
  readonly colourType: number;
  readonly depth: number;
  readonly samples: readonly (readonly (readonly number[])[])[];
}

export interface WriteOptions {
  readonly interlaced?: boolean;
  /** The filter of row y of a pass. */
  readonly filterOf?: (y: number) => number;
  /** Chunks before the pixels and after them. */
  readonly before?: readonly Uint8Array[];
  readonly after?: readonly Uint8Array[];
  /** Bytes of a chunk of pixels; all in one when left out. */
  readonly piece?: number;
}

/** The pass of Adam7 that pixels of an 8 x 8 block belong to, as the standard draws it (8.2). */
const PASSES = [
  '16462646',
  '77777777',
  '56565656',
  '77777777',
  '36463646',
  '77777777',
  '56565656',
  '77777777',
];

export function chunk(type: string, data: ArrayLike<number> = [], checksum?: number): Uint8Array {
  const bytes = Uint8Array.from([
    ...new TextEncoder().encode(`....${type}`),
    ...Array.from(data),
    0,
    0,
    0,
    0,
  ]);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  view.setUint32(8 + data.length, checksum ?? crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

/** The bytes of a row of samples, packed from the left. */
function packed(samples: readonly number[], depth: number): number[] {
  const bits = samples.map((value) => value.toString(2).padStart(depth, '0')).join('');
  return Array.from({ length: Math.ceil(bits.length / 8) }, (_, i) =>
    Number.parseInt(bits.slice(8 * i, 8 * i + 8).padEnd(8, '0'), 2),
  );
}

/** What a filter predicts of a byte, by its neighbours (9.2). */
function predicted(filter: number, left: number, above: number, aboveLeft: number): number {
  const estimate = left + above - aboveLeft;
  const nearest = [left, above, aboveLeft].reduce((best, value) =>
    Math.abs(value - estimate) < Math.abs(best - estimate) ? value : best,
  );
  return [0, left, above, Math.floor((left + above) / 2), nearest][filter];
}

export function writePng({ colourType, depth, samples }: Drawn, options: WriteOptions = {}): Uint8Array {
  const { interlaced = false, filterOf = () => 0, before = [], after = [], piece = Infinity } = options;
  const channels = samples[0][0].length;
  const step = Math.max(1, (channels * depth) / 8);
  const stream: number[] = [];
  for (const pass of interlaced ? '1234567' : ' ') {
    let above: number[] = [];
    let row = 0;
    samples.forEach((line, y) => {
      const pixels = line.filter((_, x) => !interlaced || PASSES[y % 8][x % 8] === pass);
      if (pixels.length === 0) return;
      const bytes = packed(pixels.flat(), depth);
      const filter = filterOf(row++);
      const at = (from: number[], i: number) => from[i] ?? 0;
      stream.push(
        filter,
        ...bytes.map((byte, i) => {
          return (byte - predicted(filter, at(bytes, i - step), at(above, i), at(above, i - step))) & 255;
        }),
      );
      above = bytes;
    });
  }
  const size = [samples[0].length, samples.length].flatMap((n) => [
    n >>> 24,
    (n >> 16) & 255,
    (n >> 8) & 255,
    n & 255,
  ]);
  const data = deflateSync(Uint8Array.from(stream));
  const pieces: Uint8Array[] = [];
  for (let from = 0; from < data.length; from += piece)
    pieces.push(chunk('IDAT', data.subarray(from, from + piece)));
  return Uint8Array.from(
    [
      Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
      chunk('IHDR', [...size, depth, colourType, 0, 0, interlaced ? 1 : 0]),
      ...before,
      ...pieces,
      ...after,
      chunk('IEND'),
    ].flatMap((bytes) => Array.from(bytes)),
  );
}

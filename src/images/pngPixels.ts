// Pixels of PNG files in Node: unpacked, unfiltered, and put in place.
import { constants, inflateRawSync } from 'node:zlib';
import type { Pixels } from './pixels.js';
import type { Png } from './png.js';

/** Samples a pixel of each colour type. */
const CHANNELS: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** A picture of every so many columns and rows; interlaced ones are seven of them, in turn (8.2). */
interface Pass {
  readonly x: number;
  readonly y: number;
  readonly dx: number;
  readonly dy: number;
}

const WHOLE: Pass[] = [{ x: 0, y: 0, dx: 1, dy: 1 }];
const ADAM7: Pass[] = [
  { x: 0, y: 0, dx: 8, dy: 8 },
  { x: 4, y: 0, dx: 8, dy: 8 },
  { x: 0, y: 4, dx: 4, dy: 8 },
  { x: 2, y: 0, dx: 4, dy: 4 },
  { x: 0, y: 2, dx: 2, dy: 4 },
  { x: 1, y: 0, dx: 2, dy: 2 },
  { x: 0, y: 1, dx: 1, dy: 2 },
];

/** Bytes beyond the pixels that some programs write. */
const SPARE = 1 << 20;

/** The rows of a zlib stream, with their filters. Its header and its checksum are passed over: chunks have checksums of their own. */
function unpack(packed: Uint8Array, length: number): Uint8Array {
  const rows = inflateRawSync(packed.subarray(2), {
    finishFlush: constants.Z_SYNC_FLUSH,
    maxOutputLength: length + SPARE,
  });
  if (rows.length < length) throw new Error(`its pixels end after ${rows.length} of ${length} bytes`);
  return rows;
}

/** The neighbour, left, above or above left, that is nearest to left + above - aboveLeft (9.4). */
function paeth(left: number, above: number, aboveLeft: number): number {
  const toLeft = Math.abs(above - aboveLeft);
  const toAbove = Math.abs(left - aboveLeft);
  const toBoth = Math.abs(left + above - 2 * aboveLeft);
  if (toLeft <= toAbove && toLeft <= toBoth) return left;
  return toAbove <= toBoth ? above : aboveLeft;
}

/** Undoes the filter of a row [length], given the row above, or zeros; `step` is the bytes of a pixel, or 1 (9.2). */
function unfilter(filter: number, row: Uint8Array, above: Uint8Array, step: number): void {
  if (filter > 4) throw new Error(`its rows must have filters from 0 to 4, got ${filter}`);
  if (filter === 0) return;
  for (let i = 0; i < row.length; i++) {
    const left = i < step ? 0 : row[i - step];
    const up = above[i];
    if (filter === 1) row[i] += left;
    else if (filter === 2) row[i] += up;
    else if (filter === 3) row[i] += (left + up) >> 1;
    else row[i] += paeth(left, up, i < step ? 0 : above[i - step]);
  }
}

/** Sample i of a row, from 1 to 16 bits. */
function sample(row: Uint8Array, i: number, depth: number): number {
  if (depth === 8) return row[i];
  if (depth === 16) return (row[2 * i] << 8) | row[2 * i + 1];
  const bit = i * depth;
  return (row[bit >> 3] >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
}

/** Writes red, green, blue and alpha of pixel i of a row to data[to ..]. */
type Expand = (row: Uint8Array, i: number, data: Pixels['data'], to: number) => void;

function expander({ depth, colourType, palette, transparency }: Png): Expand {
  const max = depth === 16 ? 65535 : 255;
  const channels = CHANNELS[colourType];
  if (palette) {
    const colours = palette.length / 3;
    return (row, i, data, to) => {
      const index = sample(row, i, depth);
      if (index >= colours) throw new Error(`palette index ${index} is beyond its ${colours} colours`);
      for (let channel = 0; channel < 3; channel++) data[to + channel] = palette[3 * index + channel];
      data[to + 3] = transparency?.[index] ?? 255;
    };
  }
  // 1, 2 and 4 bits: 255 is divisible by their largest values, so the scaled samples are exact.
  const scale = depth < 8 ? 255 / ((1 << depth) - 1) : 1;
  const last = colourType === 2 || colourType === 6 ? 2 : 0;
  // Without an alpha channel one colour may be named transparent, of which the lower bits count.
  const mask = (1 << depth) - 1;
  const named =
    transparency &&
    Array.from({ length: last + 1 }, (_, k) => ((transparency[2 * k] << 8) | transparency[2 * k + 1]) & mask);
  return (row, i, data, to) => {
    let isNamed = named !== undefined;
    for (let channel = 0; channel < 3; channel++) {
      const k = Math.min(channel, last);
      const value = sample(row, i * channels + k, depth);
      if (isNamed && value !== named?.[k]) isNamed = false;
      data[to + channel] = value * scale;
    }
    const alpha = channels % 2 === 0 ? sample(row, (i + 1) * channels - 1, depth) : max;
    data[to + 3] = isNamed ? 0 : alpha;
  };
}

/** Red, green, blue and alpha of every pixel, whatever the file stores. @throws Error where its data are damaged */
export function pngPixels(png: Png): Pixels {
  const { width, height, depth, colourType, interlaced, packed } = png;
  const bits = CHANNELS[colourType] * depth;
  const passes = (interlaced ? ADAM7 : WHOLE)
    .map((pass) => ({
      ...pass,
      columns: Math.ceil((width - pass.x) / pass.dx),
      rows: Math.ceil((height - pass.y) / pass.dy),
    }))
    .filter(({ columns, rows }) => columns > 0 && rows > 0);
  const bytesOf = (columns: number) => Math.ceil((columns * bits) / 8);
  const length = passes.reduce((sum, { columns, rows }) => sum + rows * (1 + bytesOf(columns)), 0);
  const stream = unpack(packed, length);
  const max = depth === 16 ? 65535 : 255;
  const data = depth === 16 ? new Uint16Array(4 * width * height) : new Uint8Array(4 * width * height);
  const expand = expander(png);
  let at = 0;
  for (const { x, y, dx, dy, columns, rows } of passes) {
    let above: Uint8Array = new Uint8Array(bytesOf(columns));
    for (let r = 0; r < rows; r++) {
      const row = stream.subarray(at + 1, at + 1 + above.length);
      unfilter(stream[at], row, above, Math.max(1, bits >> 3));
      for (let c = 0; c < columns; c++) expand(row, c, data, 4 * ((y + r * dy) * width + x + c * dx));
      at += 1 + row.length;
      above = row;
    }
  }
  return { width, height, data, max };
}

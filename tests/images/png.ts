import { deflateSync } from 'node:zlib';
import { crc32 } from '../../src/formats/crc32.js';

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

/**
 * A PNG file made by hand from its rows of packed bytes, not interlaced unless the header says so; `chunks` (type
 * and data) stand between header and picture. Colour types: 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA.
 */
export function png(
  {
    width,
    depth,
    colourType,
    interlace = 0,
  }: { width: number; depth: number; colourType: number; interlace?: number },
  rows: number[][],
  chunks: [string, number[]][] = [],
): Uint8Array {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, rows.length);
  header.set([depth, colourType, 0, 0, interlace], 8);
  const data = Uint8Array.from(rows.flatMap((row) => [0, ...row]));
  return Uint8Array.from(
    [
      Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
      chunk('IHDR', header),
      ...chunks.map(([type, bytes]) => chunk(type, Uint8Array.from(bytes))),
      chunk('IDAT', deflateSync(data)),
      chunk('IEND', new Uint8Array(0)),
    ].flatMap((bytes) => Array.from(bytes)),
  );
}

// PNG files (https://www.w3.org/TR/png-3): what pixels need of them. Other chunks may be broken, as libpng has it.
import { joined } from '../core/joined.js';
import { crc32 } from '../formats/crc32.js';
import { checkSize, UnsupportedImage } from './pixels.js';

/** What pixels need of a PNG file. */
export interface Png {
  readonly width: number;
  readonly height: number;
  /** Bits a sample: 1, 2, 4, 8 or 16. */
  readonly depth: number;
  /** 0 grey, 2 red, green and blue, 3 indices of a palette, 4 grey and alpha, 6 red, green, blue and alpha. */
  readonly colourType: number;
  readonly interlaced: boolean;
  /** Of colour type 3: red, green and blue of each index. */
  readonly palette?: Uint8Array;
  /** Of colour type 3 an alpha for each index, or fewer; of 0 and 2 the samples of the transparent colour, two bytes each. */
  readonly transparency?: Uint8Array;
  /** The packed rows, a zlib stream. */
  readonly packed: Uint8Array;
}

interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
  readonly offset: number;
  readonly isRight: boolean;
}

/** Bit depths that a colour type has. */
const DEPTHS: Record<number, number[]> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

const latin = (bytes: Uint8Array) => String.fromCharCode(...bytes);

/** The chunks up to the end of the picture, or of the file after its pixels. @throws Error where the file ends before them */
function chunksOf(bytes: Uint8Array): Chunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Chunk[] = [];
  // Length, type, data, checksum of type and data (5.3).
  for (let offset = 8; ; ) {
    const dataLength = offset + 12 <= bytes.length ? view.getUint32(offset) : Infinity;
    const end = offset + 12 + dataLength;
    const type = latin(bytes.subarray(offset + 4, offset + 8));
    if (end > bytes.length) {
      // Whether all pixels are there shows when they are unpacked.
      if (type !== 'IDAT' && chunks.some((chunk) => chunk.type === 'IDAT')) return chunks;
      throw new Error(`it ends within the chunk at byte ${offset}`);
    }
    const isRight = crc32(bytes.subarray(offset + 4, end - 4)) === view.getUint32(end - 4);
    if (type === 'IEND') return chunks;
    chunks.push({ type, data: bytes.subarray(offset + 8, end - 4), offset, isRight });
    offset = end;
  }
}

/** The transparency of a file, or none where it is broken or out of place, as libpng has it. */
function transparencyOf(
  chunks: readonly Chunk[],
  colourType: number,
  colours: number,
): Uint8Array | undefined {
  const at = chunks.findIndex(({ type, isRight }) => type === 'tRNS' && isRight);
  const types = chunks.slice(0, at).map(({ type }) => type);
  if (at < 0 || types.includes('IDAT') || (colourType === 3 && !types.includes('PLTE'))) return undefined;
  const { data } = chunks[at];
  const fits: Record<number, boolean> = {
    0: data.length === 2,
    2: data.length === 6,
    3: data.length > 0 && data.length <= colours,
  };
  return fits[colourType] ? data : undefined;
}

/**
 * What pixels need of a PNG file. Chunks that they do not need may have a wrong checksum, or be missing.
 *
 * @throws Error where it is damaged, UnsupportedImage where it has no pixels, too many, or is of no kind of the standard
 */
export function readPng(bytes: Uint8Array): Png {
  // It shows whether ends of lines were changed, as programs do that take the file for text.
  if (bytes.length >= 8 && SIGNATURE.some((byte, i) => bytes[i] !== byte))
    throw new Error('its signature is changed');
  const chunks = chunksOf(bytes);
  const [first] = chunks;
  if (first?.type === 'CgBI') {
    throw new UnsupportedImage(
      "is in Apple's own form of PNG (CgBI), which other programs do not read: save it as PNG",
    );
  }
  if (first?.type !== 'IHDR' || first.data.length !== 13) throw new Error('its header is missing');
  // An upper-case letter says that pixels need a chunk.
  const needed = chunks.filter(({ type }) => /^[A-Z]/.test(type) && type !== 'PLTE');
  const wrong = needed.find(({ isRight }) => !isRight);
  if (wrong) throw new Error(`wrong checksum of the chunk at byte ${wrong.offset}`);
  const view = new DataView(first.data.buffer, first.data.byteOffset);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth, colourType, compression, filter, interlace] = first.data.subarray(8);
  checkSize(width, height);
  if (!DEPTHS[colourType]?.includes(depth) || compression > 0 || filter > 0 || interlace > 1) {
    throw new UnsupportedImage(
      `must be of a kind of the PNG standard, got colour type ${colourType} of ${depth} bits, interlacing ${interlace}: ` +
        'save it again',
    );
  }
  const unknown = needed.find(({ type }) => type !== 'IHDR' && type !== 'IDAT');
  if (unknown) {
    throw new UnsupportedImage(
      `must be a PNG of the standard, got a chunk ${JSON.stringify(unknown.type)}: save it again`,
    );
  }
  const palettes = chunks.filter(({ type }) => type === 'PLTE');
  const palette = colourType === 3 ? palettes[0]?.data : undefined;
  if (colourType === 3) {
    if (!palette) throw new Error('its palette is missing');
    if (!palettes[0].isRight) throw new Error(`wrong checksum of the chunk at byte ${palettes[0].offset}`);
    if (palette.length % 3 !== 0 || palette.length === 0 || palette.length > 768) {
      throw new Error(
        `its palette must have three bytes for each of 1 to 256 colours, got ${palette.length} bytes`,
      );
    }
  }
  const parts = chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data);
  if (parts.length === 0) throw new Error('its pixels are missing');
  return {
    ...{ width, height, depth, colourType, interlaced: interlace === 1 },
    ...(palette && { palette }),
    transparency: transparencyOf(chunks, colourType, (palette?.length ?? 0) / 3),
    packed: joined(Uint8Array, parts),
  };
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

/** A PNG file with nothing but what pixels need, for decoders that mind the rest. */
export function plainPng({
  width,
  height,
  depth,
  colourType,
  interlaced,
  palette,
  transparency,
  packed,
}: Png): Uint8Array {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([depth, colourType, 0, 0, interlaced ? 1 : 0], 8);
  return joined(Uint8Array, [
    Uint8Array.from(SIGNATURE),
    chunk('IHDR', header),
    ...(palette ? [chunk('PLTE', palette)] : []),
    ...(transparency ? [chunk('tRNS', transparency)] : []),
    chunk('IDAT', packed),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

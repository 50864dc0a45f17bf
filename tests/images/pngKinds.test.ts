// PNG's kinds, those of PngSuite (http://www.schaik.com/pngsuite), drawn anew: what is read must be the samples that were drawn.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../src/images/index.js';
import { readPng } from '../../src/images/png.js';
import { pngPixels } from '../../src/images/pngPixels.js';
import { chunk, type Drawn, writePng } from './pngWriter.js';

const KINDS: [colourType: number, channels: number, depths: number[]][] = [
  [0, 1, [1, 2, 4, 8, 16]],
  [2, 3, [8, 16]],
  [3, 1, [1, 2, 4, 8]],
  [4, 2, [8, 16]],
  [6, 4, [8, 16]],
];
const kinds = KINDS.flatMap(([colourType, channels, depths]) =>
  depths.map((depth) => ({ colourType, channels, depth })),
);
const PALETTE = Array.from({ length: 768 }, (_, i) => (i * 89) % 256);

/** Red, green, blue and alpha of a drawn picture, by the standard's words: a palette's colour, or samples from 0 to the largest. */
function wanted({ colourType, depth, samples }: Drawn): number[] {
  const max = depth === 16 ? 65535 : 255;
  const scaled = (value: number) => (value * max) / (2 ** depth - 1);
  return samples.flat().flatMap((pixel) => {
    if (colourType === 3) return [...PALETTE.slice(3 * pixel[0], 3 * pixel[0] + 3), 255];
    const [a, b, c, d] = pixel.map(scaled);
    if (colourType === 0) return [a, a, a, max];
    if (colourType === 4) return [a, a, a, b];
    return [a, b, c, colourType === 6 ? d : max];
  });
}

const read = (bytes: Uint8Array) => Array.from(pngPixels(readPng(bytes)).data);

/** Two grey pixels, black and white, or the same of a palette. */
const grey: Drawn = { colourType: 0, depth: 8, samples: [[[0], [255]]] };
const indexed: Drawn = { colourType: 3, depth: 8, samples: [[[0], [1]]] };
const palette = chunk('PLTE', [0, 0, 0, 255, 255, 255]);
const PIXELS = [0, 0, 0, 255, 255, 255, 255, 255];

describe('PNG of every kind', () => {
  it.each(kinds)(
    'colour type $colourType of $depth bits, interlaced and not, every filter, any size',
    (kind) => {
      const side = fc.integer({ min: 1, max: 19 });
      fc.assert(
        fc.property(
          ...[
            side,
            side,
            fc.boolean(),
            fc.nat(5),
            fc.integer({ min: 1, max: 40 }),
            fc.infiniteStream(fc.nat(65535)),
          ],
          (width, height, interlaced, first, piece, stream) => {
            const value = () => (stream.next().value as number) % 2 ** kind.depth;
            const samples = Array.from({ length: height }, () =>
              Array.from({ length: width }, () => Array.from({ length: kind.channels }, value)),
            );
            const drawn = { ...kind, samples };
            const bytes = writePng(drawn, {
              ...{ interlaced, piece },
              filterOf: (y) => (y + first) % 5,
              before: kind.colourType === 3 ? [chunk('PLTE', PALETTE.slice(0, 3 * 2 ** kind.depth))] : [],
            });
            expect(read(bytes)).toEqual(wanted(drawn));
          },
        ),
        { numRuns: 40 },
      );
    },
  );

  it('a named colour is transparent, of grey from 1 bit on and of colour; its upper bits do not count', () => {
    for (const depth of [1, 2, 4, 8, 16]) {
      const largest = 2 ** depth - 1;
      const drawn = { colourType: 0, depth, samples: [[[0], [largest]]] };
      for (const named of [largest, depth < 8 ? largest + 2 ** depth : largest]) {
        const found = read(writePng(drawn, { before: [chunk('tRNS', [named >> 8, named & 255])] }));
        expect([found[3] > 0, found[7]]).toEqual([true, 0]);
      }
    }
    const colour = {
      colourType: 2,
      depth: 8,
      samples: [
        [
          [1, 2, 3],
          [1, 2, 4],
        ],
      ],
    };
    const found = read(writePng(colour, { before: [chunk('tRNS', [0, 1, 0, 2, 0, 3])] }));
    expect([found[3], found[7]]).toEqual([0, 255]);
  });

  it('chunks that pixels do not need may be broken, or of any kind', () => {
    const broken = [
      chunk('iCCP', [1, 2, 3]),
      chunk('iCCP', [...Array(90).fill(65), 0, 0, 1]),
      chunk('pHYs', [0, 0]),
      chunk('gAMA', []),
      chunk('sRGB', [99]),
      chunk('cHRM', [1]),
      chunk('tEXt', [0, 1, 2]),
      chunk('tEXt', [65, 0, 66], 5),
      chunk('zTXt', [65]),
      chunk('tIME', [0], 7),
      chunk('bKGD', []),
      chunk('hIST', [1]),
      chunk('eXIf', [1, 2]),
      chunk('acTL', [0, 0, 0, 1, 0, 0, 0, 0]),
      chunk('abCd', [1, 2], 3),
      chunk('a\u0001!?', []),
    ];
    for (const one of broken) {
      expect(read(writePng(grey, { before: [one] }))).toEqual(PIXELS);
      expect(read(writePng(grey, { after: [one] }))).toEqual(PIXELS);
      expect(read(writePng(indexed, { before: [one, palette, one] }))).toEqual(PIXELS);
    }
    expect(read(writePng(grey, { before: broken, after: broken, piece: 1 }))).toEqual(PIXELS);
    // A palette that a colour picture suggests.
    expect(read(writePng(grey, { before: [chunk('PLTE', [1, 2], 4)] }))).toEqual(PIXELS);
  });

  it('transparency that is too long, too short, doubled, or out of place does not count, as libpng has it', () => {
    for (const length of [0, 1, 3, 6]) {
      expect(read(writePng(grey, { before: [chunk('tRNS', Array(length).fill(0))] }))).toEqual(PIXELS);
    }
    const alpha: Drawn = {
      colourType: 4,
      depth: 8,
      samples: [
        [
          [0, 255],
          [255, 255],
        ],
      ],
    };
    expect(read(writePng(alpha, { before: [chunk('tRNS', [0, 0])] }))).toEqual(PIXELS);
    expect(read(writePng(grey, { before: [chunk('tRNS', [0, 0], 1)] }))).toEqual(PIXELS);
    expect(read(writePng(grey, { after: [chunk('tRNS', [0, 0])] }))).toEqual(PIXELS);
    expect(read(writePng(indexed, { before: [palette, chunk('tRNS', [0, 1, 2])] }))).toEqual(PIXELS);
    expect(read(writePng(indexed, { before: [chunk('tRNS', [0]), palette] }))).toEqual(PIXELS);
    const first = read(writePng(indexed, { before: [palette, chunk('tRNS', [7]), chunk('tRNS', [9, 9])] }));
    expect(first).toEqual([0, 0, 0, 7, ...PIXELS.slice(4)]);
  });

  it('pixels may be followed by more of them, and by anything', () => {
    const twice = writePng({
      ...grey,
      samples: [
        [[0], [255]],
        [[1], [2]],
      ],
    });
    twice[23] = 1; // the height
    const header = chunk('IHDR', twice.slice(16, 29));
    twice.set(header, 8);
    expect(read(twice)).toEqual(PIXELS);
    expect(read(Uint8Array.of(...writePng(grey), 1, 2, 3))).toEqual(PIXELS);
    expect(
      read(writePng(grey, { before: [chunk('IDAT')], after: [chunk('IDAT'), chunk('IDAT', [1, 2])] })),
    ).toEqual(PIXELS);
    // Its end may be missing.
    const whole = writePng(grey);
    for (let cut = 1; cut <= 12; cut++) expect(read(whole.subarray(0, whole.length - cut))).toEqual(PIXELS);
  });

  it('what pixels need must be whole, and is named', async () => {
    const complaint = async (bytes: Uint8Array) => {
      const error = await decodeImage(bytes, { name: 'a.png' }).then(
        () => undefined,
        (reason: Error) => reason,
      );
      return error?.message;
    };
    const damaged = (why: string) =>
      `decodeImage: a.png cannot be decoded as PNG (${why}): it may be truncated or damaged, so save or copy it again`;
    const whole = writePng(grey);
    const edited = (at: number, value: number, fixed = true) => {
      const bytes = whole.slice();
      bytes[at] = value;
      if (fixed) bytes.set(chunk('IHDR', bytes.subarray(16, 29)), 8);
      return bytes;
    };
    expect(await complaint(edited(20, 1, false))).toBe(damaged('wrong checksum of the chunk at byte 8'));
    expect(await complaint(edited(40, 9, false))).toMatch(
      /wrong checksum of the chunk at byte 33|ends within/,
    );
    expect(await complaint(edited(23, 2))).toBe(damaged('its pixels end after 3 of 6 bytes'));
    expect(await complaint(edited(24, 3))).toMatch(
      /must be of a kind of the PNG standard, got colour type 0 of 3 bits/,
    );
    expect(await complaint(edited(28, 2))).toMatch(/interlacing 2: save it again$/);
    expect(await complaint(edited(4, 10, false))).toBe(damaged('its signature is changed'));
    expect(await complaint(writePng(grey, { filterOf: () => 5 }))).toBe(
      damaged('its rows must have filters from 0 to 4, got 5'),
    );
    expect(await complaint(writePng(grey, { before: [chunk('ABCD', [1])] }))).toBe(
      'decodeImage: a.png must be a PNG of the standard, got a chunk "ABCD": save it again',
    );
    expect(await complaint(writePng(indexed))).toBe(damaged('its palette is missing'));
    expect(await complaint(writePng(indexed, { before: [chunk('PLTE', [1, 2, 3], 4)] }))).toBe(
      damaged('wrong checksum of the chunk at byte 33'),
    );
    expect(await complaint(writePng(indexed, { before: [chunk('PLTE', [1, 2, 3, 4])] }))).toMatch(
      /three bytes for each/,
    );
    expect(await complaint(writePng(indexed, { before: [chunk('PLTE', [1, 2, 3])] }))).toBe(
      damaged('palette index 1 is beyond its 1 colours'),
    );
    const apple = Uint8Array.of(
      ...whole.subarray(0, 8),
      ...chunk('CgBI', [0, 0, 0, 0]),
      ...whole.subarray(8),
    );
    expect(await complaint(apple)).toMatch(/is in Apple's own form of PNG \(CgBI\), .*: save it as PNG$/);
    expect(await complaint(whole.subarray(0, 33))).toBe(damaged('it ends within the chunk at byte 33'));
  });
});

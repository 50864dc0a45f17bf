import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { readIdx } from '../../src/formats/idx.js';
import { decodeColour, decodeImage } from '../../src/images/index.js';
import { png } from './png.js';

// Pillow 12: y, x = numpy.mgrid[0:4, 0:6]; Image.fromarray((40 * x + 10 * y).astype('u1')).save(file, 'JPEG',
// quality=95), the second with progressive=True; base64
const BASELINE =
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAIBAQEBAQIBAQECAgICAgQDAgICAgUEBAMEBgUGBgYFBgYGBwkIBgcJBwYGCAsICQoKCgoKBggL' +
  'DAsKDAkKCgr/wAALCAAEAAYBAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQR' +
  'BRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4' +
  'eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEB' +
  'AAA/APTv+DcT4beEv+FAv/xL/wDmFx9x/eT2r//Z';
const PROGRESSIVE =
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAIBAQEBAQIBAQECAgICAgQDAgICAgUEBAMEBgUGBgYFBgYGBwkIBgcJBwYGCAsICQoKCgoKBggL' +
  'DAsKDAkKCgr/wgALCAAEAAYBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAABv/aAAgBAQAAAAFP/8QAFxAAAwEAAAAAAAAAAAAAAAAABAUIFf/a' +
  'AAgBAQABBQKcVomB/8QAFxAAAwEAAAAAAAAAAAAAAAAAAAEzQ//aAAgBAQAGPwKeSP/EABcQAAMBAAAAAAAAAAAAAAAAAAABEfD/2gAIAQEA' +
  'AT8hs4VH/9oACAEBAAAAEH//xAAWEAEBAQAAAAAAAAAAAAAAAACxAAH/2gAIAQEAAT8QejBv/9k=';
const fromBase64 = (text: string) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));

/** What decodeImage gives, as rows of multiples of 1 / max. */
async function levels(bytes: Uint8Array, max = 255, options = {}): Promise<number[][]> {
  const { height, width, pixels } = await decodeImage(bytes, options);
  const level = (p: number) => Number((p * max).toFixed(3));
  return Array.from({ length: height }, (_, row) => {
    return Array.from(pixels.subarray(row * width, (row + 1) * width), level);
  });
}

/** The JPEG with an Exif segment that says `orientation`, in either byte order. */
function withOrientation(jpeg: Uint8Array, orientation: number, littleEndian: boolean): Uint8Array {
  const segment = new Uint8Array(36);
  const view = new DataView(segment.buffer);
  view.setUint32(0, 0xffe10022);
  view.setUint32(4, 0x45786966); // Exif
  view.setUint16(10, littleEndian ? 0x4949 : 0x4d4d);
  view.setUint16(12, 42, littleEndian);
  view.setUint32(14, 8, littleEndian);
  view.setUint16(18, 1, littleEndian);
  view.setUint16(20, 0x0112, littleEndian);
  view.setUint16(22, 3, littleEndian);
  view.setUint32(24, 1, littleEndian);
  view.setUint16(28, orientation, littleEndian);
  return Uint8Array.from([...jpeg.subarray(0, 2), ...segment, ...jpeg.subarray(2)]);
}

describe('decodeImage, PNG', () => {
  it('gives byte / 255 in float32 for 8-bit grey, and 1 - that with invert', async () => {
    const bytes = png({ width: 3, depth: 8, colourType: 0 }, [
      [0, 1, 2],
      [253, 254, 255],
    ]);
    const expected = [0, 1, 2, 253, 254, 255].map((byte) => byte / 255);
    expect(await decodeImage(bytes)).toEqual({ height: 2, width: 3, pixels: new Float32Array(expected) });
    const inverted = await decodeImage(bytes, { invert: true });
    expect(inverted.pixels).toEqual(new Float32Array(expected.map((p) => 1 - p)));
  });

  it('reads 1, 2, 4 and 16 bits', async () => {
    const grey = (depth: number, width: number) => ({ width, depth, colourType: 0 });
    expect(await levels(png(grey(1, 10), [[0b10110001, 0b01000000]]), 1)).toEqual([
      [1, 0, 1, 1, 0, 0, 0, 1, 0, 1],
    ]);
    expect(await levels(png(grey(2, 3), [[0b00011000], [0b11000100]]), 3)).toEqual([
      [0, 1, 2],
      [3, 0, 1],
    ]);
    expect(await levels(png(grey(4, 3), [[0x1f, 0x80]]), 15)).toEqual([[1, 15, 8]]);
    expect(await levels(png(grey(16, 2), [[0x12, 0x34, 0xff, 0xff]]), 65535)).toEqual([[0x1234, 65535]]);
  });

  it('turns colour into Rec. 709 luma of the stored values', async () => {
    const rows = [[255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30, 77, 77, 77]];
    const luma = [0.2126 * 255, 0.7152 * 255, 0.0722 * 255, 2.126 + 14.304 + 2.166, 77];
    expect((await levels(png({ width: 5, depth: 8, colourType: 2 }, rows)))[0]).toEqual(
      luma.map((value) => Number(value.toFixed(3))),
    );
  });

  it('reads palettes of 1 to 8 bits, with and without transparency', async () => {
    const palette: [string, number[]] = ['PLTE', [10, 10, 10, 200, 200, 200, 90, 90, 90]];
    const indexed = (depth: number) => ({ width: 3, depth, colourType: 3 });
    expect(await levels(png(indexed(8), [[2, 0, 1]], [palette]))).toEqual([[90, 10, 200]]);
    expect(await levels(png(indexed(2), [[0b10000100]], [palette]))).toEqual([[90, 10, 200]]);
    expect(await levels(png(indexed(1), [[0b10100000]], [palette]))).toEqual([[200, 10, 200]]);
    expect(await levels(png(indexed(8), [[2, 0, 1]], [palette, ['tRNS', [0]]]))).toEqual([[90, 255, 200]]);
    await expect(levels(png(indexed(8), [[0, 1, 3]], [palette]))).rejects.toThrow(
      /index 3 is beyond its 3 colours/,
    );
    // a colour picture may suggest a palette, which is not its own
    expect(await levels(png({ width: 1, depth: 8, colourType: 2 }, [[7, 7, 7]], [palette]))).toEqual([[7]]);
  });

  it('shows transparency as white', async () => {
    const greyAlpha = png({ width: 3, depth: 8, colourType: 4 }, [[100, 255, 100, 0, 100, 51]]);
    expect(await levels(greyAlpha)).toEqual([[100, 255, 20 + 0.8 * 255]]);
    const rgba = png({ width: 2, depth: 8, colourType: 6 }, [[60, 60, 60, 255, 0, 0, 0, 102]]);
    expect(await levels(rgba)).toEqual([[60, 0.6 * 255]]);
    const named = png(
      { width: 3, depth: 8, colourType: 2 },
      [[1, 2, 3, 5, 5, 5, 6, 6, 6]],
      [['tRNS', [0, 1, 0, 2, 0, 3]]],
    );
    expect((await levels(named))[0]).toEqual([255, 5, 6]);
    const greyNamed = png({ width: 2, depth: 4, colourType: 0 }, [[0x3f]], [['tRNS', [0, 3]]]);
    expect(await levels(greyNamed)).toEqual([[255, 255]]);
  });

  it('reads what fast-png writes, interlaced or not, for any size', async () => {
    const size = fc.integer({ min: 1, max: 20 });
    await fc.assert(
      fc.asyncProperty(size, size, fc.constantFrom('null', 'Adam7'), async (width, height, interlace) => {
        const data = Uint8Array.from({ length: width * height }, (_, i) => (37 * i) % 256);
        const bytes = encode(
          { width, height, data, channels: 1 },
          { interlace: interlace as 'null' | 'Adam7' },
        );
        const image = await decodeImage(bytes);
        expect(image).toEqual({ height, width, pixels: Float32Array.from(data, (byte) => byte / 255) });
      }),
    );
  });
});

describe('decodeImage, JPEG', () => {
  const expected = Array.from({ length: 4 }, (_, y) => Array.from({ length: 6 }, (_, x) => 40 * x + 10 * y));

  it('reads baseline and progressive files to within 3 of 255', async () => {
    for (const jpeg of [BASELINE, PROGRESSIVE]) {
      const found = await levels(fromBase64(jpeg));
      expect(found.map((row) => row.length)).toEqual([6, 6, 6, 6]);
      found.flat().forEach((level, i) => {
        expect(Math.abs(level - expected.flat()[i])).toBeLessThanOrEqual(3);
      });
    }
  });

  it('obeys all eight Exif orientations', async () => {
    const jpeg = fromBase64(BASELINE);
    const stored = await levels(jpeg);
    const [first, last] = [0, -1];
    const at = (row: number, column: number) => stored.at(row)?.at(column);
    // Where the top left pixel and the one to its right come from.
    const corners: [number | undefined, number | undefined, number][] = [
      [at(first, first), at(first, 1), 6],
      [at(first, last), at(first, -2), 6],
      [at(last, last), at(last, -2), 6],
      [at(last, first), at(last, 1), 6],
      [at(first, first), at(1, first), 4],
      [at(last, first), at(-2, first), 4],
      [at(last, last), at(-2, last), 4],
      [at(first, last), at(1, last), 4],
    ];
    for (const littleEndian of [true, false]) {
      for (const [i, [corner, right, width]] of corners.entries()) {
        const turned = await levels(withOrientation(jpeg, i + 1, littleEndian));
        expect([turned[0][0], turned[0][1], turned[0].length, turned.length]).toEqual([
          corner,
          right,
          width,
          10 - width,
        ]);
      }
      expect(await levels(withOrientation(jpeg, 9, littleEndian))).toEqual(stored);
    }
    const broken = withOrientation(jpeg, 6, false);
    broken.fill(0xff, 16, 20); // the offset of the directory
    expect(await levels(broken)).toEqual(stored);
  });
});

describe('decodeColour', () => {
  it('gives red, green and blue of what is stored, over white', async () => {
    const rgba = png({ width: 2, depth: 8, colourType: 6 }, [[60, 70, 80, 255, 0, 255, 0, 51]]);
    const want = [60, 70, 80, 204, 255, 204].map((v) => Math.fround(v / 255));
    const image = await decodeColour(rgba);
    expect(image).toMatchObject({ height: 1, width: 2, channels: 3 });
    image.pixels.forEach((v, i) => {
      expect(v).toBeCloseTo(want[i], 7);
    });
    const grey = png({ width: 1, depth: 8, colourType: 0 }, [[77]]);
    expect((await decodeColour(grey)).pixels).toEqual(new Float32Array(3).fill(77 / 255));
    const inverted = await decodeColour(grey, { invert: true });
    expect(inverted.pixels).toEqual(new Float32Array(3).fill(1 - 77 / 255));
  });

  it('is what decodeImage makes grey', async () => {
    const jpeg = fromBase64(BASELINE);
    const { pixels } = await decodeImage(jpeg);
    expect((await decodeColour(jpeg)).pixels.filter((_, i) => i % 3 === 1)).toEqual(pixels);
  });

  it('reports errors by its own name', async () => {
    await expect(decodeColour(new Uint8Array(0), { name: 'a' })).rejects.toThrow(
      /^decodeColour: a is empty: expected the bytes of a PNG or JPEG image$/,
    );
  });
});

describe('decodeImage, errors', () => {
  const grey = png({ width: 5, depth: 8, colourType: 0 }, [[1, 2, 3, 4, 5]]);

  it('says what is wrong, on one line, by the name of the file', async () => {
    const decode = (bytes: Uint8Array) => decodeImage(bytes, { name: 'cat.png' });
    await expect(decode(new Uint8Array(0))).rejects.toThrow(
      /^decodeImage: cat\.png is empty: expected the bytes of a PNG or JPEG image$/,
    );
    await expect(decode(new TextEncoder().encode('GIF89a..'))).rejects.toThrow(
      /^decodeImage: cat\.png is a GIF picture, which only browsers read: convert it to PNG$/,
    );
    await expect(decode(png({ width: 0, depth: 8, colourType: 0 }, [[]]))).rejects.toThrow(
      /1 to 100000000 .*got 0 x 1/,
    );
    const huge = png({ width: 0x7f000000, depth: 8, colourType: 0 }, [[1]]);
    await expect(decode(huge)).rejects.toThrow(/must have 1 to 100000000 pixels, got 2130706432 x 1/);
    await expect(decode(grey.subarray(0, 50))).rejects.toThrow(
      /^decodeImage: cat\.png cannot be decoded as PNG \(it ends within the chunk at byte 33\): it may be truncated/,
    );
    await expect(decode(new TextEncoder().encode('x,y\n1,2\n'))).rejects.toThrow(
      /^decodeImage: cat\.png must be a PNG or JPEG image, got text that begins with "x,y"$/,
    );
    await expect(decode(new TextEncoder().encode('II*\0....'))).rejects.toThrow(
      /must be a PNG or JPEG image, got a TIFF picture: convert it to PNG$/,
    );
    // @ts-expect-error a page may hand over anything
    await expect(decodeImage('cat.png')).rejects.toThrow(TypeError);
  });

  it('reports every truncation but of what pixels do not need, and every changed byte of a PNG that they need', async () => {
    const cut = /^decodeImage: the file (is empty|must be a PNG or JPEG|cannot be decoded as (PNG|JPEG)).*$/;
    // The chunk of the end; the marker of the end, and bits that fill up.
    const files: [Uint8Array, number][] = [
      [grey, 12],
      [fromBase64(BASELINE), 3],
      [fromBase64(PROGRESSIVE), 3],
    ];
    for (const [file, spare] of files) {
      const whole = await decodeImage(file);
      for (let length = 0; length < file.length; length++) {
        const found = decodeImage(file.subarray(0, length));
        if (length < file.length - spare) await expect(found).rejects.toThrow(cut);
        else
          await found.then(
            (image) => expect(image).toEqual(whole),
            (error) => expect(error.message).toMatch(cut),
          );
      }
    }
    for (let i = 0; i < grey.length; i++) {
      const damaged = Uint8Array.from(grey);
      damaged[i] ^= 1;
      const found = decodeImage(damaged);
      if (i < grey.length - 12) await expect(found).rejects.toThrow(/^decodeImage: .*$/);
      // Of the end only its name counts.
      else if (i < grey.length - 8 || i >= grey.length - 4)
        expect(await found).toEqual(await decodeImage(grey));
      else await expect(found).rejects.toThrow(/wrong checksum of the chunk/);
    }
  });
});

describe.runIf(process.env.MNIST_DIR)('MNIST', () => {
  it('gives the same pixels from a PNG as from the IDX file', async () => {
    const bytes = readFileSync(join(process.env.MNIST_DIR as string, 'train100-images-idx3-ubyte'));
    const image = readIdx(bytes).image(0);
    const file = encode({ width: 28, height: 28, data: bytes.subarray(16, 16 + 784), channels: 1 });
    expect(await decodeImage(file)).toEqual(image);
  });
});

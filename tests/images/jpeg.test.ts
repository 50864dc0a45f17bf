import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeColour, decodeImage } from '../../src/images/index.js';
import { readJpeg, type Segment, writeJpeg } from '../../src/images/jpeg.js';
import { golden } from '../golden.js';

const pictures = golden<Record<string, { file: string; rgb: string }>>('pictures');
const unpacked = (text: string) => new Uint8Array(inflateSync(Buffer.from(text, 'base64')));
const fileOf = (name: string) => unpacked(pictures[name].file);

/** Red, green and blue of a file as bytes. */
async function bytesOf(file: Uint8Array): Promise<number[]> {
  const { pixels } = await decodeColour(file, { name: 'a.jpg' });
  return Array.from(pixels, (value) => Math.round(255 * value));
}

const complaint = async (file: Uint8Array) => {
  const error = await decodeImage(file, { name: 'a.jpg' }).then(
    () => undefined,
    (reason: Error) => reason,
  );
  return error?.message;
};

/** The bytes of a file with one piece in place of `length` at an offset. */
const spliced = (file: Uint8Array, at: number, length: number, piece: number[] = []) =>
  Uint8Array.from([...file.subarray(0, at), ...piece, ...file.subarray(at + length)]);

/** Where a marker stands. */
const find = (file: Uint8Array, marker: number) =>
  file.findIndex((byte, i) => byte === 0xff && file[i + 1] === marker);

describe('JPEG', () => {
  it.each(Object.keys(pictures))("%s: libjpeg's pixels, inks within 1 of 255", async (name) => {
    const want = unpacked(pictures[name].rgb);
    const found = await bytesOf(fileOf(name));
    expect(found).toHaveLength(want.length);
    const worst = found.reduce((most, value, i) => Math.max(most, Math.abs(value - want[i])), 0);
    expect(worst).toBeLessThanOrEqual(/CMYK|YCCK/.test(name) ? 1 : 0);
  });

  it('the standard Huffman tables are meant where there are none, as in frames of motion JPEG', async () => {
    const { segments } = readJpeg(fileOf('colour'));
    const without = writeJpeg(segments.filter(({ marker }) => marker !== 0xc4));
    expect(await bytesOf(without)).toEqual(await bytesOf(fileOf('colour')));
  });

  it('decoding leaves no ImageData in Node, nor takes away one that was there', async () => {
    const globals = globalThis as { ImageData?: unknown };
    const file = new Uint8Array(readFileSync(new URL('../fixtures/cases/rgb_adobe0.jpg', import.meta.url)));
    await Promise.all([decodeImage(file), decodeImage(file), decodeImage(file)]);
    expect(globals.ImageData).toBeUndefined();
    const own = class {
      constructor(
        readonly data: unknown,
        readonly width: number,
        readonly height: number,
      ) {}
    };
    globals.ImageData = own;
    try {
      await decodeImage(file);
      expect(globals.ImageData).toBe(own);
    } finally {
      delete globals.ImageData;
    }
  });

  it('stray bytes between segments, fill bytes and what follows the end are passed over', async () => {
    const file = fileOf('colour');
    const want = await bytesOf(file);
    const tables = find(file, 0xdb);
    for (const stray of [
      [0],
      [1, 2, 3, 4],
      [0xff],
      [0xff, 0xff, 0xff],
      [0xff, 0],
      [0xff, 0xd0],
      [0xff, 0x01],
    ]) {
      expect([stray, await bytesOf(spliced(file, tables, 0, stray))]).toEqual([stray, want]);
    }
    expect(await bytesOf(Uint8Array.of(...file, 1, 2, 3, 0xff, 0xd8, 0xff, 0xe0, 0, 200))).toEqual(want);
    // A comment and a profile that are broken.
    const broken = [0xff, 0xfe, 0, 2, 0xff, 0xe2, 0, 4, 1, 2];
    expect(await bytesOf(spliced(file, tables, 0, broken))).toEqual(want);
  });

  it('the end may be missing, if no pixel is', async () => {
    for (const name of ['grey', 'colour, progressive', 'RGB', 'CMYK, restarts', 'CMYK, progressive']) {
      const file = fileOf(name);
      const want = await bytesOf(file);
      expect(await bytesOf(file.subarray(0, file.length - 2))).toEqual(want);
      let taken = 0;
      for (let length = 0; length < file.length; length += length < file.length - 60 ? 17 : 1) {
        const cut = file.subarray(0, length);
        const wrong = await complaint(cut);
        if (wrong === undefined) {
          taken++;
          expect(await bytesOf(cut)).toEqual(want);
        } else {
          expect(wrong).toMatch(
            /^decodeImage: a\.jpg (is empty|must be a PNG or JPEG image|cannot be decoded as JPEG \(.+\))/,
          );
        }
      }
      expect(taken).toBeLessThanOrEqual(3);
    }
  });

  it('a height may follow the first scan', async () => {
    const file = fileOf('colour');
    const frame = find(file, 0xc0);
    const height = [file[frame + 5], file[frame + 6]];
    const end = file.length - 2;
    const late = spliced(spliced(file, end, 0, [0xff, 0xdc, 0, 4, ...height]), frame + 5, 2, [0, 0]);
    expect(await bytesOf(late)).toEqual(await bytesOf(file));
  });

  it('codings that are not read are called by their names, and not called damage', async () => {
    const file = fileOf('grey');
    const frame = find(file, 0xc0);
    const named: [number, string][] = [
      [0xc3, 'lossless coding'],
      [0xc5, 'hierarchical coding'],
      [0xc9, 'arithmetic coding'],
      [0xca, 'arithmetic coding'],
      [0xf7, 'JPEG-LS coding'],
    ];
    for (const [marker, coding] of named) {
      expect(await complaint(spliced(file, frame + 1, 1, [marker]))).toBe(
        `decodeImage: a.jpg is a JPEG of ${coding}, which is not read: save it again as ordinary JPEG or PNG`,
      );
    }
    expect(await complaint(spliced(file, frame + 4, 1, [12]))).toBe(
      'decodeImage: a.jpg is a JPEG of 12 bits a sample, of which only 8 are read: save it again, as PNG of 16 bits',
    );
    const two = writeJpeg(
      readJpeg(fileOf('colour')).segments.map(
        (segment): Segment =>
          segment.marker === 0xc0
            ? { ...segment, data: spliced(segment.data.subarray(0, 12), 5, 1, [2]) }
            : segment,
      ),
    );
    expect(await complaint(two)).toMatch(
      /must be a JPEG of 1, 3 or 4 components, got 2: save it in grey or colour$/,
    );
    const large = spliced(file, frame + 5, 4, [0xff, 0xff, 0xff, 0xff]);
    expect(await complaint(large)).toMatch(/must have 1 to 100000000 pixels, got 65535 x 65535/);
  });

  it('changed data give a complaint of one line, or a picture', async () => {
    for (const name of ['colour', 'CMYK, progressive, restarts']) {
      const file = fileOf(name);
      for (let at = find(file, 0xda) + 2; at < file.length - 2; at += 19) {
        const wrong = await complaint(spliced(file, at, 1, [file[at] ^ 0x55]));
        if (wrong !== undefined) expect(wrong).toMatch(/^decodeImage: a\.jpg .+$/);
      }
    }
  });
});

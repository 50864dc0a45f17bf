import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isEmnist } from '../../src/formats/idx.js';
import { decodeColour, decodeImage } from '../../src/images/index.js';
import * as scorefield from '../../src/index.js';
import { files } from '../golden/files.mjs';
import { golden } from '../golden.js';

/** Everything that reads a file's bytes. */
const readers: Record<string, (bytes: Uint8Array) => unknown> = {
  decodeColour: (bytes) => decodeColour(bytes),
  decodeImage: (bytes) => decodeImage(bytes),
  gunzip: (bytes) => scorefield.gunzip(bytes),
  readCifar: (bytes) => scorefield.readCifar(bytes),
  readCsvPoints: (bytes) => scorefield.readCsvPoints(bytes),
  readIdx: (bytes) => scorefield.readIdx(bytes).image(0),
  readIdxImages: (bytes) => scorefield.readIdxImages(bytes, { labels: bytes }),
  readIdxLabels: (bytes) => scorefield.readIdxLabels(bytes),
  readIdxTransposed: (bytes) => scorefield.readIdxImages(bytes, { transposed: true }),
  readNpy: (bytes) => scorefield.readNpy(bytes),
  readNpyImages: (bytes) => scorefield.readNpyImages(bytes),
  readNpyPoints: (bytes) => scorefield.readNpyPoints(bytes),
  readSafetensors: (bytes) => scorefield.readSafetensors(bytes),
  decodeCheckpoint: (bytes) => scorefield.decodeCheckpoint(bytes),
  decodeDenoiserCheckpoint: (bytes) => scorefield.decodeDenoiserCheckpoint(bytes),
  decodeDenoiserWeights: (bytes) => scorefield.decodeDenoiserWeights(bytes),
  decodeImages: (bytes) => scorefield.decodeImages(bytes),
  decodePointSet: (bytes) => scorefield.decodePointSet(bytes),
  decodeWeights: (bytes) => scorefield.decodeWeights(bytes),
};

const folder = new URL('../fixtures/cases/', import.meta.url);

/** Whole files of every kind. */
async function seeds(): Promise<Uint8Array[]> {
  const cases = readdirSync(folder).map((name) => new Uint8Array(readFileSync(new URL(name, folder))));
  const unpack = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
  const pictures = Object.values(golden<Record<string, { file: string }>>('pictures'));
  const { inflateSync } = await import('node:zlib');
  return [
    ...cases,
    ...Object.values(await files(scorefield)),
    ...pictures.map(({ file }) => new Uint8Array(inflateSync(unpack(file)))),
    new Uint8Array(gzipSync(cases[0])),
    new Uint8Array(3073),
  ];
}

/** Files that are made by changing whole ones: FUZZ=10000 for as many. */
const RUNS = Number(process.env.FUZZ ?? 300);
/** Longest that a reader may take over a file of some kilobytes, on a machine that does other work too. */
const MOST_MS = 5000;

/** What went wrong, unless the reader gave something or an Error of one line that is meant for people. */
async function fault(read: (bytes: Uint8Array) => unknown, bytes: Uint8Array): Promise<string | undefined> {
  const start = performance.now();
  try {
    await read(bytes);
    const elapsed = performance.now() - start;
    return elapsed > MOST_MS ? `took ${elapsed} ms over ${bytes.length} bytes` : undefined;
  } catch (error) {
    if (!(error instanceof Error)) return `threw ${String(error)}`;
    if (!/^[a-zA-Z ]+: .+$|^the .+$/.test(error.message) || error.message.length > 600) return error.message;
    const innards =
      /Cannot read|is not a function|is not iterable|undefined|null|typed array|array length|NaN/;
    return innards.test(error.message) ? error.message : undefined;
  }
}

describe('readers of files', () => {
  it('give something or an Error of one line, whatever the bytes: whole files of another kind', async () => {
    for (const bytes of [
      ...(await seeds()),
      new Uint8Array(0),
      Uint8Array.of(0),
      new Uint8Array(40).fill(255),
    ]) {
      for (const [name, read] of Object.entries(readers))
        expect([name, await fault(read, bytes)]).toEqual([name, undefined]);
    }
  });

  it(
    'files cut, with bytes changed, and with pieces of others',
    async () => {
      const whole = await seeds();
      const edit = fc.record({
        seed: fc.nat(whole.length - 1),
        changes: fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 6 }),
        cut: fc.option(fc.nat(2000), { freq: 2 }),
        insert: fc.option(fc.tuple(fc.nat(300), fc.uint8Array({ maxLength: 12 })), { freq: 2 }),
      });
      await fc.assert(
        fc.asyncProperty(edit, async ({ seed, changes, cut, insert }) => {
          let bytes = whole[seed].slice(0, cut ?? undefined);
          for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value;
          if (insert)
            bytes = Uint8Array.of(
              ...bytes.subarray(0, insert[0]),
              ...insert[1],
              ...bytes.subarray(insert[0]),
            );
          for (const [name, read] of Object.entries(readers)) {
            expect([name, await fault(read, bytes)]).toEqual([name, undefined]);
          }
        }),
        { numRuns: RUNS },
      );
    },
    60_000 + 100 * RUNS,
  );

  it('random headers of npy and of safetensors', async () => {
    const word = fc.oneof(
      fc.constantFrom(
        'descr',
        'fortran_order',
        'shape',
        '<f4',
        '>i8',
        '(',
        ')',
        '[',
        ']',
        '{',
        '}',
        ',',
        ':',
        "'",
        '"',
      ),
      fc.constantFrom(
        'True',
        'False',
        'None',
        '3L',
        '-1',
        '1.5',
        'dtype',
        'F32',
        'data_offsets',
        '__metadata__',
        ' ',
        '\\',
      ),
      fc.string({ maxLength: 4 }),
      fc.nat().map(String),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 30 }), async (words) => {
        const text = new TextEncoder().encode(words.join(''));
        const npy = Uint8Array.of(
          0x93,
          0x4e,
          0x55,
          0x4d,
          0x50,
          0x59,
          1,
          0,
          text.length & 255,
          text.length >> 8,
          ...text,
        );
        const tensors = Uint8Array.of(text.length & 255, text.length >> 8, 0, 0, 0, 0, 0, 0, ...text);
        expect(await fault(readers.readNpy, npy)).toBe(undefined);
        expect(await fault(readers.readSafetensors, tensors)).toBe(undefined);
      }),
      { numRuns: 500 },
    );
  });

  it('refuses a file that claims more than it holds, at once', async () => {
    const jpeg = new Uint8Array(readFileSync(new URL('cut_2_bytes.jpg', folder)));
    const frame = jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === 0xc0);
    jpeg.set([0x27, 0x0f, 0x27, 0x0f], frame + 5);
    await expect(decodeImage(jpeg)).rejects.toThrow(/its 9999 x 9999 pixels end after \d+ bytes/);
    expect(isEmnist('a/emnist-mnist-test-images-idx3-ubyte.gz')).toBe(true);
    expect(isEmnist('emnist-letters/train-images-idx3-ubyte')).toBe(false);
  });
});

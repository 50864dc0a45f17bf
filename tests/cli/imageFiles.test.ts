import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { encode } from 'fast-png';
import { afterAll, describe, expect, it } from 'vitest';
import { type ReadImagesOptions, readImages, readPoints } from '../../src/cli/run/imageFiles.js';
import { Failure, UsageError } from '../../src/cli/terminal/failure.js';
import { writeNpy } from '../../src/formats/npy.js';

const folder = mkdtempSync(join(tmpdir(), 'scorefield-images-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes a file, and returns its path. */
function put(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  return path;
}

function idx(shape: number[]): Uint8Array {
  const size = shape.reduce((product, n) => product * n, 1);
  const bytes = new Uint8Array(4 + 4 * shape.length + size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x800 + shape.length);
  shape.forEach((n, axis) => {
    view.setUint32(4 + 4 * axis, n);
  });
  return bytes.map((byte, i) => (i < 4 + 4 * shape.length ? byte : i % 7));
}

/** A PNG of one colour. */
function plain(height: number, width: number, colour: number[]): Uint8Array {
  const data = Uint8Array.from(
    { length: height * width * colour.length },
    (_, i) => colour[i % colour.length],
  );
  return encode({ width, height, data, channels: colour.length as 1 | 3 });
}

/** The message of the Failure of a reading, after making sure that it is one, of a single line; without the folder. */
async function problem(paths: string[], options?: ReadImagesOptions): Promise<string> {
  const error = await readImages(paths, options).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(Failure);
  expect(error.message).toMatch(/^.+$/);
  return error.message.replaceAll(`${folder}/`, '');
}

describe('readImages, of files of many', () => {
  const images = idx([3, 2, 2]);
  const labels = idx([3]);

  it('reads IDX files with the labels beside them, compressed or not', async () => {
    const plainPath = put('a/train-images-idx3-ubyte', images);
    put('a/train-labels-idx1-ubyte', labels);
    const packed = put('b/train-images-idx3-ubyte.gz', gzipSync(images));
    put('b/train-labels-idx1-ubyte.gz', gzipSync(labels));
    const mixed = put('c/train-images-idx3-ubyte.gz', gzipSync(images));
    put('c/train-labels-idx1-ubyte', labels);
    const want = {
      count: 3,
      height: 2,
      width: 2,
      channels: 1,
      pixels: images.subarray(16),
      labels: Uint16Array.from(labels.subarray(8)),
      classes: 4,
    };
    expect(await readImages([plainPath])).toEqual({ ...want, source: 'train-images-idx3-ubyte' });
    expect(await readImages([packed])).toEqual({ ...want, source: 'train-images-idx3-ubyte.gz' });
    expect(await readImages([mixed])).toMatchObject({ labels: want.labels });
    const alone = put('d/images.idx', images);
    expect(await readImages([alone])).not.toHaveProperty('labels');
    const both = await readImages([plainPath, packed]);
    expect(both).toMatchObject({ count: 6, classes: 4 });
    expect(await problem([plainPath, alone])).toMatch(
      /^all sets must be of one kind, got .* with labels in a\/train-images-idx3-ubyte and .* in d\/images.idx; --size/,
    );
  });

  it('reads npy files, with labels that are named', async () => {
    const path = put(
      'x.npy',
      writeNpy(
        Uint8Array.from({ length: 12 }, (_, i) => i),
        [1, 2, 2, 3],
      ),
    );
    expect(await readImages([path])).toMatchObject({ count: 1, channels: 3, source: 'x.npy' });
    expect(await readImages([path], { grey: true })).toMatchObject({ channels: 1 });
    expect(await readImages([path], { size: { height: 1, width: 1 } })).toMatchObject({
      height: 1,
      width: 1,
    });
    const named = put('y.npy', writeNpy(Int32Array.of(4), [1]));
    expect(await readImages([path], { labels: named })).toMatchObject({
      labels: Uint16Array.of(4),
      classes: 5,
    });
    expect(await problem([path], { labels: put('labels', idx([2])) })).toBe(
      'labels: must hold a label for each of the 1 images of x.npy, got 2',
    );
    const flat = put('z.npy', writeNpy(Int32Array.of(4), [1, 1]));
    const halves = put('halves.npy', writeNpy(Float32Array.of(0.5), [1]));
    expect(await problem([path], { labels: halves })).toMatch(
      /^halves.npy: labels must be integers .*, got 0.5 at index 0$/,
    );
    expect(await problem([path], { labels: flat })).toBe('z.npy: labels must have shape [n], got [1, 1]');
  });

  it('reads batches of CIFAR-10, also one that begins like an IDX file', async () => {
    const batch = new Uint8Array(2 * 3073);
    batch[2] = 8;
    batch[3073] = 9;
    const paths = [put('data_batch_1.bin', batch), put('data_batch_2.bin', batch)];
    expect(await readImages(paths)).toMatchObject({
      count: 4,
      height: 32,
      width: 32,
      channels: 3,
      labels: Uint16Array.of(0, 9, 0, 9),
      classes: 10,
      source: 'data_batch_1.bin, data_batch_2.bin',
    });
    expect(await readImages(paths, { grey: true })).toMatchObject({ count: 4, channels: 1 });
    expect(await problem([put('cut.bin', new Uint8Array(3072).fill(1))])).toMatch(
      /^cut\.bin must hold one or more records of 3073 bytes .* got 3072 bytes/,
    );
    expect(await problem([paths[0]], { labels: 'x' })).toBe(
      '--labels is not for data_batch_1.bin, which has labels of its own',
    );
  });

  it('reports what it cannot read', async () => {
    expect(await problem([])).toBe('name at least one file or folder of images');
    expect(await problem(['a', 'b'], { labels: 'c' })).toBe(
      '--labels is for one file of images, got 2 paths',
    );
    expect(await problem([join(folder, 'none')])).toBe('none: it does not exist; check the path');
    expect(await problem([put('text.txt', 'some text')])).toBe(
      'text.txt: is no IDX or npy file, no .png, .jpg or .jpeg picture and no .bin batch of CIFAR-10, but text that begins ' +
        'with "some text"; give points, a line each, as --points',
    );
    expect(await problem([put('cut-idx', images.subarray(0, 20))])).toMatch(/^cut-idx is truncated: /);
    expect(await problem([put('cut.gz', gzipSync(images).subarray(0, 20))])).toMatch(
      /^cut\.gz is truncated or/,
    );
    expect(await problem([put('only-labels', labels)])).toMatch(
      /must have 3 or 4 dimensions, as IDX files of images, got 1, as one of labels: give the file of images$/,
    );
    await expect(readImages([])).rejects.toThrow(UsageError);
  });
});

describe('readImages, of pictures', () => {
  it('reads a folder, sorted, in bytes; in one channel if all are grey', async () => {
    put('grey/b.png', plain(1, 2, [20]));
    put('grey/a.PNG', plain(1, 2, [10]));
    put('grey/.hidden.png', 'no picture');
    put('grey/notes.txt', 'no picture');
    expect(await readImages([join(folder, 'grey')])).toEqual({
      count: 2,
      height: 1,
      width: 2,
      channels: 1,
      pixels: Uint8Array.of(10, 10, 20, 20),
      source: 'grey',
    });
  });

  it('reads several files in their order, in colour if one is', async () => {
    const paths = [put('red.png', plain(1, 1, [255, 0, 0])), put('grey.png', plain(1, 1, [9]))];
    const set = await readImages(paths);
    expect(set).toMatchObject({ channels: 3, pixels: Uint8Array.of(255, 0, 0, 9, 9, 9) });
    expect(set.source).toBe('red.png, grey.png');
    expect((await readImages(paths, { grey: true })).pixels).toEqual(Uint8Array.of(54, 9));
    expect((await readImages([...paths, ...paths])).source).toBe('4 files');
  });

  it('takes names of folders as classes, whose pictures come in turn', async () => {
    put('classes/dog/1.png', plain(1, 1, [1]));
    put('classes/cat/2.png', plain(1, 1, [2]));
    put('classes/cat/3.png', plain(1, 1, [3]));
    mkdirSync(join(folder, 'classes/empty'));
    expect(await readImages([join(folder, 'classes')])).toMatchObject({
      pixels: Uint8Array.of(2, 1, 3),
      labels: Uint16Array.of(0, 1, 0),
      classes: 2,
      classNames: ['cat', 'dog'],
    });
    const other = put('one.png', plain(1, 1, [1]));
    expect(await problem([join(folder, 'classes'), other])).toBe(
      'classes: has folders of classes; give it alone',
    );
    expect(await problem([join(folder, 'classes')], { labels: 'x' })).toBe(
      '--labels is for a file of images, got classes; name classes by folders',
    );
    put('classes/stray.png', plain(1, 1, [1]));
    expect(await problem([join(folder, 'classes')])).toBe(
      'classes: has pictures, such as stray.png, beside folders of pictures, such as cat; keep one kind',
    );
  });

  it('crops and scales to a size, and says so where sizes differ', async () => {
    const paths = [put('large.png', plain(4, 6, [100])), put('small.png', plain(2, 2, [50]))];
    expect(await problem(paths)).toBe(
      'small.png: is 2 x 2 pixels, but large.png is 4 x 6; give --size HxW, to which all are cropped and scaled',
    );
    expect(await readImages(paths, { size: { height: 3, width: 2 } })).toMatchObject({
      count: 2,
      height: 3,
      width: 2,
      pixels: Uint8Array.from({ length: 12 }, (_, i) => (i < 6 ? 100 : 50)),
    });
  });

  it('reports a folder without pictures, and a damaged one by its name', async () => {
    mkdirSync(join(folder, 'bare'));
    expect(await problem([join(folder, 'bare')])).toBe(
      'bare: has no .png, .jpg or .jpeg pictures, nor folders of them',
    );
    expect(await problem([put('bad.png', plain(1, 1, [1]).subarray(0, 30))])).toMatch(
      /^bad\.png cannot be decoded as PNG/,
    );
  });
});

describe('readImages, of EMNIST', () => {
  it('turns the images of files with its names, which are transposed', async () => {
    const file = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 7, 9);
    const named = put('emnist-letters-test-images-idx3-ubyte', file);
    expect(await readImages([named])).toMatchObject({ height: 2, width: 1, pixels: Uint8Array.of(7, 9) });
    expect(await readImages([put('letters-idx3-ubyte', file)])).toMatchObject({ height: 1, width: 2 });
  });
});

describe('readPoints', () => {
  it('reads npy and text', async () => {
    const data = { dim: 2, points: Float32Array.of(1, 2), logits: Float32Array.of(0) };
    expect(await readPoints(put('p.npy', writeNpy(Float64Array.of(1, 2), [1, 2])))).toEqual(data);
    expect(await readPoints(put('p.csv', 'x,y\r\n1,2\r\n'))).toEqual(data);
    const error = await readPoints(put('bad.csv', '1,2\n1,x\n')).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(Failure);
    expect(error.message).toBe(`${join(folder, 'bad.csv')}: line 2 must hold finite numbers, got "x"`);
  });
});

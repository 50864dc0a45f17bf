import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imageMoments } from '../../src/data/imageParts.js';
import { gunzip, readIdx, readIdxImages, readIdxLabels } from '../../src/formats/idx.js';
import { oneLine } from './oneLine.js';

/** An IDX file of unsigned bytes; the default data count up. */
function idx(shape: number[], data?: ArrayLike<number>): Uint8Array {
  const size = shape.reduce((product, n) => product * n, 1);
  const bytes = new Uint8Array(4 + 4 * shape.length + size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x800 + shape.length);
  shape.forEach((n, axis) => {
    view.setUint32(4 + 4 * axis, n);
  });
  bytes.set(Uint8Array.from(data ?? Array.from({ length: size }, (_, i) => i % 256)), 4 + 4 * shape.length);
  return bytes;
}

describe('readIdx', () => {
  it('gives bytes / 255, rounded to float32, row by row', () => {
    const images = readIdx(idx([2, 2, 3], [0, 1, 2, 3, 4, 5, 250, 251, 252, 253, 254, 255]));
    expect(images).toMatchObject({ count: 2, height: 2, width: 3 });
    expect(images.image(0)).toEqual({
      height: 2,
      width: 3,
      pixels: new Float32Array([0, 1 / 255, 2 / 255, 3 / 255, 4 / 255, 5 / 255]),
    });
    expect(images.image(1).pixels[5]).toBe(1);
  });

  it('reads a view that begins anywhere in its buffer', () => {
    const file = idx([1, 2, 2]);
    const buffer = new Uint8Array(file.length + 3);
    buffer.set(file, 3);
    expect(readIdx(buffer.subarray(3)).image(0)).toEqual(readIdx(file).image(0));
  });

  it('reports another kind of file', () => {
    expect(oneLine(() => readIdx(idx([4]), 'labels.idx'))).toBe(
      'readIdx: labels.idx must begin with the magic number 0x00000803 (IDX images, unsigned bytes in 3 dimensions), ' +
        'got 0x00000801, an IDX file of labels: use readIdxLabels()',
    );
    expect(oneLine(() => readIdx(new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13])))).toMatch(/got 0x89504e47$/);
    expect(oneLine(() => readIdx(gzipSync(idx([1, 2, 2])), 'a.gz'))).toBe(
      'readIdx: a.gz is gzip-compressed: unpack it first, with gunzip()',
    );
    // @ts-expect-error a page may hand over anything
    expect(() => readIdx('text')).toThrow(TypeError);
  });

  it('reports truncated and overlong files with both sizes', () => {
    const file = idx([3, 2, 2]);
    expect(oneLine(() => readIdx(file.subarray(0, 27), 'a'))).toBe(
      'readIdx: a is truncated: its header (3 x 2 x 2) asks for 28 bytes, got 27; fetch it again',
    );
    expect(oneLine(() => readIdx(new Uint8Array(0), 'a'))).toMatch(/truncated: .* 16 bytes .* got 0;/);
    expect(oneLine(() => readIdx(new Uint8Array([...file, 0])))).toMatch(/too long: .* 28 bytes, got 29/);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 27 }), (length) => {
        expect(oneLine(() => readIdx(file.subarray(0, length)))).toMatch(/truncated/);
      }),
    );
  });

  it('reports an index out of range, and images without pixels', () => {
    const images = readIdx(idx([100, 1, 2]));
    expect(oneLine(() => images.image(100))).toBe('readIdx: index must be an integer from 0 to 99, got 100');
    for (const index of [-1, 0.5, Number.NaN]) {
      expect(() => images.image(index)).toThrow(RangeError);
    }
    expect(oneLine(() => readIdx(idx([0, 2, 2]), 'a').image(0))).toMatch(/a holds no images, got 0$/);
    expect(oneLine(() => readIdx(idx([2, 0, 5])))).toMatch(/got 0 x 5$/);
  });
});

describe('readIdxLabels', () => {
  it('copies the labels', () => {
    const file = idx([3], [5, 0, 4]);
    const labels = readIdxLabels(file);
    file.fill(0);
    expect(labels).toEqual(new Uint8Array([5, 0, 4]));
  });

  it('reports a file of images, and a truncated one', () => {
    expect(oneLine(() => readIdxLabels(idx([1, 2, 2])))).toMatch(
      /0x00000801 .* got 0x00000803, .* use readIdx\(\)/,
    );
    expect(oneLine(() => readIdxLabels(idx([3]).subarray(0, 9)))).toMatch(/asks for 11 bytes, got 9/);
  });
});

describe('readIdxImages', () => {
  it('keeps the bytes of all images, with the labels of another file', () => {
    const file = idx([2, 2, 3]);
    const set = readIdxImages(file, { labels: idx([2], [5, 1]), classes: 10 });
    expect(set).toEqual({
      count: 2,
      height: 2,
      width: 3,
      channels: 1,
      pixels: file.slice(16),
      labels: Uint16Array.of(5, 1),
      classes: 10,
    });
    expect(set.pixels.buffer).toBe(file.buffer);
    expect(readIdxImages(file)).not.toHaveProperty('labels');
    expect(readIdxImages(file, { labels: idx([2], [5, 1]) }).classes).toBe(6);
  });

  it('reports files that do not fit', () => {
    const file = idx([2, 2, 3]);
    expect(oneLine(() => readIdxImages(file, { labels: idx([3]), name: 'a', labelsName: 'b' }))).toBe(
      'readIdxImages: b must hold a label for each of the 2 images of a, got 3: give the labels that belong to them',
    );
    expect(oneLine(() => readIdxImages(idx([0, 2, 2]), { name: 'a' }))).toBe(
      'readIdxImages: a must hold at least one image, got none',
    );
    expect(oneLine(() => readIdxImages(file, { labels: file }))).toMatch(
      /^readIdxLabels: the file of labels must/,
    );
  });
});

describe('gunzip', () => {
  it('unpacks what zlib packed', async () => {
    const file = idx([50, 3, 4]);
    expect(await gunzip(gzipSync(file))).toEqual(file);
  });

  it('reports what is not gzip, truncated or damaged, on one line', async () => {
    const packed = gzipSync(idx([50, 3, 4]));
    await expect(gunzip(idx([4]), 'x.gz')).rejects.toThrow(
      /^gunzip: x\.gz must begin with the bytes 1f 8b of gzip, got 00 00$/,
    );
    await expect(gunzip(new Uint8Array(0))).rejects.toThrow(/got no bytes$/);
    await expect(gunzip(packed.subarray(0, packed.length - 3), 'x.gz')).rejects.toThrow(
      /^gunzip: x\.gz is truncated or corrupt \(.+\): fetch it again$/,
    );
    for (let i = 10; i < packed.length; i++) {
      const damaged = Uint8Array.from(packed);
      damaged[i] ^= 1;
      await expect(gunzip(damaged)).rejects.toThrow(/truncated or corrupt/);
    }
  });
});

const folder = process.env.MNIST_DIR;

describe.runIf(folder)('MNIST', () => {
  const read = (file: string) => new Uint8Array(readFileSync(join(folder as string, file)));

  it('has the five of the article as training image 0', () => {
    const images = readIdx(read('train100-images-idx3-ubyte'));
    expect(images).toMatchObject({ count: 100, height: 28, width: 28 });
    const { pixels } = images.image(0);
    expect(pixels.filter((p) => p > 0).length).toBe(166);
    expect(Math.round(pixels.reduce((sum, p) => sum + p * 255, 0))).toBe(27525);
    expect(readIdxLabels(read('train100-labels-idx1-ubyte'))[0]).toBe(5);
  });

  it('has 10,000 test images and labels, packed', async () => {
    const images = readIdx(await gunzip(read('t10k-images-idx3-ubyte.gz')));
    expect(images.count).toBe(10000);
    expect(images.image(9999).pixels.some((p) => p > 0)).toBe(true);
    const labels = readIdxLabels(await gunzip(read('t10k-labels-idx1-ubyte.gz')));
    expect([labels.length, labels[0]]).toEqual([10000, 7]);
    // of the test images; those of the training images are .1307 and .3081
    const { mean, sd } = imageMoments(readIdxImages(await gunzip(read('t10k-images-idx3-ubyte.gz'))));
    expect(mean.reduce((sum, m) => sum + m, 0) / 784).toBeCloseTo(0.1325, 4);
    expect(sd).toBeCloseTo(0.3105, 4);
  });
});

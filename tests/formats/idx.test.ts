import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { imageMoments } from '../../src/data/imageParts.js';
import { gunzip } from '../../src/formats/gzip.js';
import { readIdx, readIdxImages, readIdxLabels } from '../../src/formats/idx.js';
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
      'readIdx: labels.idx must have 3 or 4 dimensions, as IDX files of images, got 1, as one of labels: give the file of ' +
        'images',
    );
    expect(oneLine(() => readIdx(new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13]), 'a'))).toBe(
      'readIdx: a must be an IDX file of images, which begins with two zeros and the code of a type, got a PNG picture',
    );
    expect(oneLine(() => readIdx(Uint8Array.of(0, 0, 10, 3)))).toMatch(/the bytes 00 00 0a 03$/);
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

/** An IDX file of numbers of a type, by its code. */
function typed(code: number, shape: number[], values: number[]): Uint8Array {
  const writers: Record<
    number,
    [bytes: number, set: 'setInt8' | 'setInt16' | 'setInt32' | 'setFloat32' | 'setFloat64']
  > = {
    9: [1, 'setInt8'],
    11: [2, 'setInt16'],
    12: [4, 'setInt32'],
    13: [4, 'setFloat32'],
    14: [8, 'setFloat64'],
  };
  const [size, set] = writers[code];
  const start = 4 + 4 * shape.length;
  const view = new DataView(new ArrayBuffer(start + size * values.length));
  view.setUint32(0, (code << 8) + shape.length);
  shape.forEach((n, axis) => {
    view.setUint32(4 + 4 * axis, n);
  });
  values.forEach((value, i) => {
    view[set](start + i * size, value);
  });
  return new Uint8Array(view.buffer);
}

describe('IDX files of other types and shapes', () => {
  it('whole numbers of any type are bytes, and floats intensities', () => {
    for (const code of [9, 11, 12, 13, 14]) {
      const set = readIdxImages(typed(code, [1, 2, 2], [0, 1, 2, 127]));
      expect(set.pixels).toEqual(Uint8Array.of(0, 1, 2, 127));
      expect(readIdxLabels(typed(code, [3], [5, 0, 4]))).toEqual(Uint8Array.of(5, 0, 4));
    }
    for (const code of [13, 14]) {
      const file = typed(code, [1, 2, 2], [0, 0.25, 0.5, 1]);
      expect(readIdxImages(file).pixels).toEqual(Float32Array.of(0, 0.25, 0.5, 1));
      expect(readIdx(file).image(0).pixels).toEqual(Float32Array.of(0, 0.25, 0.5, 1));
    }
  });

  it('other numbers are refused', () => {
    expect(oneLine(() => readIdxImages(typed(12, [1, 1, 2], [0, 256]), { name: 'a' }))).toBe(
      'readIdxImages: a must hold intensities from 0 to 255, got 256: scale them',
    );
    expect(oneLine(() => readIdxImages(typed(13, [1, 1, 2], [0.5, 7])))).toMatch(
      /intensities in \[0, 1\], or whole numbers from 0 to 255, got 7: scale them$/,
    );
    expect(oneLine(() => readIdxLabels(typed(9, [2], [0, -1])))).toMatch(/from 0 to 255, got -1 at index 1/);
  });

  it('colour stands last or first, grey anywhere', () => {
    const last = readIdxImages(idx([2, 2, 2, 3]));
    expect(last).toMatchObject({ count: 2, height: 2, width: 2, channels: 3 });
    const planes = Array.from({ length: 2 }, (_, n) =>
      [0, 1, 2].flatMap((channel) => [0, 1, 2, 3].map((pixel) => 12 * n + 3 * pixel + channel)),
    ).flat();
    expect(readIdxImages(idx([2, 3, 2, 2], planes))).toEqual(last);
    for (const shape of [
      [2, 1, 2, 4],
      [2, 2, 4, 1],
      [2, 2, 4],
    ]) {
      expect(readIdxImages(idx(shape))).toMatchObject({ count: 2, height: 2, width: 4, channels: 1 });
    }
    const grey = readIdx(idx([1, 1, 1, 3], [255, 0, 0])).image(0);
    expect(grey.pixels[0]).toBeCloseTo(54 / 255, 6);
    expect(oneLine(() => readIdx(idx([2, 2, 2, 2])))).toMatch(/got 2 x 2 x 2 x 2$/);
  });

  it('transposed ones, as EMNIST has them, are turned, in colour too', () => {
    const file = idx([1, 3, 2], [1, 2, 3, 4, 5, 6]);
    expect(readIdxImages(file, { transposed: true })).toMatchObject({
      height: 2,
      width: 3,
      pixels: Uint8Array.of(1, 3, 5, 2, 4, 6),
    });
    expect(readIdx(file, 'a', { transposed: true }).image(0).width).toBe(3);
    const last = readIdxImages(idx([1, 1, 2, 3], [1, 2, 3, 4, 5, 6]), { transposed: true });
    expect(last).toMatchObject({ height: 2, width: 1, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6) });
    const first = readIdxImages(idx([1, 3, 1, 2], [1, 4, 2, 5, 3, 6]), { transposed: true });
    expect(first).toEqual(last);
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
      /must have 1 dimension, as IDX files of labels, got 3: give the file of labels$/,
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

/** DecompressionStream as its specification has it: what follows the first member is an error. */
class OneMember extends TransformStream<Uint8Array, Uint8Array> {
  constructor() {
    const pieces: Uint8Array[] = [];
    super({
      transform: (piece) => {
        pieces.push(piece);
      },
      flush: (controller) => {
        const bytes = Buffer.concat(pieces);
        const { buffer, engine } = inflateRawSync(bytes.subarray(10), { info: true }) as unknown as {
          buffer: Buffer;
          engine: { bytesWritten: number };
        };
        if (10 + engine.bytesWritten + 8 !== bytes.length) throw new TypeError('Junk found after end');
        controller.enqueue(new Uint8Array(buffer));
      },
    });
  }
}

describe('gunzip', () => {
  it('unpacks what zlib packed', async () => {
    const file = idx([50, 3, 4]);
    expect(await gunzip(gzipSync(file))).toEqual(file);
  });

  it('unpacks several members, also where the platform takes one alone', async () => {
    const file = idx([50, 3, 4]);
    const cuts = [0, 10, 10, 11, 300, file.length];
    const members = cuts.slice(1).map((end, i) => gzipSync(file.subarray(cuts[i], end)));
    // The bytes of a beginning, stored as they are, are no beginning.
    const odd = gzipSync(Uint8Array.of(0x1f, 0x8b, 8, 0, 1, 2, 3), { level: 0 });
    const packed = new Uint8Array(Buffer.concat([...members, odd]));
    const whole = Uint8Array.of(...file, 0x1f, 0x8b, 8, 0, 1, 2, 3);
    expect(await gunzip(packed)).toEqual(whole);
    vi.stubGlobal('DecompressionStream', OneMember);
    try {
      expect(await gunzip(packed)).toEqual(whole);
      await expect(gunzip(packed.subarray(0, packed.length - 1), 'x.gz')).rejects.toThrow(
        /^gunzip: x\.gz is truncated or corrupt \(.+\): fetch it again$/,
      );
      // So many beginnings are no members.
      const many = Uint8Array.from({ length: 400_000 }, (_, i) => [0x1f, 0x8b, 8, 0][i % 4]);
      await expect(gunzip(many)).rejects.toThrow(/truncated or corrupt/);
    } finally {
      vi.unstubAllGlobals();
    }
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

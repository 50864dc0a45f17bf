import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { key } from '../../src/core/random.js';
import { concatImages, greyImages, imageMoments, splitImages } from '../../src/data/imageParts.js';
import { imageRows, imageSet } from '../../src/data/imageSet.js';
import { permutation } from '../../src/data/permutation.js';
import { forEachCore } from '../cores.js';
import { oneLine } from '../formats/oneLine.js';

const numbered = (count: number) =>
  imageSet({
    height: 1,
    width: 2,
    pixels: Uint8Array.from({ length: 2 * count }, (_, i) => i >> 1),
    labels: Uint16Array.from({ length: count }, (_, i) => i % 3),
    classes: 3,
  });

forEachCore('permutation', (core) => {
  // jax 0.10.2: jax.random.permutation(jax.random.PRNGKey(7), n)[:12], with jax_threefry_partitionable False and True
  it('is that of JAX', () => {
    const first = (n: number, layout: 'original' | 'partitionable') =>
      Array.from(permutation(core, key(7), n, { layout }).subarray(0, 12));
    expect(first(1, 'original')).toEqual([0]);
    expect(first(5, 'original')).toEqual([1, 4, 2, 0, 3]);
    expect(first(10, 'original')).toEqual([5, 0, 4, 3, 1, 7, 8, 6, 9, 2]);
    // two rounds
    expect(first(2000, 'original')).toEqual([
      1247, 656, 1630, 37, 1998, 1835, 124, 1865, 1462, 1322, 249, 874,
    ]);
    expect(first(5, 'partitionable')).toEqual([4, 2, 3, 0, 1]);
    expect(first(2000, 'partitionable')).toEqual([
      1785, 5, 1002, 442, 880, 109, 1429, 1338, 1074, 331, 350, 1378,
    ]);
    expect(oneLine(() => permutation(core, key(7), 0))).toMatch(/^permutation: n must be an integer from 1/);
  });
});

forEachCore('splitImages', (core) => {
  it('holds out the last images, without a copy', () => {
    const set = numbered(10);
    const { training, heldOut } = splitImages(set, 3);
    expect([training.count, heldOut.count]).toEqual([7, 3]);
    expect(heldOut.pixels).toEqual(Uint8Array.of(7, 7, 8, 8, 9, 9));
    expect(heldOut.labels).toEqual(Uint16Array.of(1, 2, 0));
    expect(training.pixels.buffer).toBe(set.pixels.buffer);
    const floats = imageSet({ height: 1, width: 1, pixels: Float32Array.of(0, 1) });
    expect(splitImages(floats, 1).heldOut).toEqual({ ...floats, count: 1, pixels: Float32Array.of(1) });
  });

  it('or those that a key chooses: every image on one side, in order, the same for the same key', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 40 }), fc.nat(1000), fc.nat(), (count, seed, some) => {
        const n = 1 + (some % (count - 1));
        const { training, heldOut } = splitImages(numbered(count), n, { core, key: key(seed) });
        const held = [...permutation(core, key(seed), count).subarray(0, n)].sort((a, b) => a - b);
        const numbers = (pixels: ArrayLike<number>) => Array.from(pixels).filter((_, i) => i % 2 === 0);
        expect(numbers(heldOut.pixels)).toEqual(held);
        expect(numbers(training.pixels)).toEqual(
          Array.from({ length: count }, (_, i) => i).filter((i) => !held.includes(i)),
        );
        expect(Array.from(heldOut.labels ?? [])).toEqual(held.map((i) => i % 3));
      }),
      { numRuns: 30 },
    );
  });

  it('reports what cannot be held out', () => {
    for (const n of [0, 10, 11, 1.5]) {
      expect(oneLine(() => splitImages(numbered(10), n))).toBe(
        `splitImages: heldOut must be an integer from 1 to 9, got ${n}`,
      );
    }
    expect(oneLine(() => splitImages(numbered(1), 1))).toBe(
      'splitImages: set must hold at least two images, got 1',
    );
  });
});

describe('concatImages', () => {
  it('joins more sets than a call takes arguments: a folder of pictures has one for each', () => {
    const one = imageSet({ height: 1, width: 1, pixels: Uint8Array.of(3), labels: [2] });
    expect(concatImages(Array(200_000).fill(one))).toMatchObject({ count: 200_000, classes: 3 });
  });

  it('joins sets in their order, with as many classes as the largest', () => {
    const joined = concatImages([
      numbered(2),
      imageSet({ height: 1, width: 2, pixels: Uint8Array.of(8, 9), labels: [7] }),
    ]);
    expect(joined).toEqual({
      count: 3,
      height: 1,
      width: 2,
      channels: 1,
      pixels: Uint8Array.of(0, 0, 1, 1, 8, 9),
      labels: Uint16Array.of(0, 1, 7),
      classes: 8,
    });
    const floats = imageSet({ height: 1, width: 1, pixels: Float32Array.of(0.5) });
    expect(concatImages([floats])).toBe(floats);
    expect(concatImages([floats, floats])).toEqual({
      ...floats,
      count: 2,
      pixels: Float32Array.of(0.5, 0.5),
    });
  });

  it('reports sets that do not fit', () => {
    expect(oneLine(() => concatImages([]))).toBe(
      'concatImages: sets must hold at least one set, got an empty list',
    );
    const other = imageSet({ height: 1, width: 2, pixels: Float32Array.of(0, 1) });
    expect(oneLine(() => concatImages([numbered(1), other]))).toBe(
      'concatImages: all sets must be of one kind, got 1 x 2 x 1 of bytes with labels in sets[0] and 1 x 2 x 1 of ' +
        'floats without labels in sets[1]',
    );
  });
});

describe('greyImages', () => {
  it('is Rec. 709 luma; grey and bytes stay what they are', () => {
    const pixels = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 77, 77, 77);
    expect(greyImages(imageSet({ height: 2, width: 2, channels: 3, pixels }))).toEqual({
      count: 1,
      height: 2,
      width: 2,
      channels: 1,
      pixels: Uint8Array.of(54, 182, 18, 77),
    });
    const floats = imageSet({ height: 1, width: 1, channels: 3, pixels: Float32Array.of(1, 0.5, 0) });
    expect(greyImages(floats).pixels[0]).toBeCloseTo(0.2126 + 0.3576, 6);
    const grey = numbered(2);
    expect(greyImages(grey)).toBe(grey);
    expect(oneLine(() => greyImages(imageSet({ height: 1, width: 1, channels: 2, pixels: pixels })))).toBe(
      'greyImages: set must have 1 or 3 channels, got 2',
    );
  });
});

describe('imageMoments', () => {
  it('are those of the rows, for any count', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (bytes) => {
        const set = imageSet({ height: 1, width: 3, pixels: new Uint8Array([...bytes, ...bytes, ...bytes]) });
        const rows = imageRows(set, [...Array(set.count).keys()]);
        const column = (d: number) => Array.from(rows).filter((_, i) => i % 3 === d);
        const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
        const variance = (values: number[]) => mean(values.map((v) => (v - mean(values)) ** 2));
        const moments = imageMoments(set);
        for (const d of [0, 1, 2]) {
          expect(moments.mean[d]).toBeCloseTo(mean(column(d)), 12);
          expect(moments.variance[d]).toBeCloseTo(variance(column(d)), 12);
        }
        expect(moments.sd).toBeCloseTo(Math.sqrt(variance(Array.from(rows))), 12);
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imagePoints, imageRows, imageSet, takeImages } from '../../src/data/imageSet.js';
import { oneLine } from '../formats/oneLine.js';

const counting = (n: number) => Uint8Array.from({ length: n }, (_, i) => i % 256);

describe('imageSet', () => {
  it('keeps pixels as they are, bytes or floats, and counts images', () => {
    const bytes = counting(24);
    const set = imageSet({ height: 2, width: 3, channels: 2, pixels: bytes });
    expect(set).toEqual({ count: 2, height: 2, width: 3, channels: 2, pixels: bytes });
    expect(set.pixels).toBe(bytes);
    const floats = Float32Array.of(0, 0.5, 1, 0.25);
    expect(imageSet({ height: 1, width: 2, pixels: floats })).toMatchObject({ count: 2, channels: 1 });
    expect(imageSet({ height: 1, width: 2, pixels: floats }).pixels).toBe(floats);
  });

  it('keeps labels, and as many classes as are asked for or seen', () => {
    const pixels = counting(3);
    const given = { height: 1, width: 1, pixels };
    expect(imageSet({ ...given, labels: [2, 0, 4] })).toMatchObject({
      labels: Uint16Array.of(2, 0, 4),
      classes: 5,
    });
    expect(imageSet({ ...given, labels: Uint8Array.of(2, 0, 4), classes: 10 }).classes).toBe(10);
    const labels = Uint16Array.of(0, 1, 2);
    expect(imageSet({ ...given, labels }).labels).toBe(labels);
  });

  it('says what is wrong', () => {
    const problem = (options: object) =>
      oneLine(() => imageSet({ height: 2, width: 2, pixels: counting(8), ...options }));
    expect(problem({ height: 0 })).toBe('imageSet: height must be a positive integer, got 0');
    expect(problem({ width: 1.5 })).toBe('imageSet: width must be a positive integer, got 1.5');
    expect(problem({ channels: -1 })).toBe('imageSet: channels must be a positive integer, got -1');
    expect(problem({ pixels: [0, 1] })).toBe(
      'imageSet: pixels must be a Uint8Array or a Float32Array, got an array of 2',
    );
    for (const length of [0, 7]) {
      expect(problem({ pixels: counting(length) })).toBe(
        `imageSet: pixels must hold one or more images of 2 x 2 x 1 = 4 numbers, got ${length} numbers`,
      );
    }
    for (const wrong of [Number.NaN, -0.5, 1.5]) {
      expect(problem({ pixels: Float32Array.of(0, 1, 0, 1, 0, wrong, 0, 0) })).toBe(
        `imageSet: pixels must be from 0 to 1, got ${wrong} in image 1: scale them, or give bytes from 0 to 255 as ` +
          'a Uint8Array',
      );
    }
    expect(problem({ labels: [1] })).toBe(
      'imageSet: labels must hold one class for each of the 2 images, got 1',
    );
    expect(problem({ labels: [1, 3], classes: 3 })).toBe(
      'imageSet: labels must be integers from 0 to 2, got 3 at index 1',
    );
    expect(problem({ labels: [0.5, 1] })).toBe(
      'imageSet: labels must be integers from 0 to 65535, got 0.5 at index 0',
    );
    expect(problem({ labels: [0, 1], classes: 0 })).toBe(
      'imageSet: classes must be an integer from 1 to 65536, got 0',
    );
    expect(problem({ classes: 3 })).toBe('imageSet: classes must come with labels, got 3 and none');
  });
});

describe('imageRows', () => {
  it('gives the images in the order asked for, a byte as the float32 nearest byte / 255', () => {
    const pixels = counting(256);
    const set = imageSet({ height: 2, width: 2, pixels });
    fc.assert(
      fc.property(fc.array(fc.nat(63), { maxLength: 9 }), (indices) => {
        const want = indices.flatMap((i) => [0, 1, 2, 3].map((d) => Math.fround((4 * i + d) / 255)));
        expect(Array.from(imageRows(set, indices))).toEqual(want);
      }),
    );
    const floats = imageSet({ height: 1, width: 2, pixels: Float32Array.of(0, 0.1, 0.2, 0.3) });
    expect(imageRows(floats, [1, 0])).toEqual(Float32Array.of(0.2, 0.3, 0, 0.1));
  });

  it('writes to `out`', () => {
    const set = imageSet({ height: 1, width: 1, pixels: Uint8Array.of(0, 255) });
    const out = new Float32Array(3);
    expect(imageRows(set, [1, 0, 1], out)).toBe(out);
    expect(out).toEqual(Float32Array.of(1, 0, 1));
    expect(oneLine(() => imageRows(set, [1], out))).toBe('imageRows: out must hold 1 x 1 = 1 numbers, got 3');
  });

  it('reports an index that is none', () => {
    const set = imageSet({ height: 1, width: 1, pixels: Uint8Array.of(0, 255) });
    for (const index of [2, -1, 0.5, Number.NaN]) {
      expect(oneLine(() => imageRows(set, [0, index]))).toBe(
        `imageRows: indices must be integers from 0 to 1, got ${index}: the set holds 2 images`,
      );
    }
  });
});

it('imagePoints is all images with equal weight', () => {
  const set = imageSet({ height: 1, width: 2, pixels: Uint8Array.of(0, 51, 255, 102) });
  expect(imagePoints(set)).toEqual({
    dim: 2,
    points: Float32Array.of(0, 0.2, 1, 0.4),
    logits: Float32Array.of(0, 0),
  });
});

it('takeImages copies images and labels, and keeps the classes', () => {
  const pixels = counting(6);
  const set = imageSet({ height: 1, width: 2, pixels, labels: [0, 1, 2] });
  const taken = takeImages(set, [2, 0]);
  pixels.fill(9);
  expect(taken).toEqual({
    ...set,
    count: 2,
    pixels: Uint8Array.of(4, 5, 0, 1),
    labels: Uint16Array.of(2, 0),
  });
  expect(takeImages(imageSet({ height: 1, width: 1, pixels: Float32Array.of(0, 1) }), [1])).toEqual({
    count: 1,
    height: 1,
    width: 1,
    channels: 1,
    pixels: Float32Array.of(1),
  });
  expect(oneLine(() => takeImages(set, []))).toBe(
    'takeImages: indices must hold at least one, got an empty list',
  );
  expect(oneLine(() => takeImages(set, [3]))).toMatch(
    /^takeImages: indices must be integers from 0 to 2, got 3/,
  );
});

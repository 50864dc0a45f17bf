import { describe, expect, it } from 'vitest';
import { writeNpy } from '../../src/formats/npy.js';
import { readNpyImages, readNpyPoints } from '../../src/formats/npyData.js';
import { oneLine } from './oneLine.js';

describe('readNpyImages', () => {
  it('takes bytes and floats, grey and in colour', () => {
    const bytes = Uint8Array.from({ length: 12 }, (_, i) => i);
    expect(readNpyImages(writeNpy(bytes, [2, 2, 3]))).toEqual({
      count: 2,
      height: 2,
      width: 3,
      channels: 1,
      pixels: bytes,
    });
    expect(readNpyImages(writeNpy(bytes, [1, 2, 2, 3]))).toMatchObject({ count: 1, width: 2, channels: 3 });
    const floats = Float32Array.of(0, 0.25, 1);
    expect(readNpyImages(writeNpy(floats, [3, 1, 1])).pixels).toEqual(floats);
    expect(readNpyImages(writeNpy(Float64Array.of(0, 0.1, 1), [3, 1, 1])).pixels).toEqual(
      Float32Array.of(0, 0.1, 1),
    );
  });

  it('says what to do with others', () => {
    const problem = (data: Float32Array | Uint8Array | Int32Array, shape: number[]) =>
      oneLine(() => readNpyImages(writeNpy(data, shape), 'a.npy'));
    expect(problem(Float32Array.of(0, 7, 255), [3, 1, 1])).toBe(
      'readNpyImages: a.npy: images must be floats in [0, 1], got 7: all are whole numbers from 0 to 255, so save ' +
        "array.astype('uint8')",
    );
    expect(problem(Float32Array.of(0, -0.5, 1), [3, 1, 1])).toBe(
      'readNpyImages: a.npy: images must be floats in [0, 1], got -0.5: scale them to [0, 1]',
    );
    expect(problem(Float32Array.of(Number.NaN), [1, 1, 1])).toMatch(/got NaN: scale them/);
    expect(problem(Int32Array.of(0, 1), [2, 1, 1])).toBe(
      "readNpyImages: a.npy: images must be uint8 or floats in [0, 1], got int32: save array.astype('uint8') if they " +
        'are from 0 to 255',
    );
    expect(problem(new Uint8Array(6), [2, 3])).toBe(
      'readNpyImages: a.npy: images must have shape [n, height, width] or [n, height, width, channels], got [2, 3]',
    );
    expect(problem(new Uint8Array(0), [0, 2, 2])).toMatch(
      /must be at least one image, got shape \[0, 2, 2\]$/,
    );
    expect(problem(new Uint8Array(150), [2, 3, 5, 5])).toBe(
      'readNpyImages: a.npy: images must have 1 to 4 channels, got shape [2, 3, 5, 5]: save ' +
        'numpy.moveaxis(array, 1, -1), of shape [2, 5, 5, 3]',
    );
    expect(problem(new Uint8Array(125), [1, 5, 5, 5])).toMatch(
      /: save one of \[n, height, width, channels\]$/,
    );
    expect(oneLine(() => readNpyImages(new Uint8Array(3), 'a.npy'))).toMatch(
      /^readNpyImages: a\.npy: not an npy file/,
    );
  });
});

describe('readNpyPoints', () => {
  it('takes rows, and numbers on a line', () => {
    expect(readNpyPoints(writeNpy(Float64Array.of(1, 2, 3, 0.1), [2, 2]))).toEqual({
      dim: 2,
      points: Float32Array.of(1, 2, 3, 0.1),
      logits: Float32Array.of(0, 0),
    });
    expect(readNpyPoints(writeNpy(Int32Array.of(-1, 2, 3), [3]))).toEqual({
      dim: 1,
      points: Float32Array.of(-1, 2, 3),
      logits: Float32Array.of(0, 0, 0),
    });
  });

  it('reports other shapes, and numbers that are not finite', () => {
    const problem = (data: Float32Array, shape: number[]) =>
      oneLine(() => readNpyPoints(writeNpy(data, shape), 'a.npy'));
    expect(problem(new Float32Array(8), [2, 2, 2])).toBe(
      'readNpyPoints: a.npy: points must have shape [n, dim] or [n] of at least 1, got [2, 2, 2]',
    );
    expect(problem(new Float32Array(1), [])).toMatch(/got \[\]$/);
    expect(problem(new Float32Array(0), [0, 2])).toMatch(/got \[0, 2\]$/);
    expect(problem(new Float32Array(0), [2, 0])).toMatch(/got \[2, 0\]$/);
    expect(problem(Float32Array.of(1, 2, Infinity, 4), [2, 2])).toBe(
      'readNpyPoints: a.npy: pointSet: points must be finite as float32, got Infinity in row 1',
    );
  });
});

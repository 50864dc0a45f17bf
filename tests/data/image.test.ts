import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { builtInImage } from '../../src/data/builtIn.js';
import { type GreyImage, imageDistribution } from '../../src/data/image.js';
import { readIdx } from '../../src/formats/idx.js';
import { oneLine } from '../formats/oneLine.js';

const grey = (height: number, width: number, pixels?: ArrayLike<number>): GreyImage => {
  return { height, width, pixels: Float32Array.from(pixels ?? { length: height * width }, (p) => p ?? 1) };
};

// jax 0.4: numpy.asarray(jax.numpy.arange(28) / 27).view('uint32')[[1, 2, 5, 13, 26, 27]]
const COLUMN_BITS = [1024963622, 1033352230, 1044226351, 1056343230, 1064731838, 1065353216];

describe('imageDistribution, one image', () => {
  it('gives (row, column) / (max - 1) and the logs of the pixels, not normalised', () => {
    const { dim, points, logits } = imageDistribution(grey(2, 3, [0, 0.5, 1, 0.25, 2, 1e-40]));
    expect(dim).toBe(2);
    expect(points).toEqual(new Float32Array([0, 0, 0, 0.5, 0, 1, 0.5, 0, 0.5, 0.5, 0.5, 1]));
    const expected = [-Infinity, Math.log(0.5), 0, Math.log(0.25), Math.log(2), Math.log(Math.fround(1e-40))];
    expect(logits).toEqual(new Float32Array(expected));
  });

  it('divides in float32, as JAX does', () => {
    const { points } = imageDistribution(grey(28, 28));
    const bits = new Uint32Array(points.buffer);
    const columns = [1, 2, 5, 13, 26, 27].map((column) => bits[2 * column + 1]);
    expect(columns).toEqual(COLUMN_BITS);
    expect(points[2 * (28 * 5 + 3)]).toBe(Math.fround(Math.fround(5) / Math.fround(27)));
    expect(points[2 * (28 * 5 + 3) + 1]).toBe(Math.fround(3 / 27));
  });

  it('keeps the longer side within [0, 1], for any shape', () => {
    const side = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(side, side, (height, width) => {
        fc.pre(height * width > 1);
        const { points } = imageDistribution(grey(height, width));
        const last = points.subarray(-2);
        const divisor = Math.max(height, width) - 1;
        expect([...last]).toEqual([Math.fround((height - 1) / divisor), Math.fround((width - 1) / divisor)]);
        expect(Math.max(...points)).toBe(1);
      }),
    );
  });
});

describe('imageDistribution, several images', () => {
  /** Probability of each picture's points together. */
  function shares(logits: Float32Array, counts: number[]): number[] {
    const weights = Array.from(logits, (logit) => Math.exp(logit));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    let start = 0;
    return counts.map((count) => {
      start += count;
      return weights.slice(start - count, start).reduce((sum, weight) => sum + weight, 0) / total;
    });
  }

  it('gives each image its weight, whatever its size and brightness', () => {
    const parts = [
      { image: builtInImage('five', 28), weight: 3 },
      { image: grey(14, 14, new Float32Array(196).fill(200)), weight: 1 },
    ];
    const { points, logits } = imageDistribution(parts);
    expect(points.length).toBe(2 * (784 + 196));
    const [first, second] = shares(logits, [784, 196]);
    expect(first).toBeCloseTo(0.75, 6);
    expect(second).toBeCloseTo(0.25, 6);
    expect(points.subarray(2 * 784, 2 * 784 + 4)).toEqual(
      Float32Array.of(0.5 / 14, 0.5 / 14, 0.5 / 14, 1.5 / 14),
    );
  });

  it('lays a picture on its smaller copy: pixels at their centres, the same mean within 3e-4', () => {
    const [large, small] = [grey(28, 28), grey(14, 14)];
    for (let i = 0; i < 784; i++) {
      const [row, column] = [Math.floor(i / 28), i % 28];
      const value = Math.exp(-((row - 20) ** 2 + (column - 6) ** 2) / 30);
      large.pixels[i] = value;
    }
    small.pixels.fill(0);
    large.pixels.forEach((value, i) => {
      small.pixels[Math.floor(i / 56) * 14 + ((i % 28) >> 1)] += value / 4;
    });
    const { points, logits } = imageDistribution([{ image: large }, { image: small }]);
    const meanOf = (from: number, to: number) => {
      let [total, down, right] = [0, 0, 0];
      for (let i = from; i < to; i++) {
        const p = Math.exp(logits[i]);
        total += p;
        down += p * points[2 * i];
        right += p * points[2 * i + 1];
      }
      return [down / total, right / total];
    };
    const [a, b] = [meanOf(0, 784), meanOf(784, 980)];
    a.forEach((value, d) => {
      expect(Math.abs(value - b[d])).toBeLessThan(3e-4);
    });
    // Pictures of one size keep the places of the article's code.
    const alike = imageDistribution([{ image: large }, { image: large }]);
    expect(alike.points.subarray(0, 1568)).toEqual(imageDistribution(large).points);
  });

  it('weighs them equally when no weights are given', () => {
    const { logits } = imageDistribution([
      { image: grey(2, 2) },
      { image: grey(4, 4) },
      { image: grey(3, 3) },
    ]);
    for (const share of shares(logits, [4, 16, 9])) {
      expect(share).toBeCloseTo(1 / 3, 6);
    }
    expect(logits[0]).toBe(Math.fround(Math.log(1 / 4)));
  });

  it('takes one image resized with rounded sides, and no other aspect ratio', () => {
    const pair = (a: number[], b: number[]) => [{ image: grey(a[0], a[1]) }, { image: grey(b[0], b[1]) }];
    expect(() => imageDistribution(pair([100, 75], [50, 38]))).not.toThrow();
    expect(() => imageDistribution(pair([100, 75], [50, 37]))).not.toThrow();
    expect(() => imageDistribution(pair([3, 1000], [2, 500]))).not.toThrow();
    expect(oneLine(() => imageDistribution(pair([100, 75], [50, 39])))).toBe(
      'imageDistribution: all images must have one aspect ratio, got 100 x 75 and 50 x 39: crop or pad them',
    );
    expect(() => imageDistribution(pair([28, 28], [28, 27]))).toThrow(RangeError);
    expect(() => imageDistribution(pair([20, 30], [30, 20]))).toThrow(RangeError);
  });

  it('reports weights that are not positive and finite', () => {
    for (const weight of [0, -1, Number.NaN, Infinity]) {
      expect(oneLine(() => imageDistribution([{ image: grey(2, 2) }, { image: grey(2, 2), weight }]))).toBe(
        `imageDistribution: parts[1].weight must be positive and finite, got ${weight}`,
      );
    }
    expect(oneLine(() => imageDistribution([]))).toMatch(/at least one image, got an empty list$/);
  });
});

describe('imageDistribution, errors', () => {
  it('reports pictures that are no distribution', () => {
    const problem = (image: GreyImage) => oneLine(() => imageDistribution(image));
    expect(problem(grey(2, 2, [0, 0, 0, 0]))).toMatch(/image must have a pixel above zero, got only zeros: /);
    expect(problem(grey(1, 1, [1]))).toMatch(/at least two pixels, got 1 x 1/);
    expect(problem(grey(2, 2, [1, 1, Number.NaN, 1]))).toBe(
      'imageDistribution: image.pixels must be finite and >= 0, got NaN in row 1, column 0',
    );
    expect(problem(grey(2, 2, [1, -0.5, 1, 1]))).toMatch(/got -0.5 in row 0, column 1$/);
    expect(problem(grey(2, 2, [1, Infinity, 1, 1]))).toMatch(/got Infinity/);
    expect(problem(grey(2, 3, [1, 1, 1, 1]))).toBe(
      'imageDistribution: image.pixels must hold height x width = 6 intensities, got 4',
    );
    expect(problem(grey(0, 3, []))).toMatch(/image.height must be a positive integer, got 0$/);
    expect(problem(grey(3, 0, []))).toMatch(/image.width must be a positive integer, got 0$/);
    expect(oneLine(() => imageDistribution([{ image: grey(2, 2, [0, 0, 0, 0]) }]))).toMatch(
      /parts\[0\]\.image must/,
    );
    // @ts-expect-error an ordinary array
    expect(() => imageDistribution({ height: 1, width: 2, pixels: [1, 1] })).toThrow(TypeError);
  });
});

describe.runIf(process.env.MNIST_DIR)('MNIST', () => {
  it('makes the five of the article a distribution over 166 points', () => {
    const bytes = readFileSync(join(process.env.MNIST_DIR as string, 'train100-images-idx3-ubyte'));
    const { logits } = imageDistribution(readIdx(bytes).image(0));
    expect(logits.filter((logit) => logit > -Infinity).length).toBe(166);
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
    expect(total).toBeCloseTo(27525 / 255, 4);
  });
});

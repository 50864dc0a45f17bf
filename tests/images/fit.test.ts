import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imageSet } from '../../src/data/imageSet.js';
import { fitImages } from '../../src/images/index.js';
import { oneLine } from '../formats/oneLine.js';

const grey = (height: number, width: number, values: number[]) =>
  imageSet({ height, width, pixels: Float32Array.from(values) });
const fitted = (height: number, width: number, values: number[], size: { height: number; width: number }) =>
  Array.from(fitImages(grey(height, width, values), size).pixels);

describe('fitImages', () => {
  it('takes means over areas downwards', () => {
    const values = [0, 0.2, 0.4, 0.6, 0.2, 0.4, 0.6, 0.8];
    expect(fitted(2, 4, values, { height: 1, width: 2 })).toEqual([0.2, 0.6].map(Math.fround));
    // three outputs of 4/3 of a pixel
    expect(fitted(4, 4, Array(4).fill([0, 0.3, 0.6, 0.9]).flat(), { height: 1, width: 1 })[0]).toBeCloseTo(
      0.45,
    );
    const thirds = fitted(4, 4, Array(4).fill([0, 0.4, 0.8, 1]).flat(), { height: 3, width: 3 });
    for (const [i, want] of [0.1, 0.6, 0.95].entries()) expect(thirds[i]).toBeCloseTo(want, 6);
  });

  it('interpolates upwards, and goes on at the edges as the picture ends', () => {
    const values = fitted(2, 2, [0, 1, 0, 1], { height: 4, width: 4 });
    expect(values).toEqual(Array(4).fill([0, 0.25, 0.75, 1]).flat());
    expect(fitted(1, 1, [0.5], { height: 2, width: 3 })).toEqual(Array(6).fill(0.5));
  });

  it('crops centrally, channel by channel', () => {
    const wide = grey(1, 5, [1, 0.2, 0.4, 0.6, 1]);
    expect(Array.from(fitImages(wide, { height: 1, width: 3 }).pixels)).toEqual(
      [0.2, 0.4, 0.6].map(Math.fround),
    );
    const tall = imageSet({
      height: 3,
      width: 1,
      channels: 2,
      pixels: Uint8Array.of(9, 9, 50, 100, 9, 9),
      labels: [4],
    });
    expect(fitImages(tall, { height: 1, width: 1 })).toEqual({
      ...tall,
      height: 1,
      pixels: Uint8Array.of(50, 100),
    });
  });

  it('keeps a constant picture constant, and every value within those of the picture', () => {
    const size = fc.integer({ min: 1, max: 7 });
    fc.assert(
      fc.property(size, size, size, size, fc.infiniteStream(fc.nat(255)), (h, w, height, width, stream) => {
        const pixels = Uint8Array.from({ length: 2 * h * w }, () => stream.next().value as number);
        const set = imageSet({ height: h, width: w, pixels });
        const fit = fitImages(set, { height, width });
        expect(fit).toMatchObject({ count: 2, height, width, channels: 1 });
        expect(fit.pixels).toHaveLength(2 * height * width);
        const whole = Array.from(pixels.subarray(h * w));
        for (const v of fit.pixels.subarray(height * width)) {
          expect(v).toBeGreaterThanOrEqual(Math.min(...whole));
          expect(v).toBeLessThanOrEqual(Math.max(...whole));
        }
        const flat = fitImages(grey(h, w, Array(h * w).fill(1)), { height, width });
        expect(flat.pixels).toEqual(new Float32Array(height * width).fill(1));
      }),
    );
  });

  it('keeps the first line and column where rounding puts the window before them: 21 pixels to 19', () => {
    const white = imageSet({ height: 21, width: 21, pixels: new Uint8Array(21 * 21).fill(255) });
    expect(new Set(fitImages(white, { height: 19, width: 19 }).pixels)).toEqual(new Set([255]));
  });

  it('returns a set of that size as it is, and reports sizes that are none', () => {
    const set = grey(2, 2, [0, 0, 1, 1]);
    expect(fitImages(set, { height: 2, width: 2 })).toBe(set);
    expect(oneLine(() => fitImages(set, { height: 0, width: 2 }))).toBe(
      'fitImages: height must be a positive integer, got 0',
    );
    expect(oneLine(() => fitImages(set, { height: 1, width: 0.5 }))).toBe(
      'fitImages: width must be a positive integer, got 0.5',
    );
  });
});

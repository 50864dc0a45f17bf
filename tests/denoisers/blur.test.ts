import fc from 'fast-check';
import { expect, it } from 'vitest';
import { blurDenoiser, key, meanDenoiser, normal } from '../../src/index.js';
import { forEachCore, sameBits, worst } from '../cores.js';
import { oneLine } from '../formats/oneLine.js';

forEachCore('blurDenoiser', (core) => {
  it('each pixel the mean over a window, beyond the border the values of the border, within 1e-6', () => {
    const size = fc.integer({ min: 1, max: 7 });
    fc.assert(
      fc.property(
        size,
        size,
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 0, max: 4 }),
        (h, w, c, r) => {
          const y = normal(core, key(31 * h + w), [2, h, w, c]);
          const blurred = blurDenoiser(core, { height: h, width: w, channels: c }, { radius: r }).denoise(y);
          const inside = (i: number, count: number) => Math.min(Math.max(i, 0), count - 1);
          const want = y.map((_, at) => {
            const [channel, column, row] = [at % c, Math.floor(at / c) % w, Math.floor(at / c / w) % h];
            const picture = at - (at % (h * w * c));
            let sum = 0;
            for (let i = row - r; i <= row + r; i++)
              for (let j = column - r; j <= column + r; j++)
                sum += y[picture + (inside(i, h) * w + inside(j, w)) * c + channel];
            return sum / (2 * r + 1) ** 2;
          });
          expect(worst(blurred, want, (a, b) => Math.abs(a - b))).toBeLessThan(1e-6);
        },
      ),
    );
  });

  it('has a radius of 1 and one channel by default, and may write over its input', () => {
    const blur = blurDenoiser(core, { height: 1, width: 4 });
    const y = Float32Array.of(3, 0, 6, 9);
    expect(blur.dim).toBe(4);
    expect(blur.denoise(y, y)).toBe(y);
    expect([...y]).toEqual([2, 3, 5, 8]);
    const radius0 = blurDenoiser(core, { height: 2, width: 2 }, { radius: 0 });
    expect(sameBits(radius0.denoise(y), y)).toBe(true);
  });

  it('bad arguments give one line that names them', () => {
    for (const name of ['height', 'width', 'channels']) {
      const size = { height: 2, width: 2, channels: 1, [name]: 0 };
      expect(oneLine(() => blurDenoiser(core, size))).toBe(
        `blurDenoiser: ${name} must be a positive integer, got 0`,
      );
    }
    expect(oneLine(() => blurDenoiser(core, { height: 2, width: 2 }, { radius: -1 }))).toBe(
      'blurDenoiser: radius must be an integer of at least 0, got -1',
    );
    expect(oneLine(() => blurDenoiser(core, { height: 2, width: 2 }).denoise(new Float32Array(3)))).toBe(
      'denoise: y must hold points of 4 coordinates, got 3 numbers',
    );
  });
});

forEachCore('meanDenoiser', (core) => {
  it('gives its point, a copy, whatever comes in', () => {
    const mean = [0.25, -1];
    const denoise = meanDenoiser(core, mean);
    mean[0] = 7;
    expect([...denoise.denoise(Float32Array.of(1, 2, 3, Number.NaN))]).toEqual([0.25, -1, 0.25, -1]);
    const out = new Float32Array(2);
    expect(denoise.denoise(Float32Array.of(8, 8), out)).toBe(out);
    expect(denoise.dim).toBe(2);
  });

  it('bad arguments give one line that names them', () => {
    expect(oneLine(() => meanDenoiser(core, []))).toBe(
      'meanDenoiser: mean must hold one or more numbers, got none',
    );
    expect(oneLine(() => meanDenoiser(core, [0, Number.NaN]))).toBe(
      'meanDenoiser: mean must be finite, got NaN at index 1',
    );
    expect(oneLine(() => meanDenoiser(core, [0]).denoise(new Float32Array(2), new Float32Array(1)))).toBe(
      'denoise: out must hold 2 numbers, got 1',
    );
  });
});

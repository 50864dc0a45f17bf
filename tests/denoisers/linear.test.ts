import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  denoiser,
  gaussian,
  key,
  linearDenoiser,
  linearDenoisers,
  normal,
  pointSet,
  split,
} from '../../src/index.js';
import { forEachCore, relativeToLargest, sameBits, worst } from '../cores.js';
import { oneLine } from '../formats/oneLine.js';
import { golden, type LinearGolden } from '../golden.js';

const { linear } = golden<LinearGolden>('denoising');
const far = (a: number, b: number) => Math.abs(a - b);

forEachCore('linearDenoiser', (core) => {
  it("NumPy's values, within 2e-7 of the largest, of one sigma or of several", () => {
    const data = pointSet({ dim: 5, points: linear.points.flat() });
    const y = Float32Array.from(linear.y.flat());
    const family = linearDenoisers(core, { dim: 5, points: data.points });
    expect(worst(family.mean, linear.mean, far)).toBeLessThan(1e-15);
    for (const { sigma, denoised } of linear.runs) {
      const clean = family.at(sigma).denoise(y);
      expect(relativeToLargest(clean, denoised.flat())).toBeLessThan(2e-7);
      expect(sameBits(linearDenoiser(core, data, sigma).denoise(y), clean)).toBe(true);
    }
  });

  it('fewer points than coordinates: the same as of the points many times over, within 1e-6', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 14 }),
        fc.double({ min: 0.05, max: 3, noNaN: true }),
        fc.integer({ min: 0, max: 1000 }),
        (N, dim, sigma, seed) => {
          const [first, second] = split(key(seed));
          const points = normal(core, first, [N, dim]);
          const often = Float32Array.from(
            { length: 16 * points.length },
            (_, i) => points[i % points.length],
          );
          const y = normal(core, second, [7, dim]);
          const few = linearDenoiser(core, { dim, points }, sigma).denoise(y);
          const many = linearDenoiser(core, { dim, points: often }, sigma).denoise(y);
          expect(worst(few, many, far)).toBeLessThan(1e-6);
        },
      ),
    );
  });

  it("of a set with a Gaussian's moments: that Gaussian's Tweedie denoiser, within 2e-6", () => {
    const dim = 6;
    const points = normal(core, key(1), [40, dim]).map((v, i) => (1 + (i % dim)) * v + (i % 3));
    const family = linearDenoisers(core, { dim, points });
    const mean = [...family.mean];
    const C = mean.map((_, i) =>
      mean.map((_, j) => {
        let sum = 0;
        for (let at = 0; at < points.length; at += dim)
          sum += (points[at + i] - mean[i]) * (points[at + j] - mean[j]);
        return sum / 40;
      }),
    );
    const y = normal(core, key(2), [50, dim]);
    for (const sigma of [0.1, 0.7, 4]) {
      const covariance = C.map((row, i) => row.map((v, j) => (i === j ? v + sigma ** 2 : v)));
      using noisy = gaussian(core, { mean, covariance });
      const want = denoiser(noisy, sigma).denoise(y);
      expect(relativeToLargest(family.at(sigma).denoise(y), want)).toBeLessThan(2e-6);
    }
  });

  it('weights count as repetitions; within 1e-7; points that are never drawn do not count, whatever they hold', () => {
    const points = normal(core, key(3), [5, 3]);
    const weighted = pointSet({ dim: 3, points, weights: [2, 1, 0, 3, 1] });
    weighted.points.fill(Number.NaN, 6, 9);
    const rows = [0, 0, 1, 3, 3, 3, 4].flatMap((i) => [...points.subarray(3 * i, 3 * i + 3)]);
    const y = normal(core, key(4), [6, 3]);
    const repeated = linearDenoiser(core, { dim: 3, points: Float32Array.from(rows) }, 0.4).denoise(y);
    expect(worst(linearDenoiser(core, weighted, 0.4).denoise(y), repeated, far)).toBeLessThan(1e-7);
  });

  it.each([
    [60, 20],
    [12, 20],
  ])(
    'of %i points in %i dimensions: their mean as sigma grows; y, on their span, as it vanishes; within 1e-5',
    (N, dim) => {
      // Without variance in the first coordinate, and of rank 11 at most.
      const basis = normal(core, key(5), [11, dim]);
      const onSpan = (seed: number, n: number) => {
        const weights = normal(core, key(seed), [n, 11]);
        return Float32Array.from({ length: n * dim }, (_, i) => {
          const [row, d] = [Math.floor(i / dim), i % dim];
          let sum = 1;
          for (let k = 0; k < 11; k++) sum += weights[row * 11 + k] * basis[k * dim + d];
          return d === 0 ? 0.3 : sum;
        });
      };
      const family = linearDenoisers(core, { dim, points: onSpan(6, N) });
      const mean = Float32Array.from(family.mean);
      const y = onSpan(7, 9);
      const lost = family.at(1e6).denoise(y);
      expect(
        worst(
          lost,
          y.map((_, i) => mean[i % dim]),
          far,
        ),
      ).toBeLessThan(1e-6);
      expect(worst(family.at(1e-4).denoise(y), y, far)).toBeLessThan(1e-5);
      // Below what float64 tells from no variance.
      expect(worst(family.at(1e-18).denoise(y), y, far)).toBeLessThan(1e-5);
    },
  );

  it('one point, or several in one place: that place', () => {
    for (const points of [Float32Array.of(0.1, -2), Float32Array.of(0.1, -2, 0.1, -2, 0.1, -2)]) {
      for (const sigma of [1e-18, 1, 1e18]) {
        const clean = linearDenoiser(core, { dim: 2, points }, sigma).denoise(Float32Array.of(5, 7, 0, 1e9));
        expect([...clean]).toEqual([...Float32Array.of(0.1, -2, 0.1, -2)]);
      }
    }
  });

  it.each([
    [300, 101],
    [70, 290],
  ])(
    'of %i points in %i dimensions, several blocks: solves its equation within 1e-6; the same alone and in place',
    (N, dim) => {
      const points = normal(core, key(8), [N, dim]);
      const denoise = linearDenoiser(core, { dim, points }, 0.3);
      const y = normal(core, key(9), [5, dim]);
      const clean = denoise.denoise(y);
      for (let i = 0; i < 5; i++) {
        const alone = denoise.denoise(y.slice(i * dim, (i + 1) * dim));
        expect(sameBits(alone, clean.slice(i * dim, (i + 1) * dim))).toBe(true);
      }
      // (C + sigma^2 I) (y - xhat) = sigma^2 (y - mean), row by row.
      const { mean } = linearDenoisers(core, { dim, points });
      const rest = y.map((v, i) => v - clean[i]).subarray(0, dim);
      const left = Float64Array.from(rest, (v) => 0.09 * v);
      for (let at = 0; at < points.length; at += dim) {
        const along = rest.reduce((sum, v, d) => sum + v * (points[at + d] - mean[d]), 0) / N;
        for (let d = 0; d < dim; d++) left[d] += along * (points[at + d] - mean[d]);
      }
      const right = [...mean].map((m, d) => 0.09 * (y[d] - m));
      expect(worst(left, right, far)).toBeLessThan(1e-6);
      expect(denoise.denoise(y, y)).toBe(y);
      expect(sameBits(y, clean)).toBe(true);
    },
  );

  it('bad arguments give one line that names them', () => {
    const data = pointSet({ dim: 2, points: [0, 1, 2, 3] });
    expect(oneLine(() => linearDenoiser(core, data, 0))).toBe(
      'linearDenoiser: sigma must be a positive finite number, got 0',
    );
    expect(oneLine(() => linearDenoisers(core, data).at(-1))).toBe(
      'linearDenoisers: sigma must be a positive finite number, got -1',
    );
    expect(oneLine(() => linearDenoisers(core, { dim: 0, points: data.points }))).toBe(
      'linearDenoisers: data.dim must be a positive integer, got 0',
    );
    expect(oneLine(() => linearDenoisers(core, { dim: 3, points: data.points }))).toBe(
      'linearDenoisers: data.points must hold points of 3 coordinates, got 4 numbers',
    );
    expect(oneLine(() => linearDenoiser(core, { dim: 1, points: Float32Array.of(Number.NaN) }, 1))).toBe(
      'linearDenoiser: data.points must be finite, got NaN at index 0',
    );
    for (const none of [
      { dim: 1, points: new Float32Array(0) },
      { dim: 1, points: Float32Array.of(1), logits: Float32Array.of(-Infinity) },
    ]) {
      expect(oneLine(() => linearDenoiser(core, none, 1))).toBe(
        'linearDenoiser: data must have a point with a finite logit, got none',
      );
    }
    const denoise = linearDenoiser(core, data, 1);
    expect(oneLine(() => denoise.denoise(new Float32Array(3)))).toBe(
      'denoise: y must hold points of 2 coordinates, got 3 numbers',
    );
    expect(oneLine(() => denoise.denoise(new Float32Array(2), new Float32Array(4)))).toBe(
      'denoise: out must hold 2 numbers, got 4',
    );
  });
});

import { describe, expect, it } from 'vitest';
import { drawNoisy, key, loadCore, type NoiseModel } from '../../src/index.js';

const core = await loadCore({ kernel: 'strict' });
const relative = (a: number, b: number) => Math.abs(a - b) / Math.abs(b);
const MODELS: NoiseModel[] = [
  { kind: 'gaussian', sigma: 0.8 },
  { kind: 'laplace', scale: 0.6 },
  { kind: 'poisson' },
  { kind: 'gamma', shape: 2.5 },
];

describe('drawNoisy', () => {
  const n = 40_000;
  const moments = (y: Float32Array) => {
    const mean = y.reduce((sum, v) => sum + v, 0) / y.length;
    const variance = y.reduce((sum, v) => sum + (v - mean) ** 2, 0) / y.length;
    return {
      mean,
      variance,
      skew: y.reduce((sum, v) => sum + (v - mean) ** 3, 0) / y.length / variance ** 1.5,
    };
  };

  it.each([
    [{ kind: 'gaussian', sigma: 0.8 }, 2, { mean: 2, variance: 0.64, skew: 0 }],
    [{ kind: 'laplace', scale: 0.6 }, -1, { mean: -1, variance: 0.72, skew: 0 }],
    [{ kind: 'poisson' }, 0.4, { mean: 0.4, variance: 0.4, skew: 0.4 ** -0.5 }],
    [{ kind: 'poisson' }, 600, { mean: 600, variance: 600, skew: 600 ** -0.5 }],
    [{ kind: 'gamma', shape: 4 }, 0.5, { mean: 2, variance: 1, skew: 1 }],
    [{ kind: 'gamma', shape: 0.7 }, 2, { mean: 1.4, variance: 2.8, skew: 2 / Math.sqrt(0.7) }],
  ] as const)('%o of x = %d: mean, variance and skewness, within 5 standard errors', (noise, x, want) => {
    const got = moments(drawNoisy(core, noise, new Float32Array(n).fill(x), { key: key(3) }));
    expect(Math.abs(got.mean - want.mean)).toBeLessThan(5 * Math.sqrt(want.variance / n));
    expect(relative(got.variance, want.variance)).toBeLessThan(5 * Math.sqrt((2 + 3 * want.skew ** 2) / n));
    expect(Math.abs(got.skew - want.skew)).toBeLessThan(5 * (1 + want.skew) * Math.sqrt(24 / n));
  });

  it('the same for the same key, none for none, and another x changes no other draw', () => {
    for (const noise of MODELS) {
      const x = Float32Array.of(1, 2, 3, 4, 5);
      const y = drawNoisy(core, noise, x, { key: key(4) });
      expect([...drawNoisy(core, noise, x, { key: key(4) })]).toEqual([...y]);
      expect(
        [...drawNoisy(core, noise, [1, 2, 30, 4, 5], { key: key(4) })].filter((v, i) => v !== y[i]).length,
      ).toBe(1);
      expect([...drawNoisy(core, noise, x, { key: key(5) })]).not.toEqual([...y]);
      expect(drawNoisy(core, noise, []).length).toBe(0);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { fromFunction, key, loadCore, mixture, normal, steinDiscrepancy } from '../../src/index.js';
import { diagnosticsGolden, expectClose } from './chains.js';

const core = await loadCore({ kernel: 'strict' });
const standard = mixture(core, { means: [[0, 0]], sds: [[1, 1]] });
const N = 800;
const samples = normal(core, key(3), [N, 2]);

describe('steinDiscrepancy', () => {
  it.each(diagnosticsGolden.stein)(
    'equals the Stein operator applied by JAX to both arguments of the kernel, scale $scale, relative error < 2e-6',
    async ({ scale, precision, x, v, u }) => {
      const dim = precision.length;
      // float32 scores round the score that JAX has in float64.
      const score = fromFunction(core, dim, (points, out) => {
        for (let i = 0; i < points.length; i++) {
          const row = i - (i % dim);
          out[i] = -precision[i % dim].reduce((sum, p, k) => sum + p * points[row + k], 0);
        }
      });
      const got = await steinDiscrepancy(score, Float32Array.from(x.flat()), { scale });
      expectClose([got.v, got.u], [v, u], 2e-6);
      expect(got.discrepancy).toBe(Math.sqrt(got.v));
    },
  );

  // Under the score's own distribution the U-statistic is a degenerate one: its standard error is
  // sqrt(2 E k0(x, y)^2 / (n (n - 1))), here from the samples, for k0 of the standard normal in two dimensions.
  const k0 = (i: number, j: number) => {
    const [a, b] = [i, j].map((n) => [samples[2 * n], samples[2 * n + 1]]);
    const square = (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2;
    const q = 1 + square;
    return (a[0] * b[0] + a[1] * b[1]) / q ** 0.5 + (2 - square) / q ** 1.5 - (3 * square) / q ** 2.5;
  };
  let squares = 0;
  for (let i = 0; i < N; i++) for (let j = 0; j < i; j++) squares += k0(i, j) ** 2;
  const error = Math.sqrt((2 * (squares / ((N * (N - 1)) / 2))) / (N * (N - 1)));

  it('is 0 for samples of the score within five standard errors, and not for shifted, narrow or wrong ones', async () => {
    expect(Math.abs((await steinDiscrepancy(standard, samples)).u)).toBeLessThan(5 * error);
    const wrong = [samples.map((x) => x + 0.2), samples.map((x) => 0.85 * x), samples.map((x) => 1.2 * x)];
    for (const x of wrong) expect((await steinDiscrepancy(standard, x)).u).toBeGreaterThan(5 * error);
  });

  it('lets the event loop turn, and stops when told to', async () => {
    const stopping = new AbortController();
    const turned = new Promise<void>((resolve) =>
      setImmediate(() => {
        stopping.abort(new Error('enough'));
        resolve();
      }),
    );
    const long = steinDiscrepancy(standard, normal(core, key(4), [20_000, 2]), { signal: stopping.signal });
    await expect(long).rejects.toThrow('enough');
    await turned;
  });

  it('names the argument that is wrong', async () => {
    const of = (x: unknown, options?: object) => steinDiscrepancy(standard, x as Float32Array, options);
    await expect(of([1, 2])).rejects.toThrow(
      new TypeError('steinDiscrepancy: samples must be a Float32Array, got an array of 2'),
    );
    await expect(of(new Float32Array(5))).rejects.toThrow(
      new RangeError('steinDiscrepancy: samples must hold at least 2 points of 2 coordinates, got 5 numbers'),
    );
    await expect(of(new Float32Array(2))).rejects.toThrow('at least 2 points');
    await expect(of(Float32Array.of(0, 1, Number.NaN, 0))).rejects.toThrow(
      'steinDiscrepancy: samples must be finite, got NaN at index 2',
    );
    await expect(of(new Float32Array(4), { scale: 0 })).rejects.toThrow(
      'steinDiscrepancy: scale must be a positive finite number, got 0',
    );
    const broken = fromFunction(core, 1, (_, out) => out.fill(Number.NaN));
    await expect(steinDiscrepancy(broken, new Float32Array(2))).rejects.toThrow('scores must be finite');
  });
});

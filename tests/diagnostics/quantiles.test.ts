import { describe, expect, it } from 'vitest';
import { betaQuantile } from '../../src/diagnostics/betaQuantile.js';
import { transform } from '../../src/diagnostics/fourier.js';
import { normalQuantile } from '../../src/diagnostics/normalQuantile.js';
import { quantileOf } from '../../src/diagnostics/ranks.js';
import { diagnosticsGolden, expectClose, normals } from './chains.js';

const { normal, beta } = diagnosticsGolden.quantiles;

describe('quantiles', () => {
  it("of the normal distribution: SciPy's, relative error < 1e-14", () => {
    expectClose(normal.p.map(normalQuantile), normal.value, 1e-14);
  });

  it("of the beta distribution: SciPy's, relative error < 1e-9", () => {
    for (const { p, a, b, value } of beta) expectClose([betaQuantile(p, a, b)], [value], 1e-9);
  });

  it('of sorted values, with linear interpolation', () => {
    const sorted = Float64Array.of(1, 2, 4, 8);
    expect([0.01, 0.5, 0.75, 0.99].map((p) => quantileOf(sorted, p))).toEqual([
      1.03,
      3,
      5,
      expect.closeTo(7.88, 12),
    ]);
  });
});

describe('transform', () => {
  it.each([1, 2, 8, 64])('is the Fourier sum over %i numbers, within 1e-12', (size) => {
    const z = normals(size + 1);
    const [re, im] = [Float64Array.from({ length: size }, z), Float64Array.from({ length: size }, z)];
    const want = Array.from({ length: size }, (_, k) => {
      let [x, y] = [0, 0];
      for (let t = 0; t < size; t++) {
        const angle = (-2 * Math.PI * t * k) / size;
        x += re[t] * Math.cos(angle) - im[t] * Math.sin(angle);
        y += re[t] * Math.sin(angle) + im[t] * Math.cos(angle);
      }
      return [x, y];
    });
    transform(re, im);
    expectClose(
      re,
      want.map(([x]) => x),
      0,
      1e-12,
    );
    expectClose(
      im,
      want.map(([, y]) => y),
      0,
      1e-12,
    );
  });
});

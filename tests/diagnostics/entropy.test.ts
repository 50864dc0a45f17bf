import { expect, it } from 'vitest';
import { entropy, gaussian, key, mixture, normal, smooth } from '../../src/index.js';
import { forEachCore } from '../cores.js';
import { oneLine } from '../formats/oneLine.js';

forEachCore('entropy', (core) => {
  it('of a Gaussian: D/2 log(2 pi e sd^2) and D / sd^2, within 5 standard errors', () => {
    const [sd, dim, n] = [0.7, 3, 20_000];
    const covariance = [0, 1, 2].map((i) => [0, 1, 2].map((j) => (i === j ? sd * sd : 0)));
    using density = gaussian(core, { mean: [1, -2, 0], covariance });
    const draws = normal(core, key(1), [n, dim]).map((z, i) => [1, -2, 0][i % dim] + sd * z);
    const got = entropy(density, draws);
    const want = { entropy: (dim / 2) * Math.log(2 * Math.PI * Math.E * sd * sd), fisher: dim / sd ** 2 };
    expect(Math.abs(got.entropy - want.entropy)).toBeLessThan(5 * got.entropyError);
    expect(Math.abs(got.fisher - want.fisher)).toBeLessThan(5 * got.fisherError);
    // |z|^2 has the variance 2 D.
    expect(got.entropyError / Math.sqrt(dim / 2 / n)).toBeCloseTo(1, 1);
    expect(got.fisherError / (Math.sqrt((2 * dim) / n) / sd ** 2)).toBeCloseTo(1, 1);
  });

  it("de Bruijn's identity on a mixture under noise: H rises by J / 2, within 1 %; not by J", () => {
    const means = [
      [-1, 0],
      [1, 0.5],
    ];
    using sharp = mixture(core, { means, sds: means.map(() => [0.2, 0.2]) });
    const n = 40_000;
    const z = normal(core, key(2), [n, 2]);
    // The same random numbers at both ends, so that most of the error of the difference is not there.
    const at = (sigma: number) => {
      using density = smooth(sharp, sigma);
      const spread = Math.hypot(0.2, sigma);
      return entropy(
        density,
        z.map((v, i) => means[(i >> 1) % 2][i % 2] + spread * v),
      );
    };
    for (const variance of [0.05, 0.4, 2]) {
      const [below, here, above] = [0.99, 1, 1.01].map((part) => at(Math.sqrt(part * variance)));
      const rise = (above.entropy - below.entropy) / (0.02 * variance);
      expect(Math.abs(rise / (here.fisher / 2) - 1)).toBeLessThan(0.01);
    }
  });

  it('bad arguments give one line that names them', () => {
    using density = mixture(core, { means: [[0, 0]], sds: [[1, 1]] });
    expect(oneLine(() => entropy({} as never, new Float32Array(4)))).toBe(
      'entropy: density must have a method logProb(x), got undefined',
    );
    expect(oneLine(() => entropy(density, new Float32Array(2)))).toBe(
      'entropy: draws must be two or more points, got 1',
    );
    expect(oneLine(() => entropy(density, new Float32Array(3)))).toBe(
      'entropy: draws must hold points of 2 coordinates, got 3 numbers',
    );
    expect(oneLine(() => entropy(density, Float32Array.of(0, 1, Number.NaN, 0)))).toBe(
      'entropy: draws must be finite, got NaN at index 2',
    );
  });
});

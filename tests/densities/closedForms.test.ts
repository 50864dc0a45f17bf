import { describe, expect, it } from 'vitest';
import {
  banana,
  type Density,
  eightModes,
  empirical,
  fromFunction,
  funnel,
  gaussian,
  key,
  mixture,
  normal,
  ring,
  smooth,
} from '../../src/index.js';
import { forEachCore, worst } from '../cores.js';
import { oneLine } from '../formats/oneLine.js';
import * as twin from '../reference.js';

/** Random symmetric positive definite [D, D], of variances from `least` to 1 along random axes. */
function spread(D: number, least: number): number[][] {
  // Householder reflections of a diagonal.
  let A = Array.from({ length: D }, (_, i) =>
    Array.from({ length: D }, (_, j) => (i === j ? least ** (i / Math.max(1, D - 1)) : 0)),
  );
  for (let r = 0; r < 3; r++) {
    const v = A.map((_, i) => Math.sin(1 + i * (r + 1.7)));
    const norm = v.reduce((s, a) => s + a * a, 0);
    const H = v.map((a, i) => v.map((b, j) => (i === j ? 1 : 0) - (2 * a * b) / norm));
    const times = (X: number[][], Y: number[][]) =>
      X.map((row) => Y[0].map((_, j) => row.reduce((s, a, k) => s + a * Y[k][j], 0)));
    A = times(times(H, A), H);
  }
  return A.map((row, i) => row.map((a, j) => (a + A[j][i]) / 2));
}

forEachCore('targets', (core) => {
  /** Largest errors of log-density (absolute) and score (relative to the largest of a point) over points [n][D]. */
  function errors(density: Density, want: twin.TwinDensity, points: number[][]) {
    const x = Float32Array.from(points.flat());
    const rows = points.map((_, i) => [...x.subarray(i * density.dim, (i + 1) * density.dim)]);
    const score = density.score(x);
    return {
      logProb: worst(
        density.logProb(x),
        rows.map(want.logProb),
        (a, b) => Math.abs(a - b) / Math.max(1, Math.abs(b)),
      ),
      score: Math.max(
        ...rows.map((row, i) => {
          const exact = want.score(row);
          const size = Math.max(...exact.map(Math.abs), 1e-3);
          return (
            worst(score.subarray(i * row.length, (i + 1) * row.length), exact, (a, b) => Math.abs(a - b)) /
            size
          );
        }),
      ),
    };
  }

  it.each([
    { D: 1, least: 1, bound: 1e-6 },
    { D: 2, least: 1e-2, bound: 5e-6 },
    { D: 5, least: 1e-4, bound: 5e-5 },
    { D: 7, least: 1e-6, bound: 5e-4 },
    { D: 3, least: 1e-8, bound: 1e-2 },
  ])(
    'gaussian of $D dimensions, variances 1 to $least: logProb and score within $bound',
    ({ D, least, bound }) => {
      const covariance = spread(D, least);
      // The same axes: its square is the covariance, and points are as the density draws them.
      const root = spread(D, Math.sqrt(least));
      const mean = covariance.map((_, d) => d / 4 - 0.5);
      using density = gaussian(core, { mean, covariance });
      const z = normal(core, key(D), [21, D]);
      const points = Array.from({ length: 21 }, (_, i) =>
        mean.map((v, d) => v + root[d].reduce((s, a, k) => s + a * z[i * D + k], 0)),
      );
      const { logProb, score } = errors(density, twin.gaussianTwin(mean, covariance), points);
      expect(logProb).toBeLessThan(bound);
      expect(score).toBeLessThan(bound);
    },
  );

  it('the same check fails by far for the wrong triangle', () => {
    const covariance = [
      [1, 0.9, 0],
      [0.9, 2, 0.3],
      [0, 0.3, 1],
    ];
    using density = gaussian(core, { mean: [0, 0, 0], covariance });
    const wrong = twin.gaussianTwin(
      [0, 0, 0],
      [...covariance].reverse().map((row) => [...row].reverse()),
    );
    expect(errors(density, wrong, [[1, 2, 3]]).score).toBeGreaterThan(0.1);
  });

  const grid = [-3, -1.2, -0.3, 0, 0.7, 2.5].flatMap((a) => [-4, -0.9, 0, 0.4, 3].map((b) => [a, b]));
  it('banana, funnel, ring: logProb within 2e-6, score within 2e-5, of the twin', () => {
    const cases: [Density, twin.TwinDensity, number[][]][] = [
      [banana(core), twin.bananaTwin(1, 1, 0.5), grid],
      [banana(core, { sd: 2, bend: -0.3, noise: 0.7 }), twin.bananaTwin(2, -0.3, 0.7), grid],
      [funnel(core), twin.funnelTwin(3), grid],
      [funnel(core, { dim: 4, sd: 1.5 }), twin.funnelTwin(1.5), grid.map(([a, b]) => [a, b, -b / 3, 0.1])],
      [ring(core), twin.ringTwin(1, 0.1), grid],
      [ring(core, { radius: 0.5, sd: 0.8 }), twin.ringTwin(0.5, 0.8), grid],
    ];
    for (const [density, want, points] of cases) {
      const { logProb, score } = errors(density, want, points);
      expect(logProb).toBeLessThan(2e-6);
      expect(score).toBeLessThan(2e-5);
      density.dispose();
    }
  });

  it('banana, ring and eightModes integrate to 1 within 1e-4', () => {
    for (const make of [() => banana(core, { bend: 0.2 }), () => ring(core), () => eightModes(core)]) {
      using density = make();
      const side = Array.from({ length: 400 }, (_, i) => -6 + (i + 0.5) * 0.04);
      const x = Float32Array.from(side.flatMap((a) => side.flatMap((b) => [a, b])));
      const total = density.prob(x).reduce((sum, p) => sum + p * 0.04 ** 2, 0);
      expect(Math.abs(total - 1)).toBeLessThan(1e-4);
    }
  });

  it('far out and at the centre nothing is NaN', () => {
    for (const make of [banana, ring, funnel]) {
      using density = make(core);
      const x = Float32Array.of(0, 0, -100, 0, 100, -100, 1e10, 1e10);
      expect(density.score(x).some(Number.isNaN)).toBe(false);
      expect(density.logProb(x).some(Number.isNaN)).toBe(false);
    }
  });

  describe('smooth', () => {
    const components = { means: [[-1], [0.5], [2]], sds: [[0.3], [0.1], [0.6]], weights: [1, 2, 3] };
    const data = { dim: 1, points: Float32Array.of(-1, 0, 0.2, 2), logits: Float32Array.of(0, 1, 0.5, -1) };
    const one: [string, () => Density][] = [
      ['mixture', () => mixture(core, components)],
      ['empirical', () => empirical(core, data, 0.2)],
      ['gaussian', () => gaussian(core, { mean: [0.3], covariance: [[0.25]] })],
    ];

    it.each(one)('%s: equals a numerical convolution within 1e-5', (_, make) => {
      using density = make();
      for (const sigma of [0.3, 1.1]) {
        using smoothed = smooth(density, sigma);
        const step = 0.005;
        const u = Float32Array.from({ length: 4001 }, (_, i) => -10 + step * i);
        const p = density.prob(u);
        const x = Float32Array.of(-3, -1, 0, 0.4, 2.2);
        const want = x.map((at) =>
          p.reduce((sum, q, i) => {
            const z = (at - u[i]) / sigma;
            return sum + (q * Math.exp((-z * z) / 2) * step) / (sigma * Math.sqrt(2 * Math.PI));
          }, 0),
        );
        expect(worst(smoothed.prob(x), want, (a, b) => Math.abs(a - b))).toBeLessThan(1e-5);
      }
    });

    it.each(one)('%s: s1 then s2 is sqrt(s1^2 + s2^2), within 2e-6', (_, make) => {
      using density = make();
      using first = smooth(density, 0.3);
      using both = smooth(first, 0.4);
      using once = smooth(density, 0.5);
      const x = Float32Array.of(-3, -1, 0, 0.4, 2.2);
      expect(worst(both.logProb(x), once.logProb(x), (a, b) => Math.abs(a - b))).toBeLessThan(2e-6);
      using other = smooth(density, 0.7);
      expect(worst(both.logProb(x), other.logProb(x), (a, b) => Math.abs(a - b))).toBeGreaterThan(1e-2);
    });

    it('a gaussian of full covariance: that of the wider one', () => {
      using density = gaussian(core, {
        mean: [1, 2],
        covariance: [
          [1, 0.8],
          [0.8, 1],
        ],
      });
      using smoothed = smooth(density, 2);
      const want = twin.gaussianTwin(
        [1, 2],
        [
          [5, 0.8],
          [0.8, 5],
        ],
      );
      const { logProb, score } = errors(smoothed, want, grid);
      expect(Math.max(logProb, score)).toBeLessThan(2e-6);
    });

    it('eightModes are a mixture: they can be smoothed', () => {
      using modes = eightModes(core);
      using smoothed = smooth(modes, 1);
      const at = Float32Array.of(0, 0);
      expect(smoothed.logProb(at)[0]).toBeGreaterThan(modes.logProb(at)[0]);
    });

    it('of any other density: a TypeError; of a wrong sigma: a RangeError', () => {
      using round = ring(core);
      expect(() => smooth(round, 1)).toThrow(TypeError);
      const own = fromFunction(
        core,
        1,
        (_, out) => out.fill(0),
        (_, out) => out.fill(0),
      );
      expect(oneLine(() => smooth(own, 1))).toMatch(/^smooth: density must be a gaussian/);
      using density = gaussian(core, { mean: [0], covariance: [[1]] });
      expect(oneLine(() => smooth(density, 0))).toMatch(/^smooth: sigma/);
    });
  });

  it.each([
    [{ mean: [], covariance: [] }, /^gaussian: mean/],
    [{ mean: [0, 0], covariance: [[1, 0]] }, /^gaussian: covariance must hold 2 rows, got 1/],
    [{ mean: [0, 0], covariance: [[1, 0], [0]] }, /^gaussian: covariance\[1\] must hold 2 numbers, got 1/],
    [
      {
        mean: [0, Number.NaN],
        covariance: [
          [1, 0],
          [0, 1],
        ],
      },
      /^gaussian: mean\[1\]/,
    ],
    [
      {
        mean: [0, 0],
        covariance: [
          [1, 0.5],
          [0.4, 1],
        ],
      },
      /^gaussian: covariance must be symmetric/,
    ],
    [
      {
        mean: [0, 0],
        covariance: [
          [1, 2],
          [2, 1],
        ],
      },
      /^gaussian: covariance must be positive definite/,
    ],
    [
      {
        mean: [0, 0],
        covariance: [
          [1, 1],
          [1, 1],
        ],
      },
      /^gaussian: covariance must be positive definite/,
    ],
    [{ mean: [0], covariance: [[-1]] }, /^gaussian: covariance\[0\]\[0\]/],
    [{ mean: [0], covariance: [[1e-80]] }, /^gaussian: covariance must have an inverse/],
  ])('gaussian refuses %j', (options, message) => {
    const { used } = core.memory;
    expect(oneLine(() => gaussian(core, options))).toMatch(message);
    expect(core.memory.used).toBe(used);
  });

  it('shapes refuse wrong numbers', () => {
    expect(oneLine(() => banana(core, { sd: 0 }))).toMatch(/^banana: sd/);
    expect(oneLine(() => banana(core, { bend: Number.NaN }))).toMatch(/^banana: bend/);
    expect(oneLine(() => funnel(core, { dim: 1 }))).toMatch(/^funnel: dim/);
    expect(oneLine(() => ring(core, { radius: -1 }))).toMatch(/^ring: radius/);
    expect(oneLine(() => eightModes(core, { sd: 0 }))).toMatch(/^eightModes: sd/);
  });
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Core, type MixtureOptions, mixture } from '../../src/index.js';
import { forEachCore, sameBits, worst } from '../cores.js';
import { oneLine } from '../formats/oneLine.js';
import { golden, type MixtureGolden } from '../golden.js';
import * as twin from '../reference.js';

const cases = golden<MixtureGolden>('mixture');
const article = { means: cases.article.means, sds: cases.article.sds };

/** log p within an error of 1 + |log p|: its rounding where it is large, that of its terms where it is small. */
const logError = (a: number, b: number) => Math.abs(a - b) / (1 + Math.abs(b));

/**
 * Largest error of scores [n, D] over the points: the error's length over |score| + 1 / (least sd), because the pulls
 * of the components, some multiples of 1 / sd, may cancel.
 */
function scoreError(got: Float32Array, want: number[][], sds: number[][]): number {
  const unit = 1 / Math.min(...sds.flat());
  const errors = want.map((s, i) => {
    const difference = s.map((v, d) => got[i * s.length + d] - v);
    return Math.hypot(...difference) / (Math.hypot(...s) + unit);
  });
  return errors.some(Number.isNaN) ? Number.NaN : Math.max(...errors);
}

/** Scores and log-densities of points [n][D], and how far they are from the twin's. */
function errorsOf(core: Core, of: Required<MixtureOptions>, points: number[][]) {
  using density = mixture(core, of);
  const rows = points.map((x) => x.map(Math.fround));
  const x = Float32Array.from(rows.flat());
  const options = of as twin.MixtureOf;
  return {
    score: scoreError(
      density.score(x),
      rows.map((row) => twin.mixtureScore(options, row)),
      options.sds,
    ),
    logProb: worst(
      density.logProb(x),
      rows.map((row) => twin.mixtureLogProb(options, row)),
      logError,
    ),
  };
}

/** Any mixture of up to 6 components in up to 5 dimensions, and points within 4 sd of one of them. */
const anyMixture = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 5 }))
  .chain(([K, D]) => {
    const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
    const rows = (value: fc.Arbitrary<number>) => {
      const row = fc.array(value, { minLength: D, maxLength: D });
      return fc.array(row, { minLength: K, maxLength: K });
    };
    return fc.record({
      means: rows(real(-3, 3)),
      sds: rows(real(-3, 1).map((v) => 10 ** v)),
      weights: fc.array(real(0.01, 1), { minLength: K, maxLength: K }),
      z: rows(real(-4, 4)),
    });
  });

forEachCore('mixture', (core) => {
  it.each(['article', 'three'] as const)(
    'golden %s, out to 50 from the origin: logProb within 2e-7, prob 2e-6, score 2e-7',
    (name) => {
      const { points, float64, ...options } = cases[name];
      using density = mixture(core, options);
      const x = Float32Array.from(points.flat());
      expect(worst(density.logProb(x), float64.logProb, logError)).toBeLessThan(2e-7);
      expect(scoreError(density.score(x), float64.score, options.sds)).toBeLessThan(2e-7);
      // Below float32's normal numbers a probability is 0 or has fewer digits.
      const least = 1.2e-38;
      expect(float64.prob.filter((p) => p > least).length).toBeGreaterThan(8);
      const error = (a: number, b: number) => Math.abs(a - b) / Math.max(b, least);
      expect(worst(density.prob(x), float64.prob, error)).toBeLessThan(2e-6);
    },
  );

  it('any mixture, near a component: logProb within 6e-7 and score within 3e-6 of the twin', () => {
    fc.assert(
      fc.property(anyMixture, ({ z, ...of }) => {
        const points = of.means.map((mean, k) => mean.map((m, d) => m + of.sds[k][d] * z[k][d]));
        const { score, logProb } = errorsOf(core, of, points);
        expect(logProb).toBeLessThan(6e-7);
        expect(score).toBeLessThan(3e-6);
      }),
      // Errors are bounded for what was measured: the same cases every time.
      { numRuns: 500, seed: 2 },
    );
  });

  it('rings of radius 1 to 1000 around the article: logProb within 3e-7, score within 5e-6 of the twin', () => {
    for (const radius of [1, 3, 10, 50, 1000]) {
      const points = Array.from({ length: 3000 }, (_, i) => {
        const angle = (2 * Math.PI * i) / 3000;
        return [radius * Math.cos(angle), radius * Math.sin(angle)];
      });
      const { score, logProb } = errorsOf(core, { ...article, weights: [1, 1] }, points);
      expect(logProb).toBeLessThan(3e-7);
      expect(score).toBeLessThan(5e-6);
    }
  });

  it("far out to 1e37 the score is the nearer component's within 2e-7, log p a number", () => {
    using density = mixture(core, article);
    for (const far of [1e3, 1e5, 1e10, 1e18, 1e20, 1e30, 1e37]) {
      const x = Float32Array.of(far, far / 2, -far, -far, 0, far, -far, far);
      const want = Array.from(x, (v, i) => ((i < 2 || i > 3 ? 0.5 : -0.5) - v) / 0.16);
      const score = density.score(x);
      // The last point is as far from both.
      expect(
        worst(score.subarray(0, 6), want.slice(0, 6), (a, b) => Math.abs(a - b) / (far * 6.25)),
      ).toBeLessThan(2e-7);
      expect(worst(score.subarray(6), [far, -far], (a, b) => Math.abs(a / b / 6.25 - 1))).toBeLessThan(2e-7);
      for (const logp of density.logProb(x)) expect(logp).toBeLessThan(-1e6);
      expect([...density.prob(x)]).toEqual([0, 0, 0, 0]);
    }
  });

  it('the score is the gradient of logProb: central differences within 4e-4', () => {
    const { points, float64, ...options } = cases.three;
    using density = mixture(core, options);
    const near = points.slice(0, 8);
    const score = density.score(Float32Array.from(near.flat()));
    const h = 2 ** -7;
    const differences = near.flatMap((x) =>
      x.map((_, d) => {
        const moved = [h, -h].map((by) => x.map((v, e) => (e === d ? Math.fround(v) + by : v)));
        const [above, below] = density.logProb(Float32Array.from(moved.flat()));
        return (above - below) / (2 * h);
      }),
    );
    expect(worst(score, differences, (a, b) => Math.abs(a - b) / (1 + Math.abs(b)))).toBeLessThan(4e-4);
  });

  it('prob is normalised: its sum over a grid is 1 within 1e-7, weights in any scale', () => {
    using density = mixture(core, {
      means: [
        [0.2, 0],
        [1, 2],
      ],
      sds: [
        [0.3, 0.5],
        [0.4, 0.2],
      ],
      weights: [3, 9],
    });
    const n = 200;
    const x = new Float32Array(2 * n * n);
    for (let i = 0; i < n * n; i++) x.set([(8 * (i % n)) / n - 3, (8 * Math.floor(i / n)) / n - 3], 2 * i);
    expect(Math.abs(density.prob(x).reduce((sum, p) => sum + p, 0) * (8 / n) ** 2 - 1)).toBeLessThan(1e-7);
  });

  it('a point gives the same bits alone and in a batch of any size; a NaN stays in its row', () => {
    using density = mixture(core, cases.three);
    const x = Float32Array.from({ length: 3 * 1025 }, (_, i) => Math.sin(7 * i) * 3);
    const [score, logProb] = [density.score(x), density.logProb(x)];
    for (const n of [1, 7, 8, 9, 511, 512, 513, 1024]) {
      expect(sameBits(density.score(x.subarray(0, 3 * n)), score.subarray(0, 3 * n))).toBe(true);
      expect(sameBits(density.logProb(x.subarray(0, 3 * n)), logProb.subarray(0, n))).toBe(true);
    }
    const spoiled = x.slice(0, 24);
    spoiled[4] = Number.NaN;
    const got = density.score(spoiled);
    expect([...got.subarray(3, 6)].some(Number.isNaN)).toBe(true);
    expect(sameBits(got.subarray(0, 3), score.subarray(0, 3))).toBe(true);
    expect(sameBits(got.subarray(6), score.subarray(6, 24))).toBe(true);
  });

  it('writes to out and returns it; no points give no scores', () => {
    using density = mixture(core, article);
    const out = new Float32Array(4);
    expect(density.score(Float32Array.of(0, 1, 2, 3), out)).toBe(out);
    expect(out).toEqual(density.score(Float32Array.of(0, 1, 2, 3)));
    expect(density.score(new Float32Array(0))).toEqual(new Float32Array(0));
    expect(density.logProb(new Float32Array(0))).toEqual(new Float32Array(0));
  });

  it('dispose gives back all memory, and a second time none of another', () => {
    const { used } = core.memory;
    const density = mixture(core, cases.three);
    density.score(new Float32Array(6));
    expect(core.memory.used).toBeGreaterThan(used);
    density.dispose();
    expect(core.memory.used).toBe(used);
    using other = mixture(core, cases.three);
    expect(other.score(new Float32Array(3)).every(Number.isFinite)).toBe(true);
    const taken = core.memory.used;
    density.dispose();
    expect(core.memory.used).toBe(taken);
  });

  it('bad arguments give one line that names them, and take no memory', () => {
    const { used } = core.memory;
    const message = (options: MixtureOptions) => oneLine(() => mixture(core, options));
    expect(message({ means: [], sds: [] })).toBe('mixture: means must hold one or more points, got none');
    expect(message({ means: [[]], sds: [[]] })).toBe('mixture: means must hold one or more points, got none');
    expect(message({ means: [[0], [1]], sds: [[1]] })).toMatch(
      /^mixture: sds must hold 2 rows as means does, got 1/,
    );
    expect(message({ means: [[0]], sds: [[1]], weights: [1, 1] })).toMatch(
      /^mixture: weights must hold 1 numbers/,
    );
    expect(message({ means: [[0], [1, 2]], sds: [[1], [1]] })).toBe(
      'mixture: means[1] must hold 1 numbers, got 2',
    );
    expect(message({ means: [[0]], sds: [[1, 1]] })).toBe('mixture: sds[0] must hold 1 numbers, got 2');
    expect(message({ means: [[Number.NaN]], sds: [[1]] })).toBe('mixture: means[0] must be finite, got NaN');
    for (const sd of [0, -1, Infinity, Number.NaN]) {
      expect(message({ means: [[0]], sds: [[sd]] })).toBe(
        `mixture: sds[0] must be a positive finite number, got ${sd}`,
      );
      const weighted = { means: [[0]], sds: [[1]], weights: [sd] };
      expect(message(weighted)).toBe(`mixture: weights[0] must be a positive finite number, got ${sd}`);
    }
    expect(core.memory.used).toBe(used);
  });

  it('points that do not fit give one line that names the function', () => {
    using density = mixture(core, article);
    const x = new Float32Array(3);
    expect(oneLine(() => density.score(x))).toBe('score: x must hold points of 2 coordinates, got 3 numbers');
    expect(oneLine(() => density.logProb(x))).toBe(
      'logProb: x must hold points of 2 coordinates, got 3 numbers',
    );
    const list = [0, 1] as unknown as Float32Array;
    expect(oneLine(() => density.score(list))).toBe('score: x must be a Float32Array, got an array of 2');
    expect(oneLine(() => density.score(new Float32Array(4), x))).toBe(
      'score: out must hold 4 numbers, got 3',
    );
  });
});

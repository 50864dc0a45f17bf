import { describe, expect, it } from 'vitest';
import { empirical, key, mixture, normal, type PointSet, uniform } from '../../src/index.js';
import { forEachCore, sameBits, worst } from '../cores.js';
import { oneLine } from '../formats/oneLine.js';
import * as twin from '../reference.js';

const logError = (a: number, b: number) => Math.abs(a - b) / (1 + Math.abs(b));

forEachCore('empirical', (core) => {
  /** N points in the unit cube with uneven weights. */
  function cloud(N: number, dim: number): PointSet {
    const points = uniform(core, key(100 + N), [N, dim]);
    return { dim, points, logits: normal(core, key(200 + N), [N]) };
  }

  /** n places, each a point of the set and noise of sd sigma. */
  function noisy(set: PointSet, sigma: number, n: number): Float32Array {
    const z = normal(core, key(300), [n, set.dim]);
    return z.map((v, i) => set.points[i % set.points.length] + sigma * v);
  }

  /** Largest error of scores [n, D], the error's length over |score| + 1 / sigma, and of log-densities. */
  function errorsOf(set: PointSet, sigma: number, x: Float32Array): { score: number; logProb: number } {
    using density = empirical(core, set, sigma);
    const { dim } = set;
    const n = x.length / dim;
    const [score, logProb] = [density.score(x), density.logProb(x)];
    const rows = Array.from({ length: n }, (_, i) => [...x.subarray(i * dim, (i + 1) * dim)]);
    const errors = rows.map((row, i) => {
      const want = twin.empiricalScore(set, sigma, row);
      return Math.hypot(...want.map((v, d) => v - score[i * dim + d])) / (Math.hypot(...want) + 1 / sigma);
    });
    return {
      score: worst(errors, Array(n).fill(0), (a) => a),
      logProb: worst(
        logProb,
        rows.map((row) => twin.empiricalLogProb(set, sigma, row)),
        logError,
      ),
    };
  }

  describe.each([1, 7, 8, 9, 31, 32, 33, 513])('%i points', (N) => {
    it.each([1, 2, 3])(
      'in %i dimensions: logProb within 1.5e-6 and score within 1.5e-6 of the twin at every level',
      (dim) => {
        const set = cloud(N, dim);
        for (const sigma of [1e-4, 1e-3, 0.03, 0.3, 1, 20]) {
          const { score, logProb } = errorsOf(set, sigma, noisy(set, sigma, 67));
          expect(logProb).toBeLessThan(1.5e-6);
          expect(score).toBeLessThan(1.5e-6);
        }
      },
    );
  });

  it('equals the mixture of Gaussians at the same points: logProb within 1.5e-6, score within 1.5e-6', () => {
    const set = cloud(19, 2);
    for (const sigma of [0.05, 0.4]) {
      using density = empirical(core, set, sigma);
      using same = mixture(core, {
        means: Array.from(set.logits, (_, i) => [...set.points.subarray(2 * i, 2 * i + 2)]),
        sds: Array.from(set.logits, () => [sigma, sigma]),
        weights: Array.from(set.logits, Math.exp),
      });
      const x = noisy(set, 2 * sigma, 100);
      expect(worst(density.logProb(x), same.logProb(x), logError)).toBeLessThan(1.5e-6);
      const error = (a: number, b: number) => Math.abs(a - b) / (Math.abs(b) + 1 / sigma);
      expect(worst(density.score(x), same.score(x), error)).toBeLessThan(1.5e-6);
      expect(sameBits(density.prob(x), density.logProb(x).map(Math.exp))).toBe(true);
    }
  });

  it('points of weight 0 have no part, and a common shift of the logits changes no bit', () => {
    const set = cloud(9, 2);
    const x = noisy(set, 0.1, 40);
    using without = empirical(core, set, 0.1);
    const points = new Float32Array(36);
    const logits = new Float32Array(18).fill(-Infinity);
    for (let i = 0; i < 9; i++) {
      points.set([5, Number.NaN], 4 * i);
      points.set(set.points.subarray(2 * i, 2 * i + 2), 4 * i + 2);
      logits[2 * i + 1] = Math.fround(set.logits[i]);
    }
    using padded = empirical(core, { dim: 2, points, logits }, 0.1);
    expect(sameBits(padded.score(x), without.score(x))).toBe(true);
    expect(sameBits(padded.logProb(x), without.logProb(x))).toBe(true);
    using one = empirical(core, { dim: 1, points: Float32Array.of(3), logits: Float32Array.of(-80) }, 2);
    using shifted = empirical(core, { dim: 1, points: Float32Array.of(3), logits: Float32Array.of(80) }, 2);
    const at = Float32Array.of(1, 3, 7);
    expect(one.score(at)).toEqual(Float32Array.of(0.5, 0, -1));
    expect(sameBits(one.logProb(at), shifted.logProb(at))).toBe(true);
  });

  it('far out, |x| = 50 to 1e30, at any level: finite, towards the data within 6e-7', () => {
    const set = cloud(33, 2);
    for (const sigma of [1e-4, 0.01, 1]) {
      using density = empirical(core, set, sigma);
      for (const far of [50, 1e4, 1e10, 1e20, 1e29, 1e30]) {
        const x = Float32Array.of(far, far, -far, far, -far, -far);
        const score = density.score(x);
        // Which of the points counts is lost in rounding, so that it may be off by the size of the data.
        const error = (a: number, b: number) => Math.abs(a - b) / ((far + 1) / sigma ** 2);
        expect(
          worst(
            score,
            x.map((v) => -v / sigma ** 2),
            error,
          ),
        ).toBeLessThan(1 / (far + 1) + 6e-7);
        for (const logp of density.logProb(x)) expect(logp).toBeGreaterThan(-Infinity);
      }
    }
  });

  it('the score is the gradient of logProb: central differences within 5e-5', () => {
    const set = cloud(12, 3);
    using density = empirical(core, set, 0.25);
    const x = noisy(set, 0.3, 20);
    const h = 2 ** -8;
    const differences = Float32Array.from(x, (_, i) => {
      const moved = [h, -h].map((by) =>
        x.slice(i - (i % 3), i - (i % 3) + 3).map((v, d) => (d === i % 3 ? v + by : v)),
      );
      return (density.logProb(moved[0])[0] - density.logProb(moved[1])[0]) / (2 * h);
    });
    expect(worst(density.score(x), differences, (a, b) => Math.abs(a - b) / (4 + Math.abs(b)))).toBeLessThan(
      5e-5,
    );
  });

  it('a point gives the same bits alone and in a batch of any size', () => {
    const set = cloud(70, 3);
    using density = empirical(core, set, 0.1);
    const x = noisy(set, 0.1, 520);
    const [score, logProb] = [density.score(x), density.logProb(x)];
    for (const n of [1, 7, 8, 9, 511, 512, 513]) {
      expect(sameBits(density.score(x.subarray(0, 3 * n)), score.subarray(0, 3 * n))).toBe(true);
      expect(sameBits(density.logProb(x.subarray(0, 3 * n)), logProb.subarray(0, n))).toBe(true);
    }
    const out = new Float32Array(6);
    expect(density.score(x.subarray(0, 6), out)).toBe(out);
    expect(sameBits(out, score.subarray(0, 6))).toBe(true);
    expect(density.score(new Float32Array(0))).toEqual(new Float32Array(0));
  });

  it('dispose gives back all memory', () => {
    const { used } = core.memory;
    const density = empirical(core, cloud(40, 2), 0.1);
    density.logProb(new Float32Array(2));
    expect(core.memory.used).toBeGreaterThan(used);
    density.dispose();
    expect(core.memory.used).toBe(used);
  });

  it('bad arguments give one line that names them, and take no memory', () => {
    const set = cloud(3, 2);
    const { used } = core.memory;
    for (const sigma of [0, -1, Infinity, Number.NaN]) {
      expect(oneLine(() => empirical(core, set, sigma))).toBe(
        `empirical: sigma must be a positive finite number, got ${sigma}`,
      );
    }
    const none = { dim: 2, points: new Float32Array(2), logits: Float32Array.of(-Infinity) };
    expect(oneLine(() => empirical(core, none, 1))).toMatch(
      /^empirical: data must have a point with a finite logit/,
    );
    expect(core.memory.used).toBe(used);
  });
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MANY, Plane } from '../../src/densities/plane.js';
import {
  categorical,
  empirical,
  imageDistribution,
  key,
  normal,
  type PointSet,
  uniform,
} from '../../src/index.js';
import { forEachCore, sameBits } from '../cores.js';
import * as twin from '../reference.js';

/** A picture of stripes and black between them. */
function stripes(side: number): PointSet {
  const pixels = Float32Array.from({ length: side * side }, (_, i) => {
    const [row, column] = [Math.floor(i / side), i % side];
    return Math.max(0, Math.sin(row / 9) * Math.cos(column / 13 + row / 40));
  });
  return imageDistribution({ height: side, width: side, pixels });
}

forEachCore('many points in the plane', (core) => {
  /** Points in a long cloud, with weights over seven orders of magnitude; the last ten are never drawn, and are no numbers. */
  function cloud(N: number): PointSet {
    const points = normal(core, key(1), [N, 2]).map((z, i) => (i % 2 === 0 ? 10 * z + 3 : z - 50));
    const logits = normal(core, key(2), [N]).map((z) => 4 * z);
    points.fill(Number.NaN, 2 * (N - 10));
    logits.fill(-Infinity, N - 10);
    return { dim: 2, points, logits };
  }

  /** n places: points drawn from the set, with noise. */
  function noisy(data: PointSet, sigma: number, n: number): Float32Array {
    const drawn = categorical(core, key(6), data.logits, n, { drawing: 'alias' });
    const z = normal(core, key(5), [n, 2]);
    return z.map((v, i) => data.points[2 * drawn[i >> 1] + (i & 1)] + sigma * v);
  }

  /** Without the points that are never drawn, for the twin. */
  function possible({ points, logits }: PointSet): PointSet {
    const kept = [...logits.keys()].filter((i) => logits[i] > -Infinity);
    return {
      dim: 2,
      points: Float32Array.from(kept.flatMap((i) => [points[2 * i], points[2 * i + 1]])),
      logits: Float32Array.from(kept, (i) => logits[i]),
    };
  }

  it.each([
    ['a picture', () => stripes(150), [1e-4, 1e-3, 0.005, 0.02, 0.05, 0.1, 0.3, 1, 8]],
    ['a cloud', () => cloud(5000), [1e-3, 0.03, 0.3, 1, 3, 10, 100]],
    [
      'points on a line',
      () => ({ ...stripes(70), points: stripes(70).points.map((v, i) => (i % 2 ? 0.5 : v)) }),
      [1e-3, 0.1, 1],
    ],
    [
      'points in one place',
      () => ({ dim: 2, points: new Float32Array(2 * MANY).fill(7), logits: new Float32Array(MANY) }),
      [0.01, 3],
    ],
  ] as [string, () => PointSet, number[]][])(
    '%s: score within 5e-6 (|score| + 1 / sigma) and logProb within 3e-6 (1 + |logProb|) of the float64 sum over all',
    (_, make, sigmas) => {
      const data = make();
      const all = possible(data);
      const plane = new Plane(core, data);
      for (const sigma of sigmas) {
        const x = noisy(data, sigma, 25);
        const { score, logProb } = plane.evaluate(x, sigma);
        logProb.forEach((logp, i) => {
          const at = [x[2 * i], x[2 * i + 1]];
          const want = twin.empiricalScore(all, sigma, at);
          const error = Math.hypot(want[0] - score[2 * i], want[1] - score[2 * i + 1]);
          expect(error / (Math.hypot(...want) + 1 / sigma)).toBeLessThan(5e-6);
          const wantLog = twin.empiricalLogProb(all, sigma, at);
          expect(Math.abs(logp - wantLog) / (1 + Math.abs(wantLog))).toBeLessThan(3e-6);
        });
      }
      plane.dispose();
    },
  );

  it('anywhere, at any noise: p(x) within 5e-6 / (2 pi sigma^2) + 1e-5 p(x) of the sum over all', () => {
    const data = stripes(80);
    const all = possible(data);
    const plane = new Plane(core, data);
    const place = fc.double({ min: -1, max: 2, noNaN: true });
    const logSigma = fc.double({ min: Math.log(1e-4), max: Math.log(3), noNaN: true });
    fc.assert(
      fc.property(place, place, logSigma, (a, b, log) => {
        const sigma = Math.exp(log);
        const x = Float32Array.of(a, b);
        const p = Math.exp(plane.evaluate(x, sigma).logProb[0]);
        const want = Math.exp(twin.empiricalLogProb(all, sigma, [...x]));
        // The exponent of a place far off is large, and so is its rounding.
        const far = 1e-7 * Math.abs(Math.log(want * sigma ** 2 + 1e-300));
        expect(Math.abs(p - want)).toBeLessThan(5e-6 / (2 * Math.PI * sigma ** 2) + (1e-5 + far) * want);
      }),
      { numRuns: 200 },
    );
    plane.dispose();
  });

  it('in the dark and far off: finite, and towards the nearest points as the sum over all, within 1e-5', () => {
    const data = stripes(100);
    const plane = new Plane(core, data);
    const x = Float32Array.of(-30, 0.5, 0.5, 400, 1e6, 1e6, 0.36, 0.4);
    for (const sigma of [1e-4, 0.003, 0.01]) {
      const { score, logProb } = plane.evaluate(x, sigma);
      using full = empirical(core, data, sigma);
      const want = full.score(x);
      score.forEach((s, i) => {
        const length = Math.hypot(want[i - (i % 2)], want[i - (i % 2) + 1]);
        expect(Math.abs(s - want[i]) / (length + 1 / sigma)).toBeLessThan(1e-5);
      });
      for (const logp of logProb) expect(logp).toBeGreaterThan(-Infinity);
    }
    plane.dispose();
  });

  it('a place gives the same bits alone and among others, and gives back all memory', () => {
    const { used } = core.memory;
    const plane = new Plane(core, stripes(90));
    const x = uniform(core, key(8), [40, 2]);
    for (const sigma of [0.002, 0.2]) {
      const all = plane.evaluate(x, sigma);
      const some = plane.evaluate(x.subarray(14, 20), sigma);
      expect(sameBits(some.score, all.score.slice(14, 20))).toBe(true);
      expect(sameBits(some.logProb, all.logProb.slice(7, 10))).toBe(true);
    }
    plane.dispose();
    expect(core.memory.used).toBe(used);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { builtInImage } from '../../src/data/builtIn.js';
import { imageDistribution } from '../../src/data/image.js';
import { pointSet } from '../../src/data/pointSet.js';
import {
  expectedTotalVariation,
  smoothedHistogram,
  totalVariation,
} from '../../src/diagnostics/histogram.js';
import { oneLine } from '../formats/oneLine.js';

const four = pointSet({
  dim: 2,
  points: [0, 0, 0.25, 1, 1, 0.5, 1.5, 0.5],
  weights: [1, 2, 3, 2],
});
const unit: [number, number] = [0, 1];

// scipy 1.12, numpy 1.26: p = numpy.array([1, 2, 3, 2]) / 8, X the points of `four`,
// ex = numpy.linspace(0, 1, 4), ey = numpy.linspace(-0.5, 1, 4),
// R = numpy.diff(norm.cdf((ex[None] - X[:, :1]) / 0.2), axis=1), C likewise from ey and X[:, 1:],
// numpy.einsum('n,nr,nc->rc', p, R, C), and 1 - its sum
const SCIPY = [
  0.02791313240940708, 0.028854422600799137, 0.06905355659051492, 0.003033647005842559, 0.012191700079051676,
  0.04829341890743915, 0.0010890602688507114, 0.08455616094723527, 0.08678777279233761,
];
const SCIPY_OUTSIDE = 0.6382271283985219;

describe('smoothedHistogram', () => {
  it('agrees with scipy to 1e-7, the rounding of float32 logits', () => {
    const { counts, outside } = smoothedHistogram(four, 0.2, { bins: 3, xlim: unit, ylim: [-0.5, 1] });
    SCIPY.forEach((mass, i) => {
      expect(Math.abs(counts[i] - mass)).toBeLessThan(1e-7);
    });
    expect(Math.abs(outside - SCIPY_OUTSIDE)).toBeLessThan(1e-7);
  });

  it('agrees with scipy to a relative 1e-12 far into the tails', () => {
    const even = { dim: 2, points: four.points.subarray(0, 2), logits: new Float32Array([5]) };
    const { counts } = smoothedHistogram(even, 0.05, { bins: 2, xlim: unit, ylim: [0, 0.5] });
    // -numpy.diff(norm.sf(...)) of [0, 10, 20] and [0, 5, 10], numpy.outer of the two
    const outer = [0.24999985667421407, 1.4332578593959664e-7, 3.809924327837388e-24, 2.1842428468640233e-30];
    outer.forEach((mass, i) => {
      expect(Math.abs(counts[i] / mass - 1)).toBeLessThan(1e-12);
    });
  });

  // numpy.histogram2d(X[:, 0], X[:, 1], bins=4, range=[(0, 1), (0, 1)], weights=p)
  it('bins points as numpy.histogram2d when sigma is 0: left edges in, the last right edge too', () => {
    const { counts, outside } = smoothedHistogram(four, 0, { bins: 4, xlim: unit, ylim: unit });
    const expected = [0.125, 0, 0, 0, 0, 0, 0, 0.25, 0, 0, 0, 0, 0, 0, 0.375, 0];
    expected.forEach((mass, i) => {
      expect(counts[i]).toBeCloseTo(mass, 7);
    });
    expect(outside).toBeCloseTo(0.25, 7);
  });

  it('is the limit of small sigma away from edges', () => {
    const points = pointSet({ dim: 2, points: [0.1, 0.3, 0.6, 0.9], weights: [1, 2] });
    const grid = { bins: 2, xlim: unit, ylim: unit };
    const sharp = smoothedHistogram(points, 0, grid);
    for (const sigma of [1e-3, 1e-30, 1e-320]) {
      expect(totalVariation(sharp, smoothedHistogram(points, sigma, grid))).toBeLessThan(1e-15);
    }
    // half of a point on an edge is on either side of it
    const onEdge = pointSet({ dim: 2, points: [0.5, 0.25] });
    expect(Array.from(smoothedHistogram(onEdge, 1e-320, grid).counts)).toEqual([0.5, 0, 0.5, 0]);
  });

  it('sums to 1 with the outside, for any grid and sigma', () => {
    const five = imageDistribution(builtInImage('five', 12));
    const limit = fc.double({ min: -2, max: 2, noNaN: true });
    const limits = fc.tuple(limit, fc.double({ min: 0.01, max: 3, noNaN: true }));
    const sigmas = fc.double({ min: 0, max: 2, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        sigmas,
        limits,
        limits,
        (bins, sigma, [x, dx], [y, dy]) => {
          const grid = { bins, xlim: [x, x + dx], ylim: [y, y + dy] } as const;
          const { counts, outside } = smoothedHistogram(five, sigma, grid);
          expect(counts.reduce((sum, mass) => sum + mass, outside)).toBeCloseTo(1, 12);
          expect(counts.every((mass) => mass >= 0) && outside >= 0).toBe(true);
        },
      ),
    );
  });

  it('of points row by row, shuffled, and one by one is the same within 1e-14; what is never drawn may be no number', () => {
    const { points, logits } = imageDistribution(builtInImage('five', 40));
    const order = Array.from(logits.keys()).sort((a, b) => Math.sin(a) - Math.sin(b));
    const grid = { bins: 9, xlim: unit, ylim: [0.2, 0.7] } as const;
    for (const sigma of [0, 0.003, 0.2]) {
      const { counts, outside } = smoothedHistogram({ dim: 2, points, logits }, sigma, grid);
      const shuffled = smoothedHistogram(
        {
          dim: 2,
          points: Float32Array.from(
            order.flatMap((i) =>
              logits[i] === -Infinity ? [NaN, NaN] : [...points.subarray(2 * i, 2 * i + 2)],
            ),
          ),
          logits: Float32Array.from(order, (i) => logits[i]),
        },
        sigma,
        grid,
      );
      const sums = new Float64Array(81);
      let total = 0;
      logits.forEach((logit, i) => {
        total += Math.exp(logit);
        if (logit === -Infinity) return;
        const one = pointSet({ dim: 2, points: points.subarray(2 * i, 2 * i + 2) });
        smoothedHistogram(one, sigma, grid).counts.forEach((mass, k) => {
          sums[k] += Math.exp(logit) * mass;
        });
      });
      counts.forEach((mass, k) => {
        expect(Math.abs(mass - shuffled.counts[k])).toBeLessThan(1e-14);
        expect(Math.abs(mass - sums[k] / total)).toBeLessThan(1e-14);
      });
      expect(Math.abs(outside - shuffled.outside)).toBeLessThan(1e-13);
    }
  });

  it('has rows for x[0] and columns for x[1]', () => {
    const { counts } = smoothedHistogram(pointSet({ dim: 2, points: [0.9, 0.1] }), 0.01, {
      bins: 2,
      xlim: unit,
      ylim: unit,
    });
    expect(counts[2]).toBeCloseTo(1, 12);
  });

  it('reports impossible arguments', () => {
    const grid = { bins: 4, xlim: unit, ylim: unit };
    const line = pointSet({ dim: 1, points: [1] });
    expect(oneLine(() => smoothedHistogram(line, 1, grid))).toBe(
      'smoothedHistogram: points must have dim = 2, got 1',
    );
    expect(oneLine(() => smoothedHistogram(four, -1, grid))).toMatch(/sigma must be finite and >= 0, got -1/);
    expect(oneLine(() => smoothedHistogram(four, Number.NaN, grid))).toMatch(/got NaN/);
    expect(oneLine(() => smoothedHistogram(four, 1, { ...grid, bins: 0 }))).toMatch(
      /bins must be a positive .*got 0/,
    );
    expect(oneLine(() => smoothedHistogram(four, 1, { ...grid, ylim: [1, 1] }))).toMatch(
      /ylim must be finite and increasing, got \[1, 1\]/,
    );
    for (const logit of [-Infinity, Infinity, Number.NaN]) {
      const nowhere = { dim: 2, points: new Float32Array(2), logits: new Float32Array([logit]) };
      expect(oneLine(() => smoothedHistogram(nowhere, 1, grid))).toMatch(/points must have a finite logit/);
    }
  });
});

describe('totalVariation', () => {
  const histogram = fc
    .record({ counts: fc.array(fc.nat(9), { minLength: 4, maxLength: 4 }), outside: fc.nat(9) })
    .filter(({ counts, outside }) => counts.some((n) => n > 0) || outside > 0);

  it('is half the L1 distance of the normalised histograms, the outside as a cell', () => {
    expect(totalVariation({ counts: [1, 1], outside: 0 }, { counts: [3, 1], outside: 0 })).toBe(0.25);
    expect(totalVariation({ counts: [1, 1], outside: 0 }, { counts: [1, 1], outside: 2 })).toBe(0.5);
    expect(totalVariation({ counts: [1, 0], outside: 0 }, { counts: [0, 5], outside: 5 })).toBe(1);
  });

  it('is a distance between 0 and 1, whatever the scale', () => {
    fc.assert(
      fc.property(histogram, histogram, histogram, (a, b, c) => {
        const ab = totalVariation(a, b);
        expect(ab).toBe(totalVariation(b, a));
        expect(ab).toBeGreaterThanOrEqual(0);
        expect(ab).toBeLessThanOrEqual(1 + 1e-15);
        expect(ab).toBeLessThanOrEqual(totalVariation(a, c) + totalVariation(c, b) + 1e-15);
        const twice = { counts: a.counts.map((n) => 2 * n), outside: 2 * a.outside };
        expect(totalVariation(a, twice)).toBe(0);
      }),
    );
  });

  it('reports histograms that cannot be compared', () => {
    expect(
      oneLine(() => totalVariation({ counts: [1], outside: 0 }, { counts: [1, 2], outside: 0 })),
    ).toMatch(/the same cells, got 1 and 2/);
    expect(oneLine(() => totalVariation({ counts: [0], outside: 0 }, { counts: [1], outside: 0 }))).toMatch(
      /the first histogram must have a count above zero/,
    );
    expect(oneLine(() => totalVariation({ counts: [1], outside: 0 }, { counts: [-1], outside: 0 }))).toMatch(
      /the second histogram must be finite and >= 0, got -1/,
    );
  });
});

describe('expectedTotalVariation', () => {
  it('is the sum over all outcomes, within 1e-13, for few draws', () => {
    const binomial = (n: number, k: number, p: number) => {
      let chance = (1 - p) ** (n - k) * p ** k;
      for (let i = 1; i <= k; i++) chance *= (n - k + i) / i;
      return chance;
    };
    for (const n of [1, 2, 5, 10, 12]) {
      for (const p of [0, 0.05, 0.3, 0.5, 1]) {
        let mean = 0;
        for (let k = 0; k <= n; k++) mean += binomial(n, k, p) * Math.abs(k / n - p);
        // Both cells of a coin deviate by the same.
        const got = expectedTotalVariation({ counts: [p, 1 - p], outside: 0 }, n);
        expect(Math.abs(got - mean)).toBeLessThan(1e-13);
      }
    }
  });

  it('is what histograms of exact draws score, within 4 standard errors', () => {
    const counts = Float64Array.from({ length: 100 }, (_, i) => 1 + (i % 7) * (i % 3));
    const distribution = { counts, outside: 5 };
    const total = counts.reduce((sum, v) => sum + v, 5);
    const [runs, draws] = [200, 500];
    let state = 1;
    const uniform = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    const scores = Array.from({ length: runs }, () => {
      const drawn = new Float64Array(101);
      for (let i = 0; i < draws; i++) {
        let rest = uniform() * total;
        let cell = 0;
        while (cell < 100 && rest >= counts[cell]) rest -= counts[cell++];
        drawn[cell]++;
      }
      return totalVariation({ counts: drawn.subarray(0, 100), outside: drawn[100] }, distribution);
    });
    const mean = scores.reduce((sum, v) => sum + v / runs, 0);
    const sd = Math.sqrt(scores.reduce((sum, v) => sum + (v - mean) ** 2 / runs, 0));
    const expected = expectedTotalVariation(distribution, draws);
    expect(Math.abs(mean - expected)).toBeLessThan((4 * sd) / Math.sqrt(runs));
    // It falls as one over the root of the draws, also of billions.
    const far = expectedTotalVariation(distribution, 4e9) / expectedTotalVariation(distribution, 1e9);
    expect(Math.abs(far - 0.5)).toBeLessThan(1e-4);
  });

  it('reports bad arguments', () => {
    expect(oneLine(() => expectedTotalVariation({ counts: [1, 0], outside: 0 }, 0))).toBe(
      'expectedTotalVariation: draws must be a positive integer, got 0',
    );
    expect(oneLine(() => expectedTotalVariation({ counts: [0], outside: 0 }, 3))).toMatch(
      /^expectedTotalVariation: the distribution must have a count above zero/,
    );
  });
});

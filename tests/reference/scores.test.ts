import { describe, expect, it } from 'vitest';
import { golden, type MixtureGolden } from '../golden.js';
import * as twin from '../reference.js';
import { differences, relativeError, vectorError } from './errors.js';

describe('scores', () => {
  const mixtures = golden<MixtureGolden>('mixture');

  it.each(['article', 'three'] as const)('mixture %s: within 1e-12 of float64, 1e-6 of float32', (name) => {
    const row = mixtures[name];
    const logProb = row.points.map((x) => twin.mixtureLogProb(row, x));
    const score = row.points.flatMap((x) => twin.mixtureScore(row, x));
    expect(relativeError(logProb, row.float64.logProb)).toBeLessThan(1e-12);
    expect(relativeError(logProb.map(Math.exp), row.float64.prob)).toBeLessThan(1e-12);
    expect(relativeError(score, row.float64.score.flat())).toBeLessThan(1e-12);
    expect(relativeError(logProb, row.float32.logProb)).toBeLessThan(1e-6);
    expect(vectorError(score, row.float32.score.flat())).toBeLessThan(1e-6);
  });

  it("the article's mixture path is within 1e-6 of JAX at all 200 points", () => {
    const { zKey, x0, stepSize, path } = mixtures.langevin;
    const score = (x: number[]) => twin.mixtureScore(mixtures.article, x);
    const got = twin.langevinPath(score, x0, twin.randomNormal(zKey, 400), stepSize);
    expect(vectorError(got.flat(), path.flat())).toBeLessThan(1e-6);
  });

  const points = [0.1, 0.9, 0.4, 0.4, 0.75, 0.2, 0.5, 0.5];
  const set = { dim: 2, points, logits: [0.5, -1, -Infinity, 2] };

  it('empirical is the mixture of equal Gaussians at the points, within 1e-13', () => {
    const weights = set.logits.map(Math.exp);
    const means = weights.map((_, n) => points.slice(2 * n, 2 * n + 2));
    const mixture = { means, sds: means.map(() => [0.07, 0.07]), weights };
    for (const x of [
      [0.2, 0.8],
      [0.5, 0.45],
      [-3, 7],
    ]) {
      expect(
        relativeError([twin.empiricalLogProb(set, 0.07, x)], [twin.mixtureLogProb(mixture, x)]),
      ).toBeLessThan(1e-13);
      expect(vectorError(twin.empiricalScore(set, 0.07, x), twin.mixtureScore(mixture, x))).toBeLessThan(
        1e-13,
      );
    }
  });

  it('both scores are the gradients of their log-densities, by differences within 1e-8', () => {
    for (const x of [
      [0.2, 0.8],
      [0.5, 0.45],
      [-0.3, 1.2],
    ]) {
      const mixture = differences((p) => twin.mixtureLogProb(mixtures.article, p), x);
      expect(vectorError(twin.mixtureScore(mixtures.article, x), mixture)).toBeLessThan(1e-8);
      const empirical = differences((p) => twin.empiricalLogProb(set, 0.2, p), x);
      expect(vectorError(twin.empiricalScore(set, 0.2, x), empirical)).toBeLessThan(1e-8);
    }
  });

  it('the smoothed histogram sums to 1 and its bins integrate the density, within 1e-5', () => {
    const wide = twin.smoothedHistogram(set, 0.1, { bins: 30, xlim: [-1, 2], ylim: [-1, 2] });
    expect(wide.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    const fine = twin.smoothedHistogram(set, 0.2);
    const density = (x: number, y: number) => Math.exp(twin.empiricalLogProb(set, 0.2, [x, y]));
    for (const [i, j] of [
      [3, 44],
      [25, 24],
      [38, 11],
    ]) {
      // Simpson's rule over the bin, in both directions.
      let integral = 0;
      [1, 4, 1].forEach((a, k) => {
        [1, 4, 1].forEach((b, l) => {
          integral += (a * b * density((i + k / 2) / 50, (j + l / 2) / 50)) / 36 / 2500;
        });
      });
      expect(relativeError([fine[i * 50 + j]], [integral])).toBeLessThan(1e-5);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { gammaMean, gaussianMean, laplaceMean, poissonMean } from '../../src/denoisers/noiseFormulas.js';
import {
  bayesDenoiser,
  drawNoisy,
  empiricalBayesDenoiser,
  fitPrior,
  loadCore,
  type NoiseModel,
  pointSet,
} from '../../src/index.js';
import { forEachCore, worst } from '../cores.js';
import { oneLine } from '../formats/oneLine.js';
import { golden, type NoiseGolden } from '../golden.js';

const core = await loadCore({ kernel: 'strict' });
const { sigma, scale, shape, models } = golden<NoiseGolden>('noise');
const MODELS: NoiseModel[] = [
  { kind: 'gaussian', sigma },
  { kind: 'laplace', scale },
  { kind: 'poisson' },
  { kind: 'gamma', shape },
];
const relative = (a: number, b: number) => Math.abs(a - b) / Math.abs(b);
const f32 = (...values: number[]) => Float32Array.from(values);

/** A prior of the golden file, by the midpoint rule. */
function goldenPrior({ kind }: NoiseModel) {
  const [low, high] = kind === 'gaussian' || kind === 'laplace' ? [-8, 8] : [0, 70];
  const n = 20_000;
  const points = Float64Array.from({ length: n }, (_, i) => low + ((high - low) * (i + 0.5)) / n);
  const bell = (x: number, mean: number, sd: number) => Math.exp(-(((x - mean) / sd) ** 2) / 2) / sd;
  const weights = points.map((x) =>
    low < 0 ? 0.3 * bell(x, -2, 0.5) + 0.7 * bell(x, 1, 1) : x * x * Math.exp(-x / 2),
  );
  return pointSet({ dim: 1, points, weights });
}

describe('the formulas of posterior means', () => {
  it("SciPy's posterior means by SciPy's densities of y alone, within 1e-8", () => {
    for (const noise of MODELS) {
      for (const { y, mean, p, part } of models[noise.kind]) {
        const got = {
          gaussian: () => gaussianMean(y, sigma, part),
          laplace: () => laplaceMean(y, p, part),
          poisson: () => poissonMean(y, p, part),
          gamma: () => gammaMean(p, y ** (shape - 1) * part),
        }[noise.kind]();
        expect(relative(got, mean)).toBeLessThan(1e-8);
      }
    }
  });

  it("poisson with a gamma prior of shape a and rate b: (a + y) / (b + 1), within 1e-12; not without Robbins's + 1", () => {
    const [a, b] = [2.5, 0.7];
    // Negative binomial, up to its constant: p(y + 1) / p(y) = (a + y) / ((y + 1) (b + 1)).
    let p = 1;
    for (let y = 0; y < 40; y++) {
      const next = (p * (a + y)) / ((y + 1) * (b + 1));
      expect(relative(poissonMean(y, p, next), (a + y) / (b + 1))).toBeLessThan(1e-12);
      expect(relative((y * next) / p, (a + y) / (b + 1))).toBeGreaterThan(0.02);
      p = next;
    }
  });

  it('gamma with an inverse gamma prior of shape a and scale b: (b + y) / (a + k - 1), within 1e-12', () => {
    const [a, b, k] = [3.2, 1.4, 2.5];
    for (const y of [0.01, 0.3, 1, 5, 80]) {
      // p(y) of a beta prime distribution, and its integral of t^(1 - k) p(t) above y, both but for one constant.
      const p = y ** (k - 1) * (b + y) ** -(a + k);
      const above = (b + y) ** (1 - a - k) / (a + k - 1);
      expect(relative(gammaMean(p, y ** (k - 1) * above), (b + y) / (a + k - 1))).toBeLessThan(1e-12);
    }
  });

  it('laplace with two points -1 and 1: their weighted mean, within 1e-12', () => {
    const [b, weight] = [0.6, 0.3];
    const f = (n: number) => Math.exp(-Math.abs(n) / b) / (2 * b);
    // sign(t - y) exp(-|t - y| / b) under the density f(t - x): -2 b^2 (f * f)'(y - x), f * f = (1 + |n| / b) f / (2 b).
    const pull = (n: number) => (-(n / b) * Math.exp(-Math.abs(n) / b)) / 2;
    for (const y of [-4, -1, -0.2, 0.5, 1, 3]) {
      const p = weight * f(y + 1) + (1 - weight) * f(y - 1);
      const mean = ((1 - weight) * f(y - 1) - weight * f(y + 1)) / p;
      const part = weight * pull(y + 1) + (1 - weight) * pull(y - 1);
      expect(Math.abs(laplaceMean(y, p, part) - mean)).toBeLessThan(1e-12);
    }
  });
});

forEachCore('bayesDenoiser', (each) => {
  it("SciPy's posterior means of its priors, within 2e-6; of a Gaussian the linear estimate", () => {
    for (const noise of MODELS) {
      const want = models[noise.kind];
      const denoise = bayesDenoiser(each, noise, goldenPrior(noise));
      const got = denoise.denoise(Float32Array.from(want, ({ y }) => y));
      expect(
        worst(
          got,
          want.map(({ mean }) => mean),
          relative,
        ),
      ).toBeLessThan(2e-6);
      expect(denoise.dim).toBe(1);
    }
    const points = Float64Array.from({ length: 4001 }, (_, i) => (i - 2000) / 200);
    const prior = pointSet({ dim: 1, points, weights: points.map((x) => Math.exp(-(x * x) / 2)) });
    const got = bayesDenoiser(each, { kind: 'gaussian', sigma: 0.5 }, prior).denoise(f32(-2, 0.5, 3));
    expect(worst(got, [-1.6, 0.4, 2.4], relative)).toBeLessThan(2e-6);
  });

  it('a prior of one point gives it; points that are never drawn do not count; far out, the nearest point', () => {
    for (const noise of MODELS)
      expect([...bayesDenoiser(each, noise, pointSet({ dim: 1, points: [2] })).denoise(f32(1, 7))]).toEqual([
        2, 2,
      ]);
    const prior = pointSet({ dim: 1, points: [-5, 1, 2], weights: [0, 1, 1] });
    const y = f32(1e6, 3);
    expect(bayesDenoiser(each, { kind: 'gamma', shape: 1 }, prior).denoise(y, y)).toBe(y);
    expect(y[0]).toBe(2);
    expect(y[1]).toBeGreaterThan(1);
  });

  it('a rate of 0 explains no counts but 0', () => {
    const zero = pointSet({ dim: 1, points: [0] });
    expect([...bayesDenoiser(each, { kind: 'poisson' }, zero).denoise(f32(0, 0))]).toEqual([0, 0]);
    expect(oneLine(() => bayesDenoiser(each, { kind: 'poisson' }, zero).denoise(f32(0, 3)))).toBe(
      'denoise: y must be possible under the prior, got 3 at index 1',
    );
  });
});

describe('bad arguments', () => {
  it('give one line that names them', () => {
    const prior = pointSet({ dim: 1, points: [0, 1] });
    const poisson = { kind: 'poisson' } as const;
    const gamma = { kind: 'gamma', shape: 1 } as const;
    const none = { kind: 'cauchy' } as never;
    const lines: [() => unknown, string][] = [
      [
        () => bayesDenoiser(core, none, prior),
        "bayesDenoiser: noise.kind must be 'gaussian', 'laplace', 'poisson' or 'gamma', got \"cauchy\"",
      ],
      [
        () => fitPrior({ kind: 'gaussian', sigma: 0 }, [1]),
        'fitPrior: noise.sigma must be a positive finite number, got 0',
      ],
      [
        () => fitPrior({ kind: 'laplace', scale: -1 }, [1]),
        'fitPrior: noise.scale must be a positive finite number, got -1',
      ],
      [
        () => fitPrior({ kind: 'gamma', shape: 0 }, [1]),
        'fitPrior: noise.shape must be a positive finite number, got 0',
      ],
      [() => fitPrior(poisson, []), 'fitPrior: observations must be one or more, got none'],
      [
        () => fitPrior(poisson, [1, 0.5]),
        'fitPrior: observations must be counts, whole and >= 0, got 0.5 at index 1',
      ],
      [
        () => empiricalBayesDenoiser(core, gamma, [1, 0]),
        'empiricalBayesDenoiser: observations must be positive, got 0 at index 1',
      ],
      [
        () => empiricalBayesDenoiser(core, gamma, [Number.NaN]),
        'empiricalBayesDenoiser: observations must be finite, got NaN at index 0',
      ],
      [
        () => empiricalBayesDenoiser(core, gamma, []),
        'empiricalBayesDenoiser: observations must be one or more, got none',
      ],
      [
        () => empiricalBayesDenoiser(core, gamma, [1], { bandwidth: 0 }),
        'empiricalBayesDenoiser: bandwidth must be a positive finite number, got 0',
      ],
      [
        () => empiricalBayesDenoiser(core, poisson, [1]).denoise(f32(-1)),
        'denoise: y must be counts, whole and >= 0, got -1 at index 0',
      ],
      [
        () => bayesDenoiser(core, gamma, prior),
        'bayesDenoiser: prior.points must be positive, got 0 at index 0',
      ],
      [
        () => bayesDenoiser(core, poisson, pointSet({ dim: 1, points: [-1] })),
        'bayesDenoiser: prior.points must be >= 0, got -1 at index 0',
      ],
      [
        () => bayesDenoiser(core, poisson, pointSet({ dim: 2, points: [1, 1] })),
        'bayesDenoiser: prior must have dim = 1, got 2',
      ],
      [
        () => bayesDenoiser(core, poisson, { ...prior, logits: f32(-Infinity, -Infinity) }),
        'bayesDenoiser: prior must have a point with a finite logit, got none',
      ],
      [() => drawNoisy(core, poisson, [701]), 'drawNoisy: x must be at most 700, got 701 at index 0'],
      [() => drawNoisy(core, gamma, [0]), 'drawNoisy: x must be positive, got 0 at index 0'],
    ];
    for (const [call, line] of lines) expect(oneLine(call)).toBe(line);
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { logLikelihood } from '../../src/denoisers/noiseModel.js';
import {
  bayesDenoiser,
  denoiser,
  drawNoisy,
  empirical,
  empiricalBayesDenoiser,
  fitPrior,
  key,
  loadCore,
  type NoiseModel,
  pointSet,
  uniform,
} from '../../src/index.js';
import { worst } from '../cores.js';
import { empiricalBayes } from '../reference/noise.js';

const core = await loadCore({ kernel: 'strict' });
const shape = 2.5;
const MODELS: NoiseModel[] = [
  { kind: 'gaussian', sigma: 0.8 },
  { kind: 'laplace', scale: 0.6 },
  { kind: 'poisson' },
  { kind: 'gamma', shape },
];
const relative = (a: number, b: number) => Math.abs(a - b) / Math.abs(b);
const far = (a: number, b: number) => Math.abs(a - b);
const f32 = (...values: number[]) => Float32Array.from(values);

describe('empiricalBayesDenoiser', () => {
  const samples: Record<NoiseModel['kind'], number[]> = {
    gaussian: [-2.2, -1.9, -0.4, 0.1, 0.1, 0.9, 1.7, 4],
    laplace: [-2.2, -1.9, -0.4, 0.125, 0.125, 0.9, 1.7, 4],
    poisson: [0, 0, 1, 1, 1, 2, 3, 3, 5, 6, 9],
    gamma: [0.2, 0.5, 0.5, 1.1, 2.5, 3, 7.5],
  };
  const queries: Record<NoiseModel['kind'], number[]> = {
    gaussian: [-2.5, -2.2, -1, 0, 0.1, 1.2, 3],
    laplace: [-2.25, -1, 0, 0.125, 1.2, 3],
    poisson: [0, 1, 2, 3, 4, 5, 6, 9, 30],
    gamma: [0.1, 0.5, 0.8, 2.5, 6, 7.5, 9],
  };

  it('the sums of its formulas, in any order of the observations, within 2e-7, kept within their range', () => {
    for (const noise of MODELS) {
      const observations = samples[noise.kind];
      const mean = noise.kind === 'gamma' ? noise.shape : 1;
      const [least, most] = [Math.min(...observations) / mean, Math.max(...observations) / mean];
      const y = queries[noise.kind];
      const options = noise.kind === 'poisson' ? {} : { bandwidth: 0.45 };
      const got = empiricalBayesDenoiser(core, noise, [...observations].reverse(), options).denoise(
        f32(...y),
      );
      const want = y.map((value) => {
        const [first, last] = [observations[0], observations[observations.length - 1]];
        const within = noise.kind === 'poisson' ? value : Math.max(first, Math.min(last, Math.fround(value)));
        const estimate = empiricalBayes(noise, observations, 0.45, within);
        return Math.min(most, Math.max(least, estimate));
      });
      expect(worst(got, want, (a, b) => Math.abs(a - b) / (1 + Math.abs(b)))).toBeLessThan(2e-7);
      // Some of them are what the formula gives, not an end of the range.
      expect(want.filter((value) => value > least && value < most).length).toBeGreaterThan(2);
    }
  });

  it("poisson: Robbins's estimates of 9,461 drivers' accident rates, as Efron and Hastie (2016, table 6.1) print them", () => {
    const drivers = [7840, 1317, 239, 42, 14, 4, 4, 1];
    const counts = drivers.flatMap((n, count) => Array<number>(n).fill(count));
    const rates = empiricalBayesDenoiser(core, { kind: 'poisson' }, counts).denoise(f32(0, 1, 2, 3, 4, 5, 6));
    expect(Array.from(rates, (rate) => rate.toPrecision(3))).toEqual([
      '0.168',
      '0.363',
      '0.527',
      '1.33',
      '1.43',
      '6.00',
      '1.75',
    ]);
    // A fitted prior smooths what few drivers say.
    const steady = bayesDenoiser(core, { kind: 'poisson' }, fitPrior({ kind: 'poisson' }, counts));
    const [none, one, , , , five, six] = steady.denoise(f32(0, 1, 2, 3, 4, 5, 6));
    expect(far(none, 0.168)).toBeLessThan(0.005);
    expect(far(one, 0.363)).toBeLessThan(0.02);
    expect(five).toBeLessThan(six);
  });

  it('of Gaussian noise: the denoiser of the score of the smoothed observations, within 1e-6', () => {
    const y = f32(-2, -1, 0, 0.7, 1.5);
    const points = f32(...samples.gaussian);
    using score = empirical(core, pointSet({ dim: 1, points }), 0.6);
    const want = denoiser(score, 0.8).denoise(y);
    const got = empiricalBayesDenoiser(core, { kind: 'gaussian', sigma: 0.8 }, points, { bandwidth: 0.6 });
    expect(worst(got.denoise(y), want, far)).toBeLessThan(1e-6);
  });

  it('beyond all observations as the nearest of them; between clusters far apart, y alone', () => {
    for (const noise of [MODELS[0], MODELS[1], MODELS[3]]) {
      const observations = [1, 1.1, 1.2, 400, 410];
      const denoise = empiricalBayesDenoiser(core, noise, observations);
      const [low, first, high, last] = denoise.denoise(f32(1e-3, 1, 1e4, 410));
      expect([low, high]).toEqual([first, last]);
      const middle = denoise.denoise(f32(200))[0];
      expect(middle).toBeGreaterThan(noise.kind === 'gaussian' ? 0 : 200 / shape - 1e-4);
    }
    expect([...empiricalBayesDenoiser(core, MODELS[2], [4]).denoise(f32(4, 0, 900))]).toEqual([4, 4, 4]);
    expect([...empiricalBayesDenoiser(core, MODELS[2], [0, 4]).denoise(f32(2, 4))]).toEqual([2, 0]);
  });
});

describe('from noisy data alone', () => {
  /** Numbers of two kinds, and noisy ones. */
  const drawn = (noise: NoiseModel, n: number) => {
    const x = uniform(core, key(1), [n]).map((u) => (u < 0.4 ? 2 : 6));
    return { x, y: drawNoisy(core, noise, x, { key: key(2) }) };
  };
  const error = (a: ArrayLike<number>, b: Float32Array) =>
    b.reduce((sum, v, i) => sum + (a[i] - v) ** 2, 0) / b.length;
  const noises: NoiseModel[] = [
    { kind: 'gaussian', sigma: 1.5 },
    { kind: 'laplace', scale: 1.2 },
    { kind: 'poisson' },
    { kind: 'gamma', shape: 4 },
  ];

  it.each(noises)(
    '$kind: the error is within 30 % of the best by the formula, and within 8 % by a fitted prior',
    (noise) => {
      const { x, y } = drawn(noise, 4000);
      const raw = noise.kind === 'gamma' ? y.map((v) => v / noise.shape) : y;
      const best = error(
        bayesDenoiser(core, noise, pointSet({ dim: 1, points: [2, 6], weights: [0.4, 0.6] })).denoise(y),
        x,
      );
      const formula = error(empiricalBayesDenoiser(core, noise, y).denoise(y), x);
      const fitted = error(bayesDenoiser(core, noise, fitPrior(noise, y)).denoise(y), x);
      expect(formula).toBeLessThan(1.3 * best);
      expect(fitted).toBeLessThan(1.08 * best);
      expect(formula).toBeLessThan(0.75 * error(raw, x));
    },
  );

  it.each(noises)(
    '$kind: no prior makes the observations likelier than the fitted one by .01 each',
    (noise) => {
      const observations = drawn(noise, 400).y;
      const { points, logits } = fitPrior(noise, observations);
      // Lindsay (1983): the mean over observations of p(y | x) / p(y), less 1, bounds what any prior could add.
      const gain = new Float64Array(points.length);
      for (const y of observations) {
        const likelihoods = points.map((x) =>
          Math.exp(logLikelihood(noise, y, x) - logLikelihood(noise, y, 4)),
        );
        const p = likelihoods.reduce((sum, v, i) => sum + v * Math.exp(logits[i]), 0);
        for (let i = 0; i < gain.length; i++) gain[i] += likelihoods[i] / p / observations.length;
      }
      expect(Math.max(...gain) - 1).toBeLessThan(0.01);
    },
  );

  it('a fitted prior of rates has the mean of the counts, within 1e-3', () => {
    const { y } = drawn({ kind: 'poisson' }, 2000);
    const { points, logits } = fitPrior({ kind: 'poisson' }, y);
    const mean = points.reduce((sum, x, i) => sum + x * Math.exp(logits[i]), 0);
    expect(relative(mean, y.reduce((sum, v) => sum + v, 0) / 2000)).toBeLessThan(1e-3);
    expect([...fitPrior({ kind: 'gamma', shape: 2 }, [3, 3]).points]).toEqual(Array(200).fill(1.5));
  });
});

describe('docs/denoising.md', () => {
  it('says the errors that its program prints', () => {
    const noise = { kind: 'poisson' } as const;
    const x = uniform(core, key(0), [2000]).map((u) => (u < 0.6 ? 2 : 9));
    const y = drawNoisy(core, noise, x, { key: key(1) });
    const prior = pointSet({ dim: 1, points: [2, 9], weights: [0.6, 0.4] });
    const estimates = [
      y,
      empiricalBayesDenoiser(core, noise, y).denoise(y),
      bayesDenoiser(core, noise, fitPrior(noise, y)).denoise(y),
      bayesDenoiser(core, noise, prior).denoise(y),
    ];
    const errors = estimates.map((of) => of.reduce((sum, v, i) => sum + (v - x[i]) ** 2, 0) / 2000);
    const [last, ...others] = errors.map((error) => error.toFixed(2)).reverse();
    const text = readFileSync(new URL('../../docs/denoising.md', import.meta.url), 'utf8');
    expect(text).toContain(`mean squared errors are ${others.reverse().join(', ')} and ${last}:`);
  });
});

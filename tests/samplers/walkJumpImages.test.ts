// The walk and its jumps in as many dimensions as a small image has pixels, against closed forms.
import { expect, it } from 'vitest';
import { denoiser, key, mixtureScores, normal, walkJump } from '../../src/index.js';
import { drain, forEachCore } from '../cores.js';

const DIM = 784;

forEachCore('walkJump in 784 dimensions', (core) => {
  it('on a Gaussian has the variance v / (1 - h / 2 v) of its step size, within 5 standard errors, and jumps s^2 / v as far', async () => {
    // One Gaussian of deviation s and mean m; under noise its variance is v = s^2 + sigma^2.
    const [s, m, sigma, chains] = [0.3, 0.13, 0.5, 16];
    const v = s * s + sigma * sigma;
    const means = [Array<number>(DIM).fill(m)];
    using score = mixtureScores(core, { means, sds: [Array<number>(DIM).fill(s)] }).at(sigma);
    for (const stepSize of [0.5, 1]) {
      const h = stepSize * sigma ** 2;
      // A step multiplies deviations by 1 - h / v, so that 60 of them forget the start.
      const init = Float32Array.from({ length: DIM }, () => m);
      const options = { key: key(3), sigma, stepSize, steps: 60, chains, init };
      const states = await drain(walkJump(score, options));
      const last = states[states.length - 1];
      const count = chains * DIM;
      const variance = (x: Float32Array) => x.reduce((sum, value) => sum + (value - m) ** 2, 0) / count;
      const expected = v / (1 - h / (2 * v));
      // Of the mean of squares of independent normal numbers.
      const error = expected * Math.sqrt(2 / count);
      expect(Math.abs(variance(last.x) - expected)).toBeLessThan(5 * error);
      const shrink = (s * s) / v;
      expect(Math.abs(variance(last.jump()) - shrink ** 2 * expected)).toBeLessThan(5 * shrink ** 2 * error);
    }
  });

  it('on a mixture of two visits both by their weights, within 5 standard errors, and jumps into them', async () => {
    // They differ in one coordinate alone, by 2 a. Along it, the walk is that of a mixture in one dimension.
    const [s, a, sigma, chains, weight] = [0.2, 0.5, 0.6, 64, 0.3];
    const means = [a, -a].map((x) => [x, ...Array<number>(DIM - 1).fill(0)]);
    const sds = means.map((mean) => mean.map(() => s));
    const family = mixtureScores(core, { means, sds, weights: [weight, 1 - weight] });
    using score = family.at(sigma);
    const init = normal(core, key(5), [chains, DIM]).map((z) => sigma * z);
    const states = await drain(
      walkJump(score, { key: key(6), sigma, stepSize: 0.1, steps: 400, chains, init, thin: 40 }),
    );
    const path = Float32Array.from(states.flatMap((state) => [...state.path]));
    const rows = path.length / DIM;
    const first = Array.from({ length: rows }, (_, i) => path[i * DIM]).slice(rows / 5);
    // The mean along the first coordinate is that of the weights, 2 weight - 1 times a, for small steps.
    const mean = first.reduce((sum, x) => sum + x, 0) / first.length;
    const sd = Math.hypot(s, sigma, a);
    // Positions 40 steps apart are nearly independent: a step of h = 0.036 over a variance of 0.65 forgets 5 % of the way.
    const error = (sd * 1.6) / Math.sqrt(first.length);
    expect(Math.abs(mean - (2 * weight - 1) * a)).toBeLessThan(5 * error);
    // E[x | y] lies between the two means but for the clean spread, whatever the walk does.
    const clean = denoiser(score, sigma).denoise(path);
    for (let i = 0; i < rows; i++) expect(Math.abs(clean[i * DIM])).toBeLessThan(a + 3 * s);
    const inside = (s * s) / (s * s + sigma * sigma);
    const others = clean.filter((_, i) => i % DIM !== 0);
    const variance = others.reduce((sum, x) => sum + x * x, 0) / others.length;
    const expected = inside ** 2 * (s * s + sigma * sigma);
    // A Langevin step of h enlarges the walk's variance v to v / (1 - h / 2 v), here by 5 %.
    const v = s * s + sigma * sigma;
    const enlarged = expected / (1 - (0.1 * sigma ** 2) / (2 * v));
    expect(Math.abs(variance / enlarged - 1)).toBeLessThan(0.02);
  });
});

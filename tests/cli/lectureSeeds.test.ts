import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { moveDrop } from '../../src/apps/drop.js';
import { glassEntropy, reflected, spreadDrop } from '../../src/apps/glass.js';
import { denoiseTwoKinds } from '../../src/apps/twoKinds.js';
import { averageDigits } from '../../src/cli/lecture/average.js';
import { noiseLeft } from '../../src/cli/lecture/blur.js';
import { dropFigure, guessDrop } from '../../src/cli/lecture/drop.js';
import {
  illConditionedFigure,
  NARROW,
  narrowChain,
  preconditionedChain,
  stabilityLimit,
  untilFar,
} from '../../src/cli/lecture/illConditioned.js';
import { denoiseLine } from '../../src/cli/lecture/regression.js';
import { kept, keptAlongAxes, regressionError } from '../../src/cli/lecture/ridge.js';
import { covarianceOf } from '../../src/cli/lecture/stepSize.js';
import { trappedFigure } from '../../src/cli/lecture/trapped.js';
import { gaussian, geomspace, key, loadCore, normal } from '../../src/index.js';
import type { LayeredFrame } from '../../src/plots/index.js';
import { worst } from '../cores.js';
import { eventsOf, expectDone, scorefield, scratch } from './cli.js';

const folder = scratch();
const core = await loadCore({ kernel: 'strict' });
const far = (a: number, b: number) => Math.abs(a - b);

describe('noise models', () => {
  it('errors fall from y alone by formula and by a fitted prior to the best', () => {
    const { risks, y } = denoiseTwoKinds(
      core,
      { noise: { kind: 'poisson' }, kinds: [2, 9], share: 0.6 },
      { key: key(1), n: 2000 },
    );
    expect(y.length).toBe(2000);
    // The variance of counts is their rate: 0.6 * 2 + 0.4 * 9.
    expect(Math.abs(risks.raw / 4.8 - 1)).toBeLessThan(0.1);
    expect(risks.formula).toBeLessThan(0.9 * risks.raw);
    expect(risks.fitted).toBeLessThan(risks.formula);
    expect(risks.best).toBeLessThan(1.01 * risks.fitted);
  });
});

describe('regression', () => {
  const line = { slope: -0.8, intercept: 0.4, sd: 0.5 };
  const got = denoiseLine(core, { key: key(2), count: 400, line });

  it('denoised points lie on the line of least squares, and in both coordinates on the principal axis, within 1e-5', () => {
    const { points, fitted, denoised, denoisedInBoth, principalSlope } = got;
    for (let i = 0; i < points.length; i += 2) {
      expect(denoised[i]).toBe(points[i]);
      expect(far(denoised[i + 1], fitted.slope * points[i] + fitted.intercept)).toBeLessThan(1e-5);
    }
    const mean = [0, 1].map((d) => points.reduce((sum, v, i) => (i % 2 === d ? sum + v / 400 : sum), 0));
    for (let i = 0; i < points.length; i += 2) {
      const along = principalSlope * (denoisedInBoth[i] - mean[0]);
      expect(far(denoisedInBoth[i + 1], mean[1] + along)).toBeLessThan(1e-5);
    }
  });

  it('the fit is the line, within 4 standard errors, and its normal equations hold, within 1e-4', () => {
    const { points, fitted } = got;
    const error = line.sd / Math.sqrt(400);
    expect(far(fitted.slope, line.slope)).toBeLessThan((4 * error) / 1.2);
    expect(far(fitted.intercept, line.intercept)).toBeLessThan(4 * error);
    let [rests, products] = [0, 0];
    for (let i = 0; i < points.length; i += 2) {
      const rest = points[i + 1] - fitted.slope * points[i] - fitted.intercept;
      rests += rest;
      products += rest * points[i];
    }
    expect([Math.abs(rests), Math.abs(products)].every((v) => v < 1e-4)).toBe(true);
    // With noise in y alone the principal axis is steeper.
    expect(Math.abs(got.principalSlope)).toBeGreaterThan(Math.abs(fitted.slope));
  });
});

describe('average', () => {
  it('the denoiser tends to the mean of all, the further the more noise', () => {
    const options = { key: key(3), count: 300, size: 8, sigmas: [0.5, 3, 100] };
    const { clean, means, mean, levels } = averageDigits(core, options);
    expect([clean.length, means.length, mean.length]).toEqual([640, 640, 64]);
    expect(levels[0].distance).toBeGreaterThan(2 * levels[1].distance);
    // E[x | y] - mean is C y / sigma^2 but for smaller terms.
    expect(levels[2].distance).toBeLessThan(0.01);
  });
});

describe('ridge', () => {
  const dim = 12;
  const mixed = (seed: number, n: number) => {
    const z = normal(core, key(seed), [n, dim]);
    const basis = normal(core, key(7), [dim, dim]);
    return Float32Array.from({ length: n * dim }, (_, i) => {
      const row = i - (i % dim);
      let sum = 0;
      for (let k = 0; k < dim; k++) sum += (z[row + k] * basis[k * dim + (i % dim)]) / (1 + k);
      return sum;
    });
  };

  it('the linear denoiser keeps lambda / (lambda + sigma^2) along its principal axes, within 1e-4', () => {
    const sigmas = [0.2, 1];
    const got = keptAlongAxes(core, { points: mixed(4, 300), dim, count: 4, sigmas });
    for (const [s, sigma] of sigmas.entries()) {
      expect(
        worst(
          got.kept[s],
          got.lambdas.map((lambda) => kept(lambda, sigma)),
          far,
        ),
      ).toBeLessThan(1e-4);
      // A shrinkage by sigma for sigma^2 would be found out.
      if (sigma !== 1)
        expect(far(got.kept[s][0], got.lambdas[0] / (got.lambdas[0] + sigma))).toBeGreaterThan(0.01);
    }
  });

  it('least squares on noisy copies tends to ridge regression of penalty sigma^2: the errors within 2 %', () => {
    const halves = { dim, inputs: 7, training: mixed(5, 20), heldOut: mixed(6, 200) };
    for (const sigma of [0.3, 1]) {
      const ridge = regressionError(core, halves, { sigma, key: key(8) });
      const noisy = regressionError(core, halves, { sigma, copies: 400, key: key(9) });
      expect(Math.abs(noisy / ridge - 1)).toBeLessThan(0.02);
      const half = regressionError(core, halves, { sigma: sigma / Math.SQRT2, key: key(8) });
      expect(Math.abs(half / ridge - 1)).toBeGreaterThan(0.02);
    }
  });
});

describe('drop', () => {
  const drop = { centre: [0.3, 0.65], sd: 0.05 } as const;

  it("de Bruijn's identity in the glass: dH / d(sigma^2) = E|score|^2 / 2, within 0.1 %, and the mass is one", () => {
    for (const variance of [0.002, 0.02, 0.2]) {
      const [below, here, above] = [0.99, 1, 1.01].map((part) =>
        glassEntropy(core, drop, Math.sqrt(part * variance)),
      );
      const rise = (above.entropy - below.entropy) / (0.02 * variance);
      expect(Math.abs(rise / (here.fisher / 2) - 1)).toBeLessThan(1e-3);
    }
    const { density, images } = spreadDrop(core, drop, 0.3);
    const n = 64;
    const grid = Float32Array.from(
      { length: 2 * n * n },
      (_, i) => ((i % 2 ? Math.floor((i >> 1) / n) : (i >> 1) % n) + 0.5) / n,
    );
    const mass = density.prob(grid).reduce((sum, p) => sum + (p * images) / n ** 2, 0);
    density.dispose();
    expect(Math.abs(mass - 1)).toBeLessThan(1e-4);
  });

  it('far from the walls the entropy is that of a Gaussian, and at last that of a uniform glass, 0; within 1e-4', () => {
    const { entropy, fisher } = glassEntropy(core, { centre: [0.5, 0.5], sd: 0.03 }, 0.04);
    expect(Math.abs(entropy - Math.log(2 * Math.PI * Math.E * 0.0025))).toBeLessThan(1e-4);
    expect(Math.abs(fisher * 0.00125 - 1)).toBeLessThan(1e-4);
    expect(Math.abs(glassEntropy(core, drop, 2).entropy)).toBeLessThan(1e-4);
  });

  it('particles stay in the glass, and the score takes them back to where the drop fell', () => {
    const variances = Array.from(geomspace(0.001, 1, 16));
    const { forwards, backwards } = moveDrop(core, drop, { key: key(10), variances, particles: 200 });
    expect([forwards.length, backwards.length]).toEqual([16, 16]);
    for (const x of [...forwards, ...backwards]) expect(x.every((v) => v >= 0 && v <= 1)).toBe(true);
    const spread = (x: Float32Array) =>
      Math.sqrt(x.reduce((sum, v, i) => sum + (v - drop.centre[i % 2]) ** 2, 0) / x.length);
    expect(spread(forwards[15])).toBeGreaterThan(0.3);
    expect(Math.abs(spread(backwards[15]) / Math.hypot(drop.sd, Math.sqrt(0.001)) - 1)).toBeLessThan(0.25);
    expect(
      [reflected(1.2), reflected(-0.3), reflected(2.4), reflected(0.5)].map((v) => v.toFixed(3)),
    ).toEqual(['0.800', '0.300', '0.400', '0.500']);
  });

  it('guesses far from the walls are those of a Gaussian mean, within 5 errors; of a uniform glass anywhere', () => {
    const [n, count, sigma] = [25, 2000, 0.04];
    const s = Math.hypot(drop.sd, sigma);
    const centred = { centre: [0.5, 0.5], sd: drop.sd } as const;
    const water = normal(core, key(11), [n, 2]).map((z) => 0.5 + s * z);
    const guesses = guessDrop(core, centred, { key: key(12), water, sigma, count });
    const mean = (x: Float32Array, d: number) =>
      x.reduce((sum, v, i) => (i % 2 === d ? sum + v : sum), 0) / (x.length / 2);
    for (const d of [0, 1]) {
      const sd = s / Math.sqrt(n);
      expect(far(mean(guesses, d), mean(water, d))).toBeLessThan((5 * sd) / Math.sqrt(count));
      const variance =
        guesses.reduce((sum, v, i) => (i % 2 === d ? sum + (v - mean(guesses, d)) ** 2 : sum), 0) / count;
      // The posterior's, and that of a place within a cell.
      expect(Math.abs(variance / (sd ** 2 + 0.01 ** 2 / 12) - 1)).toBeLessThan(0.2);
    }
    const anywhere = guessDrop(core, drop, { key: key(13), water: water.slice(0, 4), sigma: 3, count });
    expect(Math.abs(mean(anywhere, 0) - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / count));
  });
});

describe('ill-conditioned', () => {
  const options = { key: key(14), steps: 150, init: [-1, -0.5] };

  it('the preconditioned chain is x + (eta / 2) C score(x) + sqrt(eta) A z, within 1e-4', async () => {
    const stepSize = 0.5;
    const path = await preconditionedChain(core, { ...options, stepSize });
    const z = normal(core, key(14), [150, 1, 2]);
    const C = covarianceOf(NARROW);
    using density = gaussian(core, { mean: [0, 0], covariance: C });
    for (let t = 0; t < 150; t++) {
      const x = path.slice(2 * t, 2 * t + 2);
      const s = density.score(x);
      for (const d of [0, 1]) {
        const noise = NARROW.axes.reduce((sum, axis, k) => sum + axis[d] * NARROW.sds[k] * z[2 * t + k], 0);
        const want = x[d] + (stepSize / 2) * (C[d][0] * s[0] + C[d][1] * s[1]) + Math.sqrt(stepSize) * noise;
        expect(far(path[2 * t + 2 + d], want)).toBeLessThan(1e-4);
      }
    }
  });

  it('below the limit a chain stays, above it leaves, and is drawn until it is far', async () => {
    const limit = stabilityLimit(0.1);
    expect(limit).toBeCloseTo(0.04, 12);
    const stays = await narrowChain(core, { ...options, stepSize: 0.9 * limit });
    const leaves = await narrowChain(core, { ...options, stepSize: 1.1 * limit });
    expect(untilFar(stays)).toBe(stays);
    expect(untilFar(leaves).length).toBeLessThan(leaves.length);
    expect(untilFar(leaves).every((v) => Math.abs(v) < 20)).toBe(true);
    expect(Math.abs(leaves[leaves.length - 1])).toBeGreaterThan(1e3);
  });
});

describe('blur', () => {
  it('leaves 1 / (2 r + 1) of the variance inside, more at the ends', () => {
    expect(noiseLeft(5, 0)).toBe(1);
    // Two ends with a weight of 2/3 and of 1/3, three pixels with thirds.
    expect(noiseLeft(5, 1)).toBeCloseTo((2 * (5 / 9) + 3 / 3) / 5, 12);
    expect(noiseLeft(1, 4)).toBeCloseTo(1, 12);
    expect(noiseLeft(1000, 2) * 5).toBeCloseTo(1, 2);
  });
});

describe('moving pictures', () => {
  const input = { core, key: key(20), signal: new AbortController().signal, part: () => {} };

  it('ill-conditioned: a frame for every other step of the three chains', async () => {
    const { numbers, frames } = await illConditionedFigure.make(input);
    expect(numbers).toMatchObject({ stepSizes: [0.02, 0.041, 0.5], steps: 200 });
    const all = [...(frames?.() ?? [])] as LayeredFrame[];
    expect(all.length).toBe(100);
    expect(all[99].overlay).toContain('step 200 of 200');
  });

  it('trapped: the chain grows, over axes that stay', async () => {
    const { frames } = await trappedFigure.make(input);
    const [first, second] = (frames?.() ?? []) as Iterable<string>;
    expect(first).not.toBe(second);
    expect(first).toContain('>5000<');
    expect(second.length).toBeGreaterThan(first.length);
  });

  it("drop: forwards and backwards, and de Bruijn's identity within 1 % at every frame", async () => {
    const { numbers, frames } = await dropFigure.make(input);
    const { curve } = numbers as { curve: { half: number; rate: number; entropy: number }[] };
    for (const { half, rate } of curve) expect(Math.abs(rate - half)).toBeLessThan(0.01 * half + 1e-4);
    for (let i = 1; i < curve.length; i++) expect(curve[i].entropy).toBeGreaterThan(curve[i - 1].entropy);
    const all = [...(frames?.() ?? [])] as LayeredFrame[];
    expect(all.length).toBe(90);
    expect(all[0].overlay).toContain('forwards: σ 0.03');
    expect(all[89].overlay).toContain('backwards: σ 0.03');
  });
});

describe('scorefield lecture', () => {
  it('draws the figures and prints their numbers', async () => {
    const names = ['noise-models', 'regression'];
    const out = join(folder, 'seeds');
    const outcome = await scorefield(['lecture', ...names, '--out', out, '--json']);
    expectDone(outcome, 'lecture', out);
    expect(eventsOf(outcome, 'figure')).toMatchObject([
      { name: 'noise-models', observations: 1000 },
      { name: 'regression', count: 80 },
    ]);
    expect(readdirSync(out).sort()).toEqual(names.flatMap((name) => [`${name}.png`, `${name}.svg`]));
  }, 100_000);
});

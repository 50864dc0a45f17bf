import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { langevinEfficiency, langevinVariance } from '../../src/apps/langevinStep.js';
import { measureObjective, type ObjectiveName } from '../../src/apps/objectiveTask.js';
import { wasserstein } from '../../src/apps/wasserstein.js';
import { LECTURE } from '../../src/cli/commands/lecture.js';
import { denoiseMoons } from '../../src/cli/lecture/denoising.js';
import { digits } from '../../src/cli/lecture/digits.js';
import { learnEnergies } from '../../src/cli/lecture/energy.js';
import { landOnData } from '../../src/cli/lecture/landing.js';
import { sampleDigits } from '../../src/cli/lecture/local.js';
import { scaledNormDensity, scaledNorms } from '../../src/cli/lecture/norms.js';
import { characteristic } from '../../src/cli/lecture/smoothing.js';
import { covarianceOf, measureStepSize } from '../../src/cli/lecture/stepSize.js';
import { tradeOff } from '../../src/cli/lecture/tradeOff.js';
import { chainOnModes } from '../../src/cli/lecture/trapped.js';
import { flowInBothViews } from '../../src/cli/lecture/views.js';
import { walkDigits } from '../../src/cli/lecture/walkJump.js';
import { Interrupted } from '../../src/cli/terminal/failure.js';
import { curl, gaussian, key, loadCore, pointSet } from '../../src/index.js';
import { eventsOf, expectDone, inProcess, scorefield, scratch } from './cli.js';

const folder = scratch();
const core = await loadCore({ kernel: 'strict' });

describe('the numbers of the figures', () => {
  it('step-size: variance and effective draws are their closed forms within 5 standard errors and 15 %', async () => {
    const axes = {
      axes: [
        [0.6, 0.8],
        [-0.8, 0.6],
      ],
      sds: [0.5, 0.2],
    };
    const density = gaussian(core, { mean: [0, 0], covariance: covarianceOf(axes) });
    const [stepSize, steps, chains] = [0.12, 4000, 8];
    const got = await measureStepSize(density, axes, { key: key(1), stepSize, steps, chains });
    density.dispose();
    for (const [k, sd] of axes.sds.entries()) {
      const a = 1 - stepSize / (2 * sd * sd);
      const want = langevinVariance(stepSize, sd);
      // x^2 of the recursion has the autocorrelation a^2.
      const error = want * Math.sqrt((2 * (1 + a * a)) / (1 - a * a) / (steps * chains));
      expect(Math.abs(got.variance[k] - want)).toBeLessThan(5 * error);
      // A step that lacks its bias would be found out.
      expect(Math.abs(want - 1)).toBeGreaterThan(5 * error);
      expect(Math.abs(got.efficiency[k] / langevinEfficiency(stepSize, sd) - 1)).toBeLessThan(0.15);
    }
  });

  it('trapped: the chain never leaves its mode, and jumps on the smoothed density', async () => {
    const options = { key: key(2), steps: 2000, stepSize: 0.1 };
    const [sharp, smoothed] = [
      await chainOnModes(core, { ...options, sigma: 0 }),
      await chainOnModes(core, { ...options, sigma: 1.5 }),
    ];
    expect(sharp).toMatchObject({ jumps: 0, left: 0 });
    expect(smoothed.jumps).toBeGreaterThan(2);
    sharp.density.dispose();
    smoothed.density.dispose();
  });

  it.each([2, 5, 301])(
    'norms: the density in dimension %d integrates to one, and draws have its mean within 5 errors',
    (dim) => {
      const n = 4000;
      const r = Float64Array.from({ length: n }, (_, i) => (4 * (i + 0.5)) / n);
      const p = r.map((value) => scaledNormDensity(value, dim));
      const integral = (f: (r: number) => number) => p.reduce((sum, v, i) => sum + (v * f(r[i]) * 4) / n, 0);
      expect(integral(() => 1)).toBeCloseTo(1, 5);
      expect(integral((v) => v * v)).toBeCloseTo(1, 4);
      const norms = scaledNorms(core, key(3), dim, 5000);
      const mean = integral((v) => v);
      const error = Math.sqrt((1 - mean * mean) / norms.length);
      expect(Math.abs(norms.reduce((sum, v) => sum + v, 0) / norms.length - mean)).toBeLessThan(5 * error);
    },
  );

  it('smoothing: the characteristic function is the Fourier transform of the density, to 1e-9', () => {
    const line = { means: [-1, 0.4], sd: 0.3, weights: [1, 3] };
    const [sigma, omega] = [0.5, 1.7];
    const wide = Math.hypot(line.sd, sigma);
    let [real, imaginary] = [0, 0];
    for (let x = -8; x <= 8; x += 0.01) {
      const p = line.means.reduce(
        (sum, mean, k) => sum + (line.weights[k] / 4) * Math.exp(-(((x - mean) / wide) ** 2) / 2),
        0,
      );
      real += p * Math.cos(omega * x);
      imaginary += p * Math.sin(omega * x);
    }
    const transform = (Math.hypot(real, imaginary) * 0.01) / (wide * Math.sqrt(2 * Math.PI));
    expect(Math.abs(characteristic(line, sigma, omega) - transform)).toBeLessThan(1e-9);
  });

  it('denoising: denoised points are nearer to where they came from, and to the data', () => {
    const got = denoiseMoons(core, { key: key(4), data: 200, count: 100, sigma: 0.2 });
    expect(got.clean.length).toBe(200);
    expect(got.errorClean).toBeLessThan(got.errorNoisy);
    expect(got.distanceClean).toBeLessThan(0.5 * got.distanceNoisy);
  });

  it('walk-jump: digits are 90 different pictures, and jumps come near to several', async () => {
    const { points, dim } = digits();
    const rows = Array.from({ length: 90 }, (_, i) => points.slice(i * dim, (i + 1) * dim).join(''));
    expect(new Set(rows).size).toBe(90);
    expect(new Set(rows.join(''))).toEqual(new Set(['0', '1']));
    const options = { sigma: 0.65, stepSize: 0.5, kept: 40, thin: 8 };
    const { walk, jump, shown } = await walkDigits(core, { ...options, key: key(5) });
    expect([walk.length, jump.length]).toEqual([40 * dim, 40 * dim]);
    expect(new Set(shown).size).toBeGreaterThan(4);
    // Jumps lie within the data's hull.
    expect(jump.every((v) => v > -1e-4 && v < 1 + 1e-4)).toBe(true);
  });

  it('trade-off: more noise mixes faster and denoises to further from the truth', async () => {
    expect(wasserstein([3, 1, 2], [2.5, 3.5, 1.5])).toBe(0.5);
    const options = { key: key(6), stepSize: 0.5, steps: 2000, chains: 8, draws: 4000 };
    const [less, more] = [
      await tradeOff(core, { ...options, sigma: 1 }),
      await tradeOff(core, { ...options, sigma: 3 }),
    ];
    expect(more.time).toBeLessThan(0.5 * less.time);
    expect(more.distance).toBeGreaterThan(2 * less.distance);
  });

  it('views: points of one view are alpha times those of the other to 1e-4, and end in the modes', async () => {
    const points = 20;
    const flow = await flowInBothViews(core, { key: key(7), points, steps: 20 });
    expect([flow.exploding.length, flow.preserving.length, flow.ratios.length]).toEqual([20, 20, 20]);
    for (const [step, alpha] of flow.alphas.entries()) {
      for (let i = 0; i < 2 * points; i++)
        expect(Math.abs(flow.preserving[step][i] - alpha * flow.exploding[step][i])).toBeLessThan(1e-4);
    }
    expect(flow.alphas[0]).toBeLessThan(0.4);
    expect(flow.alphas.at(-1)).toBe(1);
    expect(new Set(flow.modes).size).toBe(5);
  });

  it('energy: the likelihood comes nearer to a ring of points than at first, without curl', async () => {
    const angles = Array.from({ length: 12 }, (_, i) => (i * Math.PI) / 6);
    const points = angles.flatMap((a) => [0.5 + 0.2 * Math.cos(a), 0.5 + 0.2 * Math.sin(a)]);
    let parts = 0;
    const input = { core, key: key(2), signal: new AbortController().signal, part: () => parts++ };
    const run = { hidden: 16, features: 16, steps: 40, batch: 64, looks: [5, 40] };
    const { likelihood, score, free } = await learnEnergies(input, pointSet({ dim: 2, points }), run);
    expect(parts).toBe(5);
    expect(likelihood.route.steps).toEqual([5, 40]);
    const [first, last] = likelihood.route.distances;
    expect(last).toBeLessThan(0.8 * first);
    expect(score.route.distances.every((distance) => distance > 0 && distance <= 1)).toBe(true);
    const x = Float32Array.from(points);
    expect(Math.max(...curl(likelihood.density, x, { step: 1e-3 }))).toBeLessThan(2e-3);
    for (const { denoiser, density } of [likelihood, score]) {
      density.dispose();
      denoiser.dispose();
    }
    free.dispose();
  });

  it('objectives: all learn the score, and cost a pass, two, or one more than coordinates', async () => {
    const sizes = {
      sigma: 0.3,
      points: 2000,
      batch: 64,
      steps: 150,
      learningRate: 1e-2,
      hidden: 16,
      depth: 1,
    };
    const measure = (objective: ObjectiveName) =>
      measureObjective(core, { key: key(9), dim: 2, objective, sizes });
    const denoising = await measure('denoising');
    for (const [objective, passes] of [
      ['denoising', 1],
      ['flow', 1],
      ['sliced', 2],
      ['slicedReduced', 2],
      ['implicit', 3],
    ] as const) {
      const { divergence, multiplyAdds } = await measure(objective);
      expect(divergence).toBeLessThan(0.4);
      expect(multiplyAdds).toBe(passes * denoising.multiplyAdds);
    }
  });

  it('landing: the flow ends on the data', async () => {
    const got = await landOnData(core, { key: key(8), size: 12, points: 30, steps: 40 });
    expect(got.copied).toBeGreaterThan(0.9);
    expect(got.distances[39]).toBeLessThan(0.02 * got.distances[0]);
  });

  it("local: the exact score's digits are copies, those of local scores are as far away as held-out ones", async () => {
    const options = { key: key(9), data: 300, heldOut: 20, chains: 8, steps: 12 };
    const { exact, local, real, training } = await sampleDigits(core, options);
    expect(exact.copied).toBe(1);
    expect(local.copied).toBe(0);
    expect(local.meanDistance).toBeGreaterThan(0.8 * real.meanDistance);
    expect(local.nearestData.length).toBe(8 * 784);
    expect(training.count).toBe(300);
  });
});

describe('scorefield lecture', () => {
  it('draws each figure by a number of its own, so that pictures and tables in docs stay what commands give', () => {
    const draws = Object.fromEntries(LECTURE.map((figure) => [figure.name, figure.draws]));
    expect(draws).toMatchObject({
      ...{ 'step-size': 0, trapped: 1, norms: 2, smoothing: 3, denoising: 4, 'walk-jump': 5, 'trade-off': 6 },
      ...{ views: 7, landing: 8, digits: 9, walk: 10, mixing: 11, manifold: 12, colour: 13 },
      ...{
        'noise-models': 14,
        regression: 15,
        average: 16,
        'ill-conditioned': 17,
        ridge: 18,
        drop: 19,
        blur: 20,
      },
      ...{
        local: 14,
        solvers: 14,
        conditional: 15,
        'filled-in': 16,
        inpainted: 17,
        energy: 14,
        objectives: 14,
      },
    });
    expect(LECTURE.every((figure) => Number.isInteger(figure.draws))).toBe(true);
  });

  it('draws one figure, the same bytes for the same seed, and prints its numbers', async () => {
    const [a, b, other] = ['a', 'b', 'other'].map((name) => join(folder, name));
    const outcome = await scorefield(['lecture', 'smoothing', 'denoising', '--out', a, '--json']);
    expectDone(outcome, 'lecture', a);
    expect(readdirSync(a).sort()).toEqual([
      'denoising.png',
      'denoising.svg',
      'smoothing.png',
      'smoothing.svg',
    ]);
    expect(eventsOf(outcome, 'figure')).toMatchObject([
      { name: 'smoothing', sigmas: [0, 0.3, 0.7, 1.5] },
      { name: 'denoising', sigma: 0.2 },
    ]);
    const seeded = (out: string, ...more: string[]) =>
      inProcess(['lecture', 'denoising', '--out', out, ...more]);
    expect(await seeded(b)).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringContaining(`The figure denoising: ${b}\n`),
    });
    expect(await seeded(other, '--seed', '1')).toMatchObject({ code: 0 });
    const [first, alone, seedOne] = [a, b, other].map((out) =>
      readFileSync(join(out, 'denoising.svg'), 'utf8'),
    );
    // Alone it is what it is among others.
    expect(alone).toBe(first);
    expect(seedOne).not.toBe(first);
  }, 200_000);

  it('shows how far it has come on a terminal, and writes a moving picture', async () => {
    const out = join(folder, 'views');
    const outcome = await inProcess(['lecture', 'views', '--out', out], { isTTY: true });
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(outcome.stderr).toContain('drawing [');
    expect(readFileSync(join(out, 'views.gif')).subarray(0, 6).toString()).toBe('GIF89a');
  }, 200_000);

  it('lists its figures, and refuses others in one line', async () => {
    const { stdout } = await inProcess(['lecture', '--help']);
    for (const name of ['step-size', 'trapped', 'norms', 'smoothing', 'denoising', 'walk-jump', 'trade-off'])
      expect(stdout).toContain(`\n  ${name} `);
    const out = join(folder, 'none');
    expect(await inProcess(['lecture', 'norm', '--out', out])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /^scorefield lecture: figure must be one of step-size, .*, got "norm"\n$/,
      ),
    });
    expect(existsSync(out)).toBe(false);
  });

  it('stops when told to, with nothing half written', async () => {
    const out = join(folder, 'stopped');
    const stopping = new AbortController();
    const run = inProcess(['lecture', 'trade-off', '--out', out], { signal: stopping.signal });
    setTimeout(() => stopping.abort(new Interrupted('SIGINT')), 50);
    expect(await run).toMatchObject({ code: 130 });
    expect(existsSync(out) ? readdirSync(out) : []).toEqual([]);
  });
});

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { blurFigure, compareBlurs } from '../../src/cli/lecture/blur.js';
import { energyDistance } from '../../src/cli/lecture/energyDistance.js';
import {
  changesOf,
  nearestLabels,
  openImageRun,
  ownImageRun,
  spread,
  trainingRows,
} from '../../src/cli/lecture/imageRun.js';
import { walkImages } from '../../src/cli/lecture/imageWalk.js';
import { denoiseHeldOut } from '../../src/cli/lecture/learnedDigits.js';
import { drawWalk } from '../../src/cli/lecture/learnedWalk.js';
import { relativeNorms } from '../../src/cli/lecture/manifold.js';
import { measureMixing, referencesOf } from '../../src/cli/lecture/mixing.js';
import { mixingChart, mixingFigure } from '../../src/cli/lecture/mixingFigure.js';
import { principalAxes, project } from '../../src/cli/lecture/principalAxes.js';
import { Interrupted } from '../../src/cli/terminal/failure.js';
import { Report } from '../../src/cli/terminal/report.js';
import {
  collect,
  denoiserScores,
  digits,
  foldIn,
  imageRows,
  key,
  loadCore,
  normal,
  uniform,
  walkJump,
  writeNpy,
} from '../../src/index.js';
import { eventsOf, expectDone, inProcess, scratch } from './cli.js';

const folder = scratch();
const core = await loadCore({ kernel: 'strict' });
const signal = new AbortController().signal;
const said: string[] = [];
const stream = { write: (text: string) => said.push(text) } as never;
const context = { report: new Report({ stdout: stream, stderr: stream }, false), signal };
const DIM = 64;

// A network so small that it trains in a moment, on digits of 8 x 8.
const own = join(folder, 'own');
const TINY = { size: 8, training: 40, heldOut: 12, steps: 3, channels: [8], groups: 4 };
const run = await ownImageRun(own, { ...TINY, kernel: 'strict' }, context);
afterAll(() => run.denoiser.core.dispose());

const NETWORK = ['--channels', '8', '--groups', '4', '--steps', '1', '--batch', '2'];

/** Trains on random images of 8 x 8. */
async function train(name: string, channels: number, ...more: string[]): Promise<string> {
  const count = 12;
  const pixels = uniform(core, key(9), [count * DIM * channels]);
  const images = join(folder, `${name}.npy`);
  writeFileSync(images, writeNpy(pixels, channels === 1 ? [count, 8, 8] : [count, 8, 8, channels]));
  const out = join(folder, name);
  const outcome = await inProcess(['train', '--images', images, '--out', out, ...NETWORK, ...more]);
  expect(outcome.code, outcome.stderr).toBe(0);
  return out;
}

describe('the run of the lecture', () => {
  it('is trained once, in a folder of its own, and used again', async () => {
    expect(run).toMatchObject({ folder: join(own, 'denoiser'), shape: { height: 8, width: 8, channels: 1 } });
    expect([run.training.count, run.heldOut.length, run.heldOutLabels?.length]).toEqual([40, 12 * DIM, 12]);
    expect(run.sigma).toBeUndefined();
    expect(said.join('')).toContain('Training on 52 drawn digits to step 3');
    const before = readFileSync(join(own, 'denoiser', 'weights.safetensors'));
    const from = said.length;
    const again = await ownImageRun(own, {}, context);
    again.denoiser.core.dispose();
    expect(said.slice(from)).toEqual([]);
    expect(readFileSync(join(own, 'denoiser', 'weights.safetensors'))).toEqual(before);
  });

  it('goes on from its checkpoint after it was stopped', async () => {
    const out = join(folder, 'stopped');
    const stopping = new AbortController();
    const write = (text: string) => text.startsWith('Step 0,') && stopping.abort(new Interrupted('SIGINT'));
    const streams = { stdout: { write } as never, stderr: { write } as never };
    const report = new Report(streams, false);
    const settings = { ...TINY, steps: 10 };
    await expect(ownImageRun(out, settings, { report, signal: stopping.signal })).rejects.toThrow(
      /checkpoint/,
    );
    expect(existsSync(join(out, 'denoiser', 'weights.safetensors'))).toBe(false);
    const from = said.length;
    const whole = await ownImageRun(out, settings, context);
    whole.denoiser.core.dispose();
    expect(said.slice(from).join('')).toMatch(/from step \d+ to step 10/);
  });

  it('refuses folders of nothing, and runs of points', async () => {
    await expect(openImageRun(join(folder, 'nothing'), {}, context.report)).rejects.toThrow(
      /nothing: it holds no run of images; make one with scorefield train --images/,
    );
    const points = join(folder, 'points.csv');
    writeFileSync(points, Array.from({ length: 20 }, (_, i) => `${i},${i % 3}`).join('\n'));
    const out = join(folder, 'points');
    const flags = ['--width', '8', '--depth', '1', '--steps', '1', '--batch', '2'];
    expect(await inProcess(['train', '--points', points, '--out', out, ...flags])).toMatchObject({ code: 0 });
    await expect(openImageRun(out, {}, context.report)).rejects.toThrow(/the run is of points, but/);
  });

  it('takes images evenly, so that all classes have their share', () => {
    expect(spread(10, 4)).toEqual([0, 2, 5, 7]);
    expect(spread(3, 20)).toEqual([0, 1, 2]);
  });
});

describe('the numbers of figures of a learned denoiser', () => {
  it('digits: the noise is sigma z, with an error of sigma^2, and the denoiser lessens it', async () => {
    const { clean, levels } = await denoiseHeldOut(run, { key: key(1), count: 20, sigmas: [0.5, 2] });
    expect(clean).toEqual(run.heldOut);
    for (const { sigma, noisy, errorNoisy, errorDenoised } of levels) {
      expect(noisy.length).toBe(12 * DIM);
      expect(Math.abs(errorNoisy / sigma ** 2 - 1)).toBeLessThan(0.3);
      expect(errorDenoised).toBeLessThan(errorNoisy);
    }
  });

  it('walk: steps are those of walkJump to 1e-4, and jumps its jumps', async () => {
    const [sigma, stepSize, steps, chains] = [0.5, 0.7, 5, 2];
    const init = normal(core, key(2), [chains * DIM]);
    const options = { key: key(3), sigma, stepSize, steps };
    const { walk, jumps } = await walkImages(run, { ...options, init });
    using score = denoiserScores(run.denoiser).at(sigma);
    const state = await collect(walkJump(score, { ...options, init, chains, thin: 1 }));
    // Here images are those before each step, there those after it.
    const [before, after] = [walk.subarray(chains * DIM), state.path.subarray(0, -chains * DIM)];
    expect(walk.subarray(0, chains * DIM)).toEqual(init);
    const cleaned = state.jump(state.path).subarray(0, -chains * DIM);
    for (let i = 0; i < before.length; i++) {
      expect(Math.abs(before[i] - after[i])).toBeLessThan(1e-4);
      expect(Math.abs(jumps[chains * DIM + i] - cleaned[i])).toBeLessThan(1e-4);
    }
  });

  it('walk: every step is in the strip and in the moving picture', async () => {
    let parts = 0;
    const input = { core, key: key(4), signal, part: () => parts++ };
    const { svg, numbers, frames } = await drawWalk(input, run, {
      ...{ chains: 2, steps: 7, stepSize: 1, noise: 1.5, title: 'Walk' },
    });
    expect(parts).toBe(7);
    expect(svg).toMatch(/Walk, 64 dimensions, σ = 0\.\d+, h = σ²/);
    expect(numbers).toMatchObject({ stepSize: 1, steps: 7, chains: 2 });
    expect((numbers as { labels: number[] }).labels.length).toBe(14);
    expect([...(frames?.() ?? [])].length).toBe(7);
  });

  it('mixing: counts changes of label chain by chain', () => {
    // Two chains: 1 1 2 and 5 6 7.
    expect(changesOf([1, 5, 1, 6, 2, 7], 2)).toBe(3 / 4);
    expect(changesOf([1, 2], 2)).toBe(0);
  });

  it('walk: a picture has the label of the nearest training image', () => {
    const { training } = run;
    const x = trainingRows(run, training.count);
    expect(nearestLabels(run, x)).toEqual(Array.from(training.labels ?? []));
    expect(nearestLabels({ ...run, training: { ...training, labels: undefined } }, x)).toBeUndefined();
  });

  it('mixing: compares jumps with held-out images, as it does others of these', async () => {
    const references = referencesOf(run, 10);
    // Images 0, 5 and 10 are compared with the other nine.
    expect(references.images.length).toBe(9 * DIM);
    expect([0, 1 / 3, 2 / 3, 1]).toContain(references.sameLabel);
    expect(references.nearest).toBeGreaterThan(0);
    const options = { key: key(5), sigma: 0.5, chains: 3, steps: 20, stepSize: 0.5, draws: 10 };
    const got = await measureMixing(run, references, options);
    expect(got.time).toBeGreaterThan(0);
    expect(got.nearest).toBeGreaterThan(0);
    expect(Number.isFinite(got.energy)).toBe(true);
    expect(got.changes).toBeGreaterThanOrEqual(0);
    expect(got.changes).toBeLessThanOrEqual(100);
    expect(mixingFigure.lacks({ ...run, sigma: 0.5 })).toBe('a denoiser of many noises');
  });

  it('mixing: draws each distance by each measure of mixing, and none by labels that are not there', () => {
    const results = [0.5, 1].map((sigma) => ({ sigma, time: 20 / sigma, nearest: 5, energy: sigma }));
    const references = { nearest: 4, energy: 0.1 };
    const panels = (svg: string) => svg.match(/>jumps (from exact draws|of the chains): [^<]*</g)?.length;
    const changes = results.map((result) => ({ ...result, changes: 10 * result.sigma }));
    expect(panels(mixingChart(changes, references))).toBe(4);
    expect(mixingChart(changes, references)).toContain('changes of label in 100 steps');
    expect(panels(mixingChart(results, references))).toBe(2);
    expect(mixingChart(results, references)).not.toContain('changes of label');
  });

  it('mixing: the energy distance of two points is that of its definition, and about 0 of one distribution', () => {
    // X is 0 or 1, Y is 3 or 5: E|X - Y| = 3.5, E|X - X'| = 1 and E|Y - Y'| = 2 over pairs of different draws.
    expect(energyDistance([0, 1], [3, 5], 1)).toBeCloseTo(4, 12);
    const [a, b] = [0, 1].map((i) => normal(core, key(20 + i), [200 * 3]));
    expect(Math.abs(energyDistance(a, b, 3))).toBeLessThan(0.05);
    expect(
      energyDistance(
        a,
        b.map((v) => v + 1),
        3,
      ),
    ).toBeGreaterThan(0.5);
  });

  it('mixing: principal axes are orthonormal, and those of most variance, to 1e-6', () => {
    const [n, dim] = [400, 5];
    const sds = [0.1, 3, 0.2, 1, 0.3];
    const x = normal(core, key(6), [n * dim]).map((z, i) => 7 + sds[i % dim] * z);
    const axes = principalAxes(x, dim, 2);
    const [first, second] = [axes.subarray(0, dim), axes.subarray(dim)];
    const product = (a: Float64Array, b: Float64Array) => a.reduce((sum, v, d) => sum + v * b[d], 0);
    expect(product(first, first)).toBeCloseTo(1, 6);
    expect(product(second, second)).toBeCloseTo(1, 6);
    expect(product(first, second)).toBeCloseTo(0, 6);
    expect(Math.abs(first[1])).toBeGreaterThan(0.99);
    expect(Math.abs(second[3])).toBeGreaterThan(0.99);
    expect(project(x, axes, dim).length).toBe(2 * n);
  });

  it('blur: its error is the detail that it takes and the noise that it leaves, within 5 %', async () => {
    const options = { key: key(9), sigmas: [0.5], radii: [0, 1, 2], count: 400, training: 40, signal };
    const heldOut = imageRows(digits(core, key(30), 400, { size: 8 }));
    const [{ blur, linear, exact, learned }] = await compareBlurs({ ...run, heldOut }, options);
    for (const { error, detail, noise } of blur)
      expect(Math.abs(error / (detail + noise) - 1)).toBeLessThan(0.05);
    expect(blur[0].detail).toBe(0);
    expect(blur[0].noise).toBe(0.25);
    // A blur is biased, and the more the wider it is.
    expect(blur[2].detail).toBeGreaterThan(blur[1].detail);
    for (const error of [linear, exact, learned]) expect(error).toBeGreaterThan(0);
    expect(linear).toBeLessThan(blur[0].error);
    expect(blurFigure.lacks({ ...run, heldOut: new Float32Array(0) })).toBe('images that are held out');
  });

  it('manifold: norms vary less with noise, at last as those of a Gaussian', () => {
    // Pictures of one tone each.
    const tones = uniform(core, key(7), [300]);
    const x = Float32Array.from({ length: 300 * DIM }, (_, i) => tones[Math.floor(i / DIM)]);
    const sdOf = (sigma: number) => {
      const norms = relativeNorms(run, x, { key: foldIn(key(8), 0), sigma, dim: DIM });
      expect(norms.reduce((sum, r) => sum + r, 0) / norms.length).toBeCloseTo(1, 6);
      return Math.sqrt(norms.reduce((sum, r) => sum + (r - 1) ** 2, 0) / norms.length);
    };
    expect(sdOf(0)).toBeGreaterThan(0.4);
    expect(sdOf(0.5)).toBeLessThan(0.3);
    expect(Math.abs(sdOf(20) * Math.sqrt(2 * DIM) - 1)).toBeLessThan(0.15);
  });
});

describe('scorefield lecture --run', () => {
  it('draws figures of the run that was trained before, and lists them apart', async () => {
    const outcome = await inProcess(['lecture', 'manifold', 'digits', 'blur', '--out', own, '--json']);
    expectDone(outcome, 'lecture', own);
    expect(eventsOf(outcome, 'figure')).toMatchObject([
      { name: 'digits', images: 12, results: [{ sigma: 0.25 }, { sigma: 0.5 }, { sigma: 1 }, { sigma: 2 }] },
      { name: 'manifold', images: 40, dim: DIM },
      { name: 'blur', images: 12, results: [{ sigma: 0.25 }, { sigma: 0.5 }, { sigma: 1 }] },
    ]);
    expect(readdirSync(own).sort()).toEqual([
      ...['blur.png', 'blur.svg', 'denoiser'],
      ...['digits.png', 'digits.svg', 'manifold.png', 'manifold.svg'],
    ]);
    const { stdout } = await inProcess(['lecture', '--help']);
    expect(stdout).toMatch(/Figures of a learned denoiser, of --run:\n {2}digits .*\n {2}walk /);
  });

  it('draws chains over colour pictures', async () => {
    const out = join(folder, 'colours');
    const colours = await train('colour', 3);
    const outcome = await inProcess(['lecture', 'colour', '--run', colours, '--out', out, '--json']);
    expectDone(outcome, 'lecture', out);
    expect(eventsOf(outcome, 'figure')).toMatchObject([{ name: 'colour', chains: 3, steps: 40 }]);
    expect(readdirSync(out)).toContain('colour.gif');
  }, 60_000);

  it('says what a run lacks for a figure', async () => {
    const out = join(folder, 'lacking');
    const lecture = (name: string, ...more: string[]) => inProcess(['lecture', name, '--out', out, ...more]);
    expect(await lecture('colour')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /^scorefield lecture: colour needs a run of colour images, given by --run;/,
      ),
    });
    const grey = await train('grey', 1, '--held-out', '0', '--sigma', '0.5');
    const lacking = (what: string) => ({ code: 2, stderr: expect.stringContaining(what) });
    expect(await lecture('colour', '--run', grey)).toMatchObject(
      lacking('colour needs colour images, which'),
    );
    expect(await lecture('digits', '--run', grey)).toMatchObject(
      lacking('digits needs images that are held'),
    );
    expect(await lecture('mixing', '--run', grey)).toMatchObject(lacking('mixing needs a denoiser of many'));
    expect(existsSync(out)).toBe(false);
    const run = await openImageRun(grey, {}, context.report);
    run.denoiser.core.dispose();
    expect(run.sigma).toBe(0.5);
  });
});

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { decode } from 'fast-png';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluateParts } from '../../src/cli/denoiser/evaluate.js';
import { openDenoiser } from '../../src/cli/denoiser/folder.js';
import { Interrupted } from '../../src/cli/terminal/failure.js';
import { Report } from '../../src/cli/terminal/report.js';
import {
  decodeDenoiserWeights,
  denoiser,
  denoiserScores,
  imageMoments,
  imageSet,
  loadCore,
  loadDenoiser,
  readIdxImages,
  readNpy,
} from '../../src/index.js';
import { eventsOf, expectDone as expectEnded, inProcess, type Outcome, scratch } from './cli.js';
import { TINY_UNET, writeDigits } from './tinyDigits.js';

const folder = scratch();
const at = (...names: string[]) => join(folder, ...names);
const expectDone = (outcome: Outcome, command: string) => expectEnded(outcome, command, folder);
const npy = (...names: string[]) => readNpy(new Uint8Array(readFileSync(at(...names))));
const filesOf = (outcome: Outcome) => (outcome.events.at(-1) as unknown as { files: string[] }).files;

const [COUNT, SIZE, HELD] = [300, 8, 30];
const run = at('run');
let images: string;

beforeAll(async () => {
  images = await writeDigits(folder, COUNT, SIZE);
  const args = ['train', '--images', images, ...TINY_UNET, '--classes', '--seed', '2', '--json'];
  expectDone(await inProcess([...args, '--out', run]), 'train');
  expectDone(await inProcess([...args, '--sigma', '0.4', '--held-out', '0', '--out', at('one')]), 'train');
}, 60_000);

/** The held-out digits of the run: the last ones of the file. */
function heldOut(n = HELD): number[] {
  const { pixels } = readIdxImages(new Uint8Array(readFileSync(images)));
  return Array.from(pixels.subarray((COUNT - HELD) * SIZE ** 2), (v) => Math.fround(v / 255)).slice(
    0,
    n * SIZE ** 2,
  );
}

describe('denoise', () => {
  it('takes noise off held-out images, and leaves them as arrays of images and as a strip', async () => {
    const outcome = await inProcess(['denoise', run, '--count', '5', '--sigma', '0.3', '--json']);
    expectDone(outcome, 'denoise');
    expect(filesOf(outcome)).toEqual(
      ['clean.npy', 'noisy.npy', 'denoised.npy', 'denoise.svg', 'denoise.png'].map((name) => join(run, name)),
    );
    const [clean, noisy, denoised] = ['clean', 'noisy', 'denoised'].map((name) => npy('run', `${name}.npy`));
    for (const { shape } of [clean, noisy, denoised]) expect(shape).toEqual([5, SIZE, SIZE]);
    expect([...clean.data]).toEqual(heldOut(5));
    const [event] = eventsOf(outcome, 'denoised') as unknown as { error: Record<string, number> }[];
    expect(event).toMatchObject({ sigma: 0.3, points: 5, dim: SIZE ** 2, heldOut: true });
    expect(event.error.noisy).toBeGreaterThan(0.07);
    expect(event.error.noisy).toBeLessThan(0.11);
    expect(event.error.denoised).toBeLessThan(event.error.noisy);
    // With the moving averages of the weights, as the library gives them.
    const core = await loadCore();
    const weights = decodeDenoiserWeights(new Uint8Array(readFileSync(join(run, 'weights.safetensors'))));
    using score = denoiserScores(loadDenoiser(core, weights)).at(0.3);
    const want = denoiser(score, 0.3).denoise(noisy.data as Float32Array);
    expect([...denoised.data]).toEqual([...want]);
    expect(outcome.stderr).toContain('5 held-out images denoised at sigma 0.3: mean squared error 0.0');
    expect(readFileSync(join(run, 'denoise.svg'), 'utf8')).toContain('σ = 0.3');
  });

  it('takes 1.6 deviations of the pixels, the noise of a run of one, or what is asked for with a warning', async () => {
    const out = ['--json', '--out', at('noises')];
    const own = await inProcess(['denoise', run, ...out]);
    const set = readIdxImages(new Uint8Array(readFileSync(images)));
    const pixels = set.pixels.subarray(0, (COUNT - HELD) * SIZE ** 2);
    const { sd } = imageMoments(imageSet({ height: SIZE, width: SIZE, pixels }));
    expect(eventsOf(own, 'denoised')).toMatchObject([
      { sigma: Number((1.6 * sd).toPrecision(2)), points: 20 },
    ]);
    const one = await inProcess(['denoise', at('one'), ...out]);
    expect(eventsOf(one, 'denoised')).toMatchObject([{ sigma: 0.4, heldOut: false }]);
    expect(one.stderr).toContain('20 training images');
    const other = await inProcess(['denoise', at('one'), '--sigma', '1', ...out]);
    expect(other).toMatchObject({ code: 0 });
    expect(other.stderr).toContain('one: it was trained at sigma 0.4 alone; at 1 it can only guess.\n');
  });
});

describe('walk-jump', () => {
  it('shows every step of a walk with its jump, still and moving', async () => {
    const out = at('walk');
    const args = [
      'walk-jump',
      run,
      '--steps',
      '7',
      '--chains',
      '2',
      '--sigma',
      '0.5',
      '--json',
      '--out',
      out,
    ];
    const outcome = await inProcess(args);
    expectDone(outcome, 'walk-jump');
    const files = readdirSync(out).filter((name) => !name.endsWith('.mp4'));
    expect(files.sort()).toEqual([
      'jumps.npy',
      'walk-jump.gif',
      'walk-jump.png',
      'walk-jump.svg',
      'walk.npy',
    ]);
    expect(eventsOf(outcome, 'walk')).toEqual([
      { event: 'walk', sigma: 0.5, stepSize: 1, steps: 7, chains: 2, dim: SIZE ** 2 },
    ]);
    const [walk, jumps] = [npy('walk', 'walk.npy'), npy('walk', 'jumps.npy')];
    for (const { shape } of [walk, jumps]) expect(shape).toEqual([7, 2, SIZE, SIZE]);
    expect(readFileSync(join(out, 'walk-jump.svg'), 'utf8')).toContain('1\u20137');
    // A jump is the estimate at a position of the walk.
    const weights = decodeDenoiserWeights(new Uint8Array(readFileSync(join(run, 'weights.safetensors'))));
    using score = denoiserScores(loadDenoiser(await loadCore(), weights)).at(0.5);
    const want = denoiser(score, 0.5).denoise((walk.data as Float32Array).slice(-(SIZE ** 2)));
    expect([...jumps.data.slice(-(SIZE ** 2))]).toEqual([...want]);
    const again = at('again');
    await inProcess([...args.slice(0, -1), again, '--threads', '1']);
    expect(readFileSync(join(again, 'walk.npy'))).toEqual(readFileSync(join(out, 'walk.npy')));
  });

  it('takes its step in units of sigma^2: one of 1 stays near the noisy data at any sigma', async () => {
    for (const sigma of ['0.1', '0.5']) {
      const out = at(`at ${sigma}`);
      await inProcess(['walk-jump', run, '--sigma', sigma, '--steps', '30', '--out', out]);
      const { data } = npy(`at ${sigma}`, 'walk.npy');
      const most = Array.from(data).reduce((a, v) => Math.max(a, Math.abs(v)), 0);
      expect(most).toBeLessThan(2 + 8 * Number(sigma));
    }
  });

  it('of a run of one noise walks at that', async () => {
    const outcome = await inProcess(['walk-jump', at('one'), '--steps', '2', '--json']);
    expectDone(outcome, 'walk-jump');
    expect(eventsOf(outcome, 'walk')).toMatchObject([{ sigma: 0.4 }]);
  });
});

describe('sample', () => {
  it.each([
    ['flow', ['--steps', '4']],
    ['reverse', ['--steps', '5']],
    ['annealed', ['--steps', '1']],
    ['walk-jump', ['--steps', '5', '--step-size', '0.5']],
  ])('by %s makes images from noise, from 0 to 1', async (sampler, args) => {
    const out = at(sampler);
    const outcome = await inProcess([
      ...['sample', run, '--sampler', sampler, ...args, '--chains', '6', '--json', '--out', out],
      ...['--save', join(out, 'deeper', 'x.npy')],
    ]);
    expectDone(outcome, 'sample');
    expect(readdirSync(out).sort()).toEqual(['deeper', 'samples.png']);
    const { shape, data } = npy(sampler, 'deeper', 'x.npy');
    expect(shape).toEqual([6, SIZE, SIZE]);
    expect(data.every((v) => v >= 0 && v <= 1)).toBe(true);
    expect(eventsOf(outcome, 'samples')).toMatchObject([{ sampler, chains: 6, shape: [6, SIZE, SIZE] }]);
    // Three images across, two down, at two pixels a pixel with a gap of one.
    const sheet = decode(readFileSync(join(out, 'samples.png')));
    expect([sheet.width, sheet.height]).toEqual([2 * (3 * SIZE + 2), 2 * (2 * SIZE + 1)]);
  });

  it('of one class, and leaning towards it, differs from that of any; the same seed gives the same', async () => {
    const kinds = {
      any: [],
      class3: ['--label', '3'],
      guided: ['--label', '3', '--guidance', '2'],
      again: ['--label', '3', '--guidance', '2', '--threads', '1'],
    };
    const found: Record<string, string> = {};
    for (const [name, args] of Object.entries(kinds)) {
      const outcome = await inProcess([
        ...['sample', run, '--chains', '9', '--steps', '3', ...args, '--json', '--out', at(name)],
      ]);
      expectDone(outcome, 'sample');
      found[name] = readFileSync(at(name, 'samples.npy'), 'base64');
      if (name === 'guided') {
        expect(eventsOf(outcome, 'samples')).toMatchObject([{ label: 3, guidance: 2 }]);
        expect(outcome.stderr).toContain('9 images of class 3 by the probability flow in 3 steps: ');
      }
    }
    expect(new Set(Object.values(found)).size).toBe(3);
    expect(found.again).toBe(found.guided);
  });

  it('of a run of one noise is by walk-jump, and by nothing else', async () => {
    const outcome = await inProcess(['sample', at('one'), '--steps', '2', '--chains', '3', '--json']);
    expectDone(outcome, 'sample');
    expect(eventsOf(outcome, 'samples')).toMatchObject([{ sampler: 'walk-jump', sigma: 0.4 }]);
    const flow = await inProcess(['sample', at('one'), '--sampler', 'flow']);
    expect(flow).toMatchObject({ code: 2, stdout: '' });
    expect(flow.stderr).toContain('--sampler flow needs all noises, and ');
  });
});

describe('evaluate', () => {
  it('compares denoisers on held-out images', async () => {
    const outcome = await inProcess(['evaluate', run, '--sigmas', '.5,.1', '--json']);
    expectDone(outcome, 'evaluate');
    const rows = eventsOf(outcome, 'heldOut') as unknown as Record<string, number>[];
    expect(rows.map(({ sigma }) => sigma)).toEqual([0.5, 0.1]);
    const names = ['mse', 'averaged', 'linear', 'exact', 'blur', 'mean'];
    for (const row of rows) {
      expect(Object.keys(row)).toEqual(['event', 'sigma', ...names]);
      for (const name of names) expect(row[name]).toBeGreaterThan(0);
      expect(row.linear).toBeLessThan(row.mean);
    }
    expect(rows[1].linear).toBeLessThan(rows[0].linear);
    expect(rows[0].mean).toBeCloseTo(rows[1].mean, 6);
    expect(outcome.stderr).toMatch(/on 30 held-out images:\n +sigma +network +averaged +linear +exact/);
    const lines = readFileSync(join(run, 'quality.csv'), 'utf8').trimEnd().split('\n');
    expect(lines[0]).toBe(['sigma', ...names].join(','));
    expect(lines[1]).toBe([0.5, ...names.map((name) => rows[0][name])].join(','));
    expect(existsSync(join(run, 'quality.png'))).toBe(true);
    const some = await inProcess(['evaluate', run, '--samples', '7', '--sigmas', '1', '--out', at('some')]);
    expect(some.stderr).toContain('on 7 of the 30 held-out images:');
  });

  it('tells the errors of each noise as soon as they are known, but of a shard none', async () => {
    const told: string[] = [];
    const stdout = new PassThrough().on('data', (chunk) => told.push(String(chunk)));
    const report = new Report({ stdout, stderr: Object.assign(new PassThrough(), { isTTY: false }) }, true);
    const context = { report, signal: new AbortController().signal };
    const open = await openDenoiser(run, {}, report);
    const options = { sigmas: [0.5, 0.1] };
    await evaluateParts(open, options, context, [1, 2]);
    expect(told).toEqual([]);
    await evaluateParts(open, options, context);
    expect(told.map((line) => JSON.parse(line))).toMatchObject([
      { event: 'heldOut', sigma: 0.5 },
      { event: 'heldOut', sigma: 0.1 },
    ]);
  });

  it('stops when told to, and needs something held out', async () => {
    const signal = AbortSignal.timeout(1);
    const controller = new AbortController();
    signal.addEventListener('abort', () => controller.abort(new Interrupted('SIGINT')));
    const out = at('stopped');
    const outcome = await inProcess(['evaluate', run, '--out', out], { signal: controller.signal });
    expect(outcome).toMatchObject({ code: 130, stderr: 'scorefield evaluate: interrupted\n' });
    expect(existsSync(out)).toBe(false);
    const none = await inProcess(['evaluate', at('one')]);
    expect(none).toMatchObject({ code: 1, stdout: '' });
    expect(none.stderr).toMatch(/one: none of its images are held out .* train with --held-out N/);
  });
});

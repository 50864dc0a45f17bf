import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Interrupted } from '../../src/cli/terminal/failure.js';
import { denoiser, loadCore, mixtureScores, readNpy, writeNpy } from '../../src/index.js';
import { eventsOf, expectDone, inProcess, scratch, TINY } from './cli.js';

const folder = scratch();
const at = (...names: string[]) => join(folder, ...names);
const npy = (...names: string[]) => readNpy(new Uint8Array(readFileSync(at(...names))));
const run = at('run');
const TWO = { means: [[1], [-1]], sds: [[0.3], [0.3]] };
const WORDS = ['--means=1;-1', '--sds=0.3;0.3', '--sigma', '0.8'];

async function exact(y: Float32Array): Promise<Float32Array> {
  return denoiser(mixtureScores(await loadCore(), TWO).at(0.8), 0.8).denoise(y);
}

beforeAll(async () => {
  const outcome = await inProcess(['train', ...TINY, '--out', run]);
  expect(outcome.code, outcome.stderr).toBe(0);
}, 60_000);

describe('denoise', () => {
  it('gives the closed-form estimates of a mixture, to the bit, and their error', async () => {
    const out = at('line');
    const outcome = await inProcess(['denoise', ...WORDS, '--count', '4000', '--json', '--out', out]);
    expectDone(outcome, 'denoise', out);
    const [noisy, denoised, clean] = ['noisy', 'denoised', 'clean'].map((name) => npy('line', `${name}.npy`));
    expect([noisy.shape, denoised.shape, clean.shape]).toEqual([
      [4000, 1],
      [4000, 1],
      [4000, 1],
    ]);
    expect(denoised.data).toEqual(await exact(noisy.data as Float32Array));
    const [{ sigma, error }] = eventsOf(outcome, 'denoised') as unknown as {
      sigma: number;
      error: Record<string, number>;
    }[];
    expect(sigma).toBe(0.8);
    // Of 4000 squares of normal numbers, within five standard errors.
    expect(Math.abs(error.noisy / 0.64 - 1)).toBeLessThan(5 * Math.sqrt(2 / 4000));
    expect(error.denoised).toBe(error.best);
    expect(error.denoised).toBeLessThan(0.7 * error.noisy);
  });

  it('takes points from a file, and draws arrows over a run', async () => {
    const file = at('points.npy');
    writeFileSync(file, writeNpy(Float32Array.of(0.2, 0.3, 0.7, 0.6), [2, 2]));
    const out = at('arrows');
    const outcome = await inProcess([
      'denoise',
      run,
      '--level',
      '2',
      '--points',
      file,
      '--json',
      '--out',
      out,
    ]);
    expectDone(outcome, 'denoise', out);
    expect(readdirSync(out).sort()).toEqual(['denoise.png', 'denoise.svg', 'denoised.npy', 'noisy.npy']);
    expect(npy('arrows', 'denoised.npy').shape).toEqual([2, 2]);
    expect(readFileSync(join(out, 'denoise.svg'), 'utf8')).toContain('2 noisy points');
    expect(eventsOf(outcome, 'denoised')[0]).not.toHaveProperty('error');
  });

  it.each<[string, string[], number, string]>([
    ['level of a mixture', ['--level', '1'], 2, '--level is for a RUN'],
    ['noise and level', [run, '--level', '1', '--sigma', '0.1'], 2, '--level and --sigma cannot be combined'],
    ['unknown noise', [run, '--sigma', '7'], 2, '--sigma must be from 0.0001'],
    ['means of a run', [run, '--means', '1,1'], 2, '--means, --sds and --weights are not for a RUN'],
    ['crooked mixture', ['--means', '1,1', '--sds', '1'], 2, '--sds'],
    ['no file', ['--points', 'missing.npy'], 1, 'missing.npy: it does not exist'],
    ['flat points', ['--points', at('flat.npy')], 1, 'points must have the shape [n, 2], got [4]'],
    ['NaN', ['--points', at('nan.npy')], 1, 'points must be finite, got NaN in row 1'],
    [
      'points at the end of float32',
      [run, '--points', at('far.npy')],
      1,
      'far.npy: the point in row 1 is too far from the data for float32, and has no estimate',
    ],
    [
      'a long name',
      ['--points', `${'n'.repeat(300)}.npy`],
      1,
      'nn.npy: the name is too long; choose a shorter one',
    ],
  ])('refuses %s in one line', async (_, args, code, words) => {
    writeFileSync(at('flat.npy'), writeNpy(new Float32Array(4), [4]));
    writeFileSync(at('far.npy'), writeNpy(Float32Array.of(0, 1, 1e38, -1e38), [2, 2]));
    writeFileSync(at('nan.npy'), writeNpy(Float32Array.of(0, 1, Number.NaN, 1), [2, 2]));
    const outcome = await inProcess(['denoise', ...args, '--json', '--out', at('never')]);
    expect(outcome.stderr).toMatch(/^scorefield denoise: .+\n$/);
    expect(outcome.stderr).toContain(words);
    expect(outcome).toMatchObject({ code, stdout: '' });
    expect(existsSync(at('never'))).toBe(false);
  });
});

describe('walk-jump', () => {
  it('keeps the walk and its jumps, each the estimate of its place in the walk', async () => {
    const out = at('walk');
    const args = ['--steps', '40', '--chains', '3', '--thin', '4', '--json', '--out', out];
    const outcome = await inProcess(['walk-jump', ...WORDS, ...args]);
    expectDone(outcome, 'walk-jump', out);
    const [walk, jumps] = ['walk', 'jumps'].map((name) => npy('walk', `${name}.npy`));
    expect([walk.shape, jumps.shape]).toEqual([
      [10, 3, 1],
      [10, 3, 1],
    ]);
    expect(jumps.data).toEqual(await exact(walk.data as Float32Array));
    const [event] = eventsOf(outcome, 'walk') as unknown as { walk: number[][]; jumps: number[][] }[];
    expect(event.walk.flat()).toEqual([...walk.data]);
    expect(event.jumps.flat()).toEqual([...jumps.data]);
  });

  it('draws the walk above and the jumps below, over a run', async () => {
    const out = at('figure');
    const outcome = await inProcess(['walk-jump', run, '--steps', '50', '--json', '--out', out]);
    expectDone(outcome, 'walk-jump', out);
    expect(readdirSync(out).sort()).toEqual(['jumps.npy', 'walk-jump.png', 'walk-jump.svg', 'walk.npy']);
    const svg = readFileSync(join(out, 'walk-jump.svg'), 'utf8');
    expect(svg.indexOf('walk at σ')).toBeLessThan(svg.indexOf('jump: the denoised points'));
  });

  it('refuses to keep nothing, and leaves no file when interrupted', async () => {
    const kept = await inProcess(['walk-jump', '--steps', '3', '--out', at('nothing')]);
    expect(kept).toMatchObject({ code: 2 });
    expect(kept.stderr).toContain('--thin must be at most --steps, 3');
    const stopping = new AbortController();
    setTimeout(() => stopping.abort(new Interrupted('SIGINT')), 300);
    const args = ['walk-jump', '--steps', '1000000000', '--thin', '1000000', '--out', at('nothing')];
    const outcome = await inProcess(args, { signal: stopping.signal });
    expect(outcome).toMatchObject({ code: 130, stderr: 'scorefield walk-jump: interrupted\n' });
    expect(existsSync(at('nothing'))).toBe(false);
  });
});

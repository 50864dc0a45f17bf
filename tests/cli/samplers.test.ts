import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Interrupted } from '../../src/cli/terminal/failure.js';
import { readNpy } from '../../src/index.js';
import { eventsOf, expectDone, inProcess, scratch, TINY } from './cli.js';

const folder = scratch();
const at = (...names: string[]) => join(folder, ...names);
const npy = (...names: string[]) => readNpy(new Uint8Array(readFileSync(at(...names))));
const run = at('run');
// In three dimensions there are no figures, which take long.
const SOLID = ['--means', '1,0,0;-1,0,0', '--sds', '0.5,0.5,0.5;0.5,0.5,0.5'];

beforeAll(async () => {
  const outcome = await inProcess(['train', ...TINY, '--objective', 'denoiser', '--out', run]);
  expect(outcome.code, outcome.stderr).toBe(0);
}, 60_000);

describe('mixture --sampler', () => {
  it.each<[string, string[], number]>([
    ['langevin', ['--steps', '5'], 5],
    ['underdamped', ['--steps', '5'], 5],
    ['mala', ['--steps', '5'], 5],
    ['hmc', ['--steps', '5', '--leapfrogs', '3'], 5],
    ['nuts', ['--steps', '5'], 5],
    // Ten levels, and a step to denoise.
    ['annealed', ['--steps', '2'], 21],
    ['reverse', ['--steps', '5'], 5],
    ['flow', ['--steps', '5'], 5],
    ['walk-jump', ['--steps', '5'], 5],
  ])('%s keeps a path, and reports what it has to', async (sampler, args, steps) => {
    const out = at(sampler);
    const command = [
      'mixture',
      ...SOLID,
      '--sampler',
      sampler,
      ...args,
      '--chains',
      '3',
      '--json',
      '--out',
      out,
    ];
    const outcome = await inProcess(command);
    expectDone(outcome, 'mixture', out);
    const { data, shape } = npy(sampler, 'path.npy');
    expect(shape).toEqual([steps, 3, 3]);
    expect(data.every(Number.isFinite)).toBe(true);
    expect(existsSync(join(out, 'jumps.npy'))).toBe(sampler === 'walk-jump');
    const done = outcome.events.at(-1) as Record<string, number>;
    expect(done.sampler).toBe(sampler);
    expect('stepSize' in done).toBe(!['reverse', 'flow'].includes(sampler));
    const isAdjusted = ['mala', 'hmc', 'nuts'].includes(sampler);
    expect('acceptance' in done).toBe(isAdjusted);
    if (isAdjusted) {
      expect(done.acceptance).toBeGreaterThan(0.3);
      expect(done.acceptance).toBeLessThanOrEqual(1);
      expect(done.divergences).toBe(0);
      expect(outcome.stderr).toMatch(/\(step size [\d.]+, acceptance (0\.\d+|1\.000), 0 divergences\)/);
    }
    if (sampler === 'hmc') expect(done.leapfrogs).toBe(3 * 5 * 3);
  });

  it('--solver and --schedule change where a flow ends, and a reverse diffusion by its schedule', async () => {
    const ends = async (name: string, ...args: string[]) => {
      await inProcess(['mixture', ...SOLID, '--steps', '6', '--chains', '2', ...args, '--out', at(name)]);
      return npy(name, 'path.npy').data.slice(-6);
    };
    const flow = ['--sampler', 'flow'];
    const all = [
      await ends('flow a', ...flow),
      await ends('flow b', ...flow, '--solver', 'heun'),
      await ends('flow c', ...flow, '--schedule', 'logLinear'),
      await ends('reverse a', '--sampler', 'reverse'),
      await ends('reverse b', '--sampler', 'reverse', '--schedule', 'karras'),
    ];
    expect(new Set(all.map(String)).size).toBe(5);
    const same = await ends('flow d', ...flow, '--solver', 'deis', '--schedule', 'karras');
    expect(same).toEqual(all[0]);
  });

  it('samples the mixture: mean and variance within five standard errors of independent draws', async () => {
    for (const sampler of ['reverse', 'flow', 'annealed']) {
      const out = at(`${sampler} many`);
      const args = ['mixture', '--means', '1', '--sds', '0.5', '--sampler', sampler, '--chains', '2000'];
      await inProcess([...args, ...(sampler === 'annealed' ? ['--steps', '300'] : []), '--out', out]);
      const { data, shape } = npy(`${sampler} many`, 'path.npy');
      const last = Array.from(data.subarray((shape[0] - 1) * 2000));
      const mean = last.reduce((sum, x) => sum + x, 0) / 2000;
      const variance = last.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 2000;
      expect(Math.abs(mean - 1), sampler).toBeLessThan((5 * 0.5) / Math.sqrt(2000));
      // Discrete steps have a bias of a few hundredths beside the error of chance.
      expect(Math.abs(variance / 0.25 - 1), sampler).toBeLessThan(5 * Math.sqrt(2 / 2000) + 0.05);
    }
  });

  it.each<[string[], string]>([
    [['--sampler', 'gibbs'], '--sampler must be one of langevin, underdamped, mala, hmc, nuts, annealed,'],
    [['--sampler', 'flow', '--step-size', '1'], '--step-size is not for --sampler flow'],
    [
      ['--sampler', 'flow', '--solver', 'euler'],
      '--solver must be one of deis, dpmSolver, accelerated, ddim, heun, got',
    ],
    [['--sampler', 'reverse', '--solver', 'heun'], '--solver is for --sampler flow, not reverse'],
    [['--schedule', 'karras'], '--schedule is for --sampler flow and reverse, not langevin'],
    [['--sampler', 'mala', '--leapfrogs', '2'], '--leapfrogs is for --sampler hmc, not mala'],
    [['--sampler', 'reverse', '--sigma', '9'], '--sigma must be below'],
  ])('refuses %j', async (args, words) => {
    const outcome = await inProcess(['mixture', ...args, '--out', at('never')]);
    expect(outcome.stderr).toMatch(/^scorefield mixture: .+\n$/);
    expect(outcome.stderr).toContain(words);
    expect(outcome.code).toBe(2);
    expect(existsSync(at('never'))).toBe(false);
  });
});

describe('sample --sampler', () => {
  it.each<[string, string[], number[], number]>([
    // The first two of 20 steps are burn-in.
    ['underdamped', ['--steps', '20', '--thin', '4'], [5, 6, 2], 108],
    ['annealed', ['--steps', '2'], [6, 2], 6],
    ['reverse', ['--steps', '4'], [6, 2], 6],
    ['flow', ['--steps', '4'], [6, 2], 6],
    ['walk-jump', ['--steps', '20', '--thin', '4'], [5, 6, 2], 30],
  ])('%s counts and saves its samples', async (sampler, args, shape, count) => {
    const save = at(`${sampler}.npy`);
    const more = [
      '--level',
      '1',
      '--chains',
      '6',
      '--bins',
      '5',
      '--save',
      save,
      '--out',
      at('drawn'),
      '--json',
    ];
    const outcome = await inProcess(['sample', run, '--sampler', sampler, ...args, ...more]);
    expectDone(outcome, 'sample', folder);
    const [histogram] = eventsOf(outcome, 'histogram') as unknown as Record<string, number[]>[];
    const inside = histogram.counts.reduce((sum, cell) => sum + cell, 0);
    expect(inside + Number(histogram.outside)).toBe(count);
    const saved = npy(`${sampler}.npy`);
    expect(saved.shape).toEqual(shape);
    if (sampler !== 'underdamped') {
      const values = Array.from(saved.data);
      const mean = [0, 1].map(
        (d) => values.filter((_, i) => i % 2 === d).reduce((sum, value) => sum + value, 0) / count,
      );
      mean.forEach((value, d) => {
        expect(histogram.mean[d]).toBeCloseTo(value, 4);
      });
    }
    expect(outcome.events.at(-1)).toMatchObject({ command: 'sample', sampler });
  });

  it.each(['mala', 'hmc', 'nuts'])(
    '%s accepts by the line integral of the score, and tells its curl',
    async (name) => {
      const args = ['sample', run, '--sampler', name, '--steps', '20', '--chains', '8', '--level', '2'];
      const outcome = await inProcess([...args, '--out', at(name), '--json']);
      const done = outcome.events.at(-1) as { acceptance: number; curl: number };
      expect(done).toMatchObject({ command: 'sample', sampler: name });
      expect(done.acceptance).toBeGreaterThan(0);
      expect(done.curl).toBeGreaterThanOrEqual(0);
      expect(done.curl).toBeLessThan(2);
      const said = await inProcess([...args, '--out', at(name)]);
      expect(said.stdout + said.stderr).toContain('It accepted by the line integral of the score');
    },
  );

  it('leaves no file when interrupted', async () => {
    const save = at('cut', 'x.npy');
    const stopped = new AbortController();
    const args = ['sample', run, '--sampler', 'underdamped', '--steps', '100000000', '--save', save];
    setTimeout(() => stopped.abort(new Interrupted('SIGINT')), 300);
    const outcome = await inProcess([...args, '--out', at('cut')], { signal: stopped.signal });
    expect(outcome).toMatchObject({ code: 130, stderr: 'scorefield sample: interrupted\n' });
    expect(readdirSync(at('cut'))).toEqual([]);
  });
});

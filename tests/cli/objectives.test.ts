import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeCheckpoint, decodeDenoiserCheckpoint } from '../../src/index.js';
import { inProcess, scratch } from './cli.js';

const folder = scratch();
const at = (...names: string[]) => join(folder, ...names);

describe('scorefield train --points --objective', () => {
  it('trains by any of them, keeps it, and goes on with it alone', async () => {
    writeFileSync(
      at('points.csv'),
      Array.from({ length: 20 }, (_, i) => `${Math.sin(i)},${Math.cos(3 * i)}`).join('\n'),
    );
    const tiny = [
      '--width',
      '8',
      '--depth',
      '1',
      '--steps',
      '2',
      '--batch',
      '4',
      '--points',
      at('points.csv'),
    ];
    const training = async (name: string, ...args: string[]) => {
      const outcome = await inProcess(['train', ...tiny, ...args, '--out', at(name)]);
      expect(outcome.code, outcome.stderr).toBe(0);
      const bytes = new Uint8Array(readFileSync(at(name, 'checkpoint.safetensors')));
      return decodeDenoiserCheckpoint(bytes, name).training;
    };
    expect(await training('p')).toMatchObject({ objective: 'denoising', weight: 'output' });
    expect(await training('q', '--objective', 'score')).toMatchObject({
      objective: 'denoising',
      weight: 'score',
    });
    expect(await training('r', '--objective', 'denoiser')).toMatchObject({ weight: 'clean' });
    const sliced = ['--objective', 'sliced', '--projections', 'normal'];
    const want = { objective: 'sliced', weight: 'score', projections: 'normal' };
    expect(await training('s', ...sliced)).toMatchObject(want);
    expect(await training('s', '--objective', 'sliced', '--resume')).toMatchObject(want);
    const say = async (...args: string[]) => (await inProcess(['train', ...tiny, ...args])).stderr;
    expect(await say('--objective', 'implicit', '--resume', '--out', at('s'))).toMatch(
      /--objective implicit \(it has sliced\): not as the run/,
    );
    expect(await say('--projections', 'sign', '--out', at('t'))).toMatch(
      /: --projections is for --objective sliced and slicedReduced; leave it out/,
    );
    expect(await say('--network', 'energy', '--objective', 'sliced', '--out', at('t'))).toMatch(
      /: --objective sliced is not for --network energy/,
    );
  });
});

describe('scorefield train --objective', () => {
  it('trains without a target, keeps the objective and its projections, and goes on with them', async () => {
    const out = join(folder, 'sliced');
    const sizes = ['--features', '6', '--width', '8', '--levels', '3', '--batch', '16'];
    const own = ['--objective', 'sliced', '--projections', 'normal', '--schedule', 'constant'];
    const train = (...more: string[]) => inProcess(['train', '--builtin', 'moons', '--out', out, ...more]);
    const first = await train(...sizes, ...own, '--steps', '5');
    expect(first.code, first.stderr).toBe(0);
    const checkpoint = () => decodeCheckpoint(readFileSync(join(out, 'checkpoint.safetensors')));
    expect(checkpoint().training).toMatchObject({ objective: 'sliced', projections: 'normal' });
    expect(existsSync(join(out, 'loss.png'))).toBe(true);
    const more = await train('--resume', '--steps', '8');
    expect(more.code, more.stderr).toBe(0);
    expect(checkpoint()).toMatchObject({ step: 8, training: { objective: 'sliced', projections: 'normal' } });
    const other = await train('--resume', '--projections', 'sign');
    expect(other).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--projections sign (it has normal)'),
    });
  });
});

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readNpy, writeNpy } from '../../src/index.js';
import { eventsOf, expectDone as expectEnded, inProcess, type Outcome, scratch } from './cli.js';

const folder = scratch();
const at = (...names: string[]) => join(folder, ...names);
const expectDone = (outcome: Outcome, command: string) => expectEnded(outcome, command, folder);
const npy = (...names: string[]) => readNpy(new Uint8Array(readFileSync(at(...names))));

const COUNT = 200;
/** Two points of the plane, far from the origin and from each other, with a little spread: 100 and 1000 in size. */
const place = (i: number): [number, number] => [
  (i % 2 ? 300 : 100) + (i % 7),
  (i % 2 ? -1000 : 1000) + 10 * (i % 5),
];

beforeAll(async () => {
  const lines = Array.from({ length: COUNT }, (_, i) => place(i).join(','));
  writeFileSync(at('plane.csv'), `${lines.join('\n')}\n`);
  writeFileSync(
    at('space.npy'),
    writeNpy(
      Float32Array.from({ length: 60 * 3 }, (_, i) => Math.sin(i)),
      [60, 3],
    ),
  );
  const small = ['--width', '16', '--depth', '1', '--steps', '400', '--learning-rate', '0.01', '--json'];
  const args = ['--points', at('plane.csv'), ...small, '--held-out', '40', '--out', at('plane')];
  expectDone(await inProcess(['train', ...args]), 'train');
  const tiny = ['--points', at('space.npy'), ...small, '--steps', '5', '--out', at('space')];
  expectDone(await inProcess(['train', ...tiny]), 'train');
}, 60_000);

describe('points of the plane', () => {
  it('are denoised in their own units, with a figure', async () => {
    const outcome = await inProcess(['denoise', at('plane'), '--sigma', '0.3', '--json']);
    expectDone(outcome, 'denoise');
    const [clean, noisy, denoised] = ['clean', 'noisy', 'denoised'].map((name) =>
      npy('plane', `${name}.npy`),
    );
    for (const { shape } of [clean, noisy, denoised]) expect(shape).toEqual([20, 2]);
    // The last forty of the file are held out.
    for (let i = 0; i < 20; i++) {
      const want = place(COUNT - 40 + i);
      for (const d of [0, 1]) expect(Math.abs(clean.data[2 * i + d] - want[d])).toBeLessThan(1e-3);
    }
    // Sigma is in deviations of a coordinate: about 100 of the first, about 1000 of the second.
    const spread = (d: number) =>
      Math.sqrt(
        Array.from(noisy.data).reduce(
          (sum, v, i) => sum + (i % 2 === d ? (v - clean.data[i]) ** 2 / 20 : 0),
          0,
        ),
      );
    expect(spread(0) / 30).toBeGreaterThan(0.6);
    expect(spread(0) / 30).toBeLessThan(1.5);
    expect(spread(1) / 300).toBeGreaterThan(0.6);
    expect(spread(1) / 300).toBeLessThan(1.5);
    const [{ error }] = eventsOf(outcome, 'denoised') as unknown as { error: Record<string, number> }[];
    expect(error.denoised).toBeLessThan(error.noisy / 5);
    expect(readFileSync(at('plane', 'denoise.svg'), 'utf8')).toContain('noisy to denoised');
  });

  it('are walked over and jumped from', async () => {
    const outcome = await inProcess(['walk-jump', at('plane'), '--chains', '3', '--steps', '20', '--json']);
    expectDone(outcome, 'walk-jump');
    expect(eventsOf(outcome, 'walk')).toMatchObject([{ sigma: 0.5, stepSize: 1, dim: 2 }]);
    expect(npy('plane', 'walk.npy').shape).toEqual([20, 3, 2]);
    const jumps = npy('plane', 'jumps.npy');
    expect(jumps.shape).toEqual([20, 3, 2]);
    expect(jumps.data.filter((_, i) => i % 2 === 0).every((x) => x > 0 && x < 400)).toBe(true);
    expect(readdirSync(at('plane'))).toContain('walk-jump.svg');
    expect(readdirSync(at('plane'))).not.toContain('walk-jump.gif');
  });

  it('are made from noise, near those that are learned', async () => {
    const outcome = await inProcess(['sample', at('plane'), '--chains', '200', '--json']);
    expectDone(outcome, 'sample');
    const { shape, data } = npy('plane', 'samples.npy');
    expect(shape).toEqual([200, 2]);
    // Each is near one of the two places, and both are met.
    const sides = Array.from({ length: 200 }, (_, i) => Math.sign(data[2 * i] - 200));
    const near = sides.filter(
      (side, i) => side * data[2 * i + 1] < 0 && Math.abs(Math.abs(data[2 * i + 1]) - 1000) < 150,
    );
    expect(near.length).toBeGreaterThan(180);
    expect(Math.abs(sides.reduce((a, b) => a + b, 0))).toBeLessThan(80);
    expect(readFileSync(at('plane', 'samples.svg'), 'utf8')).toContain('samples');
  });

  it('are judged by without a blur', async () => {
    const outcome = await inProcess(['evaluate', at('plane'), '--sigmas', '0.2,1', '--json']);
    expectDone(outcome, 'evaluate');
    const rows = eventsOf(outcome, 'heldOut') as unknown as Record<string, number>[];
    expect(rows.map((row) => Object.keys(row).slice(2))).toEqual(
      rows.map(() => ['mse', 'averaged', 'linear', 'exact', 'mean']),
    );
    // The mean of points of variance 1 is off by about 1 a coordinate; a network that has learned is much better.
    expect(rows[0].mean).toBeGreaterThan(0.8);
    expect(rows[0].mse).toBeLessThan(0.1);
    expect(outcome.stderr).toContain('on 40 held-out points:');
  });
});

describe('points of three dimensions', () => {
  it('are written without figures', async () => {
    const out = at('three');
    for (const args of [
      ['denoise', '--count', '4'],
      ['walk-jump', '--steps', '3'],
      ['sample', '--chains', '5', '--steps', '2'],
    ]) {
      const [command, ...rest] = args;
      expectDone(await inProcess([command, at('space'), ...rest, '--json', '--out', out]), command);
    }
    expect(readdirSync(out).sort()).toEqual(
      ['clean', 'denoised', 'jumps', 'noisy', 'samples', 'walk'].map((name) => `${name}.npy`),
    );
    expect(npy('three', 'samples.npy').shape).toEqual([5, 3]);
    expect(npy('three', 'denoised.npy').shape).toEqual([4, 3]);
  });
});

describe('a gradient network of points', () => {
  it('trains by --network energy, and is sampled by what needs a density', async () => {
    const small = ['--width', '16', '--depth', '1', '--steps', '300', '--learning-rate', '0.01', '--json'];
    const args = ['--points', at('plane.csv'), '--network', 'energy', '--sigma', '0.5', ...small];
    expectDone(await inProcess(['train', ...args, '--out', at('energy')]), 'train');
    for (const sampler of ['mala', 'hmc', 'nuts', 'walk-jump']) {
      const few = ['--chains', '64', '--steps', '60', '--json'];
      const outcome = await inProcess(['sample', at('energy'), '--sampler', sampler, ...few]);
      expectDone(outcome, 'sample');
      const [samples] = eventsOf(outcome, 'samples');
      expect(samples).toMatchObject({ sampler, sigma: 0.5, shape: [64, 2] });
      if (sampler !== 'walk-jump') expect(samples.acceptance).toBeGreaterThan(0.4);
      // Walks at half a deviation of the data end near one of the two places.
      const { data } = npy('energy', 'samples.npy');
      const near = Array.from({ length: 64 }, (_, i) =>
        [0, 1].some((k) => {
          const [a, b] = place(k);
          return Math.hypot((data[2 * i] - a) / 100, (data[2 * i + 1] - b) / 1000) < 0.6;
        }),
      );
      expect(near.filter(Boolean).length, sampler).toBeGreaterThan(48);
    }
    // A free network has no density: it is sampled by the line integral of its score, and its curl is told.
    const args2 = ['--sampler', 'mala', '--chains', '16', '--steps', '20', '--json'];
    const free = await inProcess(['sample', at('plane'), ...args2]);
    expectDone(free, 'sample');
    const [{ curl }] = eventsOf(free, 'samples');
    expect(curl).toBeGreaterThan(1e-3);
    expect(free.stderr).toContain('It accepted by the line integral of the score');
  });
});

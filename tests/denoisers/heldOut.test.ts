import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  blurDenoiser,
  type Denoiser,
  denoiser,
  empirical,
  heldOutErrors,
  key,
  linearDenoisers,
  loadCore,
  meanDenoiser,
  normal,
  pointSet,
  split,
} from '../../src/index.js';
import { drain, failure, forEachCore } from '../cores.js';

forEachCore('heldOutErrors', (core) => {
  const same: Denoiser = { core, dim: 2, denoise: (y) => y.slice() };
  const points = { dim: 2, points: Float32Array.of(1, 2, 3, 5, -1, 0) };

  it.each(['original', 'partitionable'] as const)(
    "the errors of every denoiser at the same noise, one key a sigma, in chunks, layout %s: a plain sum's within 1e-12",
    async (layout) => {
      // More than one chunk, the last of which is not whole.
      const dim = 3;
      const x = normal(core, key(1), [25_001, dim]);
      const sigmas = [0.5, 2];
      let calls = 0;
      const half: Denoiser = {
        core,
        dim,
        denoise(y) {
          calls++;
          return y.map((v) => v / 2);
        },
      };
      const mean = meanDenoiser(core, [1, 0, 0]);
      const options = { sigmas, denoisers: () => ({ half, mean }), key: key(5), layout };
      const got = await drain(heldOutErrors({ dim, points: x }, options));
      const keys = split(key(5), 2, { layout });
      sigmas.forEach((sigma, i) => {
        const z = normal(core, keys[i], [25_001, dim], { layout });
        const want = { half: 0, mean: 0 };
        x.forEach((clean, at) => {
          const y = Math.fround(clean + sigma * z[at]);
          want.half += (Math.fround(y / 2) - clean) ** 2 / x.length;
          want.mean += ((at % dim === 0 ? 1 : 0) - clean) ** 2 / x.length;
        });
        expect(got[i].sigma).toBe(sigma);
        expect(got[i].errors.half).toBeCloseTo(want.half, 12);
        expect(got[i].errors.mean).toBeCloseTo(want.mean, 12);
      });
      expect(calls).toBe(6);
    },
  );

  it('disposes of denoisers once, before the next sigma and when it is left or fails', async () => {
    const log: string[] = [];
    const made = (sigma: number): Denoiser => {
      log.push(`made ${sigma}`);
      return { ...same, dispose: () => log.push(`gone ${sigma}`) };
    };
    const twice = (sigma: number) => {
      const one = made(sigma);
      return { one, again: one, same };
    };
    for await (const { sigma } of heldOutErrors(points, { sigmas: [1, 2, 3], denoisers: twice })) {
      log.push(`errors ${sigma}`);
      if (sigma === 2) break;
    }
    expect(log).toEqual(['made 1', 'errors 1', 'gone 1', 'made 2', 'errors 2', 'gone 2']);
    log.length = 0;
    const broken = {
      ...same,
      denoise() {
        throw new Error('broken: yes');
      },
    };
    const denoisers = (sigma: number) => ({ one: made(sigma), broken });
    expect(await failure(heldOutErrors(points, { sigmas: [4], denoisers }))).toBe('broken: yes');
    expect(log).toEqual(['made 4', 'gone 4']);
  });

  it('lets the event loop turn between chunks, so that a signal stops it', async () => {
    const many = { dim: 2, points: new Float32Array(2_000_000) };
    const stop = new AbortController();
    let calls = 0;
    const slow: Denoiser = {
      ...same,
      denoise(y) {
        calls++;
        const until = performance.now() + 15;
        while (performance.now() < until);
        return y;
      },
    };
    setTimeout(() => stop.abort(new Error('stopped: by hand')), 50);
    const options = { sigmas: [1], denoisers: () => ({ slow }), signal: stop.signal };
    expect(await failure(heldOutErrors(many, options))).toBe('stopped: by hand');
    expect(calls).toBeLessThan(60);
  });

  it('bad arguments give one line that names them', async () => {
    const good = { sigmas: [1], denoisers: () => ({ same }) };
    const of = (points: Float32Array, dim = 2) => failure(heldOutErrors({ dim, points }, good));
    expect(await of(new Float32Array(0))).toBe('heldOutErrors: points must be one or more, got none');
    expect(await of(new Float32Array(3))).toMatch(/^heldOutErrors: points.points must hold points of 2/);
    expect(await of(Float32Array.of(0, Infinity))).toMatch(/^heldOutErrors: points.points must be finite/);
    expect(await of(new Float32Array(2), 0)).toMatch(/^heldOutErrors: points.dim must be a positive integer/);
    expect(await of(new Float32Array(2), 1)).toBe(
      'heldOutErrors: denoisers must be of points of 1 coordinates, got 2 for "same"',
    );
    const by = (options: object) => failure(heldOutErrors(points, { ...good, ...options }));
    expect(await by({ sigmas: [] })).toBe('heldOutErrors: sigmas must be one or more, got none');
    expect(await by({ sigmas: [1, 0] })).toBe(
      'heldOutErrors: sigmas must be a positive finite number, got 0',
    );
    expect(await by({ denoisers: () => ({}) })).toBe(
      'heldOutErrors: denoisers must give one or more denoisers, got none',
    );
    expect(await by({ denoisers: () => ({ same, odd: 3 }) })).toBe(
      'heldOutErrors: denoisers must have a method denoise(y), got 3 for "odd"',
    );
    expect(await by({ key: 3 })).toMatch(/^split: key must be a Uint32Array/);
    expect(await by({ layout: 'new' })).toMatch(/^split: layout must be 'original' or 'partitionable'/);
  });
});

describe.runIf(process.env.MNIST_DIR)('MNIST', () => {
  it('9,000 digits seen and 1,000 held out: the known errors within 2 %', async () => {
    using core = await loadCore();
    const file = readFileSync(join(process.env.MNIST_DIR as string, 't10k-images-idx3-ubyte.gz'));
    const pixels = Float32Array.from(gunzipSync(file).subarray(16), (v) => v / 255);
    const dim = 784;
    const seen = pointSet({ dim, points: pixels.subarray(0, 9000 * dim) });
    const linear = linearDenoisers(core, seen);
    const blur = blurDenoiser(core, { height: 28, width: 28 });
    const mean = meanDenoiser(core, linear.mean);
    const denoisers = (sigma: number) => {
      const all: Record<string, Denoiser> = { linear: linear.at(sigma), blur, mean };
      // The exact score takes a second a noise level; two of them tell.
      if (sigma === 0.25 || sigma === 1) {
        const score = empirical(core, seen, sigma);
        const exact = denoiser(score, sigma);
        all.exact = { core, dim, denoise: (y) => exact.denoise(y), dispose: () => score.dispose() };
      }
      return all;
    };
    const used = core.memory.used;
    const known: Record<string, Record<number, number>> = {
      linear: { 0.1: 0.00355, 0.25: 0.01035, 0.5: 0.0203, 1: 0.0354 },
      blur: { 0.1: 0.0128, 0.25: 0.0191, 0.5: 0.0419, 1: 0.134 },
      mean: { 0.1: 0.0697, 0.25: 0.0697, 0.5: 0.0697, 1: 0.0697 },
      exact: { 0.25: 0.0314, 1: 0.0334 },
    };
    const held = { dim, points: pixels.subarray(9000 * dim) };
    const results = await drain(heldOutErrors(held, { sigmas: [0.1, 0.25, 0.5, 1], denoisers }));
    expect(results.length).toBe(4);
    for (const { sigma, errors } of results) {
      expect(Object.keys(errors).length).toBe(sigma === 0.25 || sigma === 1 ? 4 : 3);
      for (const [name, error] of Object.entries(errors))
        expect(Math.abs(error / known[name][sigma] - 1), `${name} at ${sigma}`).toBeLessThan(0.02);
    }
    expect(core.memory.used).toBe(used);
  });
});

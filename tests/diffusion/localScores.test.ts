import { describe, expect, it } from 'vitest';
import {
  annealedLangevin,
  calibratePatches,
  collect,
  dataScores,
  digits,
  empirical,
  type ImageSet,
  imageDim,
  imagePoints,
  imageRows,
  imageSet,
  key,
  localScores,
  memorisation,
  normal,
  type PatchSchedule,
  probabilityFlow,
  reverseDiffusion,
  shareScore,
  splitImages,
  uniform,
  varianceExploding,
} from '../../src/index.js';
import { forEachCore, sameBits, WAYS, worst } from '../cores.js';
import { oneLine } from '../formats/oneLine.js';
import { golden, type LocalGolden } from '../golden.js';
import * as twin from '../reference.js';

forEachCore('localScores', (core, kernel) => {
  /** Pictures of uniform pixels, of which `empty` of all are 0. */
  function pictures(count: number, height: number, width: number, channels: number, empty = 0): ImageSet {
    const u = uniform(core, key(count), [count * height * width * channels]);
    const pixels = u.map((v) => Math.max(0, (v - empty) / (1 - empty)));
    return imageSet({ height, width, channels, pixels });
  }

  /** n pictures of the set with noise. */
  function noisy(set: ImageSet, sigma: number, n: number): Float32Array {
    const rows = imageRows(set);
    return normal(core, key(300), [n, imageDim(set)]).map((z, i) => rows[i % rows.length] + sigma * z);
  }

  /** Largest error of scores at n noisy pictures over 1 / sigma, or their own size where that is more. */
  function errorOf(
    set: ImageSet,
    { sigma, size, reach }: { sigma: number; size: number; reach?: number },
    n = 2,
    options = { sigma, size, reach },
  ): number {
    using score = localScores(core, set, { patch: size, reach }).at(sigma);
    const y = noisy(set, sigma, n);
    const got = score.score(y);
    const dim = imageDim(set);
    const pixels = imageRows(set);
    const errors = Array.from({ length: n }, (_, i) => {
      const want = twin.localScore({ ...set, pixels }, options, y.subarray(i * dim, (i + 1) * dim));
      return worst(got.subarray(i * dim, (i + 1) * dim), want, (a, b) => {
        return (Math.abs(a - b) * sigma) / Math.max(1, Math.abs(b) * sigma);
      });
    });
    return Math.max(...errors);
  }

  const SIZES = [1, 3, 5, 7, 11, Number.POSITIVE_INFINITY];

  it.each([
    { height: 6, width: 7, channels: 1, count: 21, empty: 0.6 },
    { height: 5, width: 4, channels: 3, count: 8, empty: 0.3 },
    { height: 1, width: 9, channels: 1, count: 5, empty: 0.5 },
    { height: 8, width: 1, channels: 2, count: 17, empty: 0 },
    { height: 1, width: 1, channels: 1, count: 9, empty: 0 },
  ])(
    'is the twin within 4e-6: $count pictures of $height x $width x $channels, patches of any size, at the place and near it',
    ({ height, width, channels, count, empty }) => {
      const set = pictures(count, height, width, channels, empty);
      for (const sigma of [0.003, 0.1, 0.6, 5]) {
        for (const size of SIZES) {
          expect(errorOf(set, { sigma, size })).toBeLessThan(4e-6);
          expect(errorOf(set, { sigma, size, reach: 1 })).toBeLessThan(4e-6);
        }
      }
    },
  );

  it('is the twin within 4e-6 for digits, whose tiles share background, with patches from anywhere too', () => {
    const set = digits(core, key(2), 37, { size: 10 });
    for (const sigma of [0.02, 0.3, 2])
      for (const size of [1, 3, 5, 9, 15]) expect(errorOf(set, { sigma, size })).toBeLessThan(4e-6);
    // At an empty place the background is far nearer than all data, where none of them has it.
    using empty = localScores(core, set, { patch: 9 }).at(0.02);
    const nothing = new Float32Array(100);
    const want = twin.localScore({ ...set, pixels: imageRows(set) }, { sigma: 0.02, size: 9 }, nothing);
    const error = (a: number, b: number) => Math.abs(a - b) / Math.max(50, Math.abs(b));
    expect(worst(empty.score(nothing), want, error)).toBeLessThan(4e-6);
    const few = digits(core, key(2), 9, { size: 8 });
    for (const size of [3, 5])
      expect(errorOf(few, { sigma: 0.2, size, reach: Number.POSITIVE_INFINITY }, 1)).toBeLessThan(4e-6);
  });

  /** Local scores with wrong borders: `edge` says which row or column of n stands for one beyond the picture. */
  function withEdge(
    set: LocalGolden,
    { sigma, size }: { sigma: number; size: number },
    y: number[],
    edge: (i: number, n: number) => number,
  ): number[] {
    const { height, width, channels } = set;
    const r = (size - 1) / 2;
    const pad = (pixels: number[]) =>
      Array.from({ length: (height + 2 * r) * (width + 2 * r) * channels }, (_, at) => {
        const pixel = Math.floor(at / channels);
        const row = edge(Math.floor(pixel / (width + 2 * r)) - r, height);
        return pixels[
          (row * width + edge((pixel % (width + 2 * r)) - r, width)) * channels + (at % channels)
        ];
      });
    const dim = y.length;
    const count = set.pixels.length / dim;
    const pixels = Array.from({ length: count }, (_, n) =>
      pad(set.pixels.slice(n * dim, (n + 1) * dim)),
    ).flat();
    const shape = { count, height: height + 2 * r, width: width + 2 * r, channels };
    const score = twin.localScore({ ...shape, pixels }, { sigma, size }, pad(y));
    return y.map((_, at) => {
      const pixel = Math.floor(at / channels);
      const row = Math.floor(pixel / width) + r;
      return score[(row * shape.width + (pixel % width) + r) * channels + (at % channels)];
    });
  }

  it('is what PyTorch and NumPy give, within 2e-6; patches that wrap around, or repeat the edge, are not', () => {
    const error = (sigma: number) => (a: number, b: number) =>
      (Math.abs(a - b) * sigma) / Math.max(1, Math.abs(b) * sigma);
    for (const set of golden<LocalGolden[]>('local')) {
      const { height, width, channels, places } = set;
      const images = imageSet({ height, width, channels, pixels: Float32Array.from(set.pixels) });
      for (const { sigma, size, reach, score } of set.results) {
        const options = { patch: size ?? Number.POSITIVE_INFINITY, reach: reach ?? Number.POSITIVE_INFINITY };
        using local = localScores(core, images, options).at(sigma);
        expect(worst(local.score(Float32Array.from(places[sigma])), score, error(sigma))).toBeLessThan(2e-6);
        // At less noise the nearest picture decides, whatever the border.
        if (size === null || size === 1 || reach === null || sigma < 0.5) continue;
        for (const edge of [
          (i: number, n: number) => (i + n) % n,
          (i: number, n: number) => Math.max(0, Math.min(n - 1, i)),
        ])
          expect(
            worst(withEdge(set, { sigma, size }, places[sigma], edge), score, error(sigma)),
          ).toBeGreaterThan(1e-3);
      }
    }
  });

  it('of the whole picture it is empirical within 3e-6, and of one pixel that of each pixel alone', () => {
    const set = digits(core, key(5), 50, { size: 9 });
    const y = noisy(set, 0.3, 11);
    const error = (a: number, b: number) => Math.abs(a - b) / (1 + Math.abs(b));
    using exact = empirical(core, imagePoints(set), 0.3);
    const want = exact.score(y);
    // A patch of 17 is all of 9 x 9 pixels from each of them, one of 13 is not.
    for (const patch of [17, 101, Number.POSITIVE_INFINITY]) {
      using local = localScores(core, set, { patch }).at(0.3);
      expect(worst(local.score(y), want, error)).toBeLessThan(3e-6);
    }
    using wide = empirical(core, imagePoints(set), 2);
    using less = localScores(core, set, { patch: 13 }).at(2);
    expect(worst(less.score(y), wide.score(y), error)).toBeGreaterThan(1e-4);
    using single = localScores(core, set, { patch: 1 }).at(0.3);
    const got = single.score(y);
    const rows = imageRows(set);
    for (const pixel of [0, 40, 44]) {
      const points = Float32Array.from({ length: 50 }, (_, i) => rows[i * 81 + pixel]);
      using one = empirical(core, { dim: 1, points, logits: new Float32Array(50) }, 0.3);
      const at = Float32Array.from({ length: 11 }, (_, i) => y[i * 81 + pixel]);
      const own = Float32Array.from({ length: 11 }, (_, i) => got[i * 81 + pixel]);
      expect(worst(own, one.score(at), error)).toBeLessThan(3e-6);
    }
  });

  it('does not depend on how many places are evaluated, nor on the order of the data beyond 3e-6', () => {
    const set = digits(core, key(7), 30, { size: 8 });
    const y = noisy(set, 0.5, 19);
    using score = localScores(core, set, { patch: 5 }).at(0.5);
    const all = score.score(y);
    for (const i of [0, 7, 8, 18])
      expect(sameBits(score.score(y.slice(64 * i, 64 * i + 64)), all.slice(64 * i, 64 * i + 64))).toBe(true);
    const pixels = Float32Array.from(
      { length: 30 * 64 },
      (_, i) => imageRows(set)[(29 - Math.floor(i / 64)) * 64 + (i % 64)],
    );
    using other = localScores(core, imageSet({ height: 8, width: 8, pixels }), { patch: 5 }).at(0.5);
    expect(worst(other.score(y), all, (a, b) => Math.abs(a - b) / (1 + Math.abs(b)))).toBeLessThan(3e-6);
    const broken = y.slice(0, 64);
    broken[20] = Number.NaN;
    expect(score.score(broken)[20]).toBeNaN();
  });

  it('takes the size of the patch by noise level', () => {
    const set = digits(core, key(8), 20, { size: 8 });
    const patch: PatchSchedule = [
      { below: 0.2, size: 1 },
      { below: 1, size: 3 },
      { below: Number.POSITIVE_INFINITY, size: Number.POSITIVE_INFINITY },
    ];
    const family = localScores(core, set, { patch });
    for (const [sigma, size] of [
      [0.1, 1],
      [0.2, 3],
      [0.9, 3],
      [1, Number.POSITIVE_INFINITY],
    ]) {
      const y = noisy(set, sigma, 3);
      using score = family.at(sigma);
      using one = localScores(core, set, { patch: size }).at(sigma);
      expect(sameBits(score.score(y), one.score(y))).toBe(true);
    }
  });

  it('runs fused in every sampler from noise to data: the bits of scores that JavaScript asks for, on any threads', async () => {
    const run = async (over: Parameters<typeof probabilityFlow>[0], moments = over.moments) => {
      const options = { key: key(3), chains: 19, moments };
      const process = varianceExploding({ sigmaMin: 0.05, sigmaMax: 5 });
      return [
        await collect(probabilityFlow(over, { ...options, process, steps: 5 })),
        await collect(reverseDiffusion(over, { ...options, process, steps: 5 })),
        await collect(
          annealedLangevin(over, { ...options, sigmas: [2, 0.4], stepsPerLevel: 2, stepSize: 0.01 }),
        ),
      ].map(({ x }) => x);
    };
    const family = localScores(core, digits(core, key(9), 25, { size: 8 }));
    const want = await run(family);
    const plain = { core, dim: family.dim, at: (sigma: number) => family.at(sigma) };
    for (const [i, x] of (await run(plain, family.moments)).entries())
      expect(sameBits(x, want[i])).toBe(true);
    for (const [threads, load] of [2, 3, 8].flatMap((n) =>
      Object.values(WAYS).map((way) => [n, way] as const),
    )) {
      using many = await load({ kernel, threads });
      const set = digits(many, key(9), 25, { size: 8 });
      for (const [i, x] of (await run(localScores(many, set))).entries())
        expect(sameBits(x, want[i])).toBe(true);
      using score = localScores(many, set).at(0.4);
      const shared = await shareScore(score);
      const y = normal(many, key(1), [40, 64]);
      expect(sameBits(await shared.score(y), score.score(y))).toBe(true);
      await shared.dispose();
    }
  });

  it('makes pictures that are no copies, where the exact score makes nothing else', async () => {
    const set = digits(core, key(0), 400, { size: 14 });
    const process = varianceExploding({ sigmaMin: 0.02, sigmaMax: 8 });
    const options = { key: key(1), chains: 32, process, steps: 16 };
    const points = imagePoints(set);
    const { x } = await collect(probabilityFlow(localScores(core, set), options));
    const { x: copies } = await collect(probabilityFlow(dataScores(core, points), options));
    expect(memorisation(copies, points).copied).toBeGreaterThan(0.95);
    expect(memorisation(x, points).copied).toBeLessThan(0.1);
  });

  it('gives back its memory, and refuses work after dispose', () => {
    const set = digits(core, key(0), 20, { size: 8 });
    const { used } = core.memory;
    const family = localScores(core, set);
    const score = family.at(0.3);
    score.score(new Float32Array(64));
    score.dispose();
    expect(core.memory.used).toBe(used);
    expect(oneLine(() => score.score(new Float32Array(64)))).toMatch(/after dispose/);
  });

  describe('calibratePatches', () => {
    it('finds the size of the least error by noise: that of the scores themselves within 1e-6', async () => {
      const { training, heldOut } = splitImages(digits(core, key(4), 220, { size: 12 }), 20);
      const sigmas = [0.1, 0.5, 2];
      const sizes = [3, 5, 9, Number.POSITIVE_INFINITY];
      const { patches, errors } = await calibratePatches(core, training, heldOut, { sigmas, sizes });
      const again = await calibratePatches(core, training, heldOut, { sigmas: [0.1], sizes: [9] });
      expect(again.patches).toEqual([{ below: Number.POSITIVE_INFINITY, size: 9 }]);
      // Small patches win at small noise.
      expect(patches[0].size).toBe(3);
      expect(errors[0][0]).toBeLessThan(0.5 * errors[0][3]);
      expect(errors[2][3]).toBeLessThan(errors[2][0]);
      expect(patches.at(-1)?.below).toBe(Number.POSITIVE_INFINITY);
      expect(patches.every(({ size }) => sizes.includes(size))).toBe(true);
      // Towards the scores of one size, that size has no error.
      const towards = localScores(core, training, { patch: 5 });
      const near = await calibratePatches(core, training, heldOut, { sigmas, sizes, towards });
      expect(near.patches).toEqual([{ below: Number.POSITIVE_INFINITY, size: 5 }]);
      for (const row of near.errors) expect(row[1]).toBeLessThan(1e-6);
    });

    it('stops when told to, and says what is wrong', async () => {
      const set = digits(core, key(4), 20, { size: 8 });
      const options = { sigmas: [0.1], sizes: [3] };
      const stopped = calibratePatches(core, set, set, {
        ...options,
        signal: AbortSignal.abort(new Error('stop')),
      });
      await expect(stopped).rejects.toThrow('stop');
      for (const [wrong, message] of [
        [
          { sigmas: [] },
          /^calibratePatches: sigmas must be a list of one or more numbers, got an array of 0$/,
        ],
        [{ sigmas: [1, 0.5] }, /^calibratePatches: sigmas must rise, got 0.5 after 1$/],
        [{ sizes: [2] }, /^calibratePatches: sizes must be an odd positive integer, or Infinity .*, got 2$/],
      ] as const)
        await expect(calibratePatches(core, set, set, { ...options, ...wrong })).rejects.toThrow(message);
      const other = digits(core, key(4), 3, { size: 9 });
      await expect(calibratePatches(core, set, other, options)).rejects.toThrow(
        /^calibratePatches: heldOut must have the data's 64 coordinates, got 81$/,
      );
    });
  });

  it('says in one line what is wrong', () => {
    const set = digits(core, key(0), 4, { size: 8 });
    const end = Number.POSITIVE_INFINITY;
    for (const [options, message] of [
      [
        { patch: 4 },
        /^localScores: patch must be an odd positive integer, or Infinity for the whole picture, got 4$/,
      ],
      [{ patch: [] }, /^localScores: patch must hold one or more ranges, got none$/],
      [{ patch: [{ below: 1, size: 3 }] }, /^localScores: patch must end with below: Infinity, got 1$/],
      [
        {
          patch: [
            { below: 1, size: 3 },
            { below: 0.5, size: 5 },
            { below: end, size: 7 },
          ],
        },
        /^localScores: patch must rise in below, got 0.5 after 1$/,
      ],
      [{ patch: [{ below: end, size: 0 }] }, /^localScores: patch\[0\].size must be an odd positive integer/],
      [
        { reach: -1 },
        /^localScores: reach must be an integer of at least 0, or Infinity for anywhere, got -1$/,
      ],
    ] as const)
      expect(oneLine(() => localScores(core, set, options as never))).toMatch(message);
    expect(oneLine(() => localScores(core, set).at(0))).toMatch(/^localScores.at: sigma must be/);
    expect(oneLine(() => localScores(core, undefined as never))).toMatch(/^localScores: data.count must be/);
  });
});

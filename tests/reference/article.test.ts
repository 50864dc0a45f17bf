import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type ArticleGolden, golden, type SummaryGolden } from '../golden.js';
import * as twin from '../reference.js';
import { relativeError, vectorError } from './errors.js';

describe('the article', () => {
  const { config, sigmas, initial, langevin, runs } = golden<ArticleGolden>('article');
  const tensors = twin.initialTensors(config, [0, config.seed]);
  const params = twin.paramsFrom(tensors);

  function expectSummary(got: ArrayLike<number>, want: SummaryGolden, bound: number): void {
    expect(
      vectorError(
        want.at.map((i) => got[i]),
        want.values,
      ),
    ).toBeLessThan(bound);
    const all = Array.from(got);
    expect(Math.abs(all.reduce((a, b) => a + b, 0) - want.sum)).toBeLessThan(bound * want.absSum + 1e-12);
    expect(relativeError([Math.sqrt(all.reduce((a, b) => a + b * b, 0))], [want.norm])).toBeLessThan(bound);
  }

  it('initial tensors within 2e-7', () => {
    for (const name in initial) expectSummary(tensors[name].values, initial[name], 2e-7);
  });

  it('1,000 learned Langevin steps within 1e-5', () => {
    const [zKey] = twin.splitKey([0, 0], 3);
    const z = twin.normalFromBits(twin.randomBits(zKey, 800_000).slice(0, 2000));
    const score = (x: number[]) => twin.networkScore(params, langevin.level, x);
    const path = twin.langevinPath(score, [0.5, 0.5], z, langevin.stepSize);
    const kept = path.filter((_, t) => (t + 1) % langevin.every === 0);
    expect(vectorError(kept.flat(), langevin.path.flat())).toBeLessThan(1e-5);
  });

  const synthetic = Float32Array.from(
    { length: 144 },
    (_, i) => ((31 * Math.floor(i / 12) + 17 * (i % 12)) % 7) / 6,
  );

  it('synthetic image: pixels exact, loss within 2e-7, gradients within 3e-6', { timeout: 60_000 }, () => {
    expectFirstStep('synthetic', synthetic);
  });

  const directory = process.env.MNIST_DIR;
  it.skipIf(!directory)('MNIST image 0: the same bounds (MNIST_DIR is set)', { timeout: 60_000 }, () => {
    const bytes = readFileSync(`${directory}/train100-images-idx3-ubyte`).subarray(16, 16 + 784);
    expectFirstStep(
      'mnist',
      Float32Array.from(bytes, (v) => v / 255),
    );
  });

  function expectFirstStep(name: 'mnist' | 'synthetic', image: Float32Array): void {
    const run = runs[name];
    const width = Math.sqrt(image.length);
    const keys = twin.splitKey([0, config.dataSeed], config.batch + 2);
    const pixels = twin.randomCategorical(
      keys[config.batch],
      Float32Array.from(image, Math.log),
      config.batch,
    );
    expect(pixels).toEqual(run.pixels);
    const points = pixels.map((p) =>
      [Math.floor(p / width), p % width].map((v) => Math.fround(v / (width - 1))),
    );
    const normals = keys.slice(0, config.batch).map((key) => {
      const z = twin.randomNormal(key, 2 * sigmas.length);
      return sigmas.map((_, l) => [z[2 * l], z[2 * l + 1]]);
    });
    const { loss, gradient } = twin.dsmLoss(params, points, twin.perturb(points, normals, sigmas), sigmas);
    expect(relativeError([loss], [run.losses[0]])).toBeLessThan(2e-7);
    const lists = twin.trainedLists(gradient);
    for (const tensor in lists) expectSummary(lists[tensor], run.gradients[tensor], 3e-6);
  }
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  categorical,
  imageDistribution,
  key,
  langevin,
  network,
  readIdx,
  type Score,
  split,
  train,
} from '../../src/index.js';
import { dsmGradient, forEachCore, relativeToLargest, summaryError, tensorName, worst } from '../cores.js';
import { type ArticleGolden, type ArticleLangevinGolden, golden } from '../golden.js';

const article = golden<ArticleGolden>('article');
const directory = process.env.MNIST_DIR;

/** The picture of a run: the article's own digit, or one that the golden files' maker computes too. */
const pictures = {
  synthetic: () => {
    const pixels = Float32Array.from(
      { length: 144 },
      (_, i) => ((31 * Math.floor(i / 12) + 17 * (i % 12)) % 7) / 6,
    );
    return { height: 12, width: 12, pixels };
  },
  mnist: () => readIdx(readFileSync(`${directory}/train100-images-idx3-ubyte`)).image(0),
};

forEachCore('the article', (core) => {
  const { batch, dataSeed } = article.config;

  /** Its learned sampling begun: largest distance of the places kept from JAX's. */
  async function samplingError(
    score: Score,
    { stepSize, every, path }: ArticleLangevinGolden,
  ): Promise<number> {
    const [zKey] = split(key(0), 3);
    const init = Float32Array.of(0.5, 0.5);
    const got: number[] = [];
    // The noise is that of 400,000 steps, of which the first thousand are looked at.
    for await (const state of langevin(score, { key: zKey, steps: 400_000, stepSize, init, thin: every })) {
      got.push(...state.path);
      if (got.length >= 2 * path.length) break;
    }
    return worst(got.slice(0, 2 * path.length), path.flat(), (a, b) => Math.abs(a - b));
  }

  it('initial network: 1,000 learned steps at level 17 within 1e-6 of JAX', async () => {
    using net = network(core);
    using score = net.at(article.langevin.level);
    expect(await samplingError(score, article.langevin)).toBeLessThan(1e-6);
  });

  describe.each(
    [
      { name: 'synthetic' as const, isThere: true },
      { name: 'mnist' as const, isThere: Boolean(directory) },
    ].filter(({ isThere }) => isThere),
  )('$name picture', ({ name }) => {
    const run = article.runs[name];
    const data = imageDistribution(pictures[name]());

    it('draws the pixels that JAX draws, ten steps long', () => {
      const sums = run.pixelSums.map(() => 0);
      let k = key(dataSeed);
      for (let step = 0; step < sums.length; step++) {
        const keys = split(k, batch + 2);
        const pixels = categorical(core, keys[batch], data.logits, batch);
        if (step === 0) expect([...pixels]).toEqual(run.pixels);
        sums[step] = pixels.reduce((a, b) => a + b, 0);
        k = keys[batch + 1];
      }
      expect(sums).toEqual(run.pixelSums);
    });

    it('step 0: loss within 1e-7, every gradient within 3e-6 of JAX', () => {
      using net = network(core);
      const x = Float32Array.from(run.pixels.flatMap((p) => [...data.points.subarray(2 * p, 2 * p + 2)]));
      const { loss, gradients } = dsmGradient(net, x, split(key(dataSeed), batch + 2).slice(0, batch));
      expect(Math.abs(loss / run.losses[0] - 1)).toBeLessThan(1e-7);
      expect(Object.keys(gradients).sort()).toEqual(Object.keys(run.gradients).map(tensorName).sort());
      for (const tensor in run.gradients) {
        expect(summaryError(gradients[tensorName(tensor)].data, run.gradients[tensor])).toBeLessThan(3e-6);
      }
    });

    it('ten steps: losses within 5e-7, parameters within 6e-6, then 1,000 learned steps within 6e-6 of JAX', async () => {
      using net = network(core);
      const losses: number[] = [];
      for await (const { loss } of train(net, data)) if (losses.push(loss) === 10) break;
      if (name === 'mnist') expect(losses[0].toFixed(5)).toBe('1.01777');
      expect(worst(losses, run.losses, (a, b) => Math.abs(a / b - 1))).toBeLessThan(5e-7);
      const tensors = net.tensors();
      for (const tensor in run.parameters) {
        expect(summaryError(tensors[tensorName(tensor)].data, run.parameters[tensor])).toBeLessThan(6e-6);
      }
      using score = net.at(run.langevin.level);
      expect(await samplingError(score, run.langevin)).toBeLessThan(6e-6);
      expect(relativeToLargest(run.langevin.path.flat(), article.langevin.path.flat())).toBeGreaterThan(0.01);
    });
  });
});

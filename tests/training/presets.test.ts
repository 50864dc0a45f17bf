import { describe, expect, it } from 'vitest';
import {
  builtInImage,
  evaluate,
  imageDistribution,
  network,
  type Preset,
  presets,
  train,
} from '../../src/index.js';
import { drain, forEachCore } from '../cores.js';

describe('presets', () => {
  it('article is the article, number by number', () => {
    expect(presets.article).toEqual({
      network: {
        dim: 2,
        features: 256,
        featureScale: 1,
        featureSpread: 1,
        encoding: 'plain',
        width: 128,
        depth: 3,
        levels: 30,
        sigmaMin: 1e-4,
        sigmaMax: 1,
        output: 'score',
      },
      training: {
        batch: 128,
        steps: 50_000,
        learningRate: 1e-3,
        schedule: 'constant',
        layout: 'original',
        drawing: 'gumbel',
        objective: 'score',
      },
      printEvery: 5000,
      sampling: { level: 17, steps: 400_000, stepSize: 1e-3, chains: 1, init: [0.5, 0.5] },
    });
  });

  it("quick has the article's levels and sampling, so that the two can be compared", () => {
    const { network: net, sampling } = presets.quick;
    const { levels, sigmaMin, sigmaMax } = presets.article.network;
    expect(net).toMatchObject({ levels, sigmaMin, sigmaMax });
    expect(sampling).toEqual(presets.article.sampling);
  });
});

forEachCore('presets', (core) => {
  const data = imageDistribution(builtInImage('five'));

  /** Excess loss at the level of sampling after a run of so many steps. */
  async function excessOf({ network: config, training, sampling }: Preset, steps: number): Promise<number> {
    using net = network(core, config);
    await drain(train(net, data, { ...training, steps }));
    const [{ excess }] = await drain(evaluate(net, data, { levels: [sampling.level], samples: 1024 }));
    return excess;
  }

  it("quick, 120 steps: excess at level 17 below 0.06, less than half of what the article's 15 leave, which cost as much", async () => {
    // Multiply-adds a step: 960 rows of 115,000, and 3,840 of 230,000.
    const quick = await excessOf(presets.quick, 120);
    expect(quick).toBeLessThan(0.06);
    expect(quick).toBeLessThan((await excessOf(presets.article, 15)) / 2);
  });
});

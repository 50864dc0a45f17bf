import { describe, expect, it } from 'vitest';
import { loadCore } from '../../src/core/load.js';
import {
  key,
  learnedDenoiser,
  mlp,
  type NoiseDistribution,
  normal,
  pointSet,
  trainDenoiser,
  uniform,
} from '../../src/index.js';
import {
  type DenoiserTraining,
  defaultDenoiserTraining,
  drawNoises,
  weightOf,
} from '../../src/training/denoiserConfig.js';
import { failure } from '../cores.js';

const core = await loadCore({ kernel: 'strict' });
const N = 20_000;

/** Mean and standard deviation. */
function moments(x: number[]): [mean: number, sd: number] {
  const mean = x.reduce((a, b) => a + b, 0) / x.length;
  return [mean, Math.sqrt(x.reduce((a, b) => a + (b - mean) ** 2, 0) / x.length)];
}

describe('noises', () => {
  const drawn = (noise: NoiseDistribution) => drawNoises(core, key(5), N, noise, 'original');
  // Bounds are five standard errors or less.

  it('fixed: all alike', () => {
    expect(drawn({ kind: 'fixed', sigma: 0.3 })).toEqual(Array(N).fill(0.3));
  });

  it('grid: each as often, as given', () => {
    const sigmas = [0.1, 0.7, 3, 20];
    const draws = drawn({ kind: 'grid', sigmas });
    for (const sigma of sigmas) {
      const part = draws.filter((draw) => draw === sigma).length / N;
      expect(Math.abs(part - 0.25)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / N));
    }
    expect(new Set(draws)).toEqual(new Set(sigmas));
  });

  it('logUniform: log sigma uniform from end to end', () => {
    const draws = drawn({ kind: 'logUniform', sigmaMin: 0.01, sigmaMax: 10 });
    const [least, most] = [Math.min(...draws), Math.max(...draws)];
    expect(least).toBeGreaterThanOrEqual(0.01);
    expect(least).toBeLessThan(0.0102);
    expect(most).toBeLessThan(10);
    expect(most).toBeGreaterThan(9.8);
    const [mean, sd] = moments(draws.map(Math.log));
    const range = Math.log(1000);
    expect(Math.abs(mean - (Math.log(0.01) + range / 2))).toBeLessThan((5 * range) / Math.sqrt(12 * N));
    expect(Math.abs(sd / (range / Math.sqrt(12)) - 1)).toBeLessThan(0.02);
  });

  it('logNormal: log sigma normal', () => {
    const draws = drawn({ kind: 'logNormal', mean: -0.5, sd: 1.2 }).map(Math.log);
    const [mean, sd] = moments(draws);
    expect(Math.abs(mean + 0.5)).toBeLessThan((5 * 1.2) / Math.sqrt(N));
    expect(Math.abs(sd / 1.2 - 1)).toBeLessThan(5 / Math.sqrt(2 * N));
    const within = draws.filter((draw) => Math.abs(draw + 0.5) < 1.2).length / N;
    expect(Math.abs(within - 0.6827)).toBeLessThan(5 * Math.sqrt((0.68 * 0.32) / N));
  });

  it.each(['original', 'partitionable'] as const)('are the draws of the key, %s layout', (layout) => {
    const logNormal = drawNoises(core, key(6), 9, { kind: 'logNormal', mean: 0.2, sd: 2 }, layout);
    expect(logNormal).toEqual(
      Array.from(normal(core, key(6), [9], { layout }), (z) => Math.exp(0.2 + 2 * z)),
    );
    const grid = drawNoises(core, key(6), 9, { kind: 'grid', sigmas: [1, 2, 4] }, layout);
    expect(grid).toEqual(
      Array.from(uniform(core, key(6), [9], { layout }), (u) => [1, 2, 4][Math.floor(3 * u)]),
    );
  });
});

describe('weights of a point', () => {
  it('clean 1, score 1 / sigma^2, output 1 / out^2', () => {
    for (const [parameterisation, out] of [
      ['noise', 2],
      ['clean', 1],
      ['score', 4],
    ] as const) {
      const config = { parameterisation, sigmaData: 0.5, time: { kind: 'log' } } as const;
      expect(weightOf('clean', config, 2)).toBe(1);
      expect(weightOf('score', config, 2)).toBe(0.25);
      expect(weightOf('output', config, 2)).toBe(out ** -2);
    }
  });
});

describe('the defaults', () => {
  it("draw noises by Karras and others' distribution over the data's deviation", () => {
    const config = { parameterisation: 'karras', sigmaData: 0.25, time: { kind: 'log' } } as const;
    expect(defaultDenoiserTraining(config)).toEqual({
      ...{ batch: 32, steps: 3000, learningRate: 1e-3, schedule: 'constant', layout: 'original' },
      drawing: 'alias',
      noise: { kind: 'logNormal', mean: Math.log(0.3), sd: 1.2 },
      ...{ weight: 'output', weightDecay: 0, clip: null, halfLife: 20_000, labelDropout: 0.1 },
      ...{ objective: 'denoising', projections: 'sign' },
    });
    expect(defaultDenoiserTraining({ ...config, parameterisation: 'flow' }).noise).toEqual({ kind: 'flow' });
  });
});

describe('trainDenoiser refuses', () => {
  it.each<[Partial<DenoiserTraining> | object, string]>([
    [{ batch: 0 }, 'batch must be a positive integer, got 0'],
    [{ steps: 1.5 }, 'steps must be a positive integer, got 1.5'],
    [{ learningRate: 0 }, 'learningRate must be a positive finite number, got 0'],
    [{ learningRate: Number.NaN }, 'learningRate must be a positive finite number, got NaN'],
    [{ schedule: 'linear' }, "schedule must be one of 'constant', 'cosine', got \"linear\""],
    [{ weight: 'snr' }, "weight must be one of 'output', 'clean', 'score', got \"snr\""],
    [{ layout: 'new' }, "layout must be 'original' or 'partitionable', got \"new\""],
    [{ drawing: 'cdf' }, "drawing must be 'gumbel' or 'alias', got \"cdf\""],
    [{ weightDecay: -1 }, 'weightDecay must be a finite number >= 0, got -1'],
    [{ weightDecay: Infinity }, 'weightDecay must be a finite number >= 0, got Infinity'],
    [{ clip: 0 }, 'clip must be a positive finite number, got 0'],
    [{ halfLife: 0 }, 'halfLife must be a positive finite number, got 0'],
    [{ labelDropout: 1.1 }, 'labelDropout must be from 0 to 1, got 1.1'],
    [{ labelDropout: Number.NaN }, 'labelDropout must be from 0 to 1, got NaN'],
    [
      { noise: null },
      "noise.kind must be one of 'fixed', 'grid', 'logUniform', 'logNormal', 'flow', got undefined",
    ],
    [
      { noise: { kind: 'normal' } },
      "noise.kind must be one of 'fixed', 'grid', 'logUniform', 'logNormal', 'flow', got \"normal\"",
    ],
    [{ noise: { kind: 'fixed', sigma: 0 } }, 'noise.sigma must be a positive finite number, got 0'],
    [{ noise: { kind: 'grid', sigmas: [] } }, 'noise.sigmas must hold a noise, got none'],
    [{ noise: { kind: 'grid' } }, 'noise.sigmas must hold a noise, got none'],
    [{ noise: { kind: 'grid', sigmas: [1, -1] } }, 'noise.sigmas must be a positive finite number, got -1'],
    [
      { noise: { kind: 'logUniform', sigmaMin: 0, sigmaMax: 1 } },
      'noise.sigmaMin must be a positive finite number, got 0',
    ],
    [
      { noise: { kind: 'logUniform', sigmaMin: 1, sigmaMax: 1 } },
      'noise.sigmaMin must be below noise.sigmaMax, got 1 and 1',
    ],
    [
      { noise: { kind: 'logNormal', mean: Number.NaN, sd: 1 } },
      'noise.mean must be a finite number, got NaN',
    ],
    [{ noise: { kind: 'logNormal', mean: 0, sd: 0 } }, 'noise.sd must be a positive finite number, got 0'],
    [{ key: [1] }, 'key must be'],
  ])('%o, and takes nothing', async (options, message) => {
    using denoiser = learnedDenoiser(
      mlp(core, { height: 1, width: 1, channels: 2 }, { hidden: 3, depth: 0 }),
    );
    const { used } = core.memory;
    const data = pointSet({ dim: 2, points: [0, 1, 1, 0] });
    const got = await failure(trainDenoiser(denoiser, data, options as Partial<DenoiserTraining>));
    expect(got).toContain(`trainDenoiser: ${message}`);
    expect(core.memory.used).toBe(used);
  });
});

import { describe, expect, it } from 'vitest';
import {
  type Core,
  denoiserScores,
  densityHistogram,
  type EnergyNetwork,
  type EnergyNetworkOptions,
  energyNetwork,
  key,
  type LearnedDenoiser,
  learnedDenoiser,
  mlp,
  pointSet,
  smoothedHistogram,
  totalVariation,
  trainLikelihood,
} from '../../src/index.js';
import { drain, failure, forEachCore, sameBits, WAYS } from '../cores.js';

const PLANE = { height: 1, width: 1, channels: 2 };
/** Three points of uneven weights. */
const data = pointSet({ dim: 2, points: [0.2, 0.3, 0.8, 0.4, 0.5, 0.9], weights: [1, 2, 3] });
const sigma = 0.12;
const grid = { bins: 20, xlim: [-0.3, 1.3] as const, ylim: [-0.3, 1.3] as const };

const planeEnergy = (core: Core, options: EnergyNetworkOptions = {}): LearnedDenoiser<EnergyNetwork> =>
  learnedDenoiser(energyNetwork(core, PLANE, { hidden: 24, features: 8, featureSpread: 2, ...options }), {
    sigmaData: 0.5,
  });

forEachCore('trainLikelihood', (core) => {
  it('three points with noise: total variation below 0.06 after 250 steps, an integral within 3 % of 1, nothing outside, and the entropy as its loss', async () => {
    using denoiser = planeEnergy(core);
    const steps = await drain(trainLikelihood(denoiser, data, { sigma, grid, steps: 250 }));
    using density = denoiserScores(denoiser).at(sigma);
    const learned = densityHistogram(density, grid, { nodes: 3 });
    expect(totalVariation(learned, smoothedHistogram(data, sigma, grid))).toBeLessThan(0.06);
    expect(Math.abs(learned.logIntegral)).toBeLessThan(0.03);
    const around = densityHistogram(density, { bins: 60, xlim: [-2, 3], ylim: [-2, 3] });
    expect(Math.abs(around.logIntegral - learned.logIntegral)).toBeLessThan(0.01);
    // Of three normal distributions that hardly overlap: the entropy of one, and that of the choice.
    const choice = [1, 2, 3].reduce((sum, w) => sum - (w / 6) * Math.log(w / 6), 0);
    const entropy = 1 + Math.log(2 * Math.PI * sigma ** 2) + choice;
    const last = steps.slice(-50).reduce((sum, { loss }) => sum + loss / 50, 0);
    expect(Math.abs(last - entropy)).toBeLessThan(0.08);
    expect(steps.map(({ step }) => step)).toEqual(steps.map((_, i) => i));
  });

  it('without a grid, takes one around the points', async () => {
    using denoiser = planeEnergy(core);
    await drain(trainLikelihood(denoiser, data, { sigma, steps: 120 }));
    using density = denoiserScores(denoiser).at(sigma);
    const distance = totalVariation(densityHistogram(density, grid), smoothedHistogram(data, sigma, grid));
    expect(distance).toBeLessThan(0.1);
  });

  it('an aborted signal stops it before the next step; all memory is given back', async () => {
    const { used } = core.memory;
    const denoiser = planeEnergy(core);
    const before = denoiser.network.parameters();
    const signal = AbortSignal.abort(new Error('stop'));
    await expect(drain(trainLikelihood(denoiser, data, { sigma, grid, signal }))).rejects.toThrow('stop');
    // But for the constant, which is set when a run begins.
    const changed = denoiser.network.parameters().filter((v, i) => v !== before[i]);
    expect(changed.length).toBeLessThan(2);
    denoiser.dispose();
    expect(core.memory.used).toBe(used);
  });

  it.each<[object, string]>([
    [{ sigma: 0 }, 'trainLikelihood: sigma must be a positive finite number, got 0'],
    [{ batch: 0 }, 'trainLikelihood: batch must be a positive integer, got 0'],
    [{ steps: 1.5 }, 'trainLikelihood: steps must be a positive integer, got 1.5'],
    [{ learningRate: -1 }, 'trainLikelihood: learningRate must be a positive finite number, got -1'],
    [{ schedule: 'step' }, `trainLikelihood: schedule must be 'constant' or 'cosine', got "step"`],
    [{ key: [1] }, 'trainLikelihood: key must be'],
    [{ grid: { ...grid, bins: 0 } }, 'trainLikelihood: grid.bins must be an integer from 1 to 512, got 0'],
    [
      { grid: { ...grid, xlim: [1, 0] } },
      'trainLikelihood: grid.xlim must be finite and increasing, got [1, 0]',
    ],
  ])('refuses %o', async (options, message) => {
    using denoiser = planeEnergy(core);
    const all = { sigma, grid, ...options };
    expect(await failure(trainLikelihood(denoiser, data, all))).toContain(message);
  });

  it('refuses other networks and data', async () => {
    using free = learnedDenoiser(mlp(core, PLANE, { hidden: 4 }));
    const wrong = free as unknown as LearnedDenoiser<EnergyNetwork>;
    expect(await failure(trainLikelihood(wrong, data, { sigma }))).toBe(
      `trainLikelihood: the denoiser's network must be an energyNetwork, got one of kind "mlp"`,
    );
    using denoiser = planeEnergy(core);
    const line = pointSet({ dim: 1, points: [0, 1] });
    expect(await failure(trainLikelihood(denoiser, line, { sigma }))).toBe(
      'trainLikelihood: data and network must have dim = 2, got 1 and 2',
    );
  });
});

describe.each(Object.entries(WAYS))('threads that %s', (_way, load) => {
  it('give the same bits on 1, 2, 3 and 8', async () => {
    const runs: Float32Array[] = [];
    for (const threads of [1, 2, 3, 8]) {
      using core = await load({ threads, kernel: 'strict' });
      using denoiser = planeEnergy(core, { hidden: 40 });
      await drain(
        trainLikelihood(denoiser, data, { sigma, grid: { ...grid, bins: 32 }, steps: 3, key: key(2) }),
      );
      runs.push(denoiser.network.parameters());
    }
    for (const parameters of runs) expect(sameBits(parameters, runs[0])).toBe(true);
  });
});

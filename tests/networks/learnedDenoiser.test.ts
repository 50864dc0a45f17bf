import { describe, expect, it } from 'vitest';
import { loadCore } from '../../src/core/load.js';
import {
  type DenoiserConfig,
  learnedDenoiser,
  mlp,
  type Parameterisation,
  type TimedNetwork,
  unet,
} from '../../src/index.js';
import { coefficientsOf, scoreCoefficients } from '../../src/networks/learnedDenoiser.js';
import { Unet } from '../../src/networks/unet.js';
import { unetConfig } from '../../src/networks/unetConfig.js';
import { weightOf } from '../../src/training/denoiserConfig.js';
import { relativeToLargest } from '../cores.js';
import { oneLine } from '../formats/oneLine.js';
import { type DenoisingGolden, golden } from '../golden.js';
import { noise } from './layerRun.js';

const core = await loadCore({ kernel: 'strict' });
const PARAMETERISATIONS: Parameterisation[] = ['karras', 'noise', 'clean', 'velocity', 'score', 'flow'];
const SIGMAS = [1e-3, 0.02, 0.5, 1, 3.7, 80];
const configOf = (parameterisation: Parameterisation, sigmaData = 0.4): DenoiserConfig => ({
  ...{ parameterisation, sigmaData },
  time: { kind: 'log' },
});

describe('coefficients', () => {
  it("karras: Karras and others' table 1, and its weight, within 1e-13", () => {
    const rows = golden<DenoisingGolden>('denoising').preconditioning;
    expect(rows.length).toBe(10);
    for (const { sigma, sigmaData, ...want } of rows) {
      const config = configOf('karras', sigmaData);
      const got = coefficientsOf(config, sigma);
      for (const [a, b] of [
        [got.in, want.cIn],
        [got.skip, want.cSkip],
        [got.out, want.cOut],
        [got.time, want.cNoise],
        [weightOf('output', config, sigma), want.lambda],
      ])
        expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-13 * Math.abs(b));
    }
  });

  it.each(PARAMETERISATIONS)(
    '%s: those of the score are (D - y) / sigma^2, within 1e-12 of its terms',
    (name) => {
      for (const sigma of SIGMAS) {
        const config = configOf(name);
        const { skip, out, ...of } = coefficientsOf(config, sigma);
        const score = scoreCoefficients(config, sigma);
        expect(score).toMatchObject(of);
        const [F, y] = [0.7, -1.3];
        const want = (skip * y + out * F - y) / sigma ** 2;
        const terms = (Math.abs(skip * y) + Math.abs(out * F) + Math.abs(y)) / sigma ** 2;
        expect(Math.abs(score.point * y + score.out * F - want)).toBeLessThan(1e-12 * terms);
      }
    },
  );

  it('of the score lose nothing to a difference of nearly equal numbers', () => {
    // skip - 1 would be 0 in float64.
    for (const [name, want] of [
      ['karras', -1 / 0.16],
      ['velocity', -1],
      ['noise', 0],
      ['score', 0],
    ] as const)
      expect(scoreCoefficients(configOf(name), 1e-9).point).toBeCloseTo(want, 12);
  });
});

describe('the time', () => {
  /** Noise of each step, directly. */
  const sigmasOf = (steps: number, first: number, last: number) => {
    const betas = Array.from(
      { length: steps },
      (_, i) => first + ((last - first) * i) / Math.max(1, steps - 1),
    );
    return betas.map((_, step) => {
      const alphaBar = betas.slice(0, step + 1).reduce((product, beta) => product * (1 - beta), 1);
      return Math.sqrt((1 - alphaBar) / alphaBar);
    });
  };
  const timeOf = (time: DenoiserConfig['time'], sigma: number) =>
    coefficientsOf({ ...configOf('noise'), time }, sigma).time;

  it('log: log(sigma) / 4', () => {
    for (const sigma of SIGMAS) expect(timeOf({ kind: 'log' }, sigma)).toBe(Math.log(sigma) / 4);
  });

  it('flow: sigma / (1 + sigma), and the default of the parameterisation flow', () => {
    for (const sigma of SIGMAS) expect(timeOf({ kind: 'flow' }, sigma)).toBe(sigma / (1 + sigma));
    const { network } = oracle(2, () => 0);
    expect(learnedDenoiser(network, { parameterisation: 'flow' }).config.time).toEqual({ kind: 'flow' });
  });

  it('ddpm: each step at its noise within 1e-7 of a step, between two linear in log sigma, the first and the last beyond', () => {
    for (const [time, ...of] of [
      [{}, 1000, 1e-4, 0.02],
      [{ steps: 50, betaStart: 0.001, betaEnd: 0.2 }, 50, 0.001, 0.2],
      [{ steps: 2, betaStart: 0.3, betaEnd: 0.1 }, 2, 0.3, 0.1],
      [{ steps: 1 }, 1, 1e-4, 0.02],
    ] as const) {
      const sigmas = sigmasOf(of[0], of[1], of[2]);
      const at = (sigma: number) => timeOf({ kind: 'ddpm', ...time }, sigma);
      sigmas.forEach((sigma, step) => {
        expect(Math.abs(at(sigma) - step)).toBeLessThan(1e-7);
        if (step === 0) return;
        const between = sigmas[step - 1] ** 0.75 * sigma ** 0.25;
        expect(Math.abs(at(between) - (step - 0.75))).toBeLessThan(1e-7);
      });
      expect(at(sigmas[0] / 3)).toBe(0);
      expect(at(2 * sigmas[sigmas.length - 1])).toBe(of[0] - 1);
    }
  });
});

/** A network that knows the answer; `asked` keeps what it was given. */
function oracle(dim: number, answer: (i: number) => number) {
  const asked: { x: Float32Array; times: ArrayLike<number>; labels?: ArrayLike<number> }[] = [];
  const network = {
    ...{ core, dim, plan: { output: { size: dim } }, labels: 0 },
    predict(x: Float32Array, times: ArrayLike<number>, labels?: ArrayLike<number>) {
      asked.push({ x, times, labels });
      return x.map((_, i) => answer(i));
    },
  };
  return { network: network as unknown as TimedNetwork, asked };
}

describe('a learned denoiser', () => {
  it.each(PARAMETERISATIONS)(
    '%s: over a network that is right it gives the clean points within 1e-6 of the noisy ones, at noises of their own',
    (parameterisation) => {
      const dim = 7;
      const x = noise(SIGMAS.length * dim, 1);
      const z = noise(SIGMAS.length * dim, 2);
      const sigmaOf = (i: number) => SIGMAS[Math.floor(i / dim)];
      const y = x.map((v, i) => v + sigmaOf(i) * z[i]);
      const sigmaData = 0.4;
      const right = (i: number) => {
        const sigma = sigmaOf(i);
        const a = 1 / Math.sqrt(1 + sigma ** 2);
        const s2 = sigma ** 2 + sigmaData ** 2;
        return {
          noise: (y[i] - x[i]) / sigma,
          clean: x[i],
          velocity: (a * (y[i] - x[i])) / sigma - a * sigma * x[i],
          score: (x[i] - y[i]) / sigma ** 2,
          flow: (y[i] - x[i]) / sigma - x[i],
          // Of unit variance for data of deviation sigmaData.
          karras: ((x[i] - (sigmaData ** 2 / s2) * y[i]) * Math.sqrt(s2)) / (sigma * sigmaData),
        }[parameterisation];
      };
      const { network, asked } = oracle(dim, right);
      const denoiser = learnedDenoiser(network, { parameterisation, sigmaData, time: { kind: 'log' } });
      const clean = denoiser.denoise(y, SIGMAS);
      clean.forEach((value, i) => {
        expect(Math.abs(value - x[i])).toBeLessThan(1e-6 * (1 + Math.abs(y[i])));
      });
      expect(asked[0].times).toEqual(SIGMAS.map((sigma) => Math.log(sigma) / 4));
      const scaleOf = (i: number) => coefficientsOf(denoiser.config, sigmaOf(i)).in;
      expect(
        relativeToLargest(
          asked[0].x,
          y.map((v, i) => v * scaleOf(i)),
        ),
      ).toBeLessThan(1e-7);
    },
  );

  it('has the defaults karras, sigmaData 0.5 and log(sigma) / 4', () => {
    const { network } = oracle(2, () => 0);
    expect(learnedDenoiser(network).config).toEqual({
      ...{ parameterisation: 'karras', sigmaData: 0.5, time: { kind: 'log' } },
    });
  });

  it('takes one noise and one label for all, or one each', () => {
    using denoiser = learnedDenoiser(
      mlp(core, { height: 1, width: 1, channels: 3 }, { hidden: 4, depth: 1, classes: 2 }),
    );
    const y = noise(12, 3);
    const all = denoiser.denoise(y, 0.3, 1);
    expect(denoiser.denoise(y, [0.3, 0.3, 0.3, 0.3], [1, 1, 1, 1])).toEqual(all);
    const mixed = denoiser.denoise(y, [0.3, 2, 0.3, 2], Uint8Array.of(1, 1, 0, 2));
    expect(mixed.slice(0, 3)).toEqual(all.slice(0, 3));
    expect(mixed.slice(3, 6)).not.toEqual(all.slice(3, 6));
    expect(mixed.slice(6, 9)).not.toEqual(all.slice(6, 9));
    expect(denoiser.dim).toBe(3);
  });

  it('counts with the factor between a plan and a network that divides by the time', () => {
    const config = unetConfig({
      ...{ sample_size: 2, in_channels: 1, out_channels: 1, block_out_channels: [2], norm_num_groups: 1 },
      ...{ down_block_types: ['DownBlock2D'], up_block_types: ['UpBlock2D'], layers_per_block: 1 },
      ...{ add_attention: false, time_embedding_type: 'fourier' },
    });
    using denoiser = learnedDenoiser(new Unet(core, config), {
      ...{ parameterisation: 'score', time: { kind: 'sigma' } },
    });
    const { time, out } = denoiser.coefficients(2);
    expect(time).toBe(2);
    expect(out).toBe(4 / time);
    expect(oneLine(() => learnedDenoiser(denoiser.network))).toBe(
      "learnedDenoiser: time.kind must be 'sigma' for a network that takes the logarithm of its time, got 'log'",
    );
  });

  it.each<[object, string]>([
    [
      { parameterisation: 'x0' },
      'parameterisation must be one of karras, noise, clean, velocity, score, flow, got "x0"',
    ],
    [{ sigmaData: 0 }, 'sigmaData must be a positive finite number, got 0'],
    [{ sigmaData: 1e20 }, 'sigmaData must be from 1e-18 to 1e18, for float32, got 100000000000000000000'],
    [{ time: { kind: 'edm' } }, "time.kind must be 'log', 'sigma', 'ddpm' or 'flow', got \"edm\""],
    [{ time: null }, "time.kind must be 'log', 'sigma', 'ddpm' or 'flow', got undefined"],
    [{ time: { kind: 'ddpm', steps: 0 } }, 'time.steps must be a positive integer, got 0'],
    [{ time: { kind: 'ddpm', betaStart: 0 } }, 'time.betaStart must be above 0 and below 1, got 0'],
    [{ time: { kind: 'ddpm', betaEnd: -1 } }, 'time.betaEnd must be above 0 and below 1, got -1'],
    [{ time: { kind: 'ddpm', betaEnd: 1 } }, 'time.betaEnd must be above 0 and below 1, got 1'],
  ])('refuses %o', (options, message) => {
    const { network } = oracle(2, () => 0);
    expect(oneLine(() => learnedDenoiser(network, options))).toBe(`learnedDenoiser: ${message}`);
  });

  it('refuses a network whose output is of another size, and bad noises and labels', () => {
    const config = {
      ...{ sample_size: 2, in_channels: 1, out_channels: 3, block_out_channels: [2], norm_num_groups: 1 },
      ...{ down_block_types: ['DownBlock2D'], up_block_types: ['UpBlock2D'], attention_head_dim: null },
    };
    using other = new Unet(core, unetConfig(config));
    expect(oneLine(() => learnedDenoiser(other))).toBe(
      "learnedDenoiser: the network's output must be of its input's size, 4, got 12",
    );
    using denoiser = learnedDenoiser(
      unet(core, { height: 4, width: 4, channels: 1 }, { channels: [8], classes: 2 }),
    );
    const y = noise(32, 1);
    const refused = (...of: Parameters<typeof denoiser.denoise>) => oneLine(() => denoiser.denoise(...of));
    expect(refused(y, 0)).toBe('denoise: sigma must be a positive finite number, got 0');
    expect(refused(y, [1, -1], 0)).toBe('denoise: sigma must be a positive finite number, got -1');
    expect(refused(y, undefined as never)).toBe(
      'denoise: sigma must be a number, or one for each row, got undefined',
    );
    expect(refused(y, [1], 0)).toBe('denoise: sigma must hold 2 numbers, got 1');
    expect(refused(y, 1, [0])).toBe('denoise: labels must hold 2 numbers, got 1');
    expect(refused(y, 1, 3)).toBe('predict: labels must be an integer from 0 to 2, got 3');
    expect(denoiser.denoise(y, 1)).toEqual(denoiser.denoise(y, 1, 2));
    expect(denoiser.at(1, { label: 0 }).denoise(y)).toEqual(denoiser.denoise(y, 1, 0));
    expect(oneLine(() => denoiser.at(1).denoise(y, new Float32Array(3)))).toBe(
      'denoise: out must hold 32 numbers, got 3',
    );
    expect(refused(y.slice(1), 1)).toBe('denoise: y must hold points of 16 coordinates, got 31 numbers');
    const plain = learnedDenoiser(unet(core, { height: 4, width: 4, channels: 1 }, { channels: [8] }));
    expect(oneLine(() => plain.denoise(y, 1, 0))).toMatch(/^predict: labels must be left out/);
    const { used } = core.memory;
    plain.dispose();
    expect(core.memory.used).toBeLessThan(used);
    expect(oneLine(() => plain.denoise(y, 1))).toBe('network: it was used after dispose(); make it anew');
  });
});

import { beforeAll, describe, expect, it } from 'vitest';
import {
  collect,
  denoiserScores,
  key,
  type LearnedDenoiser,
  learnedDenoiser,
  loadCore,
  mixtureScores,
  mlp,
  normal,
  pointSet,
  probabilityFlow,
  straightPaths,
  trainDenoiser,
  uniform,
} from '../../src/index.js';
import { coefficientsOf, scoreCoefficients } from '../../src/networks/learnedDenoiser.js';
import { drawNoises, weightOf } from '../../src/training/denoiserConfig.js';
import { drain } from '../cores.js';

const core = await loadCore({ kernel: 'strict' });
const flow = { parameterisation: 'flow', sigmaData: 1, time: { kind: 'flow' } } as const;
/** Two modes in the plane, of shares 3 and 1. */
const MODES = {
  means: [
    [-1, 0.5],
    [1.5, 0],
  ],
  sds: [
    [0.3, 0.3],
    [0.3, 0.3],
  ],
  weights: [3, 1],
};

/** Mean of each coordinate, share of the right mode, and deviation within the left one. */
function summaryOf(x: Float32Array) {
  const points = Array.from({ length: x.length / 2 }, (_, i) => [x[2 * i], x[2 * i + 1]]);
  const left = points.filter(([a]) => a < 0.25);
  const mean = (of: number[]) => of.reduce((sum, v) => sum + v, 0) / of.length;
  const deviation = Math.sqrt(mean(left.map(([a, b]) => ((a + 1) ** 2 + (b - 0.5) ** 2) / 2)));
  return { right: 1 - left.length / points.length, deviation };
}

describe('straight paths', () => {
  it('a denoiser of exact velocities is the posterior mean, and its score is that of the noisy Gaussian: within 1e-12', () => {
    // x ~ N(m, s^2): (z - x) and x_t = (1 - t) x + t z are jointly Gaussian.
    const [m, s] = [0.7, 0.4];
    for (const t of [0.01, 0.3, 0.5, 0.9, 0.999]) {
      const sigma = t / (1 - t);
      const y = 1.3;
      const variance = (1 - t) ** 2 * s ** 2 + t ** 2;
      const velocity = -m + ((t - (1 - t) * s ** 2) / variance) * ((1 - t) * (y - m));
      const { in: scale, skip, out, time } = coefficientsOf(flow, sigma);
      expect(time).toBeCloseTo(t, 12);
      expect(scale * y).toBeCloseTo((1 - t) * y, 12);
      const posterior = m + (s ** 2 / (s ** 2 + sigma ** 2)) * (y - m);
      expect(Math.abs(skip * y + out * velocity - posterior)).toBeLessThan(1e-12);
      const { point, out: slope } = scoreCoefficients(flow, sigma);
      const score = (m - y) / (s ** 2 + sigma ** 2);
      expect(Math.abs((point * y + slope * velocity) / score - 1)).toBeLessThan(1e-12 / t ** 2);
      // With its sign turned it is neither.
      expect(Math.abs(skip * y - out * velocity - posterior)).toBeGreaterThan(1e-3);
      // The weight of training makes the squared error that of the velocity itself.
      expect(weightOf('output', flow, sigma) * out ** 2).toBeCloseTo(1, 12);
    }
  });

  it('training draws t uniformly: its quantiles within 0.02', () => {
    const sigmas = drawNoises(core, key(1), 8000, { kind: 'flow' }, 'original');
    const times = sigmas.map((sigma) => sigma / (1 + sigma)).sort((a, b) => a - b);
    for (const q of [0.01, 0.1, 0.5, 0.9, 0.99])
      expect(Math.abs(times[Math.floor(q * times.length)] - q)).toBeLessThan(0.02);
    expect(times[0]).toBeGreaterThanOrEqual(1e-4 * 0.999);
    expect(times[7999]).toBeLessThanOrEqual(1 - 1e-4 * 0.999);
  });

  it('the probability flow over exact scores ends in the data: shares and deviations within 0.03', async () => {
    const family = mixtureScores(core, MODES);
    const options = { process: straightPaths(), steps: 40, chains: 4000, key: key(2) };
    const { right, deviation } = summaryOf((await collect(probabilityFlow(family, options))).x);
    expect(Math.abs(right - 0.25)).toBeLessThan(0.03);
    expect(Math.abs(deviation - 0.3)).toBeLessThan(0.03);
  });
});

describe('flow matching', () => {
  let denoiser: LearnedDenoiser;
  beforeAll(async () => {
    const z = normal(core, key(3), [4000, 2]);
    const side = uniform(core, key(4), [4000]);
    const points = z.map((v, i) => MODES.means[side[i >> 1] < 0.75 ? 0 : 1][i % 2] + 0.3 * v);
    const shape = { height: 1, width: 1, channels: 2 };
    denoiser = learnedDenoiser(mlp(core, shape, { hidden: 48, depth: 1, key: key(5) }), {
      parameterisation: 'flow',
    });
    const options = { batch: 128, steps: 1200, learningRate: 5e-3, schedule: 'cosine' } as const;
    await drain(trainDenoiser(denoiser, pointSet({ dim: 2, points }), options));
  });

  /** Euler's method in t along the learned velocity, or against it. */
  function euler(x: Float32Array, sign: number, steps: number, from: number, to: number): Float32Array {
    const y = x.slice();
    for (let i = 0; i < steps; i++) {
      const t = from + ((to - from) * i) / steps;
      const v = denoiser.network.predict(y, new Float64Array(y.length / 2).fill(t));
      v.forEach((value, j) => {
        y[j] += sign * value * ((to - from) / steps);
      });
    }
    return y;
  }

  it('Euler steps along the velocity from noise to data: shares within 0.05, deviations within 0.06; with its sign turned neither', () => {
    const start = normal(core, key(6), [1500, 2]);
    const { right, deviation } = summaryOf(euler(start, 1, 50, 1, 0));
    expect(Math.abs(right - 0.25)).toBeLessThan(0.05);
    expect(Math.abs(deviation - 0.3)).toBeLessThan(0.06);
    const wrong = summaryOf(euler(start, -1, 50, 1, 0));
    expect(Math.max(Math.abs(wrong.right - 0.25), Math.abs(wrong.deviation - 0.3))).toBeGreaterThan(0.3);
  });

  it('read as scores, the probability flow over straight paths ends where Euler steps do, within 0.02 root mean square', async () => {
    const process = straightPaths();
    const init = normal(core, key(7), [300, 2]).map((z) => process.sigma(1) * z);
    const options = { process, steps: 80, chains: 300, init, key: key(8), denoise: false };
    const { x } = await collect(probabilityFlow(denoiserScores(denoiser), options));
    const y = euler(init, 1, 800, 0.999, 1e-3);
    const square = x.reduce((sum, v, i) => sum + (v - y[i]) ** 2, 0) / x.length;
    expect(Math.sqrt(square)).toBeLessThan(0.02);
  });

  it('one Euler step of the flow written with the score is dx = F dt, within 1e-4', () => {
    const [t, dt] = [0.6, -0.1];
    const sigma = t / (1 - t);
    const x = normal(core, key(9), [50, 2]);
    using score = denoiserScores(denoiser).at(sigma);
    const s = score.score(x.map((v) => v / (1 - t)));
    const process = straightPaths();
    const u = t / 0.999;
    const F = denoiser.network.predict(x, new Float64Array(50).fill(t));
    x.forEach((v, i) => {
      const slope = process.drift(u) * v - (process.diffusion(u) ** 2 / 2) * (s[i] / process.alpha(u));
      expect(Math.abs(slope / 0.999 - F[i]) * Math.abs(dt)).toBeLessThan(1e-4);
    });
  });
});

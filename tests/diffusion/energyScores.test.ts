import { describe, expect, it } from 'vitest';
import {
  type Core,
  type DenoiserCheckpoint,
  decodeDenoiserCheckpoint,
  denoiserScores,
  densityHistogram,
  type EnergyNetwork,
  encodeDenoiserCheckpoint,
  energyNetwork,
  hmc,
  key,
  type LearnedDenoiser,
  learnedDenoiser,
  loadDenoiser,
  mala,
  mlp,
  nuts,
  type Parameterisation,
  type Score,
  shareScore,
  trainDenoiser,
} from '../../src/index.js';
import type { EnergyScore } from '../../src/networks/denoiserScore.js';
import { drain, forEachCore, relativeToLargest, sameBits, WAYS } from '../cores.js';
import { oneLine } from '../formats/oneLine.js';
import { noise } from '../networks/layerRun.js';
import { energyOf } from '../reference/energy.js';
import { PARAMETERISATIONS, PLANE } from './learned.js';

/** A denoiser whose weights are away from those of a new network. */
function learned(core: Core, parameterisation: Parameterisation = 'karras'): LearnedDenoiser<EnergyNetwork> {
  const network = energyNetwork(core, PLANE, {
    ...{ hidden: 16, depth: 2, features: 4, featureScale: 0.1, featureSpread: 3, key: key(4) },
  });
  network.setParameters(network.parameters().map((v, i) => v + 0.2 * Math.sin(i)));
  return learnedDenoiser(network, { parameterisation, sigmaData: 1 });
}

const grid = { bins: 4, xlim: [-3, 3] as const, ylim: [-3, 3] as const };
const rows = (x: Float32Array) =>
  Array.from({ length: x.length / 2 }, (_, i): [number, number] => [x[2 * i], x[2 * i + 1]]);

/** Largest |ds_x/dy - ds_y/dx| at points x, over the root mean square of the score. */
function curl(score: Score, x: Float32Array): number {
  const h = 0.01;
  const moved = (d: number, by: number) => score.score(x.map((v, i) => (i % 2 === d ? v + by : v)));
  const [up, down, right, left] = [moved(1, h), moved(1, -h), moved(0, h), moved(0, -h)];
  const size = Math.sqrt(score.score(x).reduce((sum, v) => sum + v * v, 0) / x.length);
  const curls = rows(x).map(
    (_, i) => (up[2 * i] - down[2 * i] - right[2 * i + 1] + left[2 * i + 1]) / (2 * h),
  );
  return Math.max(...curls.map(Math.abs)) / size;
}

forEachCore('scores of a gradient network', (core) => {
  it.each(PARAMETERISATIONS)(
    '%s: log-densities within 3e-6 of the twin, scores within 1e-5 of its slope, and one point the bits it has in a panel',
    (parameterisation) => {
      using denoiser = learned(core, parameterisation);
      const tensors = denoiser.network.tensors();
      const x = noise(2 * 11, 5);
      for (const sigma of [0.1, 0.7, 3]) {
        using score = denoiserScores(denoiser).at(sigma);
        const { in: scale, skip, out, time } = denoiser.coefficients(sigma);
        const logDensity = ([a, b]: [number, number]) => {
          const { phi } = energyOf(tensors, [scale * a, scale * b], time);
          return ((-(1 - skip) * (a * a + b * b)) / 2 + (out / scale) * phi) / sigma ** 2;
        };
        const own = score.logProb(x);
        expect(relativeToLargest(own, rows(x).map(logDensity))).toBeLessThan(3e-6);
        expect(sameBits(score.prob(x), own.map(Math.exp))).toBe(true);
        const h = 1e-5;
        const slopes = rows(x).flatMap(([a, b]) => [
          (logDensity([a + h, b]) - logDensity([a - h, b])) / (2 * h),
          (logDensity([a, b + h]) - logDensity([a, b - h])) / (2 * h),
        ]);
        expect(relativeToLargest(score.score(x), slopes)).toBeLessThan(1e-5);
        expect(sameBits(score.logProb(x.slice(4, 6)), own.slice(2, 3))).toBe(true);
      }
    },
  );

  it('have no curl but that of rounding, below 1e-3 of the score, where a free network of as many layers has more than a tenth', () => {
    using denoiser = learned(core);
    using score = denoiserScores(denoiser).at(0.7);
    const x = noise(40, 6);
    expect(curl(score, x)).toBeLessThan(1e-3);
    const network = mlp(core, PLANE, { hidden: 16, depth: 1, key: key(4) });
    network.setParameters(network.parameters().map((v, i) => v + 0.2 * Math.sin(i)));
    using free = learnedDenoiser(network, { sigmaData: 1 });
    using other = denoiserScores(free).at(0.7);
    expect(curl(other, x)).toBeGreaterThan(0.1);
  });

  it('mala, hmc and nuts accept, and visit each cell as often as the density says, at 4.5 standard errors of 256 chains', async () => {
    using denoiser = learned(core);
    using density = denoiserScores(denoiser).at(0.7);
    const exact = densityHistogram(density, grid, { nodes: 12 });
    const wide = densityHistogram(density, { bins: 12, xlim: [-9, 9], ylim: [-9, 9] }, { nodes: 12 });
    const inside = Math.exp(exact.logIntegral - wide.logIntegral);
    const chains = 256;
    const options = { key: key(8), chains, thin: 1, init: noise(2 * chains, 9) };
    const runs = {
      mala: mala(density, { ...options, steps: 400, stepSize: 0.5 }),
      hmc: hmc(density, { ...options, steps: 120, stepSize: 0.5, leapfrogs: 4, jitter: 0.5 }),
      nuts: nuts(density, { ...options, steps: 100, warmup: 0, stepSize: 0.5 }),
    };
    for (const [name, run] of Object.entries(runs)) {
      const states = await drain<Awaited<ReturnType<typeof run.next>>['value'] & object>(run);
      const { acceptance } = states[states.length - 1] as { acceptance: Float64Array };
      const mean = acceptance.reduce((sum, v) => sum + v, 0) / chains;
      expect(mean, name).toBeGreaterThan(0.6);
      const path = states.flatMap((state) => rows((state as { path: Float32Array }).path));
      const kept = path.length / chains;
      const visits = new Float64Array(chains * 16);
      path.forEach(([a, b], i) => {
        if (i < 30 * chains || Math.abs(a) >= 3 || Math.abs(b) >= 3) return;
        const cell = 4 * Math.floor((a + 3) / 1.5) + Math.floor((b + 3) / 1.5);
        visits[(i % chains) * 16 + cell] += 1 / (kept - 30);
      });
      for (let cell = 0; cell < 16; cell++) {
        const shares = Array.from({ length: chains }, (_, c) => visits[16 * c + cell]);
        const share = shares.reduce((sum, v) => sum + v, 0) / chains;
        const variance = shares.reduce((sum, v) => sum + (v - share) ** 2, 0) / (chains - 1);
        const error = Math.sqrt(variance / chains) + 1e-4;
        expect(Math.abs(share - inside * exact.counts[cell]) / error, `${name} ${cell}`).toBeLessThan(4.5);
      }
    }
  });
});

const plain = { batch: 256, steps: 3, noise: { kind: 'fixed', sigma: 0.5 } } as const;
const data = { dim: 2, points: noise(80, 3), logits: new Float32Array(40) };

describe.each(Object.entries(WAYS))('threads that %s', (_way, load) => {
  it('train and sample a gradient network to the same bits on 1, 2, 3 and 8', async () => {
    const runs: Float32Array[][] = [];
    for (const threads of [1, 2, 3, 8]) {
      using core = await load({ threads, kernel: 'strict' });
      using denoiser = learned(core);
      await drain(trainDenoiser(denoiser, data, plain));
      using density = denoiserScores(denoiser).at(0.5);
      const states = await drain(
        hmc(density, { key: key(1), steps: 4, chains: 19, stepSize: 0.3, leapfrogs: 3 }),
      );
      const shared = await shareScore(density);
      const logProb = await shared.logProb(data.points);
      await shared.dispose();
      runs.push([denoiser.network.parameters(), states[states.length - 1].x, logProb]);
    }
    for (const run of runs)
      for (const [i, numbers] of run.entries()) expect(sameBits(numbers, runs[0][i])).toBe(true);
  });
});

forEachCore('files of a gradient network', (core) => {
  it('a checkpoint holds it whole: the same densities, and a training that goes on to the same bits', async () => {
    using denoiser = learned(core);
    const options = { ...plain, batch: 16, steps: 3 };
    let resume: DenoiserCheckpoint | undefined;
    for await (const { step, checkpoint } of trainDenoiser(denoiser, data, options))
      if (step === 0) resume = decodeDenoiserCheckpoint(encodeDenoiserCheckpoint(checkpoint()));
    if (!resume) throw new Error('expected a checkpoint');
    using loaded = loadDenoiser(core, resume);
    await drain(trainDenoiser(loaded, data, { resume }));
    using own = denoiserScores(denoiser).at(0.4);
    using other = denoiserScores(loaded).at(0.4) as EnergyScore;
    expect(sameBits(other.logProb(noise(10, 2)), own.logProb(noise(10, 2)))).toBe(true);
    const { 'features.frequencies': _, ...tensors } = resume.tensors;
    expect(oneLine(() => loadDenoiser(core, { ...(resume as DenoiserCheckpoint), average: tensors }))).toBe(
      'network: tensor features.frequencies is missing; are these weights of another kind of network?',
    );
  });
});

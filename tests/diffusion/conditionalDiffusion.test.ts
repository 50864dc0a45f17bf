import { expect, it } from 'vitest';
import {
  collect,
  conditionalDiffusion,
  conditionalScores,
  dataScores,
  denoiserScores,
  key,
  type LearnedDenoiser,
  learnedDenoiser,
  linearObservation,
  mixtureScores,
  normal,
  type Observation,
  pointSet,
  probabilityFlow,
  varianceExploding,
  variancePreserving,
} from '../../src/index.js';
import { failure, forEachCore, sameBits, WAYS, worst } from '../cores.js';
import {
  absolute,
  exactConditional,
  exactStatistics,
  logNormal,
  MIXTURE,
  process,
  seen,
  statistics,
  variation,
} from './fiveModes.js';
import { picture } from './learned.js';

const FLAT = { mean: new Float64Array(16), variance: new Float64Array(16).fill(1) };

forEachCore('conditionalDiffusion', (core, kernel) => {
  const family = mixtureScores(core, MIXTURE);

  it.each([
    [1.5, 0.3],
    [0.2, 0.1],
    [-0.6, 0.5],
  ])(
    'conditionalDiffusion given y = %d with noise %d: shares, mean, variance and log p(y) within 5 errors, and 0.02, of the exact mixture',
    async (y, noise) => {
      const exact = exactConditional(y, noise);
      const want = exactStatistics(exact);
      const options = { key: key(3), process, observation: seen(y, noise) };
      const [chains, particles] = [8, 500];
      const run = await collect(conditionalDiffusion(family, { ...options, steps: 200, chains, particles }));
      const each = Array.from({ length: chains }, (_, c) =>
        statistics(
          exact,
          run.particles.subarray(2 * c * particles, 2 * (c + 1) * particles),
          (i) => run.weights[c * particles + i],
        ).concat(run.logEvidence[c]),
      );
      for (const [k, value] of [...want, exact.logEvidence].entries()) {
        const mean = each.reduce((sum, row) => sum + row[k] / chains, 0);
        const spread = each.reduce((sum, row) => sum + (row[k] - mean) ** 2, 0);
        const error = Math.sqrt(spread / (chains - 1) / chains);
        // A hundred steps more or less are left in the last term: log p(y) has the most.
        expect(absolute(mean, value), `statistic ${k}`).toBeLessThan(5 * error + (k < 7 ? 0.02 : 0.08));
      }
      // Guidance alone gets shares wrong by a fifth and more.
      const flow = await collect(
        probabilityFlow(conditionalScores(family, options.observation), { ...options, chains: 500 }),
      );
      expect(
        variation(
          statistics(exact, flow.x, () => 1 / 500),
          want,
        ),
      ).toBeGreaterThan(0.15);
      const alone = await collect(
        conditionalDiffusion(family, { ...options, chains: 500, particles: 1, steps: 100 }),
      );
      expect(
        variation(
          statistics(exact, alone.x, () => 1 / 500),
          want,
        ),
      ).toBeGreaterThan(0.15);
    },
  );

  it('16 particles a chain, 100 steps and a particle of each: shares within 0.08 in all, in both views', async () => {
    const exact = exactConditional(1.5, 0.3);
    const options = { key: key(5), observation: seen(1.5, 0.3), chains: 400 };
    for (const view of [process, variancePreserving()]) {
      const { x, effective, step, path } = await collect(
        conditionalDiffusion(family, { ...options, process: view }),
      );
      expect([step, path.length, x.length]).toEqual([100, 0, 800]);
      expect(effective.every((share) => share >= 1 / 16 && share < 1)).toBe(true);
      expect(
        variation(
          statistics(exact, x, () => 1 / 400),
          exact.weights,
        ),
      ).toBeLessThan(0.08);
    }
  });

  it("a likelihood of one's own: given a distance from the origin, means within 0.1 of the weighted draws'", async () => {
    // y = |x|^2 + noise.
    const [y, noise] = [4.5, 0.8];
    const observation: Observation = (clean, variance, gradient) =>
      Float64Array.from({ length: clean.length / 2 }, (_, i) => {
        const [a, b] = [clean[2 * i], clean[2 * i + 1]];
        const square = a * a + b * b;
        const spread = noise ** 2 + 4 * square * variance + 2 * variance ** 2;
        const rest = y - square - 2 * variance;
        gradient[2 * i] = (2 * a * rest) / spread;
        gradient[2 * i + 1] = (2 * b * rest) / spread;
        return logNormal(rest, spread);
      });
    const run = await collect(
      conditionalDiffusion(family, { key: key(7), process, observation, steps: 150, particles: 6000 }),
    );
    const { means, sds, weights } = MIXTURE;
    const z = normal(core, key(8), [200_000, 2]);
    const sums = [0, 0, 0];
    for (const [k, weight] of weights.entries()) {
      for (let i = 0; i < 40_000; i++) {
        const at = 2 * (40_000 * k + i);
        const x = [0, 1].map((d) => means[k][d] + sds[k][d] * z[at + d]);
        const w = weight * Math.exp(logNormal(y - x[0] ** 2 - x[1] ** 2, noise ** 2));
        [w, w * x[0], w * x[1]].forEach((value, j) => {
          sums[j] += value;
        });
      }
    }
    const got = [0, 1].map((d) => run.weights.reduce((sum, w, p) => sum + w * run.particles[2 * p + d], 0));
    expect(absolute(got[0], sums[1] / sums[0])).toBeLessThan(0.1);
    expect(absolute(got[1], sums[2] / sums[0])).toBeLessThan(0.1);
  });

  it('of a data set the exact conditional is the same points with other weights: the particles find it', async () => {
    const points = normal(core, key(9), [12, 2]);
    const weights = Array.from({ length: 12 }, (_, i) => Math.exp(logNormal(0.2 - points[2 * i], 0.3 ** 2)));
    const total = weights.reduce((a, b) => a + b);
    const exact = dataScores(core, pointSet({ dim: 2, points }));
    const run = await collect(
      conditionalDiffusion(exact, {
        key: key(10),
        process,
        observation: seen(0.2, 0.3),
        steps: 150,
        particles: 4000,
      }),
    );
    const shares = weights.map(() => 0);
    run.weights.forEach((w, p) => {
      const away = weights.map((_, i) =>
        Math.hypot(run.particles[2 * p] - points[2 * i], run.particles[2 * p + 1] - points[2 * i + 1]),
      );
      const nearest = away.indexOf(Math.min(...away));
      expect(away[nearest]).toBeLessThan(0.02);
      shares[nearest] += w;
    });
    expect(
      worst(
        shares,
        weights.map((w) => w / total),
        absolute,
      ),
    ).toBeLessThan(0.05);
  });

  it('the last positions are clean estimates, which weigh what the observation says of clean points', async () => {
    const observation = seen(1.5, 0.3);
    const options = { key: key(11), process, observation, steps: 1, particles: 50 };
    const { particles, weights, logEvidence } = await collect(conditionalDiffusion(family, options));
    const logs = observation(particles, 0, new Float32Array(100));
    const total = logs.reduce((sum, log) => sum + Math.exp(log), 0);
    const want = logs.map((log) => Math.exp(log) / total);
    expect(worst(weights, want, absolute)).toBeLessThan(1e-9);
    expect(absolute(logEvidence[0], Math.log(total / 50))).toBeLessThan(1e-9);
  });

  it('2 threads give the bits of one, over a mixture and a U-Net, and memory is given back', async () => {
    const { used } = core.memory;
    const options = { key: key(3), process, observation: seen(1.5, 0.3), chains: 5, particles: 7, steps: 9 };
    const one = await collect(conditionalDiffusion(family, options));
    expect(core.memory.used).toBe(used);
    using net = picture(core).network;
    const learned = (denoiser: LearnedDenoiser) => denoiserScores(denoiser, { label: 1, moments: FLAT });
    const half = { observed: new Float32Array(16).fill(0.4), noise: 0.2 };
    const pictures = {
      ...{ ...options, process: varianceExploding({ sigmaMin: 0.1, sigmaMax: 2 }), steps: 4 },
      observation: linearObservation({ ...half, mask: half.observed.map((_, i) => i % 2) }),
    };
    const drawn = await collect(conditionalDiffusion(learned(learnedDenoiser(net)), pictures));
    expect(drawn.x.length).toBe(5 * 16);
    for (const load of Object.values(WAYS)) {
      using many = await load({ kernel, threads: 2 });
      const other = await collect(conditionalDiffusion(mixtureScores(many, MIXTURE), options));
      expect(sameBits(one.x, other.x) && sameBits(one.weights, other.weights)).toBe(true);
      using same = picture(many).network;
      const again = await collect(conditionalDiffusion(learned(learnedDenoiser(same)), pictures));
      expect(sameBits(drawn.particles, again.particles) && sameBits(drawn.weights, again.weights)).toBe(true);
    }
  });

  it('bad options, impossible observations and a signal end it with one line', async () => {
    const good = { key: key(0), process, observation: seen(1, 0.5), steps: 5 };
    const bad = (change: object, over = family) =>
      failure(conditionalDiffusion(over, { ...good, ...change }));
    expect(await bad({ particles: 0 })).toBe(
      'conditionalDiffusion: particles must be a positive integer, got 0',
    );
    expect(await bad({ observation: 3 })).toBe(
      'conditionalDiffusion: observation must be a function, such as linearObservation makes, got 3',
    );
    expect(
      await bad({ observation: (x: Float32Array) => new Float64Array(x.length / 2).fill(-Infinity) }),
    ).toMatch(/^conditionalDiffusion: no particle of chain 0 is possible; /);
    expect(await bad({ signal: AbortSignal.abort(new Error('enough')) })).toBe('enough');
    const unknown = { core, dim: 2, at: (sigma: number) => family.at(sigma) };
    expect(await bad({}, unknown)).toMatch(
      /^conditionalDiffusion: moments must be given, since the family has none/,
    );
  });
});

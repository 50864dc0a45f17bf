import { describe, expect, it } from 'vitest';
import {
  collect,
  conditionalDiffusion,
  conditionalScores,
  dataScores,
  denoiserScores,
  guidedScores,
  key,
  type LearnedDenoiser,
  langevin,
  learnedDenoiser,
  linearObservation,
  mixtureScores,
  network,
  networkScores,
  normal,
  type Observation,
  pointSet,
  probabilityFlow,
  reverseDiffusion,
  type ScoreFamily,
  varianceExploding,
  variancePreserving,
} from '../../src/index.js';
import { failure, forEachCore, relativeToLargest, sameBits, spreadLevels, WAYS, worst } from '../cores.js';
import { oneLine } from '../formats/oneLine.js';
import { picture, plane } from './learned.js';

const MIXTURE = {
  means: [
    [-2, -1],
    [2, 1.5],
    [0, 0],
    [1.5, -2],
    [-1, 2],
  ],
  sds: [
    [0.3, 0.3],
    [0.2, 0.5],
    [0.4, 0.2],
    [0.3, 0.3],
    [0.25, 0.35],
  ],
  weights: [0.2, 0.3, 0.2, 0.15, 0.15],
};
const process = varianceExploding({ sigmaMin: 0.01, sigmaMax: 50 });
const FLAT = { mean: new Float64Array(16), variance: new Float64Array(16).fill(1) };
const absolute = (a: number, b: number) => Math.abs(a - b);
const logNormal = (x: number, variance: number) =>
  -(Math.log(2 * Math.PI * variance) + (x * x) / variance) / 2;

/** The mixture given that its first coordinate was seen as y with so much noise: again a mixture; and log p(y). */
function exactConditional(y: number, noise: number) {
  const { means, sds, weights } = MIXTURE;
  const logs = means.map(
    ([mean], k) => Math.log(weights[k]) + logNormal(y - mean, sds[k][0] ** 2 + noise ** 2),
  );
  const most = Math.max(...logs);
  const total = logs.reduce((sum, log) => sum + Math.exp(log - most), 0);
  const variances = sds.map(([sd]) => 1 / (1 / sd ** 2 + 1 / noise ** 2));
  return {
    weights: logs.map((log) => Math.exp(log - most) / total),
    means: means.map((m, k) => [variances[k] * (m[0] / sds[k][0] ** 2 + y / noise ** 2), m[1]]),
    sds: sds.map((s, k) => [Math.sqrt(variances[k]), s[1]]),
    logEvidence: most + Math.log(total),
  };
}

/** Of weighted points [n, 2]: the share of each component, and mean and variance of the first coordinate. */
function statistics(
  { weights, means, sds }: ReturnType<typeof exactConditional>,
  x: Float32Array,
  w: (i: number) => number,
): number[] {
  const shares = weights.map(() => 0);
  let [first, second] = [0, 0];
  for (let i = 0; i < x.length / 2; i++) {
    const logs = weights.map((weight, k) =>
      [0, 1].reduce(
        (sum, d) => sum + logNormal(x[2 * i + d] - means[k][d], sds[k][d] ** 2),
        Math.log(weight),
      ),
    );
    const most = Math.max(...logs);
    const total = logs.reduce((sum, log) => sum + Math.exp(log - most), 0);
    logs.forEach((log, k) => {
      shares[k] += (w(i) * Math.exp(log - most)) / total;
    });
    first += w(i) * x[2 * i];
    second += w(i) * x[2 * i] ** 2;
  }
  return [...shares, first, second - first * first];
}

/** The same of the exact conditional. */
function exactStatistics({ weights, means, sds }: ReturnType<typeof exactConditional>): number[] {
  const mean = weights.reduce((sum, w, k) => sum + w * means[k][0], 0);
  return [
    ...weights,
    mean,
    weights.reduce((sum, w, k) => sum + w * (sds[k][0] ** 2 + (means[k][0] - mean) ** 2), 0),
  ];
}

const variation = (a: number[], b: number[]) =>
  [0, 1, 2, 3, 4].reduce((sum, k) => sum + Math.abs(a[k] - b[k]) / 2, 0);

describe('linearObservation', () => {
  const clean = Float32Array.of(0.3, -1, 2, 0.5, 0.25, -0.75);

  /** log N(y; A x, noise^2 I + variance A A^T) for two rows, by the inverse of a matrix of two. */
  function byHand(A: number[][], y: number[], noise: number, variance: number, x: ArrayLike<number>) {
    const r = A.map((row, i) => y[i] - row.reduce((sum, a, d) => sum + a * x[d], 0));
    const [[a, b], [, d]] = A.map((row, i) =>
      A.map(
        (other, j) =>
          variance * row.reduce((sum, v, k) => sum + v * other[k], 0) + (i === j ? noise ** 2 : 0),
      ),
    );
    const det = a * d - b * b;
    return (
      -(
        2 * Math.log(2 * Math.PI) +
        Math.log(det) +
        (d * r[0] ** 2 - 2 * b * r[0] * r[1] + a * r[1] ** 2) / det
      ) / 2
    );
  }

  it.each([
    [
      'a matrix of rows that overlap',
      [
        [1, 2, 0],
        [0, 1, -1],
      ],
    ],
    [
      'a matrix of rows that do not',
      [
        [0.5, 0.5, 0],
        [0, 0, 3],
      ],
    ],
  ])('%s: log-densities within 1e-12 of the formula, gradients within 1e-6 of differences', (_, A) => {
    const y = [0.7, -0.4];
    const observation = linearObservation({ matrix: A.flat(), observed: y, noise: 0.3 });
    for (const variance of [0, 0.2, 5]) {
      const gradient = new Float32Array(6).fill(9);
      const logs = observation(clean, variance, gradient);
      for (let i = 0; i < 2; i++) {
        const x = Array.from(clean.subarray(3 * i, 3 * i + 3));
        const value = (at: number[]) => byHand(A, y, 0.3, variance, at);
        expect(absolute(logs[i], value(x)) / (1 + Math.abs(logs[i]))).toBeLessThan(1e-12);
        for (let d = 0; d < 3; d++) {
          const moved = (h: number) => value(x.map((v, k) => (k === d ? v + h : v)));
          const slope = (moved(1e-4) - moved(-1e-4)) / 2e-4;
          expect(absolute(gradient[3 * i + d], slope) / (1 + Math.abs(slope))).toBeLessThan(1e-6);
        }
      }
    }
  });

  it('a mask is the matrix of the coordinates it marks', () => {
    const both = [
      linearObservation({ mask: [0, 1, 1], observed: [Number.NaN, 2, 3], noise: 0.1 }),
      linearObservation({ matrix: [0, 1, 0, 0, 0, 1], observed: [2, 3], noise: 0.1 }),
    ].map((observation) => {
      const gradient = new Float32Array(6);
      return [observation(clean, 0.5, gradient), gradient];
    });
    expect(both[0]).toEqual(both[1]);
  });

  it('bad options give one line that names them', () => {
    const bad = (change: object) =>
      oneLine(() => linearObservation({ observed: [1, 2], noise: 1, ...change } as never));
    expect(bad({})).toBe('linearObservation: either mask or matrix must be given, got none');
    expect(bad({ mask: [1, 1], matrix: [1] })).toBe(
      'linearObservation: either mask or matrix must be given, got both',
    );
    expect(bad({ mask: [0, 0] })).toBe('linearObservation: mask must mark a coordinate, got none');
    expect(bad({ mask: [1] })).toBe('linearObservation: observed must hold 1 numbers, got 2');
    expect(bad({ mask: [1, 1], observed: [1, Number.NaN] })).toBe(
      'linearObservation: observed must be finite, got NaN at index 1',
    );
    expect(bad({ matrix: [1, 2, 3] })).toBe(
      'linearObservation: matrix must hold a row for each of 2 observed numbers, got 3 numbers',
    );
    expect(bad({ mask: [1, 1], noise: 0 })).toBe(
      'linearObservation: noise must be a positive finite number, got 0',
    );
  });
});

forEachCore('scores given an observation', (core, kernel) => {
  const family = mixtureScores(core, MIXTURE);
  const seen = (y: number, noise: number) => linearObservation({ mask: [1, 0], observed: [y, 0], noise });

  it('conditionalScores of a round Gaussian are those of its exact conditional within 2e-5', () => {
    const [mean, sd, y, noise] = [[0.5, -1], 0.8, 1.1, 0.3];
    const round = mixtureScores(core, { means: [mean], sds: [[sd, sd]] });
    const precision = 1 / sd ** 2 + 1 / noise ** 2;
    const conditional = mixtureScores(core, {
      means: [[(mean[0] / sd ** 2 + y / noise ** 2) / precision, mean[1]]],
      sds: [[1 / Math.sqrt(precision), sd]],
    });
    const x = normal(core, key(1), [20, 2]);
    const given = conditionalScores(round, seen(y, noise));
    for (const sigma of [0.05, 0.5, 3]) {
      using got = given.at(sigma);
      using want = conditional.at(sigma);
      const scale = (v: number, w: number) => Math.abs(v - w) / (1 + Math.abs(w));
      expect(worst(got.score(x), want.score(x), scale)).toBeLessThan(2e-5);
      // Without the Jacobian's factor, or with the sign turned, they are not.
      using plain = conditionalScores(round, (clean, _, gradient) => seen(y, noise)(clean, 0, gradient)).at(
        sigma,
      );
      using turned = conditionalScores(round, seen(y, noise), { guidance: -1 }).at(sigma);
      for (const wrong of [plain, turned])
        expect(worst(wrong.score(x), want.score(x), scale)).toBeGreaterThan(1e-3);
    }
  });

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

  describe('conditionalScores by a mask are in WebAssembly', () => {
    const points = pointSet({ dim: 2, points: normal(core, key(2), [60, 2]) });
    const levels = () => {
      const net = network(core, { features: 5, width: 9, depth: 1, levels: 4, sigmaMin: 0.02, sigmaMax: 60 });
      spreadLevels(net);
      return networkScores(net);
    };
    const FAMILIES: [string, () => ScoreFamily][] = [
      ['a mixture', () => family],
      ['a data set', () => dataScores(core, points)],
      ['a network', levels],
      ['a learned denoiser', () => denoiserScores(plane(core))],
      ['a learned denoiser with guidance', () => denoiserScores(plane(core), { label: 1, guidance: 2 })],
      [
        'another observation',
        () => conditionalScores(family, linearObservation({ mask: [0, 1], observed: [0, 2], noise: 1 })),
      ],
    ];
    const observation = seen(0.7, 0.3);
    const moments = { mean: [0, 0], variance: [1, 3] };

    it.each(FAMILIES)(
      'over %s: scores within 2e-5 of the formula in JavaScript, flows within 1e-3',
      async (_, make) => {
        const over = make();
        const fused = conditionalScores(over, observation, { moments, guidance: 1.5 });
        const plain = conditionalScores(over, (...all) => observation(...all), { moments, guidance: 1.5 });
        const x = normal(core, key(1), [21, 2]);
        for (const sigma of [0.05, 0.7, 5]) {
          using got = fused.at(sigma);
          using want = plain.at(sigma);
          expect(relativeToLargest(got.score(x), want.score(x))).toBeLessThan(2e-5);
        }
        const narrow = varianceExploding({ sigmaMin: 0.05, sigmaMax: 20 });
        const options = { key: key(4), chains: 11, process: narrow, steps: 12 };
        for (const run of [probabilityFlow, reverseDiffusion]) {
          const { x: got } = await collect(run(fused, options));
          const { x: want } = await collect(run(plain, options));
          expect(relativeToLargest(got, want)).toBeLessThan(1e-3);
          const { x: without } = await collect(run(over, { ...options, moments }));
          expect(relativeToLargest(without, want)).toBeGreaterThan(1e-2);
        }
      },
    );

    it('2 threads give the bits of one, over panels and single points; memory is given back', async () => {
      const options = { key: key(6), process, steps: 9, corrections: 1 };
      const walk = { key: key(7), steps: 6, stepSize: 0.05, thin: 1 };
      for (const load of Object.values(WAYS)) {
        using many = await load({ kernel, threads: 2 });
        const results = [];
        for (const each of [core, many]) {
          const given = conditionalScores(mixtureScores(each, MIXTURE), observation);
          const { used } = each.memory;
          for (const chains of [1, 9, 40]) {
            results.push((await collect(reverseDiffusion(given, { ...options, chains }))).x);
            using noisy = given.at(0.5);
            results.push((await collect(langevin(noisy, { ...walk, chains }))).path);
          }
          expect(each.memory.used).toBe(used);
        }
        for (let i = 0; i < 6; i++) expect(sameBits(results[i], results[6 + i])).toBe(true);
      }
    });
  });

  it('guidedScores with a class are what denoiserScores gives, within 1e-5', () => {
    const denoiser = plane(core);
    const x = normal(core, key(2), [9, 2]);
    const given = guidedScores(denoiserScores(denoiser, { label: 1 }), denoiserScores(denoiser), 2);
    using got = given.at(0.7);
    using want = denoiserScores(denoiser, { label: 1, guidance: 2 }).at(0.7);
    expect(relativeToLargest(got.score(x), want.score(x))).toBeLessThan(1e-5);
  });

  it('guidedScores are u + w (c - u)', () => {
    const other = mixtureScores(core, { means: [[1, 1]], sds: [[0.5, 2]] });
    const x = normal(core, key(2), [9, 2]);
    using c = other.at(0.7);
    using u = family.at(0.7);
    const [cs, us] = [c.score(x), u.score(x)];
    for (const w of [0, 1, 2.5]) {
      using guided = guidedScores(other, family, w).at(0.7);
      const want = us.map((v, i) => v + w * (cs[i] - v));
      expect(worst(guided.score(x), want, absolute)).toBeLessThan(1e-5);
    }
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
    expect(oneLine(() => conditionalScores(family, 1 as never))).toMatch(
      /^conditionalScores: observation must be/,
    );
    expect(oneLine(() => conditionalScores(family, good.observation, { guidance: Number.NaN }))).toMatch(
      /^conditionalScores: guidance must be finite/,
    );
    const flat = mixtureScores(core, { means: [[0]], sds: [[1]] });
    expect(oneLine(() => guidedScores(flat, family, 1))).toBe(
      'guidedScores: both families must have one dim, got 1 and 2',
    );
  });
});

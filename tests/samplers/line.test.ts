// Samplers that accept by the line integral of a score: over scores that have no log-density.
import { describe, expect, it } from 'vitest';
import {
  banana,
  collect,
  fromFunction,
  gaussian,
  hmc,
  key,
  mala,
  mixture,
  type NutsState,
  normal,
  nuts,
  type SamplerState,
  type Score,
  split,
  type TrajectoryState,
} from '../../src/index.js';
import { forEachCore, sameBits, WAYS, worst } from '../cores.js';
import * as twin from '../reference.js';
import { errors } from './ess.js';

const absolute = (a: number, b: number) => Math.abs(a - b);
const flat = (chains: number[][][]) => chains[0].flatMap((_, t) => chains.flatMap((path) => path[t]));
const covariance = [
  [1, 0.5, 0],
  [0.5, 2, -0.3],
  [0, -0.3, 0.5],
];
const mean = [0.5, -1, 2];

/** A score that does not tell its log-density: behind a function, or in WebAssembly. */
function alone(score: Score): Score {
  return fromFunction(score.core, score.dim, (x, out) => score.score(x, out));
}

forEachCore('a line integral, against the float64 twin', (core) => {
  const { score } = twin.bananaTwin(1, 0.3, 0.8);
  const matrix = [
    [0.8, 0.3],
    [0.3, 1.4],
  ];
  const masses: [string, number[] | number[][]][] = [
    ['diagonal', [0.7, 1.6]],
    ['dense', matrix],
  ];

  describe.each(masses)('%s masses', (_, inverseMass) => {
    it('hmc, 11 chains of 25 trajectories over a banana within 5e-4', async () => {
      using density = banana(core, { bend: 0.3, noise: 0.8 });
      const init = normal(core, key(1), [11, 2]);
      const options = { key: key(8), steps: 25, chains: 11, init, thin: 1, inverseMass };
      const own = { stepSize: 0.5, leapfrogs: 4, jitter: 0.3 };
      const state = (await collect(hmc(alone(density), { ...options, ...own }))) as TrajectoryState;
      const draws = twin.runDraws(split(key(8), 3), 25, 11, 2);
      const runs = Array.from({ length: 11 }, (_, c) =>
        twin.hmcChain({ score }, [...init.subarray(2 * c, 2 * c + 2)], c, 25, draws, {
          eps: 0.5,
          leapfrogs: 4,
          jitter: 0.3,
          m: inverseMass,
        }),
      );
      expect(worst(state.path, flat(runs.map((run) => run.path)), absolute)).toBeLessThan(5e-4);
      const energies = runs.map((run) => run.energy[24]);
      expect(worst(state.energy, energies, absolute)).toBeLessThan(5e-4);
    });

    it('nuts, 11 chains of 20 steps over a banana within 1e-3, with its trees', async () => {
      using density = banana(core, { bend: 0.3, noise: 0.8 });
      const init = normal(core, key(1), [11, 2]);
      const options = { key: key(9), steps: 20, warmup: 0, stepSize: 0.3, chains: 11, init, thin: 1 };
      const state = (await collect(nuts(alone(density), { ...options, inverseMass }))) as NutsState;
      const runs = Array.from({ length: 11 }, (_, c) =>
        twin.nutsChain({ score }, [...init.subarray(2 * c, 2 * c + 2)], c, 11, 20, split(key(9), 4), {
          eps: 0.3,
          m: inverseMass,
        }),
      );
      expect(worst(state.path, flat(runs.map((run) => run.path)), absolute)).toBeLessThan(1e-3);
      const total = (a: number[]) => a.reduce((s, v) => s + v, 0);
      expect([...state.leapfrogs]).toEqual(runs.map((run) => total(run.leapfrogs)));
    });
  });
});

forEachCore('a line integral', (core) => {
  it('is exact on a Gaussian: paths of hmc and nuts are those of the density within 1e-3', async () => {
    using density = gaussian(core, { mean, covariance });
    const options = { key: key(3), steps: 20, chains: 9, thin: 1, init: normal(core, key(4), [9, 3]) };
    for (const run of [
      (s: Score) => mala(s, { ...options, stepSize: 0.4 }),
      (s: Score) => hmc(s, { ...options, stepSize: 0.5, leapfrogs: 5 }),
      (s: Score) => nuts(s, { ...options, stepSize: 0.4, warmup: 0 }),
    ] as ((s: Score) => AsyncIterable<SamplerState>)[]) {
      const [line, exact] = [await collect(run(alone(density))), await collect(run(density))];
      expect(worst(line.path, exact.path, absolute)).toBeLessThan(1e-3);
    }
  });

  const CHAINS = 64;
  /** The error of the share of positions in the heavier of two modes in standard errors. */
  async function verdict(run: (s: Score) => AsyncIterable<SamplerState>): Promise<number> {
    using density = mixture(core, { means: [[-1], [1]], sds: [[0.5], [0.5]], weights: [1, 3] });
    const below = (1 + twin.erf(2 / Math.SQRT2)) / 2;
    const { path } = await collect(run(alone(density)));
    const right = Float64Array.from(path.subarray(300 * CHAINS), (v) => (v > 0 ? 1 : 0));
    return errors(right, CHAINS, 0.75 * below + 0.25 * (1 - below));
  }
  const options = { key: key(5), steps: 2300, thin: 1, chains: CHAINS, init: Float32Array.of(0) };

  it.each([
    ['mala', (s) => mala(s, { ...options, stepSize: 0.16 })],
    ['hmc', (s) => hmc(s, { ...options, stepSize: 0.3, leapfrogs: 5, jitter: 0.2 })],
    ['nuts', (s) => nuts(s, { ...options, stepSize: 0.3, warmup: 0 })],
  ] as [string, (s: Score) => AsyncIterable<SamplerState>][])(
    '%s: weights of two modes, at 5 standard errors',
    async (_, run) => {
      expect(await verdict(run)).toBeLessThan(5);
    },
  );

  it('has the bits of one in WebAssembly when it is written in JavaScript, however calls are cut', async () => {
    using fused = gaussian(core, { mean, covariance });
    const written = alone(fused);
    // A score of this library that does not tell its log-density.
    Object.defineProperty(fused, 'logProb', { value: undefined });
    const own = { key: key(3), chains: 11, thin: 1, init: normal(core, key(4), [11, 3]) };
    const runs: ((s: Score) => AsyncIterable<SamplerState>)[] = [
      (s) => hmc(s, { ...own, steps: 9, stepSize: 0.3, leapfrogs: 3, metric: 'dense', warmup: 30 }),
      (s) => nuts(s, { ...own, steps: 9, stepSize: 0.3, metric: 'dense', warmup: 30 }),
    ];
    for (const run of runs) {
      const [a, b] = [await collect(run(fused)), await collect(run(written))];
      expect(sameBits(a.path, b.path)).toBe(true);
    }
  });
});

describe.each(Object.entries(WAYS))('threads that %s', (_, load) => {
  it('give the same bits, of line integrals and matrices of masses, whatever their number', async () => {
    const paths: Float32Array[] = [];
    for (const threads of [1, 2, 3, 8]) {
      using core = await load({ kernel: 'strict', threads });
      using score = gaussian(core, { mean, covariance });
      Object.defineProperty(score, 'logProb', { value: undefined });
      const options = { key: key(3), chains: 43, thin: 1, steps: 4, metric: 'dense', warmup: 30 } as const;
      const runs = [nuts(score, options), hmc(score, { ...options, leapfrogs: 3, jitter: 0.2 })];
      const both = await Promise.all(runs.map((run) => collect(run as AsyncIterable<SamplerState>)));
      paths.push(Float32Array.from(both.flatMap(({ path }) => [...path])));
    }
    for (const path of paths) expect(sameBits(path, paths[0])).toBe(true);
  });
});

type Rule = (s: (x: number) => number, q: number, r: number) => number;

/** Rules for the work of a score s along a leapfrog step from q to r. */
const RULES: Record<string, Rule> = {
  simpson: (s, q, r) => ((r - q) * (s(q) + 4 * s((q + r) / 2) + s(r))) / 6,
  trapezoidal: (s, q, r) => ((r - q) * (s(q) + s(r))) / 2,
  left: (s, q, r) => (r - q) * s(q),
};

describe('rules for the work of the score along a trajectory, in float64', () => {
  /** Two Gaussians of deviation 0.5, weights 1 and 3. */
  function both(x: number): [logProb: number, score: number] {
    const logs = [-1, 1].map((m, k) => Math.log(2 * k + 1) - ((x - m) / 0.5) ** 2 / 2);
    const most = Math.max(...logs);
    const [a, b] = logs.map((l) => Math.exp(l - most));
    return [most + Math.log(a + b), (a * (-1 - x) + b * (1 - x)) / (a + b) / 0.25];
  }
  const score = (x: number) => both(x)[1];

  /** The largest error of the work of trajectories of length 1.6. */
  function error(rule: Rule, leapfrogs: number): number {
    const eps = 1.6 / leapfrogs;
    const starts = Array.from({ length: 40 }, (_, i) => [Math.sin(i) * 1.5, 1.3 * Math.cos(7 * i)]);
    return Math.max(
      ...starts.map(([x, momentum]) => {
        let [q, p, work] = [x, momentum, 0];
        for (let l = 0; l < leapfrogs; l++) {
          const half = p + (eps / 2) * score(q);
          const r = q + eps * half;
          work += rule(score, q, r);
          p = half + (eps / 2) * score(r);
          q = r;
        }
        return Math.abs(work - both(q)[0] + both(x)[0]);
      }),
    );
  }

  it.each([
    ['simpson', 16],
    ['trapezoidal', 4],
    ['left', 2],
  ])('%s: halving the step divides the error by %i, within 15 percent', (name, factor) => {
    const ratio = error(RULES[name], 64) / error(RULES[name], 128);
    expect(ratio).toBeGreaterThan(0.85 * factor);
    expect(ratio).toBeLessThan(1.15 * factor);
  });

  it("Simpson's reads the same backwards, the left one does not", () => {
    const [there, back] = Object.entries(RULES).reduce(
      ([a, b], [name, rule]) => [
        { ...a, [name]: rule(score, 0.2, 0.5) },
        { ...b, [name]: rule(score, 0.5, 0.2) },
      ],
      [{}, {}] as Record<string, number>[],
    );
    expect(Math.abs(there.simpson + back.simpson)).toBeLessThan(1e-14);
    expect(Math.abs(there.left + back.left)).toBeGreaterThan(0.01);
  });
});

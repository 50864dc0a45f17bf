import { describe, expect, it } from 'vitest';
import {
  banana,
  collect,
  type Density,
  eightModes,
  funnel,
  gaussian,
  hmc,
  key,
  mala,
  mixture,
  normal,
  nuts,
  ring,
  type SamplerState,
  underdamped,
} from '../../src/index.js';
import { forEachCore } from '../cores.js';
import * as twin from '../reference.js';
import { errors, estimate } from './ess.js';

const CHAINS = 32;
const covariance = [
  [1, 0.7, 0.2],
  [0.7, 1.5, -0.2],
  [0.2, -0.2, 0.5],
];
const mean = [1, -1, 0.5];

/** One statistic of every point of a path [draws, chains, dim]. */
function statistic(path: Float32Array, dim: number, f: (x: Float32Array) => number): Float64Array {
  return Float64Array.from({ length: path.length / dim }, (_, i) => f(path.subarray(i * dim, (i + 1) * dim)));
}

type Check = [name: string, f: (x: Float32Array) => number, expected: number];

/** Means, covariances and the quartile and outer quantiles of each coordinate of a Gaussian. */
function gaussianChecks(): Check[] {
  const checks: Check[] = [];
  for (let i = 0; i < 3; i++) {
    checks.push([`mean ${i}`, (x) => x[i], mean[i]]);
    for (let j = 0; j <= i; j++) {
      checks.push([`covariance ${i}${j}`, (x) => (x[i] - mean[i]) * (x[j] - mean[j]), covariance[i][j]]);
    }
    const sd = Math.sqrt(covariance[i][i]);
    for (const [z, share] of [
      [-1.6448536, 0.05],
      [0.6744898, 0.75],
      [1.959964, 0.975],
    ]) {
      checks.push([`quantile ${share} of ${i}`, (x) => (x[i] < mean[i] + z * sd ? 1 : 0), share]);
    }
  }
  return checks;
}

/** The largest error of all checks, in standard errors. */
function largest(path: Float32Array, dim: number, checks: Check[], chains = CHAINS): number {
  return Math.max(...checks.map(([, f, expected]) => errors(statistic(path, dim, f), chains, expected)));
}

forEachCore('adjusted samplers', (core) => {
  const init = (dim: number) => normal(core, key(77), [CHAINS, dim]);
  const options = (dim: number, steps: number) => ({
    key: key(5),
    steps,
    thin: 1,
    chains: CHAINS,
    init: init(dim),
  });
  /** The path after as many steps as `skip`. */
  async function sampled(run: AsyncIterable<SamplerState>, dim: number, skip: number) {
    const { path } = await collect(run);
    return path.subarray(skip * CHAINS * dim);
  }
  const samplers: [string, (d: Density, steps: number) => AsyncIterable<SamplerState>][] = [
    ['mala', (d, steps) => mala(d, { ...options(d.dim, steps), stepSize: 0.5 })],
    ['hmc', (d, steps) => hmc(d, { ...options(d.dim, steps), stepSize: 0.25, leapfrogs: 6, jitter: 0.2 })],
    ['nuts', (d, steps) => nuts(d, { ...options(d.dim, steps), warmup: 300 })],
  ];

  describe.each(samplers)('%s', (_, run) => {
    it('moments and quantiles of a correlated Gaussian, at 5 standard errors', async () => {
      using density = gaussian(core, { mean, covariance });
      expect(largest(await sampled(run(density, 3000), 3, 300), 3, gaussianChecks())).toBeLessThan(5);
    });

    it('moments of a banana, at 5 standard errors', async () => {
      using density = banana(core, { sd: 1, bend: 0.5, noise: 0.7 });
      const path = await sampled(run(density, 3000), 2, 300);
      const checks: Check[] = [
        ['mean 0', (x) => x[0], 0],
        ['mean 1', (x) => x[1], 0],
        ['variance 0', (x) => x[0] ** 2, 1],
        ['variance 1', (x) => x[1] ** 2, 2 * 0.25 + 0.49],
        ['bend', (x) => x[0] ** 2 * x[1], 2 * 0.5],
      ];
      expect(largest(path, 2, checks)).toBeLessThan(5);
      const wrong: Check[] = [['variance 1', (x) => x[1] ** 2, 1.6 * (2 * 0.25 + 0.49)]];
      expect(largest(path, 2, wrong)).toBeGreaterThan(5);
    });

    it('weights of two modes, at 5 standard errors; other weights are refused', async () => {
      using density = mixture(core, { means: [[-1], [1]], sds: [[0.5], [0.5]], weights: [1, 3] });
      const below = (1 + twin.erf(2 / Math.SQRT2)) / 2;
      const path = await sampled(run(density, 3000), 1, 300);
      const right = (weight: number): Check => [
        'right',
        (x) => (x[0] > 0 ? 1 : 0),
        weight * below + (1 - weight) * (1 - below),
      ];
      expect(largest(path, 1, [right(0.75)])).toBeLessThan(5);
      expect(largest(path, 1, [right(0.65)])).toBeGreaterThan(5);
    });

    it('a ring: its mean radius and angles, at 5 standard errors', async () => {
      using density = ring(core, { radius: 1, sd: 0.4 });
      const path = await sampled(run(density, 2000), 2, 200);
      // Moments of r over r exp(-(r - 1)^2 / (2 0.4^2)).
      const moment = (k: number) => {
        let sum = 0;
        for (let r = 0.0005; r < 5; r += 0.001) sum += r ** (1 + k) * Math.exp(-(((r - 1) / 0.4) ** 2) / 2);
        return sum;
      };
      const checks: Check[] = [
        ['radius', (x) => Math.hypot(x[0], x[1]), moment(1) / moment(0)],
        ['x', (x) => x[0], 0],
        ['y^2', (x) => x[1] ** 2, moment(2) / moment(0) / 2],
      ];
      expect(largest(path, 2, checks)).toBeLessThan(5);
    });
  });

  it('nuts on a mild funnel of 4 dimensions: the neck and the mouth, at 5 standard errors', async () => {
    using density = funnel(core, { dim: 4, sd: 1 });
    const run = nuts(density, { ...options(4, 2000), warmup: 300 });
    const path = await sampled(run, 4, 0);
    const checks: Check[] = [
      ['mean', (x) => x[0], 0],
      ['variance', (x) => x[0] ** 2, 1],
      ['neck', (x) => (x[0] < -1 ? 1 : 0), 0.15865525],
      ['scaled', (x) => (x[2] * Math.exp(-x[0] / 2)) ** 2, 1],
    ];
    expect(largest(path, 4, checks)).toBeLessThan(5);
  });

  it('eightModes: every mode its eighth, where chains start in all', async () => {
    using density = eightModes(core, { radius: 1, sd: 0.35 });
    const path = await sampled(nuts(density, { ...options(2, 2000), warmup: 200 }), 2, 0);
    const sector = (x: Float32Array) => Math.round((8 * Math.atan2(x[1], x[0])) / (2 * Math.PI) + 8) % 8;
    const checks = Array.from(
      { length: 8 },
      (_, k): Check => [`${k}`, (x) => (sector(x) === k ? 1 : 0), 1 / 8],
    );
    expect(largest(path, 2, checks)).toBeLessThan(5);
  });

  describe('underdamped', () => {
    it('moments and quantiles of a correlated Gaussian, whatever the step, at 5 standard errors', async () => {
      using density = gaussian(core, { mean, covariance });
      for (const stepSize of [0.1, 0.6]) {
        const run = underdamped(density, { ...options(3, 3000), stepSize, friction: 2 });
        expect(largest(await sampled(run, 3, 500), 3, gaussianChecks())).toBeLessThan(5);
      }
    });

    it('two modes: a short step passes at 5 standard errors, a long one is biased and fails', async () => {
      using density = mixture(core, { means: [[-1], [1]], sds: [[0.4], [0.4]] });
      const square: Check[] = [['square', (x) => x[0] ** 2, 1.16]];
      for (const [stepSize, passes] of [
        [0.05, true],
        [0.7, false],
      ] as const) {
        const run = underdamped(density, { ...options(1, 4000), stepSize, friction: 1 });
        expect(largest(await sampled(run, 1, 500), 1, square) < 5).toBe(passes);
      }
    });
  });
});

describe('the same checks of wrong samplers, written down in float64, fail', () => {
  const target = twin.gaussianTwin(mean, covariance);
  const one = [1, 1, 1];
  /** Paths of the chains of one rule x -> x', [draws, chains, 3] flat, without the first `skip` steps. */
  function simulate(rule: (x: number[], t: number, c: number, draws: twin.Draws) => number[]): Float32Array {
    const [steps, chains, skip] = [1500, 16, 100];
    const draws = twin.runDraws([key(1), key(2)], steps, chains, 3);
    const all = Array.from({ length: chains }, (_, c) => {
      let x = mean;
      return Array.from({ length: steps }, (_, t) => {
        x = rule(x, t, c, draws);
        return x;
      });
    });
    const rows = Array.from({ length: steps - skip }, (_, t) => all.map((path) => path[t + skip]));
    return Float32Array.from(rows.flat(2));
  }
  const verdict = (path: Float32Array) => largest(path, 3, gaussianChecks(), 16);
  const H = (q: number[], p: number[]) => twin.hamiltonian(target, { q, p }, one);

  /** HMC of three leapfrog steps, with its parts exchangeable. */
  const hmcRule =
    (
      step: typeof twin.leapfrogStep,
      ratio: (before: number, after: number, q: number[], end: number[]) => number,
      size = 0.3,
    ) =>
    (x: number[], t: number, c: number, draws: twin.Draws) => {
      const p = draws.momenta(t, c);
      let end: twin.Phase = { q: x, p };
      for (let l = 0; l < 3; l++) end = step(end, target.score, size, one);
      return draws.uniform(1, t, c) < ratio(H(x, p), H(end.q, end.p), x, end.q) ? end.q : x;
    };
  const right = (before: number, after: number) => Math.exp(before - after);

  it('the right one passes', () => {
    expect(verdict(simulate(hmcRule(twin.leapfrogStep, right)))).toBeLessThan(5);
  });

  it('noise without sqrt(2)', () => {
    const h = 0.02;
    const path = simulate((x, t, c, draws) => {
      const score = target.score(x);
      const z = draws.momenta(t, c);
      return x.map((v, d) => v + h * score[d] + Math.sqrt(h) * z[d]);
    });
    expect(verdict(path)).toBeGreaterThan(5);
  });

  it('an underdamped walk whose noise lacks the 2 of e^(-2 gamma h)', () => {
    const walk = (factor: number) => {
      const [h, gamma] = [0.3, 1];
      let v = mean.map(() => 0);
      return simulate((x, t, c, draws) => {
        if (t === 0) v = mean.map(() => 0);
        const z = draws.momenta(t, c);
        const middle = x.map((a, d) => a + (h / 2) * v[d]);
        const s = target.score(middle);
        const noise = Math.sqrt(1 - Math.exp(-factor * gamma * h));
        v = v.map((a, d) => Math.exp(-gamma * h) * (a + (h / 2) * s[d]) + (h / 2) * s[d] + noise * z[d]);
        return middle.map((a, d) => a + (h / 2) * v[d]);
      });
    };
    expect(verdict(walk(2))).toBeLessThan(5);
    expect(verdict(walk(1))).toBeGreaterThan(5);
  });

  it('acceptance by the density alone, without the momenta', () => {
    const ratio = (_before: number, _after: number, q: number[], end: number[]) =>
      Math.exp(target.logProb(end) - target.logProb(q));
    expect(verdict(simulate(hmcRule(twin.leapfrogStep, ratio)))).toBeGreaterThan(5);
  });

  it('everything accepted', () => {
    expect(verdict(simulate(hmcRule(twin.leapfrogStep, () => 1, 0.6)))).toBeGreaterThan(5);
  });

  it('a leapfrog that is not symmetric: a whole kick, then a drift', () => {
    const euler: typeof twin.leapfrogStep = ({ q, p }, score, eps, m) => {
      const s = score(q);
      const pushed = p.map((v, d) => v + eps * s[d]);
      return { q: q.map((v, d) => v + eps * (m as number[])[d] * pushed[d]), p: pushed };
    };
    expect(verdict(simulate(hmcRule(euler, right)))).toBeGreaterThan(5);
  });
});

describe('estimate', () => {
  it('gives the effective sample size of an AR(1) chain, within 15 percent', () => {
    for (const a of [0, 0.5, 0.9]) {
      const chains = 8;
      const z = twin.randomNormal(key(4), 4000 * chains);
      const x = new Float64Array(z.length);
      for (let i = 0; i < x.length; i++) {
        x[i] = i < chains ? z[i] : a * x[i - chains] + Math.sqrt(1 - a * a) * z[i];
      }
      const want = (x.length * (1 - a)) / (1 + a);
      expect(Math.abs(estimate(x, chains).ess / want - 1)).toBeLessThan(0.15);
    }
  });
});

// Warm-ups of hmc, and masses that are a matrix.
import { describe, expect, it } from 'vitest';
import {
  collect,
  type Density,
  essBulk,
  gaussian,
  type HmcOptions,
  hmc,
  key,
  type NutsOptions,
  type NutsState,
  normal,
  nuts,
  split,
  type TrajectoryState,
} from '../../src/index.js';
import { drain, failure, forEachCore, worst } from '../cores.js';
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
const inverseMass = [
  [0.7, 0.4, 0.1],
  [0.4, 1.6, -0.2],
  [0.1, -0.2, 0.4],
];

forEachCore('masses, against the float64 twin', (core) => {
  const want = twin.gaussianTwin(mean, covariance);
  const init = normal(core, key(1), [11, 3]);
  const startOf = (c: number) => [...init.subarray(3 * c, 3 * c + 3)];
  const common = { chains: 11, init, thin: 1 };

  it('hmc with a matrix, 11 chains of 25 trajectories within 2e-4', async () => {
    using density = gaussian(core, { mean, covariance });
    const own = { stepSize: 0.25, leapfrogs: 6, jitter: 0.4, inverseMass };
    const state = (await collect(
      hmc(density, { ...common, key: key(8), steps: 25, ...own }),
    )) as TrajectoryState;
    const draws = twin.runDraws(split(key(8), 3), 25, 11, 3);
    const runs = init.subarray(0, 11).map((_, c) => c);
    const chains = Array.from(runs, (c) =>
      twin.hmcChain(want, startOf(c), c, 25, draws, { eps: 0.25, leapfrogs: 6, jitter: 0.4, m: inverseMass }),
    );
    expect(worst(state.path, flat(chains.map((run) => run.path)), absolute)).toBeLessThan(2e-4);
    const energies = chains.map((run) => run.energy[24]);
    expect(worst(state.energy, energies, absolute)).toBeLessThan(2e-4);
  });

  it('nuts with a matrix, 11 chains of 20 steps within 5e-4, with its trees', async () => {
    using density = gaussian(core, { mean, covariance });
    const own = { warmup: 0, stepSize: 0.2, inverseMass };
    const state = (await collect(nuts(density, { ...common, key: key(9), steps: 20, ...own }))) as NutsState;
    const chains = Array.from({ length: 11 }, (_, c) =>
      twin.nutsChain(want, startOf(c), c, 11, 20, split(key(9), 4), { eps: 0.2, m: inverseMass }),
    );
    expect(worst(state.path, flat(chains.map((run) => run.path)), absolute)).toBeLessThan(5e-4);
    const total = (a: number[]) => a.reduce((s, v) => s + v, 0);
    expect([...state.leapfrogs]).toEqual(chains.map((run) => total(run.leapfrogs)));
  });

  it.each([
    ['diagonal', [1, 1, 1]],
    ['dense', inverseMass],
  ] as const)('a warm-up of hmc, %s: 20 steps and 3 more of 11 chains within 1e-2', async (metric, m) => {
    using density = gaussian(core, { mean, covariance });
    // More steps amplify rounding beyond any bound: a longer step leads to another acceptance, and so on.
    const own = { stepSize: 0.1, leapfrogs: 1, warmup: 20, metric, inverseMass: m };
    const state = (await collect(
      hmc(density, { ...common, key: key(8), steps: 3, ...own }),
    )) as TrajectoryState;
    const draws = twin.runDraws(split(key(8), 3), 23, 11, 3);
    const chains = Array.from({ length: 11 }, (_, c) =>
      twin.hmcChain(want, startOf(c), c, 23, draws, {
        eps: 0.1,
        leapfrogs: 1,
        m: m as twin.Masses,
        warmup: 20,
      }),
    );
    const paths = chains.map((run) => run.path.slice(20));
    expect(worst(state.path, flat(paths), absolute)).toBeLessThan(1e-2);
    const sizes = chains.map((run) => run.eps[22]);
    expect(worst(state.stepSizes, sizes, (a, b) => Math.abs(a / b - 1))).toBeLessThan(1e-2);
  });
});

forEachCore('adaptation', (core) => {
  it('hmc finds step sizes for a mean acceptance near the target, and variances from 1e-4 to 1e4', async () => {
    using density = gaussian(core, {
      mean: [0, 0, 0],
      covariance: [1e-4, 1, 1e4].map((v, i) => [0, 1, 2].map((j) => (i === j ? v : 0))),
    });
    for (const targetAcceptance of [0.65, 0.9]) {
      const own = { warmup: 600, leapfrogs: 5, jitter: 0.2, targetAcceptance };
      const run = hmc(density, { key: key(1), steps: 300, chains: 32, ...own });
      const { acceptance } = (await drain(run)).at(-1)!;
      const mean = acceptance.reduce((sum, v) => sum + v / 32, 0);
      expect(mean).toBeGreaterThan(targetAcceptance - 0.05);
      expect(mean).toBeLessThan(Math.min(0.99, targetAcceptance + 0.25));
    }
  });

  /** A Gaussian of D dimensions whose directions have variances from 1 to 1e3, none along an axis. */
  function slanted(D: number): Density & { variances: number[] } {
    const z = normal(core, key(9), [D, D]);
    const basis: number[][] = [];
    for (let i = 0; i < D; i++) {
      let v = Array.from(z.subarray(i * D, (i + 1) * D));
      for (const u of basis) {
        const along = v.reduce((s, a, d) => s + a * u[d], 0);
        v = v.map((a, d) => a - along * u[d]);
      }
      const length = Math.hypot(...v);
      basis.push(v.map((a) => a / length));
    }
    const variances = basis.map((_, k) => 1e3 ** (k / (D - 1)));
    const entry = (i: number, j: number) => basis.reduce((s, u, k) => s + variances[k] * u[i] * u[j], 0);
    const rows = basis.map((_, i) => basis.map((_, j) => entry(Math.max(i, j), Math.min(i, j))));
    const density = gaussian(core, { mean: rows.map(() => 0), covariance: rows });
    return Object.assign(density, { variances: rows.map((row, i) => row[i]) });
  }

  it('a slanted Gaussian: a matrix gives five times the effective draws a leapfrog step, and variances within 5 standard errors', async () => {
    using density = slanted(8);
    const [chains, steps] = [8, 500];
    const efficiency = async (metric: 'diagonal' | 'dense') => {
      const options: NutsOptions = { key: key(3), chains, steps, warmup: 700, thin: 1, metric };
      const { path, leapfrogs } = (await collect(nuts(density, options))) as NutsState;
      for (let d = 0; d < 8; d++) {
        const squares = Float64Array.from({ length: chains * steps }, (_, i) => path[8 * i + d] ** 2);
        expect(errors(squares, chains, density.variances[d])).toBeLessThan(5);
      }
      const ess = Math.min(...essBulk(path, { chains, dim: 8 }));
      return ess / leapfrogs.reduce((a, b) => a + b);
    };
    const [diagonal, dense] = [await efficiency('diagonal'), await efficiency('dense')];
    expect(dense / diagonal).toBeGreaterThan(5);
  });
});

forEachCore('mistakes', (core) => {
  it('wrong masses and warm-ups: one line that names sampler and option', async () => {
    using density = gaussian(core, { mean, covariance });
    const good: HmcOptions = { key: key(0), steps: 3, stepSize: 1, leapfrogs: 1 };
    const { used } = core.memory;
    const wrong = (options: object) => failure(hmc(density, { ...good, ...options }));
    expect(await wrong({ stepSize: undefined })).toMatch(/^hmc: stepSize must be a positive/);
    expect(await wrong({ warmup: 1.5 })).toMatch(/^hmc: warmup/);
    expect(await wrong({ targetAcceptance: 0 })).toMatch(/^hmc: targetAcceptance/);
    expect(await wrong({ metric: 'full' })).toBe(`hmc: metric must be 'diagonal' or 'dense', got "full"`);
    expect(await wrong({ metric: 'diagonal', inverseMass })).toMatch(/^hmc: inverseMass must hold 3 numbers/);
    expect(await wrong({ inverseMass: [[1, 0]] })).toMatch(/^hmc: inverseMass must hold 3 rows/);
    const [a, b, c] = inverseMass;
    expect(await wrong({ inverseMass: [a, [0.5, 1.6, -0.2], c] })).toMatch(
      /^hmc: inverseMass must be symmetric/,
    );
    expect(await wrong({ inverseMass: [[0.1, 0.4, 0.1], b, c] })).toMatch(
      /^hmc: inverseMass must be positive/,
    );
    const size = 257;
    const wide = gaussian(core, {
      mean: Array(size).fill(0),
      covariance: Array.from({ length: size }, (_, i) =>
        Array.from({ length: size }, (_, j) => (i === j ? 1 : 0)),
      ),
    });
    expect(await failure(nuts(wide, { ...good, metric: 'dense' }))).toMatch(
      /^nuts: metric 'dense' is for at most 256/,
    );
    wide.dispose();
    expect(core.memory.used).toBe(used);
  });
});

describe('the twin', () => {
  it("of momenta has the covariance of the masses: L L' m is 1 within 1e-12", () => {
    const L = twin.choleskyTwin(inverseMass);
    const back = L.map((row, i) =>
      L.map((_, j) => row.reduce((s, v, k) => s + v * L[j][k], 0) - inverseMass[i][j]),
    );
    expect(Math.max(...back.flat().map(Math.abs))).toBeLessThan(1e-12);
  });
});

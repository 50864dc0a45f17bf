import { describe, expect, it } from 'vitest';
import {
  collect,
  key,
  mixtureScores,
  noiseSchedule,
  probabilityFlow,
  reverseDiffusion,
  type ScoreFamily,
  type Solver,
  varianceExploding,
  variancePreserving,
} from '../../src/index.js';
import { failure, forEachCore, relativeToLargest, sameBits, worst } from '../cores.js';
import { golden, type SolversGolden } from '../golden.js';

const file = golden<SolversGolden>('solvers');
const { levels, mixture } = file;
const bare = levels.slice(0, -1);
const process = varianceExploding({ sigmaMin: 0.05, sigmaMax: 20 });
const chains = file.init.length;
const absolute = (a: number, b: number) => Math.abs(a - b);
const startAt = (sigma: number) => Float32Array.from(file.init.flat(), (v) => (v * sigma) / 20);

forEachCore('solvers of the probability flow', (core) => {
  const family = mixtureScores(core, mixture);
  const options = {
    key: key(file.key),
    chains,
    process,
    init: startAt(20),
    layout: 'partitionable',
  } as const;
  const flow = async (more: object) => (await collect(probabilityFlow(family, { ...options, ...more }))).x;

  it.each(Object.entries(file.solvers))("%s ends within 3e-5 of its peer's samples", async (solver, want) => {
    const got = await flow({ solver, schedule: bare });
    expect(worst(got, want.flat(), absolute)).toBeLessThan(3e-5);
  });

  it.each(Object.entries(file.bare))("%s ends within 3e-5 of diffusers' scheduler", async (solver, want) => {
    const got = await flow({ solver, schedule: bare, denoise: false });
    expect(worst(got, want.flat(), absolute)).toBeLessThan(3e-5);
  });

  it.each(Object.entries(file.schedulers))(
    "%s on the levels of diffusers' scheduler ends within 3e-5 of it",
    async (solver, { schedule, x }) => {
      const got = await flow({ solver, schedule, init: startAt(schedule[0]) });
      expect(worst(got, x.flat(), absolute)).toBeLessThan(3e-5);
    },
  );

  it("reverseDiffusion on a schedule is k-diffusion's Euler ancestral, within 3e-5", async () => {
    const { x } = await collect(reverseDiffusion(family, { ...options, schedule: bare }));
    expect(worst(x, file.ancestral.flat(), absolute)).toBeLessThan(3e-5);
    const named = await collect(reverseDiffusion(family, { ...options, schedule: 'karras', steps: 12 }));
    expect(worst(named.x, x, absolute)).toBeLessThan(3e-5);
    // Without it, times are even: other levels, and other samples.
    const even = await collect(reverseDiffusion(family, { ...options, steps: 12 }));
    expect(worst(even.x, x, absolute)).toBeGreaterThan(1e-2);
  });

  it('errors shrink by the order of the solver: 2^1 of DDIM, 2^2 of Heun and DPM-Solver++, 2^3 of DEIS', async () => {
    const exact = file.exact.flat();
    const errorOf = async (solver: Solver, steps: number) =>
      worst(await flow({ solver, steps, denoise: false, schedule: 'logLinear' }), exact, absolute);
    const rates: [Solver, number, number][] = [
      ['ddim', 200, 1],
      ['dpmSolver', 100, 2],
      ['heun', 100, 2],
      ['deis', 60, 3],
    ];
    for (const [solver, steps, order] of rates) {
      const rate = Math.log2((await errorOf(solver, steps)) / (await errorOf(solver, 2 * steps)));
      expect(Math.abs(rate - order), `${solver}: ${rate}`).toBeLessThan(0.35);
    }
  });

  it('a wrong sign or noise fails: it ends more than 0.1 away', async () => {
    const wrong = (at: ScoreFamily['at']): ScoreFamily => ({ ...{ core, dim: 2 }, at });
    const negative = wrong((sigma) => {
      const score = family.at(sigma);
      return Object.assign(Object.create(score), {
        score: (x: Float32Array) => score.score(x).map((v) => -v),
        dispose: () => score.dispose(),
      });
    });
    const late = wrong((sigma) => family.at(sigma * 1.2));
    for (const other of [negative, late]) {
      const { x } = await collect(probabilityFlow(other, { ...options, schedule: bare, denoise: false }));
      expect(worst(x, file.bare.deis.flat(), absolute)).toBeGreaterThan(0.1);
    }
  });

  it('all end at the same points in both views, within 4e-5', async () => {
    const preserving = variancePreserving();
    const ratio = (t: number) => preserving.sigma(t) / preserving.alpha(t);
    const same = varianceExploding({ sigmaMin: ratio(preserving.tMin), sigmaMax: ratio(1) });
    for (const solver of ['deis', 'dpmSolver', 'accelerated', 'ddim', 'heun'] as const) {
      const own = { key: key(3), chains: 24, steps: 30, solver };
      const [one, other] = [
        (await collect(probabilityFlow(family, { ...own, process: same }))).x,
        (await collect(probabilityFlow(family, { ...own, process: preserving }))).x,
      ];
      expect(worst(one, other, absolute)).toBeLessThan(4e-5);
    }
  });

  it.each([
    ['deis', 18],
    ['dpmSolver', 18],
    ['accelerated', 18],
    ['ddim', 18],
    ['heun', 35],
  ] as const)('%s asks %d scores in 18 steps, the default, none of them in vain', async (solver, want) => {
    let asked = 0;
    const counting: ScoreFamily = {
      ...{ core, dim: 2 },
      at(sigma) {
        const score = family.at(sigma);
        return Object.assign(Object.create(score), {
          score(x: Float32Array) {
            asked++;
            return score.score(x);
          },
          dispose: () => score.dispose(),
        });
      },
    };
    const run = await collect(probabilityFlow(counting, { ...options, solver }));
    expect([asked, run.step]).toEqual([want, 18]);
    expect(worst(run.x, await flow({ solver, steps: 18 }), absolute)).toBeLessThan(3e-5);
  });

  it('18 steps of deis along karras are the default, a step a kept position, and few steps are allowed', async () => {
    const { path } = await collect(probabilityFlow(family, { ...options, steps: 5, thin: 1 }));
    expect(path.length).toBe(5 * chains * 2);
    for (const steps of [1, 2, 3]) expect((await flow({ steps })).every(Number.isFinite)).toBe(true);
    expect(sameBits(await flow({}), await flow({ solver: 'deis', schedule: 'karras', steps: 18 }))).toBe(
      true,
    );
  });

  it('bad options give one line that names them', async () => {
    const bad = (change: object) => failure(probabilityFlow(family, { ...options, ...change }));
    expect(await bad({ solver: 'euler' })).toBe(
      "probabilityFlow: solver must be 'deis', 'dpmSolver', 'accelerated', 'ddim', 'heun', got \"euler\"",
    );
    expect(await bad({ schedule: 'linear' })).toBe(
      "probabilityFlow: schedule must be 'karras', 'logLinear', 'cosine', 'ddpm' or a list of levels, got \"linear\"",
    );
    expect(await bad({ schedule: [2, 1], steps: 3 })).toBe(
      'probabilityFlow: schedule must hold 3 levels for these steps, got 2',
    );
    expect(await bad({ schedule: [1, 2] })).toBe('probabilityFlow: schedule must descend, got 2 after 1');
    expect(await bad({ schedule: [] })).toBe('probabilityFlow: steps must be a positive integer, got 0');
    const reverse = failure(reverseDiffusion(family, { ...options, schedule: 'karras' }));
    expect(await reverse).toBe('reverseDiffusion: steps must be a positive integer, got undefined');
  });
});

describe('noiseSchedule', () => {
  it.each(['karras', 'logLinear'] as const)("%s has k-diffusion's levels within 1e-12", (schedule) => {
    const got = noiseSchedule(process, { count: 12, schedule });
    expect(relativeToLargest(got, file.schedules[schedule])).toBeLessThan(1e-12);
  });

  it.each([
    // A process of 1,000 small steps, against its limit.
    ['ddpm', 0.02],
    // The peer starts its angle a little above none, and bounds the last betas.
    ['cosine', 0.05],
  ] as const)("%s has smalldiffusion's levels within a factor of 1 + %d", (schedule, within) => {
    const want = file.schedules[schedule].slice(schedule === 'cosine' ? 1 : 0);
    const between = varianceExploding({ sigmaMin: want.at(-1), sigmaMax: want[0] });
    const got = noiseSchedule(between, { count: want.length, schedule });
    expect(worst(got, want, (a, b) => Math.abs(Math.log(a / b)))).toBeLessThan(within);
    // Which of the two it is makes a difference.
    const other = noiseSchedule(between, { count: want.length, schedule: 'logLinear' });
    expect(worst(other, want, (a, b) => Math.abs(Math.log(a / b)))).toBeGreaterThan(5 * within);
  });

  it('begins and ends exactly at the noises of the process, whatever its spacing', () => {
    for (const schedule of ['karras', 'logLinear', 'cosine', 'ddpm'] as const) {
      const got = noiseSchedule(process, { count: 7, schedule, spacing: 3 });
      expect([got[0], got[6]]).toEqual([process.sigma(1), process.sigma(0)]);
      expect(got.every((sigma, i) => i === 0 || sigma < got[i - 1])).toBe(true);
      expect(noiseSchedule(process, { count: 1, schedule })).toEqual(Float64Array.of(process.sigma(1)));
    }
  });
});

import { describe, expect, it } from 'vitest';
import type { Core } from '../../src/core/instantiate.js';
import {
  type ChainOptions,
  collect,
  type Density,
  fromFunction,
  gaussian,
  hmc,
  key,
  langevin,
  loadCore,
  mala,
  nuts,
  type SamplerState,
  type Score,
  underdamped,
} from '../../src/index.js';
import { forEachCore } from '../cores.js';

/** The samplers that accept, with settings that suit a density of width 1. */
const SAMPLERS = {
  mala: (score: Score, options: ChainOptions) => mala(score, { ...options, stepSize: 0.5 }),
  hmc: (score: Score, options: ChainOptions) => hmc(score, { ...options, stepSize: 0.4, leapfrogs: 5 }),
  'hmc with a warm-up': (score: Score, options: ChainOptions) =>
    hmc(score, { ...options, leapfrogs: 5, warmup: 60, jitter: 0.5 }),
  'hmc with a matrix': (score: Score, options: ChainOptions) =>
    hmc(score, { ...options, stepSize: 0.4, leapfrogs: 5, metric: 'dense' }),
  nuts: (score: Score, options: ChainOptions) => nuts(score, { ...options, warmup: 100 }),
  'nuts with a matrix': (score: Score, options: ChainOptions) =>
    nuts(score, { ...options, warmup: 100, metric: 'dense' }),
};
const samplers = Object.entries(SAMPLERS);

/** N(mean, 1) as functions, in float64, whose log-density at and below 0 is `below`; its score there 0. */
function above(core: Core, below: number, mean = 1): Density {
  return fromFunction(
    core,
    1,
    (x, out) => out.set(x.map((v) => (v > 0 ? mean - v : 0))),
    (x, out) => out.set(Array.from(x, (v) => (v > 0 ? -((v - mean) ** 2) / 2 : below))),
  );
}

forEachCore('chains that start where there is nothing to compare proposals with', (core) => {
  const options = { key: key(1), steps: 5, chains: 11 };
  const init = new Float32Array(11).fill(1);
  init[9] = -3;

  describe.each(samplers)('%s', (name, run) => {
    const caller = name.split(' ')[0];

    it.each([Number.NEGATIVE_INFINITY, Number.NaN])(
      'names the chain whose log-density is %d',
      async (below) => {
        await expect(collect(run(above(core, below), { ...options, init }))).rejects.toThrow(
          `${caller}: chain 9 starts at [-3], where its log-density is ${below}; start where the density is finite`,
        );
        // Without a start that is given, chains start at the origin.
        await expect(collect(run(above(core, below), options))).rejects.toThrow(
          'chain 0 starts at [0], where',
        );
        // A density that is 0 somewhere else is none of its business.
        await collect(run(above(core, below), { ...options, init: init.map(Math.abs) }));
      },
    );

    it('names the chain whose score is not finite, with a log-density or without', async () => {
      const score = (x: Float32Array, out: Float32Array) => out.set(x.map((v) => (v > 0 ? -v : 1 / 0)));
      const density = fromFunction(core, 1, score, (x, out) => out.set(x.map((v) => (-v * v) / 2)));
      for (const own of [density, fromFunction(core, 1, score)]) {
        await expect(collect(run(own, { ...options, init }))).rejects.toThrow(
          `${caller}: chain 9 starts at [-3], where its score is not finite; start where the score is finite`,
        );
      }
    });

    it('of a score of this library too, in many dimensions', async () => {
      const D = 6;
      const covariance = Array.from({ length: D }, (_, i) => Array.from({ length: D }, (_, j) => +(i === j)));
      using density = gaussian(core, { mean: Array(D).fill(0), covariance });
      const far = new Float32Array(11 * D);
      far.fill(1e30, 10 * D);
      await expect(collect(run(density, { ...options, init: far }))).rejects.toThrow(
        /: chain 10 starts at \[1\.0\d+e\+30, .*, \.\.\.\], where its log-density is -Infinity; start where/,
      );
    });
  });
});

forEachCore('chains whose steps float32 rounds to nothing', (core) => {
  const normalAt = (mean: number[]) =>
    gaussian(core, { mean, covariance: mean.map((_, i) => mean.map((_, j) => +(i === j))) });

  it.each(samplers)('%s on N(1e8, 1), where float32 numbers are 8 apart', async (name, run) => {
    using density = normalAt([0, 1e8]);
    const options = { key: key(3), steps: 300, chains: 3, init: Float32Array.of(0, 1e8) };
    await expect(collect(run(density, options))).rejects.toThrow(
      new RegExp(
        `^${name.split(' ')[0]}: chain \\d does not move although it accepts its steps: \\d+ of 32 left coordinate 1 at 100000000, ` +
          'where float32 numbers are 8 apart; subtract about 100000000 from that coordinate, so that it is near 0, or take larger steps$',
      ),
    );
  });

  it.each(samplers)(
    '%s on N(1e6, 1), where they are 1/16 apart, has its variance within 0.15',
    async (_, run) => {
      using density = normalAt([1e6]);
      const state = await collect(
        run(density, { key: key(4), steps: 600, chains: 8, thin: 1, init: Float32Array.of(1e6) }),
      );
      const square = state.path.reduce((sum, v) => sum + (v - 1e6) ** 2 / state.path.length, 0);
      expect(Math.abs(square - 1)).toBeLessThan(0.15);
    },
  );

  describe.each<
    [string, number[], (score: Score, options: ChainOptions, noise: number) => AsyncIterable<SamplerState>]
  >([
    [
      'langevin',
      [0.016, 0.06, 0.12],
      (score, options, noise) => langevin(score, { ...options, stepSize: noise * noise }),
    ],
    [
      'a schedule of langevin',
      [0.016, 0.06, 0.12],
      (score, options, noise) =>
        langevin(score, { ...options, stepSize: (t) => noise * noise * (1 + 1 / (1 + t)) }),
    ],
    [
      'underdamped',
      [0.016, 0.05],
      (score, options, noise) => underdamped(score, { ...options, stepSize: noise }),
    ],
  ])('%s, which accepts nothing', (name, noises, run) => {
    const caller = name.split(' ').at(-1);

    it.each(noises)('refuses a noise of %d at 1e6, wherever it starts', async (noise) => {
      using density = normalAt([0, 1e6]);
      for (const init of [Float32Array.of(0, 1e6), Float32Array.of(0, 1e6 - 2)]) {
        await expect(
          collect(run(density, { key: key(3), steps: 3000, chains: 3, init, shard: [2, 2] }, noise)),
        ).rejects.toThrow(
          new RegExp(
            `^${caller}: coordinate 1 of chain [12] stays at about [\\d.]+, so far from 0 that float32 rounds its steps; shift that`,
          ),
        );
      }
    });

    it('takes a noise of 0.3 there, one step, and a start far away that moves on', async () => {
      using density = normalAt([0, 1e6]);
      const init = Float32Array.of(0, 1e6);
      await collect(run(density, { key: key(3), steps: 200, init }, 0.3));
      await collect(run(density, { key: key(3), steps: 1, init }, 0.01));
      using near = normalAt([0, 0]);
      const far = Float32Array.of(1e8, 0);
      const { x } = await collect(run(near, { key: key(3), steps: 1000, init: far }, 0.3));
      expect(Math.abs(x[0])).toBeLessThan(5);
      await collect(run(near, { key: key(3), steps: 20, init: far }, 0.3));
    });
  });

  it('a step size below what float32 resolves', async () => {
    using density = normalAt([1]);
    const options = { key: key(5), steps: 200, init: Float32Array.of(1) };
    await expect(collect(hmc(density, { ...options, stepSize: 1e-9, leapfrogs: 2 }))).rejects.toThrow(
      /32 of 32 left coordinate 0 at 1, where float32 numbers are 1\.2e-7 apart; .* or take larger steps$/,
    );
  });

  it('chains that refuse their steps are no such chains: their acceptance says so', async () => {
    using density = normalAt([1]);
    const options = { key: key(5), steps: 200, init: Float32Array.of(1) };
    const { acceptance } = await collect(hmc(density, { ...options, stepSize: 100, leapfrogs: 3 }));
    expect(acceptance[0]).toBeLessThan(1e-6);
  });
});

it('messages of a shard name the chain as the whole run counts it, and where it starts', async () => {
  const core = await loadCore({ kernel: 'strict', threads: 1 });
  const init = Float32Array.from({ length: 10 }, (_, c) => (c === 8 ? -3 : 1 + c));
  const options = { key: key(1), steps: 5, chains: 10, init, shard: [2, 2] } as const;
  const density = above(core, Number.NEGATIVE_INFINITY);
  await expect(collect(mala(density, { ...options, stepSize: 0.5 }))).rejects.toThrow(
    'mala: chain 8 starts at [-3], where its log-density is -Infinity',
  );
  const score = fromFunction(core, 1, (x, out) => out.set(x.map((v) => (v > 0 ? -v : 1 / 0))));
  await expect(collect(langevin(score, { ...options, stepSize: 0.01 }))).rejects.toThrow(
    /^langevin: a position is not finite within 1 steps, of chain 8, which started at \[-3\]; lower/,
  );
});

it.each([null, undefined, {}])(
  'langevin and underdamped refuse %s in words, as those that accept do',
  async (none) => {
    const score = none as unknown as Score;
    for (const [name, run] of Object.entries({ langevin, underdamped, mala }))
      await expect(collect(run(score, { key: key(0), steps: 1, stepSize: 0.1 }))).rejects.toThrow(
        `${name}: score must have a method score(x), got `,
      );
  },
);

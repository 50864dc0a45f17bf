import { describe, expect, it } from 'vitest';
import {
  banana,
  collect,
  type Density,
  fromFunction,
  gaussian,
  hmc,
  key,
  mala,
  type NutsState,
  normal,
  nuts,
  type Score,
  split,
  type TrajectoryState,
  underdamped,
} from '../../src/index.js';
import { forEachCore, sameBits, worst } from '../cores.js';
import * as twin from '../reference.js';

const absolute = (a: number, b: number) => Math.abs(a - b);
const covariance = [
  [1, 0.5, 0],
  [0.5, 2, -0.3],
  [0, -0.3, 0.5],
];
const mean = [0.5, -1, 2];

forEachCore('against the float64 twin', (core) => {
  const targets: [string, () => Density, twin.TwinDensity, number][] = [
    ['a Gaussian', () => gaussian(core, { mean, covariance }), twin.gaussianTwin(mean, covariance), 3],
    ['a banana', () => banana(core, { bend: 0.3, noise: 0.8 }), twin.bananaTwin(1, 0.3, 0.8), 2],
  ];

  /** Paths [T][D] of each chain to [T, C, D] flat. */
  const flat = (chains: number[][][]) => chains[0].flatMap((_, t) => chains.flatMap((path) => path[t]));

  describe.each(['original', 'partitionable'] as const)('%s layout', (layout) => {
    describe.each(targets)('%s', (_, make, want, D) => {
      it.each([1, 5, 11])('mala, %i chains of 40 steps within 2e-5', async (chains) => {
        using density = make();
        const init = normal(core, key(chains), [chains, D]);
        const options = { key: key(7), steps: 40, chains, init, layout, thin: 1 };
        const { path, acceptance } = await collectAs<TrajectoryState>(
          mala(density, { ...options, stepSize: 0.3 }),
        );
        const draws = twin.runDraws(split(key(7)), 40, chains, D, layout);
        const m = mean.slice(0, D).map(() => 1);
        const runs = Array.from({ length: chains }, (_, c) =>
          twin.hmcChain(want, [...init.subarray(c * D, (c + 1) * D)], c, 40, draws, {
            eps: Math.sqrt(0.3),
            leapfrogs: 1,
            m,
          }),
        );
        expect(worst(path, flat(runs.map((run) => run.path)), absolute)).toBeLessThan(2e-5);
        const rates = runs.map((run) => run.acceptance.reduce((a, b) => a + b, 0) / 40);
        expect(worst(acceptance, rates, absolute)).toBeLessThan(2e-5);
        expect(Math.max(...rates)).toBeLessThan(1);
      });

      it.each([1, 5, 11])('hmc, %i chains of 25 jittered trajectories within 2e-4', async (chains) => {
        using density = make();
        const init = normal(core, key(chains), [chains, D]);
        const inverseMass = [0.7, 1.6, 0.4].slice(0, D);
        const own = { stepSize: 0.25, leapfrogs: 6, jitter: 0.4, inverseMass };
        const options = { key: key(8), steps: 25, chains, init, layout, thin: 1 };
        const state = await collectAs<TrajectoryState>(hmc(density, { ...options, ...own }));
        const draws = twin.runDraws(split(key(8), 3), 25, chains, D, layout);
        const runs = Array.from({ length: chains }, (_, c) =>
          twin.hmcChain(want, [...init.subarray(c * D, (c + 1) * D)], c, 25, draws, {
            eps: 0.25,
            leapfrogs: 6,
            jitter: 0.4,
            m: inverseMass,
          }),
        );
        expect(worst(state.path, flat(runs.map((run) => run.path)), absolute)).toBeLessThan(2e-4);
        const energies = runs.map((run) => run.energy[24]);
        expect(worst(state.energy, energies, absolute)).toBeLessThan(2e-4);
        expect([...state.leapfrogs]).toEqual(runs.map(() => 150));
        const bfmi = runs.map(({ energy }) => {
          const middle = energy.reduce((a, b) => a + b, 0) / 25;
          const changes = energy.slice(1).reduce((sum, e, i) => sum + (e - energy[i]) ** 2, 0);
          return changes / energy.reduce((sum, e) => sum + (e - middle) ** 2, 0);
        });
        expect(worst(state.bfmi, bfmi, absolute)).toBeLessThan(1e-3);
      });

      it.each([1, 5, 11])('nuts, %i chains of 20 steps within 5e-4, with its trees', async (chains) => {
        using density = make();
        const init = normal(core, key(chains), [chains, D]);
        const inverseMass = [0.7, 1.6, 0.4].slice(0, D);
        for (const maxDepth of [10, 3]) {
          const state = await collectAs<NutsState>(
            nuts(density, {
              key: key(9),
              steps: 20,
              warmup: 0,
              stepSize: 0.2,
              maxDepth,
              inverseMass,
              chains,
              init,
              layout,
              thin: 1,
            }),
          );
          const keys = split(key(9), 4);
          const runs = Array.from({ length: chains }, (_, c) =>
            twin.nutsChain(want, [...init.subarray(c * D, (c + 1) * D)], c, chains, 20, keys, {
              eps: 0.2,
              m: inverseMass,
              maxDepth,
              layout,
            }),
          );
          expect(worst(state.path, flat(runs.map((run) => run.path)), absolute)).toBeLessThan(5e-4);
          const total = (a: number[]) => a.reduce((s, v) => s + v, 0);
          expect([...state.leapfrogs]).toEqual(runs.map((run) => total(run.leapfrogs)));
          expect([...state.depth]).toEqual(runs.map((run) => total(run.depth) / 20));
          const rates = runs.map((run) => total(run.acceptance) / 20);
          expect(worst(state.acceptance, rates, absolute)).toBeLessThan(2e-4);
          if (maxDepth === 10) expect(Math.max(...runs.flatMap((run) => run.depth))).toBeGreaterThan(3);
        }
      });

      it.each([1, 5, 11])('underdamped, %i chains of 40 steps within 2e-5', async (chains) => {
        using density = make();
        const init = normal(core, key(chains), [chains, D]);
        const options = { key: key(10), steps: 40, chains, init, layout, thin: 1 };
        const own = { stepSize: 0.2, friction: 0.7, inverseMass: 1.3 };
        const { path } = await collect(underdamped(density, { ...options, ...own }));
        const draws = twin.runDraws([key(10)], 40, chains, D, layout);
        const runs = Array.from({ length: chains }, (_, c) =>
          twin.underdampedPath(
            want.score,
            [...init.subarray(c * D, (c + 1) * D)],
            Array.from({ length: 40 }, (_, t) => draws.momenta(t, c)),
            { h: 0.2, gamma: 0.7, u: 1.3 },
          ),
        );
        expect(worst(path, flat(runs), absolute)).toBeLessThan(2e-5);
      });
    });
  });

  it('scores in JavaScript go the same way, each sampler within 1e-3', async () => {
    using density = gaussian(core, { mean, covariance });
    const want = twin.gaussianTwin(mean, covariance);
    let places = 0;
    const own = fromFunction(
      core,
      3,
      (x, out) => {
        for (let i = 0; i < x.length; i += 3) out.set(want.score([...x.subarray(i, i + 3)]), i);
        places += x.length / 3;
      },
      (x, out) => out.set(out.map((_, i) => want.logProb([...x.subarray(3 * i, 3 * i + 3)]))),
    );
    const histogram = { bins: 4, xlim: [-2, 2], ylim: [-3, 3] } as const;
    const options = { key: key(3), steps: 15, chains: 9, thin: 2, histogram };
    const samplers: [string, (score: Score) => AsyncIterable<TrajectoryState>][] = [
      ['mala', (d) => mala(d as Density, { ...options, stepSize: 0.2 }) as AsyncIterable<TrajectoryState>],
      ['hmc', (d) => hmc(d as Density, { ...options, stepSize: 0.2, leapfrogs: 4 })],
      ['nuts', (d) => nuts(d as Density, { ...options, stepSize: 0.3, warmup: 0 })],
      ['underdamped', (d) => underdamped(d, { ...options, stepSize: 0.2 }) as AsyncIterable<TrajectoryState>],
    ];
    for (const [name, run] of samplers) {
      const [fused, written] = [await collectAs(run(density)), await collectAs(run(own))];
      expect(fused.path.length, name).toBe(7 * 9 * 3);
      expect(worst(written.path, fused.path, absolute), name).toBeLessThan(1e-3);
      expect(written.histogram?.counts, name).toEqual(fused.histogram?.counts);
      if (name !== 'underdamped') {
        expect(worst(written.acceptance, fused.acceptance, absolute), name).toBeLessThan(1e-3);
      }
    }
    expect(places).toBeGreaterThan(15 * 9);
  });

  it('a warm-up moves but keeps, counts and reports nothing, and is cut as the rest', async () => {
    using density = gaussian(core, { mean, covariance });
    const options = { key: key(3), steps: 10, chains: 9, thin: 3 };
    const states: NutsState[] = [];
    for await (const state of nuts(density, { ...options, warmup: 200 })) states.push(state);
    const before = states.filter(({ step }) => step <= 0);
    expect(before.length).toBeGreaterThan(0);
    expect(
      before.every(({ path, divergences }) => path.length === 0 && divergences.every((n) => n === 0)),
    ).toBe(true);
    expect(states[states.length - 1].step).toBe(10);
    expect(states.reduce((sum, { path }) => sum + path.length, 0)).toBe(3 * 9 * 3);
    const sizes = states[states.length - 1].stepSizes;
    expect(new Set(sizes).size).toBe(9);
    // Step 1 of a run without thinning is the place after 201 steps in all.
    const every = await collect(nuts(density, { ...options, thin: 1, warmup: 200 }));
    const thinned = await collect(nuts(density, { ...options, warmup: 200 }));
    expect(sameBits(thinned.path.subarray(0, 27), every.path.subarray(54, 81))).toBe(true);
  });
});

async function collectAs<T extends TrajectoryState>(run: AsyncIterable<unknown>): Promise<T> {
  return (await collect(run as AsyncIterable<T>)) as T;
}

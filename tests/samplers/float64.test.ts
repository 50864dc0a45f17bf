// Log-densities in float64: what float32 rounds away decides here whether a step is accepted.
import { expect, it } from 'vitest';
import {
  collect,
  fromFunction,
  hmc,
  key,
  normal,
  nuts,
  type SamplerState,
  type TrajectoryState,
} from '../../src/index.js';
import { forEachCore, worst } from '../cores.js';

const absolute = (a: number, b: number) => Math.abs(a - b);

forEachCore('a log-density in float64', (core) => {
  /** N(0, I) whose log-density is told less `offset`, rounded by `round`. */
  const told = (offset: number, round: (v: number) => number = (v) => v) =>
    fromFunction(
      core,
      2,
      (x, out) => out.set(x.map((v) => -v)),
      (x, out) => {
        for (let i = 0; i < out.length; i++) {
          out[i] = round(-offset - (x[2 * i] ** 2 + x[2 * i + 1] ** 2) / 2);
        }
      },
    );
  const options = { key: key(3), steps: 40, chains: 9, thin: 1, init: normal(core, key(4), [9, 2]) };
  type Run = (d: ReturnType<typeof told>) => AsyncIterable<SamplerState>;
  const runs: [string, Run][] = [
    ['hmc', (d) => hmc(d, { ...options, stepSize: 0.9, leapfrogs: 3 })],
    ['nuts', (d) => nuts(d, { ...options, stepSize: 0.8, warmup: 0 })],
  ];

  it.each(runs)(
    '%s: 1e8 taken from it changes no position by more than 1e-3, nor the energy but by 1e8',
    async (_, run) => {
      const [near, far] = [await collect(run(told(0))), await collect(run(told(1e8)))] as TrajectoryState[];
      expect(worst(far.path, near.path, absolute)).toBeLessThan(1e-3);
      const energies = far.energy.map((energy) => energy - 1e8);
      expect(worst(energies, near.energy, absolute)).toBeLessThan(1e-3);
      expect(worst(far.bfmi, near.bfmi, absolute)).toBeLessThan(1e-3);
    },
  );

  it.each(runs)('%s: rounded to float32, it leads elsewhere', async (_, run) => {
    const [near, far] = [await collect(run(told(0))), await collect(run(told(1e8, Math.fround)))];
    expect(worst(far.path, near.path, absolute)).toBeGreaterThan(0.1);
  });

  it('a place of density 0 is refused, and the methods round as they say', async () => {
    const wall = fromFunction(
      core,
      1,
      (_, out) => out.fill(0),
      (x, out) => out.set(x.map((v) => (v < 0 ? -Infinity : 0))),
    );
    const { x } = await collect(
      hmc(wall, {
        key: key(1),
        steps: 60,
        chains: 16,
        stepSize: 0.5,
        leapfrogs: 2,
        init: Float32Array.of(1),
      }),
    );
    expect(Math.min(...x)).toBeGreaterThanOrEqual(0);
    expect(new Set(x).size).toBe(16);
    expect([...wall.logProb(Float32Array.of(-1, 1))]).toEqual([-Infinity, 0]);
    expect(wall.logProb(Float32Array.of(1))).toBeInstanceOf(Float32Array);
    expect(told(1e8).logProb64?.(Float32Array.of(0.1, 0))[0]).toBeCloseTo(-1e8 - 0.005, 6);
  });

  it('that is infinite is a divergence, like one that is no number: chains never go there', async () => {
    for (const wrong of [Infinity, Number.NaN]) {
      const holed = fromFunction(
        core,
        1,
        (x, out) => out.set(x.map((v) => -v)),
        (x, out) => {
          for (let i = 0; i < out.length; i++) out[i] = x[i] > 1.5 ? wrong : (-x[i] * x[i]) / 2;
        },
      );
      const run = { key: key(2), steps: 200, chains: 16, thin: 1 };
      const { path, divergences, stepSizes } = await collect(nuts(holed, { ...run, warmup: 100 }));
      expect(Math.max(...path)).toBeLessThanOrEqual(1.5);
      expect(divergences.reduce((sum, n) => sum + n, 0)).toBeGreaterThan(10);
      expect(Math.max(...stepSizes)).toBeLessThan(5);
    }
  });
});

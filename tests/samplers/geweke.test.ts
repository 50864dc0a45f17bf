// Geweke's joint test ("Getting it right", 2004): with theta ~ N(0, 1) and y ~ N(theta + theta^2 / 2, 1 / 4) drawn together,
// a sampler of theta given y and a new draw of y given theta, in turns, leave their joint distribution as it is. Every
// chain has a y of its own.
import { expect, it } from 'vitest';
import {
  collect,
  type Density,
  foldIn,
  fromFunction,
  hmc,
  key,
  mala,
  normal,
  nuts,
  type SamplerState,
} from '../../src/index.js';
import { forEachCore } from '../cores.js';

const CHAINS = 1500;
const TURNS = 20;
const SD = 0.5;

/** Statistics of (theta, y) with their exact expectations. */
const MOMENTS: [name: string, f: (theta: number, y: number) => number, expected: number][] = [
  ['theta', (theta) => theta, 0],
  ['theta^2', (theta) => theta ** 2, 1],
  ['theta^4', (theta) => theta ** 4, 3],
  ['y', (_, y) => y, 0.5],
  ['y^2', (_, y) => y * y, 2],
  ['theta y', (theta, y) => theta * y, 1],
  ['theta^2 y', (theta, y) => theta ** 2 * y, 1.5],
];

type Run = (density: Density, turn: number, init: Float32Array) => AsyncIterable<SamplerState>;
const options = (turn: number, init: Float32Array) => ({
  key: foldIn(key(12), turn),
  steps: 3,
  chains: CHAINS,
  init,
});
const samplers: [string, Run][] = [
  ['mala', (d, turn, init) => mala(d, { ...options(turn, init), stepSize: 0.4 })],
  ['hmc', (d, turn, init) => hmc(d, { ...options(turn, init), stepSize: 0.35, leapfrogs: 3, jitter: 0.3 })],
  ['nuts', (d, turn, init) => nuts(d, { ...options(turn, init), stepSize: 0.4, warmup: 0, maxDepth: 5 })],
];

forEachCore("Geweke's joint test", (core) => {
  /** The largest error of all moments in standard errors; `power` is what the sampler takes the posterior to. */
  async function verdict(run: Run, power: number): Promise<number> {
    const draw = (turn: number) => normal(core, foldIn(key(11), turn), [CHAINS]);
    const respond = (theta: Float32Array, noise: Float32Array) =>
      theta.map((v, c) => v + (v * v) / 2 + SD * noise[c]);
    let theta = draw(1000) as Float32Array;
    let y = respond(theta, draw(0));
    // All chains are asked together, in their order.
    const posterior = fromFunction(
      core,
      1,
      (x, out) => out.set(x.map((v, c) => power * (-v + ((y[c] - v - (v * v) / 2) / SD ** 2) * (1 + v)))),
      (x, out) => out.set(x.map((v, c) => power * (-(v * v) / 2 - ((y[c] - v - (v * v) / 2) / SD) ** 2 / 2))),
    );
    const sums = MOMENTS.map(() => new Float64Array(CHAINS));
    for (let turn = 1; turn <= TURNS; turn++) {
      theta = (await collect(run(posterior, turn, theta))).x;
      y = respond(theta, draw(turn));
      MOMENTS.forEach(([, f], i) => {
        for (let c = 0; c < CHAINS; c++) sums[i][c] += f(theta[c], y[c]) / TURNS;
      });
    }
    const errors = MOMENTS.map(([, , expected], i) => {
      const mean = sums[i].reduce((a, b) => a + b, 0) / CHAINS;
      const variance = sums[i].reduce((a, b) => a + (b - mean) ** 2, 0) / (CHAINS - 1);
      return Math.abs(mean - expected) / Math.sqrt(variance / CHAINS);
    });
    return Math.max(...errors);
  }

  it.each(samplers)('%s leaves the joint distribution as it is, at 5 standard errors', async (_, run) => {
    expect(await verdict(run, 1)).toBeLessThan(5);
  });

  it.each(samplers)('%s fails it when it accepts by the posterior to the power 1.7', async (_, run) => {
    expect(await verdict(run, 1.7)).toBeGreaterThan(5);
  });
});

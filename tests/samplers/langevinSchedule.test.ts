import { describe, expect, it } from 'vitest';
import { collect, fromFunction, key, langevin, mixture, normal } from '../../src/index.js';
import { failure, forEachCore, sameBits, WAYS, worst } from '../cores.js';
import * as twin from '../reference.js';

const gaussian = { means: [[0]], sds: [[1]], weights: [1] };
const absolute = (a: number, b: number) => Math.abs(a - b);

forEachCore('langevin with a schedule of step sizes', (core) => {
  it('each step takes its own: within 3e-7 of the twin, over a fused score and one in JavaScript', async () => {
    const stepSize = (t: number) => 0.5 / (1 + t);
    const [steps, init] = [40, Float32Array.of(1.5)];
    using fused = mixture(core, gaussian);
    using own = fromFunction(core, 1, (x, out) => out.set(x.map((v) => -v)));
    const z = twin.randomNormal(key(3), steps, 'original');
    let x = [...init];
    const want = Array.from({ length: steps }, (_, t) => {
      x = twin.langevinStep(x, [-x[0]], [z[t]], stepSize(t));
      return x[0];
    });
    for (const score of [fused, own]) {
      const { path } = await collect(langevin(score, { key: key(3), steps, stepSize, init, thin: 1 }));
      expect(worst(path, want, absolute)).toBeLessThan(3e-7);
    }
  });

  it('the same step size at every step has the bits of one number', async () => {
    using density = mixture(core, gaussian);
    const options = { key: key(5), steps: 300, chains: 20, thin: 50 };
    const one = await collect(langevin(density, { ...options, stepSize: 0.07 }));
    const each = await collect(langevin(density, { ...options, stepSize: () => 0.07 }));
    expect(sameBits(each.path, one.path)).toBe(true);
  });

  it('falling step sizes end with the variance 1 within 4 standard errors, the first alone with the 4/3 of its bias', async () => {
    using density = mixture(core, gaussian);
    const [chains, steps, first] = [20_000, 400, 1];
    const init = normal(core, key(8), [chains, 1]);
    const options = { key: key(9), chains, steps, init };
    const variance = async (stepSize: number | ((t: number) => number)) => {
      const { x } = await collect(langevin(density, { ...options, stepSize }));
      return x.reduce((sum, v) => sum + v * v, 0) / chains;
    };
    // The chain's stationary variance is 1 / (1 - eta / 4): x <- (1 - eta / 2) x + sqrt(eta) z.
    const error = Math.sqrt(2 / chains);
    expect(Math.abs((await variance(first)) - 4 / 3)).toBeLessThan(4 * (4 / 3) * error);
    // What is left of the bias of the last steps is about eta / 4 = .0025.
    expect(Math.abs((await variance((t) => first / (1 + t / 4))) - 1)).toBeLessThan(4 * error + 0.0035);
  });

  it('bad ones are refused in one line, and no memory is kept', async () => {
    using density = mixture(core, gaussian);
    const { used } = core.memory;
    const message = (stepSize: unknown) =>
      failure(langevin(density, { key: key(0), steps: 5, stepSize: stepSize as number }));
    expect(await message((t: number) => 1 - t)).toBe(
      'langevin: stepSize at step 1 must be a positive finite number, got 0',
    );
    expect(await message(() => 1e-60)).toBe(
      'langevin: stepSize at step 0 must be a float32 above 0, got 1e-60',
    );
    expect(await message('fast')).toBe('langevin: stepSize must be a number or a function, got "fast"');
    expect(core.memory.used).toBe(used);
  });
});

describe.each(Object.entries(WAYS))('threads that %s', (_, load) => {
  it('have the bits of one, with a schedule', async () => {
    const run = async (threads: number) => {
      using core = await load({ threads, kernel: 'strict' });
      using density = mixture(core, gaussian);
      const options = { key: key(5), steps: 100, chains: 40, stepSize: (t: number) => 0.3 / (1 + t) };
      return (await collect(langevin(density, options))).x;
    };
    expect(sameBits(await run(3), await run(1))).toBe(true);
  });
});

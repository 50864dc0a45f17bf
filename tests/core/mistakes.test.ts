// Mistakes of a caller: one line that names the function and the argument, and nothing lost or left behind.
import { describe, expect, it } from 'vitest';
import {
  type Checkpoint,
  empirical,
  fromFunction,
  key,
  langevin,
  loadCore,
  mixture,
  type NetworkConfig,
  network,
  pointSet,
  train,
  uniform,
} from '../../src/index.js';
import { drain, failure } from '../cores.js';
import { oneLine } from '../formats/oneLine.js';

const core = await loadCore({ kernel: 'strict' });
const small = { dim: 2, features: 2, width: 3, depth: 1, levels: 2, sigmaMin: 0.1 };
const data = pointSet({ dim: 2, points: [0, 0.5, 1, 1] });

describe('network', () => {
  it.each<Partial<NetworkConfig>>([
    { width: 70_000, depth: 2 },
    { features: 2 ** 31 },
    { depth: 1e7 },
    { levels: 2 ** 31 },
  ])('too large for 4 GiB: one line that names network, nothing taken: %o', (change) => {
    const { used } = core.memory;
    expect(oneLine(() => network(core, { ...small, ...change }))).toMatch(/^network: /);
    expect(core.memory.used).toBe(used);
  });
});

describe('train', () => {
  it('a checkpoint() kept beyond its step is still that step, or refuses', async () => {
    const net = network(core, small);
    const steps = await drain(train(net, data, { batch: 2, steps: 3 }));
    expect(oneLine(() => steps[0].checkpoint())).toMatch(/^train: /);
  });

  it('resume refuses a network of other levels or output', async () => {
    const net = network(core, small);
    let checkpoint: Checkpoint | undefined;
    for await (const state of train(net, data, { batch: 2, steps: 2 })) checkpoint ??= state.checkpoint();
    const other = network(core, { ...small, sigmaMin: 0.5, output: 'noise' });
    expect(await failure(train(other, data, { resume: checkpoint }))).toMatch(/^train: resume/);
  });

  it('after divergence the network holds the last parameters that gave a finite loss', async () => {
    const net = network(core);
    const run = { batch: 4, steps: 30 };
    expect(await failure(train(net, data, { ...run, learningRate: 1e6 }))).toMatch(
      /^train: the loss is (Infinity|NaN)/,
    );
    const [first] = await drain(train(net, data, { ...run, steps: 1 }));
    expect(first.loss).toBeLessThan(Infinity);
  });

  it.each([
    [
      'a point that is not finite',
      { dim: 2, points: Float32Array.of(0, Number.NaN), logits: new Float32Array(1) },
    ],
    ['fewer points than logits', { dim: 2, points: Float32Array.of(0, 0), logits: new Float32Array(5) }],
  ])('data with %s: one line that names data', async (_, set) => {
    const net = network(core, small);
    expect(await failure(train(net, set, { batch: 16, steps: 2 }))).toMatch(/^train: data/);
  });
});

describe('empirical', () => {
  it.each([
    { points: Float32Array.of(0, Number.NaN), logits: new Float32Array(1) },
    { points: Float32Array.of(0, 0), logits: Float32Array.of(Number.NaN) },
    { points: Float32Array.of(0, 0), logits: new Float32Array(3) },
  ])('data that are no distribution over points: one line: %o', (set) => {
    expect(oneLine(() => empirical(core, { dim: 2, ...set }, 1))).toMatch(/^empirical: data/);
  });

  it('a sigma whose square has no float32: an error, not NaN', () => {
    expect(oneLine(() => empirical(core, data, 1e-25))).toMatch(/^empirical: sigma/);
  });
});

describe('mixture', () => {
  it.each([
    { means: [[0], [1]], sds: [[1], [1e-22]] },
    { means: [[0], [1]], sds: [[1], [1e-40]] },
    { means: [[0], [1e39]], sds: [[1], [1]] },
    { means: [[0], [1]], sds: [[1], [1]], weights: [1e308, 1e308] },
  ])('numbers beyond float32: a finite score or an error, not NaN: %o', (options) => {
    let score = Float32Array.of(0);
    try {
      score = mixture(core, options).score(Float32Array.of(0.3)) as Float32Array<ArrayBuffer>;
    } catch (error) {
      expect((error as Error).message).toMatch(/^mixture: /);
    }
    expect(score[0]).not.toBeNaN();
  });

  it('a score used after dispose() says so', () => {
    const density = mixture(core, { means: [[0]], sds: [[1]] });
    density.dispose();
    expect(oneLine(() => density.score(new Float32Array(1)))).toMatch(/dispose/);
  });
});

describe('smaller ones', () => {
  it('uniform: ends beyond float32', () => {
    const draw = (minval: number, maxval: number) =>
      oneLine(() => uniform(core, key(0), [2], { minval, maxval }));
    expect(draw(0, 1e300)).toMatch(/^uniform: /);
    expect(draw(-3e38, 3e38)).toMatch(/^uniform: /);
  });

  it('fromFunction: out of another length', () => {
    const score = fromFunction(core, 2, (_, out) => out.fill(0));
    expect(oneLine(() => score.score(new Float32Array(2), new Float32Array(1)))).toMatch(/^score: out/);
  });

  it('langevin: a histogram without limits; a step size that is 0 in float32', async () => {
    const score = fromFunction(core, 2, (_, out) => out.fill(0));
    const histogram = { bins: 3 } as never;
    expect(await failure(langevin(score, { key: key(0), steps: 1, stepSize: 0.1, histogram }))).toMatch(
      /^langevin: /,
    );
    expect(await failure(langevin(score, { key: key(0), steps: 1, stepSize: 1e-80 }))).toMatch(
      /^langevin: stepSize/,
    );
  });
});

import { describe, expect, it } from 'vitest';
import {
  type Checkpoint,
  key,
  loadCore,
  network,
  pointSet,
  type TrainOptions,
  train,
} from '../../src/index.js';
import { defaultTraining } from '../../src/training/config.js';
import { drain, failure, forEachCore, sameBits, worst } from '../cores.js';
import { oneLine } from '../formats/oneLine.js';

const small = { dim: 2, features: 6, width: 10, depth: 2, levels: 4, sigmaMin: 0.05 };
/** Four points of uneven weights in the unit square. */
const data = pointSet({ dim: 2, points: [0.1, 0.2, 0.9, 0.3, 0.4, 0.8, 0.7, 0.7], weights: [1, 2, 0, 3] });

/** Everything of a checkpoint as bytes that can be compared. */
function flatten({ tensors, mean, square, key: k, step, network: net, training }: Checkpoint): string {
  const arrays = [...Object.values(tensors).map((tensor) => tensor.data), mean, square, k];
  const hex = arrays.map((a) => Buffer.from(a.buffer, a.byteOffset, a.byteLength).toString('hex'));
  return JSON.stringify([step, net, training, hex]);
}

forEachCore('train', (core) => {
  /** Trains a new network; returns all losses and the last checkpoint. */
  async function run(options: TrainOptions, config: object = {}) {
    using net = network(core, { ...small, ...config });
    const losses: number[] = [];
    let checkpoint: Checkpoint | undefined;
    for await (const state of train(net, data, options)) {
      losses.push(state.loss);
      if (losses.length === 1 || state.step === (options.steps ?? 0) - 1) checkpoint = state.checkpoint();
    }
    return { losses, checkpoint: checkpoint as Checkpoint };
  }

  it('lowers the loss: the last fifty steps average less than half of the first step', async () => {
    const { losses } = await run(
      { batch: 32, steps: 400, learningRate: 1e-2 },
      { sigmaMin: 0.2, output: 'noise' },
    );
    const last = losses.slice(-50).reduce((sum, loss) => sum + loss, 0) / 50;
    expect(last).toBeLessThan(losses[0] / 2);
  });

  it('a batch of fewer points than leaves: losses within 1e-5 of those of one leaf, also after many steps', async () => {
    using net = network(core, { ...small, levels: 300 });
    const start: Checkpoint = {
      network: net.config,
      training: { ...defaultTraining, steps: 20, batch: 3 },
      step: 0,
      key: key(3),
      tensors: net.tensors(),
      mean: new Float32Array(net.count),
      square: new Float32Array(net.count),
    };
    const losses = async (leaves: number) =>
      (await drain(train(net, data, { resume: { ...start, leaves } }))).map(({ loss }) => loss);
    const one = await losses(1);
    expect(worst(await losses(8), one, (a, b) => Math.abs(a - b) / b)).toBeLessThan(1e-5);
  });

  it('counts steps from 0 and begins with key(426) unless told otherwise', async () => {
    const options = { batch: 3, steps: 4 };
    const first = await run(options);
    expect(first.losses.length).toBe(4);
    expect(await run({ ...options, key: key(426), schedule: undefined })).toEqual(first);
    expect((await run({ ...options, key: key(427) })).losses[0]).not.toBe(first.losses[0]);
    expect(first.checkpoint).toMatchObject({ step: 4, network: small });
    expect(first.checkpoint.training).toEqual({
      batch: 3,
      steps: 4,
      learningRate: 1e-3,
      schedule: 'constant',
      layout: 'original',
      drawing: 'gumbel',
      objective: 'score',
    });
  });

  it('draws by an alias table when told to; a checkpoint that names no drawing is older, and goes on by gumbel', async () => {
    const options = { batch: 5, steps: 6 };
    const first = await run(options);
    expect((await run({ ...options, drawing: 'alias' })).losses).not.toEqual(first.losses);
    const { checkpoint: half } = await run({ ...options, steps: 3 });
    const { drawing: _, ...older } = half.training;
    using net = network(core, small);
    const resume = { ...half, training: older as typeof half.training };
    const losses = (await drain(train(net, data, { resume, steps: 6 }))).map(({ loss }) => loss);
    expect(losses).toEqual(first.losses.slice(3));
  });

  it.each([
    {},
    { schedule: 'cosine' as const },
    { layout: 'partitionable' as const, batch: 1 },
    { drawing: 'alias' as const },
  ])('a run cut anywhere and resumed has the bits of one left alone: %o', async (options) => {
    const all = { batch: 5, steps: 12, learningRate: 1e-2, ...options };
    const config = { output: 'noise' as const, encoding: 'averaged' as const, featureSpread: 4 };
    using whole = network(core, { ...small, ...config });
    const checkpoints = (await drain(withCheckpoints(train(whole, data, all)))).map(
      ({ checkpoint }) => checkpoint,
    );
    const want = flatten(checkpoints[11]);
    for (const cut of [0, 1, 4, 10]) {
      // Other weights to begin with: everything must come from the checkpoint.
      using net = network(core, { ...small, ...config }, { key: key(99) });
      const rest = await drain(
        withCheckpoints(train(net, data, { resume: structuredClone(checkpoints[cut]) })),
      );
      expect(rest.map(({ step }) => step)).toEqual(Array.from({ length: 11 - cut }, (_, i) => cut + 1 + i));
      expect(flatten(rest[rest.length - 1].checkpoint)).toBe(want);
    }
    // A finished run does nothing more, and one step further is one step.
    expect(await drain(train(whole, data, { resume: checkpoints[11] }))).toEqual([]);
    expect((await drain(train(whole, data, { resume: checkpoints[11], steps: 13 }))).length).toBe(1);
  });

  it('a checkpoint is a copy: later steps leave it alone', async () => {
    using net = network(core, small);
    const kept: { checkpoint: Checkpoint; bits: string }[] = [];
    for await (const state of train(net, data, { batch: 4, steps: 3 })) {
      const checkpoint = state.checkpoint();
      kept.push({ checkpoint, bits: flatten(checkpoint) });
    }
    for (const { checkpoint, bits } of kept) expect(flatten(checkpoint)).toBe(bits);
    expect(new Set(kept.map(({ bits }) => bits)).size).toBe(3);
  });

  it('cosine: rises for 2 % of the steps, then falls along half a cosine; constant: stays', async () => {
    using net = network(core, small);
    const steps = 200;
    const rates = async (schedule: 'constant' | 'cosine') =>
      (await drain(train(net, data, { batch: 1, steps, learningRate: 0.01, schedule }))).map(
        (s) => s.learningRate,
      );
    expect(new Set(await rates('constant'))).toEqual(new Set([0.01]));
    const cosine = await rates('cosine');
    const want = Array.from({ length: steps }, (_, t) =>
      t < 4 ? (0.01 * (t + 1)) / 4 : (0.01 * (1 + Math.cos((Math.PI * (t - 4)) / 196))) / 2,
    );
    cosine.forEach((rate, t) => {
      expect(rate).toBeCloseTo(want[t], 12);
    });
    expect(cosine[199]).toBeLessThan(1e-6);
  });

  it('two runs side by side have the bits of two runs apart', async () => {
    const options = { batch: 4, steps: 5 };
    const apart = [await run(options), await run(options, { dim: 2, width: 7 })];
    using a = network(core, small);
    using b = network(core, { ...small, width: 7 });
    const [first, second] = [train(a, data, options), train(b, data, options)];
    const losses: number[][] = [[], []];
    for (let step = 0; step < 5; step++) {
      losses[0].push((await first.next()).value?.loss ?? 0);
      losses[1].push((await second.next()).value?.loss ?? 0);
    }
    await Promise.all([first.return(), second.return()]);
    expect(losses).toEqual(apart.map((r) => r.losses));
  });

  describe('memory', () => {
    it('is given back when a run ends, is abandoned, aborted or fails', async () => {
      using net = network(core, small);
      const { used } = core.memory;
      await drain(train(net, data, { batch: 4, steps: 2 }));
      expect(core.memory.used).toBe(used);
      for await (const _ of train(net, data, { batch: 4 })) {
        expect(core.memory.used).toBeGreaterThan(used);
        break;
      }
      expect(core.memory.used).toBe(used);
      const signal = AbortSignal.abort();
      await expect(drain(train(net, data, { signal }))).rejects.toThrow();
      expect(core.memory.used).toBe(used);
      await failure(train(net, { ...data, logits: Float32Array.of(Number.NaN, 0, 0, 0) }, { batch: 4 }));
      expect(core.memory.used).toBe(used);
    });
  });

  it('an aborted signal stops it before the next step, with its reason', async () => {
    using net = network(core, small);
    const controller = new AbortController();
    const seen: number[] = [];
    const before = net.tensors();
    await expect(drain(train(net, data, { signal: AbortSignal.abort(new Error('stop')) }))).rejects.toThrow(
      'stop',
    );
    expect(net.tensors()).toEqual(before);
    const loop = async () => {
      for await (const { step } of train(net, data, { batch: 4, signal: controller.signal })) {
        seen.push(step);
        if (step === 2) controller.abort(new Error('enough'));
      }
    };
    await expect(loop()).rejects.toThrow('enough');
    expect(seen).toEqual([0, 1, 2]);
  });

  it('lets the event loop turn between steps', async () => {
    using net = network(core);
    let turns = 0;
    const timer = setInterval(() => {
      turns++;
    }, 1);
    await drain(train(net, data, { batch: 64, steps: 4 }));
    clearInterval(timer);
    expect(turns).toBeGreaterThanOrEqual(2);
  });

  it('a rate far too large ends with one line that says what to lower; every checkpoint before it is finite', async () => {
    using net = network(core);
    let last: Checkpoint | undefined;
    const diverging = async function* () {
      for await (const state of train(net, data, { batch: 8, steps: 50, learningRate: 1e6 })) {
        last = state.checkpoint();
        yield state;
      }
    };
    const message = await failure(diverging());
    expect(message).toMatch(
      /^train: the loss is (NaN|Infinity) at step \d+; lower learningRate \(now 1000000\)/,
    );
    const { tensors, mean, square } = last as Checkpoint;
    const arrays = [...Object.values(tensors).map((tensor) => tensor.data), mean, square];
    for (const array of arrays) expect(array.every(Number.isFinite)).toBe(true);
  });

  it('a checkpoint whose weights are no longer finite is refused in one line', async () => {
    using net = network(core, small);
    for await (const state of train(net, data, { batch: 2, learningRate: 1e39 })) {
      expect(oneLine(() => state.checkpoint())).toMatch(
        /^train: \S+ is no longer finite after step 0; lower learningRate \(now 1e\+39\)$/,
      );
      break;
    }
  });

  it('bad options give one line that names them, before anything is taken or changed', async () => {
    using net = network(core, small);
    const { used } = core.memory;
    const before = net.tensors();
    const message = (options: TrainOptions, points = data) => failure(train(net, points, options));
    for (const name of ['batch', 'steps'] as const) {
      for (const value of [0, -1, 1.5, Number.NaN]) {
        expect(await message({ [name]: value })).toBe(
          `train: ${name} must be a positive integer, got ${value}`,
        );
      }
    }
    for (const learningRate of [0, -1, Infinity, Number.NaN]) {
      expect(await message({ learningRate })).toBe(
        `train: learningRate must be a positive finite number, got ${learningRate}`,
      );
    }
    expect(await message({ schedule: 'linear' as 'cosine' })).toBe(
      "train: schedule must be 'constant' or 'cosine', got \"linear\"",
    );
    expect(await message({ layout: 'x' as 'original' })).toMatch(/^train: layout must be 'original' or/);
    expect(await message({ key: new Uint32Array(1) })).toMatch(
      /^train: key must be a Uint32Array of 2 words/,
    );
    const line = pointSet({ dim: 1, points: [0, 1] });
    expect(await message({}, line)).toBe("train: data must have the network's 2 coordinates, got 1");
    const none = { ...data, logits: new Float32Array(4).fill(-Infinity) };
    expect(await message({}, none)).toMatch(/^categorical: logits must have a finite one/);
    expect(net.tensors()).toEqual(before);
    expect(core.memory.used).toBe(used);
  });

  it('a checkpoint of another network gives one line and changes nothing', async () => {
    const { checkpoint } = await run({ batch: 2, steps: 1 }, { width: 9 });
    using net = network(core, small);
    const { used } = core.memory;
    const before = net.tensors();
    expect(await failure(train(net, data, { resume: checkpoint, steps: 5 }))).toMatch(
      /^train: resume must be a checkpoint of \d+ parameters, got \d+$/,
    );
    const broken = { ...checkpoint, step: -1 };
    expect(await failure(train(net, data, { resume: broken }))).toMatch(/^train: resume.step must be/);
    expect(net.tensors()).toEqual(before);
    expect(core.memory.used).toBe(used);
  });

  it('takes a change between two steps to every thread: the same losses on one and two', async () => {
    const losses = async (threads: number) => {
      using own = await loadCore({ kernel: 'strict', threads });
      using net = network(own, { ...small, encoding: 'averaged' });
      using other = network(own, { ...small, encoding: 'averaged' }, { key: key(8) });
      const all: number[] = [];
      for await (const { step, loss } of train(net, data, { batch: 200, steps: 4 })) {
        all.push(loss);
        if (step === 0) net.setTensors(other.tensors());
      }
      return all;
    };
    const one = await losses(1);
    expect(new Set(one).size).toBe(4);
    expect(await losses(2)).toEqual(one);
  });

  it('ends when its network is disposed of, and leaves the memory of others alone', async () => {
    const net = network(core, small);
    const other = network(core, small, { key: key(8) });
    const before = other.parameters();
    const message = await failure(
      (async function* () {
        for await (const state of train(net, data, { batch: 5, steps: 9 })) {
          net.dispose();
          yield state;
        }
      })(),
    );
    expect(message).toBe('network: it was used after dispose(); make it anew');
    expect(sameBits(other.parameters(), before)).toBe(true);
    expect(() => net.setParameters(before)).toThrow('after dispose()');
    other.dispose();
  });
});

/** Every step with its checkpoint, taken while it stands. */
async function* withCheckpoints(steps: ReturnType<typeof train>) {
  for await (const state of steps) yield { step: state.step, checkpoint: state.checkpoint() };
}

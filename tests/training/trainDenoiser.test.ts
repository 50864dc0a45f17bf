import { describe, expect, it, vi } from 'vitest';
import { loadCore } from '../../src/core/load.js';
import {
  type Core,
  type DenoiserCheckpoint,
  type DenoiserStep,
  imageSet,
  key,
  type LearnedDenoiser,
  learnedDenoiser,
  mlp,
  normal,
  pointSet,
  type TrainDenoiserOptions,
  type TrainingData,
  trainDenoiser,
  unet,
} from '../../src/index.js';
import { DenoisingRegression } from '../../src/training/regression.js';
import { drain, failure, forEachCore, relativeToLargest, sameBits } from '../cores.js';
import { oneLine } from '../formats/oneLine.js';
import { noise } from '../networks/layerRun.js';

const PLANE = { height: 1, width: 1, channels: 2 };
const points = pointSet({ dim: 2, points: noise(80, 3) });
const weighted = pointSet({
  dim: 2,
  points: noise(80, 3),
  weights: Array.from({ length: 40 }, (_, i) => i % 3),
});
const pictures = imageSet({
  ...{ height: 8, width: 8, pixels: Uint8Array.from({ length: 64 * 20 }, (_, i) => (i * 37) % 256) },
  ...{ labels: Array.from({ length: 20 }, (_, i) => i % 3), classes: 3 },
});

const planeMlp = (core: Core) =>
  learnedDenoiser(mlp(core, PLANE, { hidden: 12, depth: 1 }), { sigmaData: 0.6 });
const smallUnet = (core: Core) =>
  learnedDenoiser(
    unet(core, { height: 8, width: 8, channels: 1 }, { channels: [8, 8], groups: 4, classes: 3 }),
    { parameterisation: 'velocity', time: { kind: 'ddpm' } },
  );

/** What is trained on what, and in how many parts a batch is summed, which threads share. */
const KINDS: [string, (core: Core) => LearnedDenoiser, TrainingData, TrainDenoiserOptions, number][] = [
  ['points', planeMlp, points, { batch: 16, halfLife: 50, clip: 1, weightDecay: 0.1 }, 1],
  [
    'points of uneven weights',
    planeMlp,
    weighted,
    { batch: 5, schedule: 'cosine', layout: 'partitionable' },
    1,
  ],
  ['points in many parts', planeMlp, points, { batch: 1100 }, 8],
  ['pictures with labels', smallUnet, pictures, { batch: 64, labelDropout: 0.4, weight: 'score' }, 2],
];

/** Everything of a checkpoint, to be compared bit by bit. */
function bitsOf(checkpoint: DenoiserCheckpoint): unknown {
  return JSON.parse(
    JSON.stringify(checkpoint, (_, value) =>
      ArrayBuffer.isView(value)
        ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')
        : value,
    ),
  );
}

async function* withCheckpoints(steps: AsyncIterable<DenoiserStep>) {
  for await (const step of steps) yield { ...step, kept: structuredClone(step.checkpoint()) };
}

forEachCore('trainDenoiser', (core, kernel) => {
  it.each(KINDS)(
    '%s: resumed after any step it has the bits of a run left alone: losses, tensors, averages',
    async (_, make, data, options) => {
      const all = { steps: 5, learningRate: 1e-2, ...options };
      using whole = make(core);
      const steps = await drain(withCheckpoints(trainDenoiser(whole, data, all)));
      expect(steps.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4]);
      for (let cut = 0; cut < 4; cut++) {
        using rest = make(core);
        rest.network.setParameters(new Float32Array(rest.network.count));
        const resumed = await drain(withCheckpoints(trainDenoiser(rest, data, { resume: steps[cut].kept })));
        expect(resumed.map(({ step, loss }) => [step, loss])).toEqual(
          steps.slice(cut + 1).map(({ step, loss }) => [step, loss]),
        );
        expect(bitsOf(resumed[resumed.length - 1].kept)).toEqual(bitsOf(steps[4].kept));
      }
      // A finished run does nothing more, and one step further is one step.
      const { kept: resume } = steps[4];
      expect(await drain(trainDenoiser(whole, data, { resume }))).toEqual([]);
      expect((await drain(trainDenoiser(whole, data, { resume, steps: 6 }))).length).toBe(1);
    },
  );

  it.each(KINDS)('%s: 2 and 3 threads give the bits of one', async (_, make, data, options, parts) => {
    const run = async (threads: number) => {
      using many = await loadCore({ kernel, threads });
      using denoiser = make(many);
      const steps = await drain(withCheckpoints(trainDenoiser(denoiser, data, { steps: 4, ...options })));
      return {
        losses: steps.map(({ loss }) => loss),
        last: bitsOf(steps[3].kept),
        parts: steps[3].kept.leaves,
      };
    };
    const alone = await run(1);
    expect(alone.parts).toBe(parts);
    expect(await run(2)).toEqual(alone);
    expect(await run(3)).toEqual(alone);
  });

  it('lowers the loss: of a hundred steps at the end below 0.9 of the first hundred', async () => {
    using denoiser = learnedDenoiser(mlp(core, PLANE, { hidden: 32, depth: 2 }), { sigmaData: 0.6 });
    const ring = pointSet({
      dim: 2,
      points: Array.from({ length: 200 }, (_, i) => (i % 2 ? Math.sin(i >> 1) : Math.cos(i >> 1))),
    });
    const steps = await drain(trainDenoiser(denoiser, ring, { steps: 600, batch: 64, learningRate: 3e-3 }));
    const mean = (from: number) =>
      steps.slice(from, from + 100).reduce((sum, { loss }) => sum + loss / 100, 0);
    expect(mean(500)).toBeLessThan(0.9 * mean(0));
  });

  it('the average is that of the tensors, decay min(0.5^(batch / halfLife), t / (t + 10)), within 1e-6', async () => {
    using denoiser = planeMlp(core);
    const options = { batch: 8, steps: 40, halfLife: 12, learningRate: 0.02 };
    let average = Float64Array.from(denoiser.network.parameters());
    for await (const { step, checkpoint } of trainDenoiser(denoiser, points, options)) {
      const decay = Math.min(0.5 ** (8 / 12), step / (step + 10));
      const now = denoiser.network.parameters();
      average = average.map((v, i) => decay * v + (1 - decay) * now[i]);
      const kept = checkpoint();
      expect(relativeToLargest(denoiser.network.flat(kept.average), average)).toBeLessThan(1e-6);
      expect(sameBits(denoiser.network.flat(kept.tensors), now)).toBe(true);
    }
  });

  it('withholds the class of a part of the points: labelDropout of them, from none to all', async () => {
    const seen: number[] = [];
    const write = vi.spyOn(DenoisingRegression.prototype, 'write');
    for (const labelDropout of [0, 0.25, 1]) {
      using denoiser = smallUnet(core);
      write.mockClear();
      await drain(trainDenoiser(denoiser, pictures, { batch: 200, steps: 2, labelDropout }));
      const labels = write.mock.calls.map(([, { label }]) => label);
      expect(labels.length).toBe(400);
      const withheld = labels.filter((label) => label === 3).length / 400;
      expect(Math.abs(withheld - labelDropout)).toBeLessThan(
        5 * Math.sqrt((labelDropout * (1 - labelDropout)) / 400) + 1e-9,
      );
      seen.push(...new Set(labels));
    }
    expect(new Set(seen)).toEqual(new Set([0, 1, 2, 3]));
    write.mockRestore();
  });

  it('draws points with replacement by their weights, each step others, and each its noise', async () => {
    using denoiser = planeMlp(core);
    const write = vi.spyOn(DenoisingRegression.prototype, 'write');
    await drain(trainDenoiser(denoiser, weighted, { batch: 300, steps: 2 }));
    const keys = new Set(write.mock.calls.map(([, point]) => Array.from(point.key).join()));
    expect(keys.size).toBe(600);
    expect(new Set(write.mock.calls.map(([, point]) => point.sigma)).size).toBeGreaterThan(590);
    const drawn = write.mock.results.map(({ value }) => (value as Float32Array).join());
    const rows = Array.from({ length: 40 }, (_, i) => weighted.points.slice(2 * i, 2 * i + 2).join());
    const counts = rows.map((row) => drawn.filter((one) => one === row).length);
    expect(counts.reduce((a, b) => a + b)).toBe(600);
    // Weights are 0, 1 and 2 in turn, 39 in all: of 600 draws, 200 and 400, give or take five standard errors.
    const of = (rest: number) => counts.filter((_, i) => i % 3 === rest).reduce((a, b) => a + b);
    expect(of(0)).toBe(0);
    expect(Math.abs(of(1) - 200)).toBeLessThan(60);
    write.mockRestore();
  });

  it('begins with key(426) and its own defaults unless told otherwise; another key draws otherwise', async () => {
    const first = async (options: TrainDenoiserOptions) => {
      using denoiser = planeMlp(core);
      const [step] = await drain(withCheckpoints(trainDenoiser(denoiser, points, { steps: 1, ...options })));
      return step;
    };
    const { loss, kept } = await first({});
    expect((await first({ key: key(426), batch: undefined })).loss).toBe(loss);
    expect((await first({ key: key(427) })).loss).not.toBe(loss);
    expect(kept).toMatchObject({ kind: 'mlp', step: 1, leaves: 1, denoiser: { sigmaData: 0.6 } });
    expect(kept.network).toEqual({ ...PLANE, hidden: 12, depth: 1, labels: 0 });
    expect(kept.training).toMatchObject({ batch: 32, steps: 1, weight: 'output', labelDropout: 0.1 });
  });

  it('a checkpoint is a copy, and belongs to its step', async () => {
    using denoiser = planeMlp(core);
    const run = trainDenoiser(denoiser, points, { batch: 4, steps: 3 });
    const { value: first } = await run.next();
    const kept = (first as DenoiserStep).checkpoint();
    const bits = bitsOf(kept);
    await run.next();
    expect(bitsOf(kept)).toEqual(bits);
    expect(oneLine(() => (first as DenoiserStep).checkpoint())).toBe(
      'trainDenoiser: checkpoint() of step 0 must be called before the next step',
    );
    await run.return();
    expect(oneLine(() => (first as DenoiserStep).checkpoint())).toMatch(/^trainDenoiser: checkpoint\(\) of/);
  });

  it('a rate far too large ends with one line that says what to lower, and leaves the last parameters of a finite loss', async () => {
    using denoiser = planeMlp(core);
    const options = { batch: 8, steps: 60, learningRate: 1e15, weight: 'clean' } as const;
    const message = await failure(trainDenoiser(denoiser, points, options));
    expect(message).toMatch(
      /^trainDenoiser: the loss is (NaN|Infinity) at step \d+; lower learningRate \(now 1000000000000000\) or set clip, such as 1$/,
    );
    const [step] = await drain(trainDenoiser(denoiser, points, { batch: 8, steps: 1 }));
    expect(step.loss).toBeLessThan(Infinity);
    // From the start on, it is the parameters that were given.
    using wrong = planeMlp(core);
    wrong.network.setParameters(wrong.network.parameters().fill(3e38));
    const before = wrong.network.parameters();
    expect(await failure(trainDenoiser(wrong, points, { steps: 1 }))).toMatch(/at step 0; lower/);
    expect(sameBits(wrong.network.parameters(), before)).toBe(true);
  });

  it('an aborted signal stops it before the next step, with its reason', async () => {
    using denoiser = planeMlp(core);
    const before = denoiser.network.parameters();
    const aborted = trainDenoiser(denoiser, points, { signal: AbortSignal.abort(new Error('stop')) });
    await expect(drain(aborted)).rejects.toThrow('stop');
    expect(sameBits(denoiser.network.parameters(), before)).toBe(true);
    const controller = new AbortController();
    const seen: number[] = [];
    const loop = async () => {
      for await (const { step } of trainDenoiser(denoiser, points, { signal: controller.signal })) {
        seen.push(step);
        if (step === 2) controller.abort(new Error('enough'));
      }
    };
    await expect(loop()).rejects.toThrow('enough');
    expect(seen).toEqual([0, 1, 2]);
  });

  it('gives its memory back when it ends, is abandoned, aborted, fails or is refused', async () => {
    for (const [, make, data] of KINDS) {
      using denoiser = make(core);
      const { used } = core.memory;
      await drain(trainDenoiser(denoiser, data, { batch: 4, steps: 2 }));
      expect(core.memory.used).toBe(used);
      for await (const _ of trainDenoiser(denoiser, data, { batch: 4 })) {
        expect(core.memory.used).toBeGreaterThan(used);
        break;
      }
      expect(core.memory.used).toBe(used);
      await failure(trainDenoiser(denoiser, data, { batch: 4, steps: 60, learningRate: 1e25 }));
      await failure(trainDenoiser(denoiser, pointSet({ dim: 3, points: [1, 2, 3] })));
      await expect(drain(trainDenoiser(denoiser, data, { signal: AbortSignal.abort() }))).rejects.toThrow();
      expect(core.memory.used).toBe(used);
    }
  });

  it('a network that is disposed of meanwhile ends it with one line', async () => {
    const denoiser = planeMlp(core);
    const run = trainDenoiser(denoiser, points, { batch: 4 });
    await run.next();
    denoiser.dispose();
    expect(await failure(run)).toBe('network: it was used after dispose(); make it anew');
  });

  describe('refuses', () => {
    it("data of another size, and classes that are not the network's", async () => {
      using plane = planeMlp(core);
      using classes = smallUnet(core);
      const refused = (denoiser: LearnedDenoiser, data: TrainingData) =>
        failure(trainDenoiser(denoiser, data));
      expect(await refused(plane, pictures)).toBe(
        "trainDenoiser: data must have the network's 2 coordinates, got 64",
      );
      const { labels, classes: _, ...unlabelled } = pictures;
      const none = 'trainDenoiser: data must have labels, since the network knows classes, got none';
      expect(await refused(classes, unlabelled)).toBe(none);
      expect(await refused(classes, pointSet({ dim: 64, points: noise(64, 1) }))).toBe(none);
      expect(await refused(classes, { ...unlabelled, labels, classes: 4 })).toBe(
        "trainDenoiser: the network must know the data's 4 classes and one more for none, got 4 in all",
      );
      expect(await refused(plane, { ...points, dim: 0 })).toMatch(/^trainDenoiser: /);
    });

    it('a checkpoint of another denoiser, or a broken one', async () => {
      using denoiser = planeMlp(core);
      const [{ kept }] = await drain(
        withCheckpoints(trainDenoiser(denoiser, points, { steps: 1, batch: 4 })),
      );
      const { used } = core.memory;
      const start = 'trainDenoiser: resume';
      for (const [change, message] of [
        [{ kind: 'unet' }, `${start} must be a checkpoint of this denoiser, whose kind is "mlp", got "unet"`],
        [
          { network: { ...kept.network, hidden: 13 } },
          `${start} must be a checkpoint of this denoiser, whose network is {`,
        ],
        [
          { denoiser: { ...kept.denoiser, sigmaData: 1 } },
          `${start} must be a checkpoint of this denoiser, whose denoiser is {`,
        ],
        [{ leaves: 3 }, `${start}.leaves must be 1, 2, 4 or 8, got 3`],
        [{ panels: 0 }, `${start}.panels must be an integer from 1 to 16, got 0`],
        [{ step: -1 }, `${start}.step must be an integer of at least 0, got -1`],
        [{ key: [1] }, 'trainDenoiser: key must be'],
        [{ tensors: {} }, 'network: tensor embedding.time.weight is missing'],
        [{ average: {} }, 'network: tensor embedding.time.weight is missing'],
        [{ mean: kept.mean.slice(1) }, `${start}.mean must hold`],
        [{ square: kept.square.slice(1) }, `${start}.square must hold`],
      ] as const) {
        const resume = { ...kept, ...change } as DenoiserCheckpoint;
        expect(await failure(trainDenoiser(denoiser, points, { resume, steps: 3 }))).toContain(message);
        expect(core.memory.used).toBe(used);
      }
      // The order of names does not matter.
      const { hidden, ...rest } = kept.network as { hidden: number };
      const resume = { ...kept, network: { hidden, ...rest } };
      expect((await drain(trainDenoiser(denoiser, points, { resume, steps: 2 }))).length).toBe(1);
    });
  });
});

describe('a trained denoiser', () => {
  it('of one Gaussian has the best linear answer within 0.03, under any parameterisation', async () => {
    const core = await loadCore({ kernel: 'relaxed' });
    const data = pointSet({ dim: 2, points: normal(core, key(1), [4000, 2]).map((z) => 0.5 * z) });
    for (const parameterisation of ['karras', 'noise', 'velocity'] as const) {
      using denoiser = learnedDenoiser(mlp(core, PLANE, { hidden: 32, depth: 1 }), { parameterisation });
      const noises = { kind: 'logUniform', sigmaMin: 0.2, sigmaMax: 1 } as const;
      const options = {
        steps: 1500,
        batch: 128,
        noise: noises,
        schedule: 'cosine',
        learningRate: 5e-3,
      } as const;
      await drain(trainDenoiser(denoiser, data, options));
      for (const sigma of [0.25, 0.5, 0.8]) {
        const y = Float32Array.of(0.5, -0.3, -0.4, 0.6, 0, 0);
        const clean = denoiser.denoise(y, sigma);
        clean.forEach((value, i) => {
          expect(Math.abs(value - (0.25 / (0.25 + sigma ** 2)) * y[i])).toBeLessThan(0.03);
        });
      }
    }
  });
});

import { describe, expect, it } from 'vitest';
import { loadCore } from '../../src/core/load.js';
import {
  type DenoiserCheckpoint,
  type DenoiserStep,
  type DenoiserTraining,
  key,
  type LearnedDenoiser,
  learnedDenoiser,
  mlp,
  normal,
  pointSet,
  type TrainDenoiserOptions,
  type TrainingData,
  trainDenoiser,
} from '../../src/index.js';
import { drain, failure, forEachCore, sameBits } from '../cores.js';
import { oneLine } from '../formats/oneLine.js';
import { noise } from '../networks/layerRun.js';
import {
  bitsOf,
  KINDS,
  PLANE,
  pictures,
  planeMlp,
  points,
  smallUnet,
  weighted,
  withCheckpoints,
} from './denoisers.js';

forEachCore('a run of trainDenoiser', (core) => {
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

  it('draws weighted points by an alias table; a checkpoint that names no drawing goes on by gumbel', async () => {
    const run = async (options: TrainDenoiserOptions) => {
      using denoiser = planeMlp(core);
      return await drain(
        withCheckpoints(trainDenoiser(denoiser, weighted, { batch: 8, steps: 4, ...options })),
      );
    };
    const [plain, gumbel] = [await run({}), await run({ drawing: 'gumbel' })];
    expect(plain[1].kept.training.drawing).toBe('alias');
    const losses = (steps: typeof plain) => steps.map(({ loss }) => loss);
    expect(losses(plain)).not.toEqual(losses(gumbel));
    expect(losses(await run({ resume: plain[1].kept }))).toEqual(losses(plain).slice(2));
    const { drawing: _, ...older } = gumbel[1].kept.training;
    const resume = { ...gumbel[1].kept, training: older as DenoiserTraining };
    expect(losses(await run({ resume }))).toEqual(losses(gumbel).slice(2));
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

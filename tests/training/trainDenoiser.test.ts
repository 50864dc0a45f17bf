import { expect, it, vi } from 'vitest';
import { loadCore } from '../../src/core/load.js';
import {
  key,
  learnedDenoiser,
  mlp,
  pointSet,
  type TrainDenoiserOptions,
  trainDenoiser,
} from '../../src/index.js';
import { DenoisingRegression } from '../../src/training/regression.js';
import { drain, forEachCore, relativeToLargest, sameBits, WAYS } from '../cores.js';
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
    const run = async (threads: number, load = loadCore) => {
      using many = await load({ kernel, threads });
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
    for (const load of Object.values(WAYS)) {
      expect(await run(2, load)).toEqual(alone);
      expect(await run(3, load)).toEqual(alone);
    }
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

  it('refuses points of which none may be drawn', async () => {
    using denoiser = planeMlp(core);
    const none = { ...points, logits: points.logits.map(() => -Infinity) };
    await expect(drain(trainDenoiser(denoiser, none, { steps: 1 }))).rejects.toThrow(
      'categorical: logits must have a finite one, got none',
    );
  });
});

import { describe, expect, it } from 'vitest';
import {
  type Checkpoint,
  type Core,
  decodeCheckpoint,
  encodeCheckpoint,
  key,
  loadCore,
  type MatchScoreOptions,
  matchScore,
  network,
  normal,
  pointSet,
  presets,
  train,
} from '../../src/index.js';
import { Activation, Plan } from '../../src/networks/plan.js';
import { PlannedNetwork } from '../../src/networks/planned.js';
import { drain, failure, forEachCore, sameBits, WAYS } from '../cores.js';
import { noise } from '../networks/layerRun.js';

const core = await loadCore({ kernel: 'strict' });
const sizes = { dim: 2, features: 5, width: 9, depth: 2, levels: 3, output: 'noise', sigmaMin: 0.1 } as const;
const data = pointSet({ dim: 2, points: noise(80, 3) });

/** Losses and the last checkpoint of a run. */
async function run(of: Core, options: MatchScoreOptions) {
  using net = network(of, sizes);
  const losses: number[] = [];
  let last: Checkpoint | undefined;
  for await (const { loss, checkpoint } of matchScore(net, data, options)) {
    losses.push(loss);
    last = checkpoint();
  }
  return { losses, last: last as Checkpoint, parameters: net.parameters() };
}

describe('matchScore', () => {
  it.each(['implicit', 'sliced', 'slicedReduced'] as const)(
    '%s: without noise it finds the score of a Gaussian, E |s - score|^2 below 0.05 of E |score|^2',
    async (objective) => {
      // Mean 0.5, deviations 0.5 and 0.25: the score is (0.5 - x) / variance.
      const variances = [0.25, 0.0625];
      const draw = (seed: number) =>
        normal(core, key(seed), [3000, 2]).map((z, i) => 0.5 + Math.sqrt(variances[i % 2]) * z);
      const given = pointSet({ dim: 2, points: draw(1) });
      const own = { dim: 2, features: 8, featureScale: 0.3, width: 24, depth: 1, levels: 1, sigmaMin: 0 };
      using net = network(core, own, { key: key(2) });
      const schedule = { learningRate: 1e-2, schedule: 'cosine', drawing: 'alias' } as const;
      await drain(matchScore(net, given, { objective, batch: 256, steps: 600, ...schedule }));
      const x = draw(3);
      const s = net.at(0).score(x);
      let [error, size] = [0, 0];
      x.forEach((v, i) => {
        const want = (0.5 - v) / variances[i % 2];
        error += (s[i] - want) ** 2;
        size += want ** 2;
      });
      expect(error / size).toBeLessThan(0.05);
    },
  );

  it('and train take in types no objective of the other', () => {
    using net = network(core, sizes);
    // @ts-expect-error train has the objectives with targets
    expect(() => train(net, data, { objective: 'implicit' })).not.toThrow();
    // @ts-expect-error those without targets are matchScore's
    expect(() => matchScore(net, data, { objective: 'score' })).not.toThrow();
    // @ts-expect-error which a preset is not for
    expect(() => matchScore(net, data, { ...presets.quick.training })).not.toThrow();
  });

  it('a run goes on from the file of a checkpoint to the same bits, and carries its objective and projections', async () => {
    const options = { objective: 'sliced', projections: 'normal', batch: 5, steps: 6 } as const;
    const whole = await run(core, options);
    const { last } = await run(core, { ...options, steps: 3 });
    expect(last.training).toMatchObject({ objective: 'sliced', projections: 'normal' });
    const resume = decodeCheckpoint(encodeCheckpoint(last));
    const rest = await run(core, { resume, steps: 6 });
    expect(sameBits(rest.parameters, whole.parameters)).toBe(true);
    expect(rest.losses).toEqual(whole.losses.slice(3));
    using net = network(core, sizes);
    expect(await failure(train(net, data, { resume }))).toBe(
      "train: objective must be 'score' or 'denoiser', got \"sliced\"; matchScore trains by it",
    );
  });

  it('objectives and projections are different draws of one key, and all are finite', async () => {
    const losses = await Promise.all(
      (['implicit', 'sliced', 'slicedReduced'] as const).flatMap((objective) =>
        (['sign', 'normal'] as const).map(async (projections) => {
          const { losses } = await run(core, { objective, projections, batch: 4, steps: 2 });
          return losses[1];
        }),
      ),
    );
    expect(losses.every(Number.isFinite)).toBe(true);
    // The trace has no projection.
    expect(losses[0]).toBe(losses[1]);
    expect(new Set(losses).size).toBe(5);
  });

  const kernels = ['strict', 'relaxed'] as const;
  describe.each(Object.entries(WAYS))('threads that %s', (_, load) => {
    it.each(kernels)('%s: 2, 3 and 8 of them give the bits of one', async (kernel) => {
      for (const objective of ['implicit', 'sliced'] as const) {
        const options = { objective, batch: 400, steps: 2 };
        const results = [];
        for (const threads of [1, 2, 3, 8]) {
          const own = await load({ kernel, threads });
          results.push(await run(own, options));
          own.dispose();
        }
        expect(results[0].last.leaves).toBe(8);
        for (const { losses, parameters } of results) {
          expect(losses).toEqual(results[0].losses);
          expect(sameBits(parameters, results[0].parameters)).toBe(true);
        }
      }
    });
  });

  it.each([
    [
      { objective: 'score' },
      "matchScore: objective must be 'implicit', 'sliced' or 'slicedReduced', got \"score\"",
    ],
    [{ objective: 'toString' }, 'matchScore: objective must be'],
    [{ projections: 'cauchy' }, "matchScore: projections must be 'sign' or 'normal', got \"cauchy\""],
    [{ batch: 0 }, 'matchScore: batch must be a positive integer, got 0'],
  ])('refuses %o, and takes nothing', async (options, message) => {
    using net = network(core, sizes);
    const { used } = core.memory;
    const got = await failure(matchScore(net, data, options as MatchScoreOptions));
    expect(got).toContain(message);
    expect(core.memory.used).toBe(used);
  });

  it('train refuses a network without noise', async () => {
    using net = network(core, { dim: 2, levels: 1, sigmaMin: 0 });
    expect(await failure(train(net, data))).toBe('train: network must have noise, got sigmaMin 0');
  });
});

forEachCore('tangents', (core) => {
  it('a plan with an operation that has no tangents is refused, and nothing is taken', async () => {
    const input = new Activation(2);
    const plan = new Plan(core, input, (plan) => {
      const y = new Activation(2);
      const W = plan.parameter('W', [2], () => new Float32Array(2));
      plan.operation({
        ...{ code: 4096, fields: { W: 4, X: 8, DX: 12 }, operands: { W, X: input, DX: input.gradient } },
        ...{ reads: [input], writes: [y] },
      });
      return y;
    });
    const net = Object.assign(new PlannedNetwork(plan), {
      ...{ config: {}, sigmas: Float32Array.of(1), scales: Float32Array.of(1) },
    });
    const { used } = core.memory;
    expect(await failure(matchScore(net, data))).toMatch(
      /^matchScore: network must be one whose layers tangents go through/,
    );
    expect(core.memory.used).toBe(used);
    net.dispose();
  });
});

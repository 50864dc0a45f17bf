import { describe, expect, it } from 'vitest';
import {
  firstCheckpoint,
  key,
  learnedDenoiser,
  loadCore,
  matchScore,
  mlp,
  momentsOf,
  network,
  normal,
  type PointSet,
  pointSet,
  standardised,
  train,
  trainDenoiser,
} from '../../src/index.js';
import { drain, worst } from '../cores.js';

const core = await loadCore({ threads: 1 });
const small = { dim: 2, features: 6, width: 10, depth: 1, levels: 4, sigmaMin: 0.05 };
const shape = { height: 1, width: 1, channels: 2 };

/** Points around two places, in units of any size. */
function twoPlaces(size: number): PointSet {
  const z = normal(core, key(9), [100, 2]);
  return pointSet({ dim: 2, points: z.map((v, i) => size * ((i % 4 < 2 ? 4 : 6) + 0.2 * v)) });
}

async function losses(data: PointSet): Promise<number[]> {
  using net = network(core, small);
  const all: number[] = [];
  for await (const { loss } of train(net, data, { steps: 5, batch: 4 })) all.push(loss);
  return all;
}

describe('data of any scale', () => {
  it('standardised: weighted mean 0 and deviation 1 within 1e-6, and back within 1e-6 of the size', () => {
    const weights = Array.from({ length: 100 }, (_, i) => i % 3);
    const { points } = twoPlaces(100);
    const data = pointSet({ dim: 2, points, weights });
    const inside = standardised(data);
    const { mean, variance } = momentsOf(inside.data);
    for (const d of [0, 1]) {
      expect(Math.abs(mean[d])).toBeLessThan(1e-6);
      expect(Math.abs(variance[d] - 1)).toBeLessThan(1e-6);
    }
    const back = inside.toData(inside.data.points);
    expect(worst(back, points, (a, b) => Math.abs(a - b) / 600)).toBeLessThan(1e-6);
    expect(inside.data.logits).toEqual(data.logits);
  });

  it('standardised: a coordinate that never changes keeps its scale', () => {
    const { data, shift, scale } = standardised(pointSet({ dim: 2, points: [1, 7, 3, 7] }));
    expect(Array.from(data.points)).toEqual([-1, 0, 1, 0]);
    expect([...shift, ...scale]).toEqual([2, 7, 1, 1]);
  });

  it.each([undefined, null, {}, 3])('data that are %s are refused in words', async (none) => {
    const data = none as unknown as PointSet;
    const words = 'data must have dim, points and logits, as pointSet makes them, got';
    expect(() => standardised(data)).toThrow(`standardised: ${words}`);
    await expect(losses(data)).rejects.toThrow(`train: ${words}`);
  });

  it('in units 128 times smaller, training gives the same bits', async () => {
    const [one, other] = [twoPlaces(1), twoPlaces(128)].map((data) => standardised(data).data);
    expect(await losses(other)).toEqual(await losses(one));
  });

  it('train and matchScore refuse data further from 1/2 than 2.5 of their noise or their frequencies; trainDenoiser, from 0 than ten of sigmaData', async () => {
    const far = twoPlaces(100);
    const failure = (run: () => Promise<unknown>) =>
      run().then(
        () => '',
        ({ message }: Error) => message,
      );
    const by = (config: object, data = far) =>
      failure(async () => {
        using net = network(core, { ...small, ...config });
        await drain(train(net, data, { steps: 1 }));
      });
    expect(await by({})).toBe(
      'train: data must be within 2.5 of 0.5, by their root mean square, got 512: train on standardised(data)',
    );
    expect(await by({ sigmaMax: 100 })).toMatch(/within 2\.5 of/);
    expect(await by({ sigmaMax: 1000, featureScale: 0.004 })).toBe('');
    expect(await by({ sigmaMax: 10, featureScale: 0.02 })).toMatch(/within 25 of/);
    expect(await by({}, twoPlaces(0.3))).toBe('');
    expect(await by({}, twoPlaces(1))).toMatch(/got 4\.\d+:/);
    // Far and narrow; and logits whose exponentials overflow.
    const narrow = pointSet({ dim: 2, points: [1e5, 1e5, 1e5 + 1, 1e5 - 1] });
    expect(await by({}, narrow)).toMatch(/got 1\.00e\+5:/);
    expect(await by({}, { ...narrow, logits: Float32Array.of(1000, 1000) })).toMatch(/got 1\.00e\+5:/);
    // Points that are never drawn do not count.
    const never = pointSet({ dim: 2, points: [0, 1, 1e6, 1e6], weights: [1, 0] });
    expect(await by({}, never)).toBe('');
    const matched = await failure(async () => {
      using net = network(core, { ...small, levels: 1, sigmaMin: 0 });
      await drain(matchScore(net, far, { steps: 1 }));
    });
    expect(matched).toMatch(/^matchScore: data must be within/);
    const denoised = (sigmaData: number, isResumed = false) =>
      failure(async () => {
        const net = learnedDenoiser(mlp(core, shape, { hidden: 8, depth: 1 }), { sigmaData });
        const resume = isResumed ? firstCheckpoint(net, { steps: 1 }) : undefined;
        await drain(trainDenoiser(net, far, { steps: 1, resume }));
      });
    for (const isResumed of [false, true]) {
      expect(await denoised(0.5, isResumed)).toMatch(
        /^trainDenoiser: data must be within 5 of 0, .* got 513:/,
      );
      expect(await denoised(100, isResumed)).toBe('');
    }
  });
});

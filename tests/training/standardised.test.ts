import { describe, expect, it } from 'vitest';
import {
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

  it('in units 128 times smaller, training gives the same bits', async () => {
    const [one, other] = [twoPlaces(1), twoPlaces(128)].map((data) => standardised(data).data);
    expect(await losses(other)).toEqual(await losses(one));
  });

  it('train and matchScore refuse data that deviate by more than 2.5 of their noise or their frequencies; trainDenoiser, by ten of sigmaData', async () => {
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
      'train: data must deviate by at most 2.5, got 104: train on standardised(data)',
    );
    expect(await by({ sigmaMax: 100 })).toMatch(/at most 2.5,/);
    expect(await by({ sigmaMax: 100, featureScale: 0.01 })).toBe('');
    expect(await by({ sigmaMax: 10, featureScale: 0.02 })).toMatch(/at most 25,/);
    expect(await by({}, twoPlaces(1))).toBe('');
    // Points that are never drawn do not count.
    const never = pointSet({ dim: 2, points: [0, 1, 1e6, 1e6], weights: [1, 0] });
    expect(await by({}, never)).toBe('');
    const matched = await failure(async () => {
      using net = network(core, { ...small, levels: 1, sigmaMin: 0 });
      await drain(matchScore(net, far, { steps: 1 }));
    });
    expect(matched).toMatch(/^matchScore: data must deviate/);
    const denoised = (sigmaData: number) =>
      failure(async () => {
        const net = learnedDenoiser(mlp(core, shape, { hidden: 8, depth: 1 }), { sigmaData });
        await drain(trainDenoiser(net, far, { steps: 1 }));
      });
    expect(await denoised(0.5)).toMatch(/^trainDenoiser: data must deviate by at most 5, got 104:/);
    expect(await denoised(100)).toBe('');
  });
});

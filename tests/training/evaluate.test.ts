import { expect, it } from 'vitest';
import {
  categorical,
  empirical,
  evaluate,
  imageDistribution,
  key,
  network,
  normal,
  type PointSet,
  split,
} from '../../src/index.js';
import { drain, failure, forEachCore } from '../cores.js';

const config = { features: 4, width: 6, depth: 1, levels: 5, sigmaMin: 1e-3 };

/** A picture whose brightness is a wave. */
function wave(side: number): PointSet {
  const pixels = Float32Array.from(
    { length: side * side },
    (_, i) => 1 + Math.sin(i / 7) * Math.cos(i / side / 5),
  );
  return imageDistribution({ height: side, width: side, pixels });
}

forEachCore('evaluate', (core) => {
  it.each([20, 70])(
    'a picture of %i x %i: losses within 1e-5 of those of the score summed over all its points',
    async (side) => {
      using net = network(core, config);
      const data = wave(side);
      const { used } = core.memory;
      const found = await drain(evaluate(net, data, { samples: 300, key: key(4) }));
      expect(core.memory.used).toBe(used);
      const keys = split(key(4), 2 * config.levels);
      for (const { level, sigma, loss, bestLoss, excess } of found) {
        const clean = categorical(core, keys[2 * level], data.logits, 300, {
          drawing: side < 64 ? 'gumbel' : 'alias',
        });
        const point = (i: number) => data.points[2 * clean[i >> 1] + (i & 1)];
        const x = normal(core, keys[2 * level + 1], [300, 2]).map((z, i) => point(i) + sigma * z);
        using exact = empirical(core, data, sigma);
        using learned = net.at(level);
        const [best, score] = [exact.score(x), learned.score(x)];
        const mean = (of: (i: number) => number) =>
          (sigma ** 2 * x.reduce((sum, _, i) => sum + of(i) ** 2, 0)) / x.length;
        const want = mean((i) => best[i] - (point(i) - x[i]) / sigma ** 2);
        expect(Math.abs(bestLoss - want)).toBeLessThan(1e-5);
        expect(Math.abs(excess - mean((i) => score[i] - best[i]))).toBeLessThan(1e-5);
        expect(loss).toBe(bestLoss + excess);
      }
    },
  );

  it('refuses many points of which one is no number, and takes no memory', async () => {
    using net = network(core, config);
    const data = wave(70);
    data.points[9] = Number.NaN;
    const { used } = core.memory;
    expect(await failure(evaluate(net, data))).toBe(
      'evaluate: data.points must be finite, got NaN at index 9',
    );
    expect(core.memory.used).toBe(used);
  });
});

import { expect, it } from 'vitest';
import {
  collect,
  curl,
  fromFunction,
  gaussian,
  hmc,
  key,
  mixture,
  normal,
  nuts,
  type Score,
} from '../../src/index.js';
import { forEachCore } from '../cores.js';
import { oneLine } from '../formats/oneLine.js';

forEachCore('curl', (core) => {
  /** s(x) = -x turned by `turn` in each plane of two neighbouring coordinates: J = -I + turn R. */
  const turning = (dim: number, turn: number): Score =>
    fromFunction(core, dim, (x, out) => {
      for (let i = 0; i < x.length; i += 2) {
        out[i] = -x[i] - turn * x[i + 1];
        out[i + 1] = -x[i + 1] + turn * x[i];
      }
    });

  it('is that of a field whose Jacobian is known, within 1e-3', () => {
    const x = normal(core, key(1), [5, 4]);
    for (const turn of [0.3, 1]) {
      for (const value of curl(turning(4, turn), x)) expect(Math.abs(value - turn)).toBeLessThan(1e-3);
    }
  });

  it('by pairs of directions, in 40 dimensions, within a quarter of it on the mean of 8 keys', () => {
    const x = normal(core, key(1), [3, 40]);
    const all = Array.from({ length: 8 }, (_, k) => curl(turning(40, 0.5), x, { key: key(k) }));
    const mean = all.flatMap((values) => [...values]).reduce((a, b) => a + b / 24, 0);
    expect(Math.abs(mean / 0.5 - 1)).toBeLessThan(0.25);
  });

  it('of gradients is below 2e-3', () => {
    using density = mixture(core, {
      means: [
        [0, 1, 2],
        [1, 0, 0],
      ],
      sds: [
        [1, 0.5, 2],
        [1, 1, 1],
      ],
    });
    const x = normal(core, key(2), [20, 3]);
    expect(Math.max(...curl(density, x))).toBeLessThan(2e-3);
    const wide = gaussian(core, {
      mean: Array(30).fill(0),
      covariance: Array.from({ length: 30 }, (_, i) =>
        Array.from({ length: 30 }, (_, j) => (i === j ? 1 + i / 10 : 0.3)),
      ),
    });
    expect(Math.max(...curl(wide, normal(core, key(3), [4, 30])))).toBeLessThan(2e-3);
    wide.dispose();
  });

  it('where a field turns, hmc and nuts run on, and leave no density: they go where the field drives them', async () => {
    const start = { key: key(4), chains: 64, steps: 300 };
    for (const turn of [0, 0.5]) {
      const score = turning(2, turn);
      const { x } = await collect(hmc(score, { ...start, stepSize: 0.3, leapfrogs: 5 }));
      expect(x.every(Number.isFinite)).toBe(true);
      const value = curl(score, x).reduce((a, b) => a + b / 64, 0);
      expect(Math.abs(value - turn)).toBeLessThan(1e-3);
      const tree = await collect(
        nuts(score, { ...start, steps: 100, warmup: 0, stepSize: 0.3, maxDepth: 5 }),
      );
      expect(tree.x.every(Number.isFinite)).toBe(true);
    }
  });

  it('wrong arguments: one line', () => {
    const score = turning(2, 0);
    expect(oneLine(() => curl(score, [1, 2] as never))).toMatch(/^curl: x must be a Float32Array/);
    expect(oneLine(() => curl(score, new Float32Array(3)))).toMatch(/^curl: x must hold points of 2/);
    expect(oneLine(() => curl(score, Float32Array.of(1, Number.NaN)))).toMatch(/^curl: x must be finite/);
    expect(oneLine(() => curl(score, new Float32Array(2), { step: 0 }))).toMatch(/^curl: step/);
    expect(oneLine(() => curl(score, new Float32Array(2), { pairs: 0 }))).toMatch(/^curl: pairs/);
  });
});

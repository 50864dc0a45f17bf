import { describe, expect, it } from 'vitest';
import { modeOccupancy, nearest, rankHistogram } from '../../src/index.js';
import { autoregression, uniforms } from './chains.js';

describe('nearest', () => {
  it('finds the nearest point and its distance, the first of several', () => {
    const points = [0, 0, 3, 4, 0, 0];
    const found = nearest(Float32Array.of(0, 0, 3, 0, 3, 5), points, { dim: 2 });
    expect(found).toEqual({ index: Uint32Array.of(0, 0, 1), distance: Float64Array.of(0, 3, 1) });
    expect(nearest([2], [5, 1])).toEqual({ index: Uint32Array.of(1), distance: Float64Array.of(1) });
    expect(nearest([], [1]).index.length).toBe(0);
  });

  it('names the argument that is wrong', () => {
    expect(() => nearest([1, 2, 3], [1, 2], { dim: 2 })).toThrow(
      new RangeError('nearest: x must hold points of 2 coordinates, got 3 numbers'),
    );
    expect(() => nearest([1], [])).toThrow('nearest: points must hold at least one point, got none');
    expect(() => nearest([1], [Number.NaN])).toThrow('nearest: points must be finite, got NaN at index 0');
    expect(() => nearest('1' as never, [1])).toThrow('nearest: x must be an array of numbers, got "1"');
  });
});

describe('modeOccupancy', () => {
  it('counts draws and jumps of each chain', () => {
    // chain 0 goes 0 0 1 1 0 1, chain 1 stays in mode 2.
    const x = [-1, 9, -1, 9, 1.2, 9, 1, 9.5, -0.9, 9, 2, 9];
    const found = modeOccupancy(Float32Array.from(x), { chains: 2, centres: [[-1], [1], [9]] });
    expect(found.share).toEqual(Float64Array.of(0.25, 0.25, 0.5));
    expect(found.byChain).toEqual(Float64Array.of(0.5, 0.5, 0, 0, 0, 1));
    expect(found.jumps).toEqual(Uint32Array.of(3, 0));
  });

  it("holds a two-state chain's exact share and its standard error, within five of its errors and 10 %", () => {
    // Leaves state 0 with probability a and state 1 with b: share of 1 is a / (a + b), and its variance is
    // share (1 - share) / n (1 + lambda) / (1 - lambda) with lambda = 1 - a - b.
    const [a, b, draws, chains] = [0.02, 0.06, 20_000, 4];
    const next = uniforms(11);
    const state = new Array(chains).fill(0);
    const x = new Float32Array(draws * chains * 2);
    let jumps = 0;
    for (let i = 0; i < draws * chains; i++) {
      const c = i % chains;
      const before = state[c];
      if (next() < (before ? b : a)) state[c] = 1 - before;
      if (i >= chains && state[c] !== before) jumps++;
      x.set([state[c] ? 5 : -5, next()], 2 * i);
    }
    const centres = [
      [-5, 0.5],
      [5, 0.5],
    ];
    const found = modeOccupancy(x, { chains, dim: 2, centres });
    const share = a / (a + b);
    const lambda = 1 - a - b;
    const error = Math.sqrt((share * (1 - share) * (1 + lambda)) / (draws * chains * (1 - lambda)));
    expect(Math.abs(found.share[1] - share)).toBeLessThan(5 * error);
    expect(Math.abs(found.mcse[1] / error - 1)).toBeLessThan(0.1);
    expect(found.share[0] + found.share[1]).toBeCloseTo(1, 12);
    expect(found.jumps.reduce((sum, count) => sum + count, 0)).toBe(jumps);
    // An error that takes draws for independent would be five times too small: the check above can fail.
    expect(Math.sqrt((share * (1 - share)) / (draws * chains)) / error).toBeLessThan(0.25);
  });

  it('names the argument that is wrong', () => {
    const draws = new Float32Array(8);
    expect(() => modeOccupancy(draws, { centres: [] })).toThrow(
      new RangeError('modeOccupancy: centres must hold at least one point, got an array of 0'),
    );
    expect(() => modeOccupancy(draws, { dim: 2, centres: [[0, 0], [1]] })).toThrow(
      new RangeError('modeOccupancy: centres[1] must have 2 coordinates, got 1'),
    );
    expect(() => modeOccupancy(draws, { centres: [[Number.NaN]] })).toThrow(
      'modeOccupancy: centres[0] must be finite',
    );
  });
});

describe('rankHistogram', () => {
  it('counts ranks of each chain among all', () => {
    // Ranks 1..8; chain 0 has the odd ones of coordinate 0 and the low ones of coordinate 1.
    const x = Float64Array.from([1, 1, 2, 5, 3, 2, 4, 6, 5, 3, 6, 7, 7, 4, 8, 8]);
    const counts = rankHistogram(x, { chains: 2, dim: 2, bins: 2 });
    expect([...counts]).toEqual([2, 4, 2, 0, 2, 0, 2, 4]);
    expect(rankHistogram(new Float32Array(12), { chains: 3 }).filter((count) => count > 0)).toEqual(
      Uint32Array.of(4, 4, 4),
    );
  });

  it('is flat for chains that agree (chi-squared below its mean and five sds), and not for a shifted one', () => {
    const chains = 4;
    const x = autoregression(2000, chains, 0, 8);
    // (bins - 1) (chains - 1) degrees of freedom.
    const [freedom, limit] = [57, 57 + 5 * Math.sqrt(2 * 57)];
    const chiSquared = (draws: Float64Array) =>
      rankHistogram(draws, { chains }).reduce((sum, count) => sum + (count - 100) ** 2 / 100, 0);
    expect(chiSquared(x)).toBeLessThan(limit);
    expect(chiSquared(x)).toBeGreaterThan(freedom - 5 * Math.sqrt(2 * freedom));
    expect(chiSquared(x.map((value, i) => value + (i % chains === 1 ? 0.3 : 0)))).toBeGreaterThan(limit);
  });
});

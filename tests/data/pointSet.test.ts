import { describe, expect, it } from 'vitest';
import { pointSet } from '../../src/data/pointSet.js';
import { oneLine } from '../formats/oneLine.js';

describe('pointSet', () => {
  it('copies the points and weighs them equally', () => {
    const points = new Float32Array([1, 2, 3, 4, 5, 6]);
    const set = pointSet({ dim: 3, points });
    points.fill(0);
    expect(set).toEqual({
      dim: 3,
      points: new Float32Array([1, 2, 3, 4, 5, 6]),
      logits: new Float32Array([0, 0]),
    });
  });

  it('takes the logs of weights, zero among them', () => {
    const { logits } = pointSet({ dim: 1, points: [1, 2, 3], weights: [0, 0.5, 3] });
    expect(logits).toEqual(new Float32Array([-Infinity, Math.log(0.5), Math.log(3)]));
  });

  it('reports what is no data set', () => {
    const problem = (dim: number, points: number[], weights?: number[]) =>
      oneLine(() => pointSet({ dim, points, weights }));
    expect(problem(0, [1])).toBe('pointSet: dim must be a positive integer, got 0');
    expect(problem(1.5, [1, 2, 3])).toMatch(/dim .* got 1.5/);
    expect(problem(2, [1, 2, 3])).toBe(
      'pointSet: points must hold one or more rows of dim = 2 numbers, got 3 numbers',
    );
    expect(problem(2, [])).toMatch(/got 0 numbers/);
    expect(problem(2, [1, 2, 3, Number.NaN])).toMatch(/must be finite as float32, got NaN in row 1/);
    expect(problem(1, [1, 1e39])).toMatch(/got 1e\+39 in row 1/);
    expect(problem(1, [1, 2], [1])).toMatch(/one number a point, 2, got 1/);
    expect(problem(1, [1, 2], [1, -1])).toMatch(/weights must be finite and >= 0, got -1 at 1/);
    expect(problem(1, [1, 2], [1, Number.NaN])).toMatch(/got NaN at 1/);
    expect(problem(1, [1, 2], [0, 0])).toMatch(/positive one among them, got only zeros/);
  });
});

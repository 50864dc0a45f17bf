import { describe, expect, it } from 'vitest';
import { linearObservation } from '../../src/index.js';
import { oneLine } from '../formats/oneLine.js';
import { absolute } from './fiveModes.js';

describe('linearObservation', () => {
  const clean = Float32Array.of(0.3, -1, 2, 0.5, 0.25, -0.75);

  /** log N(y; A x, noise^2 I + variance A A^T) for two rows, by the inverse of a matrix of two. */
  function byHand(A: number[][], y: number[], noise: number, variance: number, x: ArrayLike<number>) {
    const r = A.map((row, i) => y[i] - row.reduce((sum, a, d) => sum + a * x[d], 0));
    const [[a, b], [, d]] = A.map((row, i) =>
      A.map(
        (other, j) =>
          variance * row.reduce((sum, v, k) => sum + v * other[k], 0) + (i === j ? noise ** 2 : 0),
      ),
    );
    const det = a * d - b * b;
    return (
      -(
        2 * Math.log(2 * Math.PI) +
        Math.log(det) +
        (d * r[0] ** 2 - 2 * b * r[0] * r[1] + a * r[1] ** 2) / det
      ) / 2
    );
  }

  it.each([
    [
      'a matrix of rows that overlap',
      [
        [1, 2, 0],
        [0, 1, -1],
      ],
    ],
    [
      'a matrix of rows that do not',
      [
        [0.5, 0.5, 0],
        [0, 0, 3],
      ],
    ],
  ])('%s: log-densities within 1e-12 of the formula, gradients within 1e-6 of differences', (_, A) => {
    const y = [0.7, -0.4];
    const observation = linearObservation({ matrix: A.flat(), observed: y, noise: 0.3 });
    for (const variance of [0, 0.2, 5]) {
      const gradient = new Float32Array(6).fill(9);
      const logs = observation(clean, variance, gradient);
      for (let i = 0; i < 2; i++) {
        const x = Array.from(clean.subarray(3 * i, 3 * i + 3));
        const value = (at: number[]) => byHand(A, y, 0.3, variance, at);
        expect(absolute(logs[i], value(x)) / (1 + Math.abs(logs[i]))).toBeLessThan(1e-12);
        for (let d = 0; d < 3; d++) {
          const moved = (h: number) => value(x.map((v, k) => (k === d ? v + h : v)));
          const slope = (moved(1e-4) - moved(-1e-4)) / 2e-4;
          expect(absolute(gradient[3 * i + d], slope) / (1 + Math.abs(slope))).toBeLessThan(1e-6);
        }
      }
    }
  });

  it('a mask is the matrix of the coordinates it marks', () => {
    const both = [
      linearObservation({ mask: [0, 1, 1], observed: [Number.NaN, 2, 3], noise: 0.1 }),
      linearObservation({ matrix: [0, 1, 0, 0, 0, 1], observed: [2, 3], noise: 0.1 }),
    ].map((observation) => {
      const gradient = new Float32Array(6);
      return [observation(clean, 0.5, gradient), gradient];
    });
    expect(both[0]).toEqual(both[1]);
  });

  it('bad options give one line that names them', () => {
    const bad = (change: object) =>
      oneLine(() => linearObservation({ observed: [1, 2], noise: 1, ...change } as never));
    expect(bad({})).toBe('linearObservation: either mask or matrix must be given, got none');
    expect(bad({ mask: [1, 1], matrix: [1] })).toBe(
      'linearObservation: either mask or matrix must be given, got both',
    );
    expect(bad({ mask: [0, 0] })).toBe('linearObservation: mask must mark a coordinate, got none');
    expect(bad({ mask: [1] })).toBe('linearObservation: observed must hold 1 numbers, got 2');
    expect(bad({ mask: [1, 1], observed: [1, Number.NaN] })).toBe(
      'linearObservation: observed must be finite, got NaN at index 1',
    );
    expect(bad({ matrix: [1, 2, 3] })).toBe(
      'linearObservation: matrix must hold a row for each of 2 observed numbers, got 3 numbers',
    );
    expect(bad({ mask: [1, 1], noise: 0 })).toBe(
      'linearObservation: noise must be a positive finite number, got 0',
    );
  });
});

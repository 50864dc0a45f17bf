import { finite, integer, points, positive } from '../core/check.js';
import { square } from '../core/elementary.js';
import { scoresAt } from '../core/ownFunctions.js';
import { checkKey, type Key, key as keyOf, normal } from '../core/random.js';
import type { Score } from '../core/score.js';

/** Options of {@link curl}. */
export interface CurlOptions {
  /**
   * Length of the differences, which reach twice as far, in units of x. Default: a hundredth of the root mean square distance of the rows of x from
   * their mean in one coordinate; 0.01 when there is one row.
   */
  step?: number;
  /** Pairs of directions drawn in more dimensions than so many. Default: 16. */
  pairs?: number;
  /** Draws the directions. Default: key(0). */
  key?: Key;
}

/**
 * How far a field is from being the gradient of something, at each row of x: |J - J'| / |J + J'|, Frobenius norms, where J is its
 * Jacobian by central differences. A gradient has a symmetric one, and about 0; a field that turns as fast as it contracts, such
 * as (-x - y, x - y), has 1. In as many dimensions as `pairs` or fewer, J is computed whole, by 4 dim scores a row. In more
 * the norms are estimated as the mean squares of u'(J - J')v and u'(J + J')v over pairs of directions u, v with normal coordinates,
 * by 8 scores a pair: the result is then within about a factor of two. Of a gradient the rounding of
 * float32 leaves about 1e-7 |x| / step, or 1e-4 by default near the origin; a field that is 0 everywhere has 0.
 *
 * @param x [n, dim]
 * @param score any field, of a density or not
 * @returns [n]
 * @throws TypeError when x is no Float32Array, RangeError when it holds no rows of dim finite numbers, and on bad options
 */
export function curl(score: Score, x: Float32Array, options: CurlOptions = {}): Float64Array {
  const { core, dim } = score;
  const n = points('curl', 'x', x, dim);
  finite('curl', 'x', x);
  const { step = n > 1 ? spread(x, dim) / 100 || 0.01 : 0.01, pairs = 16, key = keyOf(0) } = options;
  positive('curl', 'step', step);
  integer('curl', 'pairs', pairs);
  const directions =
    dim <= pairs
      ? Float32Array.from({ length: dim * dim }, (_, i) => (i % (dim + 1) === 0 ? 1 : 0))
      : unit(normal(core, checkKey('curl', key), [2 * pairs, dim]), dim);
  const slopes = along(score, x, directions, step);
  const count = directions.length / dim;
  return Float64Array.from({ length: n }, (_, row) => {
    /** a' J b for the directions number a and b. */
    const entry = (a: number, b: number) => {
      const slope = slopes[b].subarray(row * dim, (row + 1) * dim);
      return slope.reduce((sum, v, d) => sum + directions[a * dim + d] * v, 0);
    };
    let [less, more] = [0, 0];
    const add = (a: number, b: number) => {
      less += square(entry(a, b) - entry(b, a));
      more += square(entry(a, b) + entry(b, a));
    };
    if (dim > pairs) for (let k = 0; k < count; k += 2) add(k, k + 1);
    else for (let a = 0; a < dim; a++) for (let b = 0; b < dim; b++) add(a, b);
    if (more > 0) return Math.sqrt(less / more);
    return less > 0 ? Infinity : 0;
  });
}

/** Slopes of the score along each of some directions: for each [n, dim], by differences whose error falls as step^4. */
function along(score: Score, x: Float32Array, directions: Float32Array, step: number): Float64Array[] {
  const { dim } = score;
  return Array.from({ length: directions.length / dim }, (_, k) => {
    const v = directions.subarray(k * dim, (k + 1) * dim);
    const shifted = (by: number) =>
      scoresAt(
        score,
        x.map((value, i) => value + by * v[i % dim]),
      );
    const [after, before, far, farBefore] = [step, -step, 2 * step, -2 * step].map(shifted);
    return Float64Array.from(after, (s, i) => (8 * (s - before[i]) - (far[i] - farBefore[i])) / (12 * step));
  });
}

/** Rows of length 1. */
function unit(rows: Float32Array, dim: number): Float32Array {
  const out = rows.slice();
  for (let i = 0; i < rows.length; i += dim) {
    const row = out.subarray(i, i + dim);
    const length = Math.sqrt(row.reduce((sum, v) => sum + v * v, 0));
    for (let d = 0; d < dim; d++) row[d] /= length;
  }
  return out;
}

/** Root mean square distance of the rows of x [n, dim] from their mean, of one coordinate. */
function spread(x: Float32Array, dim: number): number {
  const n = x.length / dim;
  const mean = new Float64Array(dim);
  x.forEach((v, i) => {
    mean[i % dim] += v / n;
  });
  return Math.sqrt(x.reduce((sum, v, i) => sum + square(v - mean[i % dim]), 0) / x.length);
}

// Masses that are a matrix. With A the inverse masses and L its Cholesky factor, A = L L', everything happens in the
// coordinates y of q = L y, where the masses are 1: the score is L' s, momenta are z ~ N(0, I), and q moves by eps L z. So
// kinetic energies, U-turns and all that is kept of a trajectory are those of masses 1 (Neal, "MCMC using Hamiltonian
// dynamics", 2011, section 4.1). The triangle of L stands row by row, up to the diagonal; four chains a vector, LANE_BYTES
// apart.

import { LANE_BYTES } from '../../src/abi/panels';
import { madd, nmadd } from '../core/simd';
import { triangle } from './run';

/** Row i of a triangle. */
function rowOf(L: usize, i: usize): usize {
  return L + triangle(i) * LANE_BYTES;
}

/** The sum of n products of vectors at a and b. */
export function dot(a: usize, b: usize, n: usize): v128 {
  let sum = f32x4.splat(0);
  for (let i: usize = 0, end = n * LANE_BYTES; i < end; i += LANE_BYTES) {
    sum = madd(v128.load(a + i), v128.load(b + i), sum);
  }
  return sum;
}

/** Entry i of L p. */
export function velocity(L: usize, p: usize, i: usize): v128 {
  return dot(rowOf(L, i), p, i + 1);
}

/** s <- L' s, over D vectors. */
export function whiten(L: usize, s: usize, D: usize): void {
  for (let j: usize = 0; j < D; j++) {
    let sum = f32x4.splat(0);
    for (let i = j, at = rowOf(L, j) + j * LANE_BYTES; i < D; i++) {
      sum = madd(v128.load(at), v128.load(s + i * LANE_BYTES), sum);
      at += (i + 1) * LANE_BYTES;
    }
    v128.store(s + j * LANE_BYTES, sum);
  }
}

/** s <- L'^-1 s: undoes {@link whiten}. */
function unwhiten(L: usize, s: usize, D: usize): void {
  for (let k = D; k > 0; k--) {
    const j = k - 1;
    let rest = v128.load(s + j * LANE_BYTES);
    let at = rowOf(L, j) + j * LANE_BYTES;
    const diagonal = v128.load(at);
    for (let i = k; i < D; i++) {
      at += i * LANE_BYTES;
      rest = nmadd(v128.load(at), v128.load(s + i * LANE_BYTES), rest);
    }
    v128.store(s + j * LANE_BYTES, f32x4.div(rest, diagonal));
  }
}

/**
 * Adds positions x to their running mean, and to the sums of products of their deviations from it (Welford): the lower
 * triangle [D (D + 1) / 2]. weight: 1 over the number of positions, this one included.
 */
export function averageProducts(x: usize, mean: usize, products: usize, weight: v128, D: usize): void {
  let to = products;
  for (let i: usize = 0; i < D; i++) {
    const row = i * LANE_BYTES;
    const deviation = f32x4.sub(v128.load(x + row), v128.load(mean + row));
    v128.store(mean + row, f32x4.add(v128.load(mean + row), f32x4.mul(weight, deviation)));
    for (let j: usize = 0; j <= row; j += LANE_BYTES) {
      const other = f32x4.sub(v128.load(x + j), v128.load(mean + j));
      v128.store(to, madd(deviation, other, v128.load(to)));
      to += LANE_BYTES;
    }
  }
}

/**
 * Sets L to the Cholesky factor of scale times the sums of products plus `least` on the diagonal, clears the sums, and keeps s
 * [D], whitened by the old factor, as the same score whitened by the new one. A pivot is at least a millionth of its diagonal
 * entry, so that L can be inverted whatever rounding has left.
 */
export function learnFactor(L: usize, products: usize, s: usize, scale: v128, least: v128, D: usize): void {
  unwhiten(L, s, D);
  for (let i: usize = 0; i < D; i++) {
    const row = rowOf(L, i);
    const from = rowOf(products, i);
    for (let j: usize = 0; j <= i; j++) {
      const at = j * LANE_BYTES;
      const entry = f32x4.mul(scale, v128.load(from + at));
      v128.store(from + at, f32x4.splat(0));
      const other = rowOf(L, j);
      if (j < i) {
        const rest = f32x4.sub(entry, dot(row, other, j));
        v128.store(row + at, f32x4.div(rest, v128.load(other + at)));
      } else {
        const whole = f32x4.add(entry, least);
        const rest = f32x4.sub(whole, dot(row, row, j));
        v128.store(row + at, f32x4.sqrt(f32x4.max(rest, f32x4.mul(f32x4.splat(1e-6), whole))));
      }
    }
  }
  whiten(L, s, D);
}

// Hamiltonian dynamics of four chains, H(q, p) = -log p(q) + sum_d m_d p_d^2 / 2 with m the inverse masses, in steps of
// the leapfrog scheme (Neal, "MCMC using Hamiltonian dynamics", 2011, section 2.3):
//
//   p <- p + (eps / 2) score(q),  q <- q + eps m p,  p <- p + (eps / 2) score(q)
//
// Arrays are halves of panels: [D] vectors LANE_BYTES apart. A lane where `on` is zero stands still, whatever it holds.
import { LANE_BYTES, LANES } from '../../src/core/abi';
import { expDown } from '../core/math';
import { madd } from '../core/simd';
import { array, blockOf, COUNT_AT, DIM_AT, P, Q, S } from './run';

// Arrays of every Hamiltonian sampler, after those of every run: inverse masses; positions and, behind them, their scores.
/** Sums of momenta, which only trees have. */
export const SUM: usize = 3;
export const M: usize = 4;
export const X: usize = 5;
/** The first one free. */
export const NEXT: usize = 7;

/** A lower energy of a place than this by exp(-1000) is a divergence. */
const DIVERGENCE: f32 = -1000;

/** Sets the inverse mass of coordinate d, the same for all chains. */
export function inverseMass(run: usize, d: usize, inverse: f32): void {
  const C = load<usize>(run, COUNT_AT);
  for (let c: usize = 0; c < C; c += LANES) {
    const at = array(run, blockOf(run, c), M, 0) + d * LANE_BYTES;
    v128.store(at, f32x4.splat(inverse));
    v128.store(at, f32x4.splat(inverse), 16);
  }
}

/** p <- p / sqrt(m): standard normals to momenta. */
export function momenta(p: usize, m: usize, D: usize): void {
  for (let i: usize = 0, end = D * LANE_BYTES; i < end; i += LANE_BYTES) {
    v128.store(p + i, f32x4.div(v128.load(p + i), f32x4.sqrt(v128.load(m + i))));
  }
}

/** p <- p + eps s. */
export function kick(p: usize, s: usize, eps: v128, on: v128, D: usize): void {
  for (let i: usize = 0, end = D * LANE_BYTES; i < end; i += LANE_BYTES) {
    const change = v128.and(on, f32x4.mul(eps, v128.load(s + i)));
    v128.store(p + i, f32x4.add(v128.load(p + i), change));
  }
}

/** p <- p + push s, q <- q + eps m p, for a half of a panel whose inverse masses are array M. */
export function leap(run: usize, block: usize, half: usize, push: v128, eps: v128, on: v128): void {
  const D = load<usize>(run, DIM_AT);
  const q = array(run, block, Q, half);
  const p = array(run, block, P, half);
  const m = array(run, block, M, half);
  kick(p, array(run, block, S, half), push, on, D);
  for (let i: usize = 0, end = D * LANE_BYTES; i < end; i += LANE_BYTES) {
    const change = v128.and(on, f32x4.mul(eps, f32x4.mul(v128.load(m + i), v128.load(p + i))));
    v128.store(q + i, f32x4.add(v128.load(q + i), change));
  }
}

/** sum_d m_d p_d^2 / 2. */
export function kinetic(p: usize, m: usize, D: usize): v128 {
  let sum = f32x4.splat(0);
  for (let i: usize = 0, end = D * LANE_BYTES; i < end; i += LANE_BYTES) {
    const v = v128.load(p + i);
    sum = madd(f32x4.mul(v128.load(m + i), v), v, sum);
  }
  return f32x4.mul(f32x4.splat(0.5), sum);
}

/** to <- from where `on`, over n vectors; four at a time, which is also too large to be copied to every caller. */
export function choose(to: usize, from: usize, on: v128, n: usize): void {
  const end = to + n * LANE_BYTES;
  while (to + 3 * LANE_BYTES < end) {
    v128.store(to, v128.bitselect(v128.load(from), v128.load(to), on));
    v128.store(to, v128.bitselect(v128.load(from, 32), v128.load(to, 32), on), 32);
    v128.store(to, v128.bitselect(v128.load(from, 64), v128.load(to, 64), on), 64);
    v128.store(to, v128.bitselect(v128.load(from, 96), v128.load(to, 96), on), 96);
    to += 4 * LANE_BYTES;
    from += 4 * LANE_BYTES;
  }
  while (to < end) {
    v128.store(to, v128.bitselect(v128.load(from), v128.load(to), on));
    to += LANE_BYTES;
    from += LANE_BYTES;
  }
}

/** Whether a change of -H is no divergence: false for NaN. */
export function isSound(change: v128): v128 {
  return f32x4.gt(change, f32x4.splat(DIVERGENCE));
}

/** min(1, e^change), 0 for NaN. */
export function acceptance(change: v128): v128 {
  const chance = expDown(f32x4.min(change, f32x4.splat(0)));
  return v128.and(chance, f32x4.eq(change, change));
}

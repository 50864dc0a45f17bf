// Hamiltonian dynamics of four chains, H(q, p) = -log p(q) + sum_d m_d p_d^2 / 2 with m the inverse masses, in steps of
// the leapfrog scheme (Neal, "MCMC using Hamiltonian dynamics", 2011, section 2.3):
//
//   p <- p + (eps / 2) score(q),  q <- q + eps m p,  p <- p + (eps / 2) score(q)
//
// Arrays here are halves of a panel's arrays: [D] vectors of four chains, LANE_BYTES apart. A mask has all bits of a lane
// set or none; lanes where it is zero keep their values. Where masses are a matrix, momenta and scores here are those of
// `dense.ts`, and m is 1.
import { LANE_BYTES, LANES } from '../../src/abi/panels';
import { RunField } from '../../src/abi/samplers';
import { expDown } from '../core/math';
import { madd } from '../core/simd';
import { velocity } from './dense';
import { array, countOf, dimOf, factorOf, isDense, isLine, P, panelOf, Q, S, triangle } from './run';

// Arrays of every Hamiltonian sampler, behind query points, scores and momenta.
/** Sum of the momenta of the subtree that `nuts` builds. */
export const SUBTREE_SUM: usize = 3;
/** Inverse masses. */
export const M: usize = 4;
/** Positions, and behind them their scores. */
export const X: usize = 5;
/** Running mean of the positions in a window of the warm-up, and sum of their squared deviations from it. */
export const MEAN: usize = 7;
export const SQUARES: usize = 8;
/** Where scores have no log-density: the middle of a leapfrog step, and its displacement, in the coordinates of the score. */
export const MIDDLE: usize = 9;
export const DELTA: usize = 10;
export const HAMILTONIAN_ARRAYS: usize = 11;

/** A step diverges when -H falls by more than 1000. */
const DIVERGENCE: f32 = -1000;

/** Copies the inverse masses of the run block to every chain. */
export function openMasses(run: usize): void {
  const C = countOf(run);
  const D = dimOf(run);
  const dense = isDense(run);
  for (let c: usize = 0; c < C; c += LANES) {
    const panel = panelOf(run, c);
    const m = array(run, panel, M, 0);
    if (dense) {
      spread(run + RunField.INVERSE_MASSES, triangle(D), factorOf(run, panel, 0));
      for (let i: usize = 0, end = D * LANE_BYTES; i < end; i += 16) v128.store(m + i, f32x4.splat(1));
    } else spread(run + RunField.INVERSE_MASSES, D, m);
  }
}

/** Writes each of n numbers to all chains of a panel. */
function spread(from: usize, n: usize, to: usize): void {
  for (let d: usize = 0; d < n; d++) {
    const value = v128.load32_splat(from + (d << 2));
    v128.store(to + d * LANE_BYTES, value);
    v128.store(to + d * LANE_BYTES, value, 16);
  }
}

/** p <- p / sqrt(m): standard normals become momenta. */
export function toMomenta(p: usize, m: usize, D: usize): void {
  for (let i: usize = 0, end = D * LANE_BYTES; i < end; i += LANE_BYTES) {
    v128.store(p + i, f32x4.div(v128.load(p + i), f32x4.sqrt(v128.load(m + i))));
  }
}

/** p <- p + eps s, in the lanes of the mask. */
export function kick(p: usize, s: usize, eps: v128, mask: v128, D: usize): void {
  for (let i: usize = 0, end = D * LANE_BYTES; i < end; i += LANE_BYTES) {
    const change = v128.and(mask, f32x4.mul(eps, v128.load(s + i)));
    v128.store(p + i, f32x4.add(v128.load(p + i), change));
  }
}

/**
 * p <- p + kickEps s, then q <- q + eps m p, in the lanes of the mask, for a half of a panel. With kickEps = eps / 2 it
 * begins a leapfrog step; with kickEps = eps it also ends the one before.
 */
export function kickAndDrift(
  run: usize,
  panel: usize,
  half: usize,
  kickEps: v128,
  eps: v128,
  mask: v128,
): void {
  const D = dimOf(run);
  const q = array(run, panel, Q, half);
  const p = array(run, panel, P, half);
  kick(p, array(run, panel, S, half), kickEps, mask, D);
  if (!isPlain(run)) {
    drift(run, panel, half, eps, mask);
    return;
  }
  const m = array(run, panel, M, half);
  for (let i: usize = 0, end = D * LANE_BYTES; i < end; i += LANE_BYTES) {
    const change = v128.and(mask, f32x4.mul(eps, f32x4.mul(v128.load(m + i), v128.load(p + i))));
    v128.store(q + i, f32x4.add(v128.load(q + i), change));
  }
}

/** Whether masses are no matrix, and scores have log-densities. */
export function isPlain(run: usize): bool {
  return !isDense(run) && !isLine(run);
}

/**
 * q <- q + eps m p, or q + eps L p where masses are a matrix, in the lanes of the mask; writes the middle of the step, and its
 * displacement in the coordinates of the scores, where their line is integrated.
 */
function drift(run: usize, panel: usize, half: usize, eps: v128, mask: v128): void {
  const D = dimOf(run);
  const dense = isDense(run);
  const line = isLine(run);
  const q = array(run, panel, Q, half);
  const p = array(run, panel, P, half);
  const m = array(run, panel, M, half);
  const L = factorOf(run, panel, half);
  const middle = array(run, panel, MIDDLE, half);
  const delta = array(run, panel, DELTA, half);
  for (let d: usize = 0; d < D; d++) {
    const i = d * LANE_BYTES;
    const v = dense ? velocity(L, p, d) : f32x4.mul(v128.load(m + i), v128.load(p + i));
    const from = v128.load(q + i);
    const to = f32x4.add(from, v128.and(mask, f32x4.mul(eps, v)));
    v128.store(q + i, to);
    if (!line) continue;
    v128.store(middle + i, f32x4.mul(f32x4.splat(0.5), f32x4.add(from, to)));
    const moved = dense ? v128.and(mask, f32x4.mul(eps, v128.load(p + i))) : f32x4.sub(to, from);
    v128.store(delta + i, moved);
  }
}

/** Ends a leapfrog step of a panel of plain masses and log-densities, and begins the next: p <- p + eps s, then q <- q + eps m p. eps: [8]. */
export function leapfrog(run: usize, panel: usize, eps: usize): void {
  const D = dimOf(run);
  const q = array(run, panel, Q, 0);
  const p = array(run, panel, P, 0);
  const s = array(run, panel, S, 0);
  const m = array(run, panel, M, 0);
  const e = v128.load(eps);
  const f = v128.load(eps, 16);
  for (let i: usize = 0, end = D * LANE_BYTES; i < end; i += LANE_BYTES) {
    const u = f32x4.add(v128.load(p + i), f32x4.mul(e, v128.load(s + i)));
    const v = f32x4.add(v128.load(p + i, 16), f32x4.mul(f, v128.load(s + i, 16)));
    const x = f32x4.add(v128.load(q + i), f32x4.mul(e, f32x4.mul(v128.load(m + i), u)));
    const y = f32x4.add(v128.load(q + i, 16), f32x4.mul(f, f32x4.mul(v128.load(m + i, 16), v)));
    v128.store(p + i, u);
    v128.store(p + i, v, 16);
    v128.store(q + i, x);
    v128.store(q + i, y, 16);
  }
}

/** Copies whole vectors of eight. Faster than memory.copy for a few of them. */
export function copyRows(to: usize, from: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += LANE_BYTES) {
    const u = v128.load(from + i);
    const v = v128.load(from + i, 16);
    v128.store(to + i, u);
    v128.store(to + i, v, 16);
  }
}

/** The kinetic energy of four chains: sum_d m_d p_d^2 / 2. */
export function kinetic(p: usize, m: usize, D: usize): v128 {
  let sum = f32x4.splat(0);
  for (let i: usize = 0, end = D * LANE_BYTES; i < end; i += LANE_BYTES) {
    const v = v128.load(p + i);
    sum = madd(f32x4.mul(v128.load(m + i), v), v, sum);
  }
  return f32x4.mul(f32x4.splat(0.5), sum);
}

/**
 * to <- from, in the lanes of the mask, over n vectors. Arrays that stand one behind the other are copied together: n is
 * then a multiple of D. Unrolled by four, which also keeps Binaryen from copying it into every caller.
 */
export function copyWhere(to: usize, from: usize, mask: v128, n: usize): void {
  const end = to + n * LANE_BYTES;
  while (to + 3 * LANE_BYTES < end) {
    v128.store(to, v128.bitselect(v128.load(from), v128.load(to), mask));
    v128.store(to, v128.bitselect(v128.load(from, 32), v128.load(to, 32), mask), 32);
    v128.store(to, v128.bitselect(v128.load(from, 64), v128.load(to, 64), mask), 64);
    v128.store(to, v128.bitselect(v128.load(from, 96), v128.load(to, 96), mask), 96);
    to += 4 * LANE_BYTES;
    from += 4 * LANE_BYTES;
  }
  while (to < end) {
    v128.store(to, v128.bitselect(v128.load(from), v128.load(to), mask));
    to += LANE_BYTES;
    from += LANE_BYTES;
  }
}

/** The lanes whose change of -H is no divergence; NaN is one. */
export function isStable(change: v128): v128 {
  return f32x4.gt(change, f32x4.splat(DIVERGENCE));
}

/** The probability of accepting a change of -H: min(1, e^change), 0 for NaN. */
export function acceptance(change: v128): v128 {
  const chance = expDown(f32x4.min(change, f32x4.splat(0)));
  return v128.and(chance, f32x4.eq(change, change));
}

/** The gain of a pair of log-densities, high and low parts, over another: exact where they are near. */
export function gain(high: v128, low: v128, startHigh: v128, startLow: v128): v128 {
  return f32x4.add(f32x4.sub(high, startHigh), f32x4.sub(low, startLow));
}

/** What rounding took from a + b, of which `sum` is the rounded value (Knuth). */
export function lost(a: v128, b: v128, sum: v128): v128 {
  const second = f32x4.sub(sum, a);
  return f32x4.add(f32x4.sub(a, f32x4.sub(sum, second)), f32x4.sub(b, second));
}

/**
 * Writes the energy K - log p of four chains, and behind it what float32 takes from it where the log-density has a low part, to
 * be measured.
 */
export function measureEnergy(to: usize, kinetic: v128, high: v128, low: v128): void {
  const energy = f32x4.sub(kinetic, high);
  v128.store(to, energy);
  const rest = f32x4.sub(lost(kinetic, f32x4.neg(high), energy), low);
  v128.store(to, v128.and(rest, f32x4.ne(low, f32x4.splat(0))), 16);
}

// How trees of `nuts` grow: a new subtree, leaf by leaf, and its joining to the tree.

import { LANE_BYTES } from '../../src/core/abi';
import { expDown, log1pUnit } from '../core/math';
import { madd } from '../core/simd';
import { treeUniforms } from './draws';
import { acceptance, choose, isSound, kick, kinetic, leap, M, SUM, X } from './leapfrog';
import { array, DIM_AT, P, Q } from './run';
import {
  ACCEPT_AT,
  ACTIVE_AT,
  CHECKPOINTS,
  DEPTH_AT,
  DEPTHS_AT,
  DIVERGED_AT,
  EPS_AT,
  FORWARD_AT,
  GOOD_AT,
  KINETIC_AT,
  LEAF_AT,
  LEAVES_AT,
  LEFT,
  LEFT_P,
  LOG_START_AT,
  LOG_SUB_AT,
  LOG_X_AT,
  RHO,
  RIGHT,
  RIGHT_P,
  SUB,
  SUB_WEIGHT_AT,
  T_AT,
  UNIFORMS_AT,
  WEIGHT_AT,
} from './tree';

// Purposes of keys; 0 are the momenta.
const DIRECTION: usize = 1;
const LEAF: usize = 2;
const SUBTREE: usize = 3;

/** Element n of a purpose's uniforms for the tree of step t of each chain; drawn four n at a time, from the first on. */
function draw(run: usize, purpose: usize, state: usize, c: usize, n: u32, isFirst: bool): v128 {
  const u = state + UNIFORMS_AT + ((purpose - 1) << 6);
  if (isFirst || (n & 3) == 0) treeUniforms(run, purpose, load<u32>(state, T_AT), c, n & ~3, u);
  return v128.load(u + ((<usize>n & 3) << 4));
}

/** Begins a subtree as large as the tree, at the end that a coin chooses. */
export function double(run: usize, block: usize, state: usize, c: usize, half: usize): void {
  const D = load<usize>(run, DIM_AT);
  const u = draw(run, DIRECTION, state, c, load<u32>(state, DEPTH_AT), false);
  const forward = f32x4.lt(u, f32x4.splat(0.5));
  const active = v128.load(state, ACTIVE_AT);
  const q = array(run, block, Q, half);
  choose(q, array(run, block, LEFT, half), i32x4.splat(-1), 3 * D);
  choose(q, array(run, block, RIGHT, half), forward, 3 * D);
  v128.store(state, forward, FORWARD_AT);
  v128.store(state, active, GOOD_AT);
  v128.store(state, f32x4.splat(-Infinity), SUB_WEIGHT_AT);
  const one = v128.and(active, f32x4.splat(1));
  v128.store(state, f32x4.add(v128.load(state, DEPTHS_AT), one), DEPTHS_AT);
  const sum = array(run, block, SUM, half);
  for (let i: usize = 0, end = D * LANE_BYTES; i < end; i += LANE_BYTES) v128.store(sum + i, f32x4.splat(0));
  store<u32>(state, 0, LEAF_AT);
  leapOn(run, block, state, half);
}

/** Step sizes with the sign of their direction in time. */
function signed(state: usize): v128 {
  const eps = v128.load(state, EPS_AT);
  return v128.bitselect(eps, f32x4.neg(eps), v128.load(state, FORWARD_AT));
}

/** Begins a leapfrog step. */
export function leapOn(run: usize, block: usize, state: usize, half: usize): void {
  const eps = signed(state);
  leap(run, block, half, f32x4.mul(f32x4.splat(0.5), eps), eps, v128.load(state, GOOD_AT));
}

/** log(e^a + e^b) for finite b. */
function addLogs(a: v128, b: v128): v128 {
  const gap = f32x4.abs(f32x4.sub(a, b));
  return f32x4.add(f32x4.max(a, b), log1pUnit(expDown(f32x4.neg(gap))));
}

/** a <- a + b, over D vectors. */
function add(a: usize, b: usize, D: usize): void {
  for (let i: usize = 0, end = D * LANE_BYTES; i < end; i += LANE_BYTES) {
    v128.store(a + i, f32x4.add(v128.load(a + i), v128.load(b + i)));
  }
}

/** Ends a leapfrog step: its end is the next leaf of the subtree, chosen by its share of the subtree's weight. */
export function addLeaf(run: usize, block: usize, state: usize, c: usize, half: usize): void {
  const D = load<usize>(run, DIM_AT);
  const n = load<u32>(state, LEAF_AT);
  const was = v128.load(state, GOOD_AT);
  const q = array(run, block, Q, half);
  const s = q + D * LANE_BYTES;
  const p = array(run, block, P, half);
  const m = array(run, block, M, half);
  kick(p, s, f32x4.mul(f32x4.splat(0.5), signed(state)), was, D);
  const logp = v128.load(block + half);
  const gain = f32x4.sub(logp, v128.load(state, LOG_START_AT));
  const change = f32x4.sub(gain, f32x4.sub(kinetic(p, m, D), v128.load(state, KINETIC_AT)));
  const sound = isSound(change);
  let good = v128.and(was, sound);
  const accept = v128.and(was, acceptance(change));
  v128.store(state, f32x4.add(v128.load(state, ACCEPT_AT), accept), ACCEPT_AT);
  const one = v128.and(was, f32x4.splat(1));
  v128.store(state, f32x4.add(v128.load(state, LEAVES_AT), one), LEAVES_AT);
  const diverged = v128.or(v128.load(state, DIVERGED_AT), v128.andnot(was, sound));
  v128.store(state, diverged, DIVERGED_AT);

  const weight = addLogs(v128.load(state, SUB_WEIGHT_AT), change);
  v128.store(state, weight, SUB_WEIGHT_AT);
  const u = draw(run, LEAF, state, c, (1 << load<u32>(state, DEPTH_AT)) + n, n == 0);
  const taken = v128.and(good, f32x4.lt(u, acceptance(f32x4.sub(change, weight))));
  choose(array(run, block, SUB, half), q, taken, 2 * D);
  v128.store(state, v128.bitselect(logp, v128.load(state, LOG_SUB_AT), taken), LOG_SUB_AT);

  const sum = array(run, block, SUM, half);
  add(sum, p, D);
  // Leaf n ends the subtrees of 2, 4, ... leaves that its trailing ones count; their first leaves' checkpoints stand
  // at the places that the other ones count.
  const ones = <usize>popcnt<u32>(n >> 1);
  if ((n & 1) == 0) {
    choose(array(run, block, CHECKPOINTS + 2 * ones, half), p, i32x4.splat(-1), 2 * D);
  } else {
    const ends = <usize>ctz<u32>(~n);
    for (let i: usize = 0; i < ends; i++) {
      const from = array(run, block, CHECKPOINTS + 2 * (ones - i), half);
      good = v128.andnot(good, turning(m, from, p, sum, from + D * LANE_BYTES, D));
    }
  }
  v128.store(state, good, GOOD_AT);
  store<u32>(state, n + 1, LEAF_AT);
}

/**
 * Whether a trajectory's ends a and b draw together: m a . r <= 0 or m b . r <= 0, where r is the sum of its momenta with
 * those of the ends halved. That sum is `sum`, less `before` but for a when `before` is not 0.
 */
function turning(m: usize, a: usize, b: usize, sum: usize, before: usize, D: usize): v128 {
  let dotA = f32x4.splat(0);
  let dotB = f32x4.splat(0);
  const half = f32x4.splat(0.5);
  for (let i: usize = 0, end = D * LANE_BYTES; i < end; i += LANE_BYTES) {
    const pa = v128.load(a + i);
    const pb = v128.load(b + i);
    let rho = v128.load(sum + i);
    if (before != 0) rho = f32x4.add(f32x4.sub(rho, v128.load(before + i)), pa);
    const r = f32x4.mul(v128.load(m + i), f32x4.sub(rho, f32x4.mul(half, f32x4.add(pa, pb))));
    dotA = madd(pa, r, dotA);
    dotB = madd(pb, r, dotB);
  }
  const zero = f32x4.splat(0);
  return v128.or(f32x4.le(dotA, zero), f32x4.le(dotB, zero));
}

/** Joins a whole subtree to the tree: x moves to the subtree's choice with probability min(1, its weight / the tree's). */
export function addSubtree(run: usize, block: usize, state: usize, c: usize, half: usize): void {
  const D = load<usize>(run, DIM_AT);
  const good = v128.load(state, GOOD_AT);
  const weight = v128.load(state, WEIGHT_AT);
  const added = v128.load(state, SUB_WEIGHT_AT);
  const u = draw(run, SUBTREE, state, c, load<u32>(state, DEPTH_AT), load<u32>(state, DEPTH_AT) == 0);
  const taken = v128.and(good, f32x4.lt(u, acceptance(f32x4.sub(added, weight))));
  choose(array(run, block, X, half), array(run, block, SUB, half), taken, 2 * D);
  v128.store(
    state,
    v128.bitselect(v128.load(state, LOG_SUB_AT), v128.load(state, LOG_X_AT), taken),
    LOG_X_AT,
  );
  v128.store(state, addLogs(weight, added), WEIGHT_AT);

  const forward = v128.load(state, FORWARD_AT);
  const q = array(run, block, Q, half);
  choose(array(run, block, LEFT, half), q, v128.andnot(good, forward), 3 * D);
  choose(array(run, block, RIGHT, half), q, v128.and(good, forward), 3 * D);
  const rho = array(run, block, RHO, half);
  add(rho, array(run, block, SUM, half), D);
  const left = array(run, block, LEFT_P, half);
  const right = array(run, block, RIGHT_P, half);
  const turned = turning(array(run, block, M, half), left, right, rho, 0, D);
  v128.store(state, v128.andnot(good, turned), ACTIVE_AT);
}

// How the trees of `nuts` grow: a new subtree is built leaf by leaf, one leapfrog step each, and then joined to its tree.
// All functions work on the four chains of a half of a panel; `panel` and `state` are where the panel's and the half's
// states stand, and c is the half's first chain.

import { LANE_BYTES } from '../../src/abi/panels';
import { expDown, log1pUnit } from '../core/math';
import { madd } from '../core/simd';
import { EPS_AT } from './adapt';
import { treeUniforms } from './draws';
import {
  acceptance,
  copyWhere,
  gain,
  isStable,
  kick,
  kickAndDrift,
  kinetic,
  M,
  SUBTREE_SUM,
  X,
} from './leapfrog';
import {
  ACCEPTANCE_SUM_AT,
  ADAPTATION_AT,
  CHECKPOINTS,
  copyLogpWhere,
  DEPTH_AT,
  DEPTHS_AT,
  DIVERGED_AT,
  FORWARD_AT,
  GROWING_AT,
  LEAF_COUNT_AT,
  LEAVES_AT,
  LEFT,
  LEFT_LOGP_AT,
  LEFT_P,
  PROPOSAL,
  PROPOSAL_LOGP_AT,
  RIGHT,
  RIGHT_LOGP_AT,
  RIGHT_P,
  START_KINETIC_AT,
  START_LOGP_AT,
  SUBTREE_WEIGHT_AT,
  T_AT,
  TAKEN_AT,
  TREE_SUM,
  TREE_WEIGHT_AT,
  takeLogp,
  UNIFORMS_AT,
  VALID_AT,
  X_LOGP_AT,
} from './nutsTree';
import { array, dimOf, isLine, LOGP_LOW_AT, P, Q } from './run';

// Purposes of keys, behind that of the momenta: which way a doubling goes, whether a leaf becomes its subtree's proposal,
// whether a subtree's proposal becomes the tree's.
const DIRECTION: usize = 1;
const LEAF: usize = 2;
const SUBTREE: usize = 3;

/**
 * Uniform n of a purpose for the current tree of each chain. Four are drawn at a time, n & ~3 ... n | 3.
 * isFirst: draws them even when n is not the first of four, since those before it were not asked for.
 */
function uniformOf(run: usize, purpose: usize, state: usize, c: usize, n: u32, isFirst: bool): v128 {
  const u = state + UNIFORMS_AT + ((purpose - 1) << 6);
  if (isFirst || (n & 3) == 0) treeUniforms(run, purpose, load<u32>(state, T_AT), c, n & ~3, u);
  return v128.load(u + ((<usize>n & 3) << 4));
}

/**
 * Starts a subtree of as many leaves as the tree has, at the end of the trajectory that a coin chooses, and begins its first
 * leapfrog step: afterwards q waits for a score.
 */
export function startSubtree(run: usize, panel: usize, state: usize, c: usize, half: usize): void {
  const D = dimOf(run);
  const u = uniformOf(run, DIRECTION, state, c, load<u32>(state, DEPTH_AT), false);
  const forward = f32x4.lt(u, f32x4.splat(0.5));
  const growing = v128.load(state, GROWING_AT);
  // Position, score and momentum of the chosen end.
  const q = array(run, panel, Q, half);
  copyWhere(q, array(run, panel, LEFT, half), i32x4.splat(-1), 3 * D);
  copyWhere(q, array(run, panel, RIGHT, half), forward, 3 * D);
  if (isLine(run)) {
    const left = state + LEFT_LOGP_AT;
    const right = state + RIGHT_LOGP_AT;
    v128.store(panel + half, v128.bitselect(v128.load(right), v128.load(left), forward));
    v128.store(panel + half, v128.bitselect(v128.load(right, 16), v128.load(left, 16), forward), LOGP_LOW_AT);
  }
  v128.store(state, forward, FORWARD_AT);
  v128.store(state, growing, VALID_AT);
  v128.store(state, f32x4.splat(-Infinity), SUBTREE_WEIGHT_AT);
  const one = v128.and(growing, f32x4.splat(1));
  v128.store(state, f32x4.add(v128.load(state, DEPTHS_AT), one), DEPTHS_AT);
  const sum = array(run, panel, SUBTREE_SUM, half);
  for (let i: usize = 0, end = D * LANE_BYTES; i < end; i += LANE_BYTES) v128.store(sum + i, f32x4.splat(0));
  store<u32>(state, 0, LEAVES_AT);
  startLeaf(run, panel, state, half);
}

/** Step sizes, negative where the subtree grows backwards in time. */
function signedEps(state: usize): v128 {
  const eps = v128.load(state + ADAPTATION_AT, EPS_AT);
  return v128.bitselect(eps, f32x4.neg(eps), v128.load(state, FORWARD_AT));
}

/** Begins the leapfrog step to the next leaf, of valid subtrees: afterwards q waits for a score. */
export function startLeaf(run: usize, panel: usize, state: usize, half: usize): void {
  const eps = signedEps(state);
  kickAndDrift(run, panel, half, f32x4.mul(f32x4.splat(0.5), eps), eps, v128.load(state, VALID_AT));
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

/**
 * Ends the leapfrog step to a leaf, whose score and log-density have come. The leaf becomes the subtree's proposal with
 * probability its weight over the subtree's. The subtree is no longer valid where the leaf diverges, or where a subtree
 * that it closes makes a U-turn.
 */
export function endLeaf(run: usize, panel: usize, state: usize, c: usize, half: usize): void {
  const D = dimOf(run);
  const n = load<u32>(state, LEAVES_AT);
  const wasValid = v128.load(state, VALID_AT);
  const q = array(run, panel, Q, half);
  const s = q + D * LANE_BYTES;
  const p = array(run, panel, P, half);
  const m = array(run, panel, M, half);
  kick(p, s, f32x4.mul(f32x4.splat(0.5), signedEps(state)), wasValid, D);
  const start = state + START_LOGP_AT;
  const high = v128.load(panel + half);
  const low = v128.load(panel + half, LOGP_LOW_AT);
  const gained = gain(high, low, v128.load(start), v128.load(start, 16));
  // Of -H since the start: the leaf's log-weight.
  const change = f32x4.sub(gained, f32x4.sub(kinetic(p, m, D), v128.load(state, START_KINETIC_AT)));
  const stable = isStable(change);
  let valid = v128.and(wasValid, stable);
  const accept = v128.and(wasValid, acceptance(change));
  v128.store(state, f32x4.add(v128.load(state, ACCEPTANCE_SUM_AT), accept), ACCEPTANCE_SUM_AT);
  const one = v128.and(wasValid, f32x4.splat(1));
  v128.store(state, f32x4.add(v128.load(state, LEAF_COUNT_AT), one), LEAF_COUNT_AT);
  const diverged = v128.or(v128.load(state, DIVERGED_AT), v128.andnot(wasValid, stable));
  v128.store(state, diverged, DIVERGED_AT);

  const weight = addLogs(v128.load(state, SUBTREE_WEIGHT_AT), change);
  v128.store(state, weight, SUBTREE_WEIGHT_AT);
  const u = uniformOf(run, LEAF, state, c, (1 << load<u32>(state, DEPTH_AT)) + n, n == 0);
  const taken = v128.and(valid, f32x4.lt(u, acceptance(f32x4.sub(change, weight))));
  copyWhere(array(run, panel, PROPOSAL, half), q, taken, 2 * D);
  takeLogp(panel, half, state, PROPOSAL_LOGP_AT, taken);

  const sum = array(run, panel, SUBTREE_SUM, half);
  add(sum, p, D);
  // Leaf n closes one subtree for each trailing 1 bit of n: the subtrees of 2, 4, ... leaves that end with it. Each one's
  // first leaf has its checkpoint in the slot given by the number of 1 bits that remain.
  const ones = <usize>popcnt<u32>(n >> 1);
  if ((n & 1) == 0) {
    copyWhere(array(run, panel, CHECKPOINTS + 2 * ones, half), p, i32x4.splat(-1), 2 * D);
  } else {
    const closed = <usize>ctz<u32>(~n);
    for (let i: usize = 0; i < closed; i++) {
      const first = array(run, panel, CHECKPOINTS + 2 * (ones - i), half);
      valid = v128.andnot(valid, makesUTurn(m, first, p, sum, first + D * LANE_BYTES, D));
    }
  }
  v128.store(state, valid, VALID_AT);
  store<u32>(state, n + 1, LEAVES_AT);
}

/**
 * The lanes where a trajectory from momentum a to momentum b makes a U-turn: m a . r <= 0 or m b . r <= 0, where r is the sum
 * of its momenta, the first and the last one halved.
 * sum: the sum of the momenta, or, when `before` is not 0, that of a longer trajectory up to b, of which `before` is the sum
 * up to a.
 */
function makesUTurn(m: usize, a: usize, b: usize, sum: usize, before: usize, D: usize): v128 {
  let dotA = f32x4.splat(0);
  let dotB = f32x4.splat(0);
  const half = f32x4.splat(0.5);
  for (let i: usize = 0, end = D * LANE_BYTES; i < end; i += LANE_BYTES) {
    const pa = v128.load(a + i);
    const pb = v128.load(b + i);
    let own = v128.load(sum + i);
    if (before != 0) own = f32x4.add(f32x4.sub(own, v128.load(before + i)), pa);
    const r = f32x4.mul(v128.load(m + i), f32x4.sub(own, f32x4.mul(half, f32x4.add(pa, pb))));
    dotA = madd(pa, r, dotA);
    dotB = madd(pb, r, dotB);
  }
  const zero = f32x4.splat(0);
  return v128.or(f32x4.le(dotA, zero), f32x4.le(dotB, zero));
}

/**
 * Joins a whole subtree to its tree where it is valid: its proposal becomes x with probability min(1, its weight over the
 * tree's), and its last leaf becomes an end of the trajectory. The tree goes on growing where it makes no U-turn.
 */
export function joinSubtree(run: usize, panel: usize, state: usize, c: usize, half: usize): void {
  const D = dimOf(run);
  const valid = v128.load(state, VALID_AT);
  const weight = v128.load(state, TREE_WEIGHT_AT);
  const added = v128.load(state, SUBTREE_WEIGHT_AT);
  const depth = load<u32>(state, DEPTH_AT);
  const u = uniformOf(run, SUBTREE, state, c, depth, depth == 0);
  const taken = v128.and(valid, f32x4.lt(u, acceptance(f32x4.sub(added, weight))));
  copyWhere(array(run, panel, X, half), array(run, panel, PROPOSAL, half), taken, 2 * D);
  copyLogpWhere(state, PROPOSAL_LOGP_AT, X_LOGP_AT, taken);
  v128.store(state, v128.or(v128.load(state, TAKEN_AT), taken), TAKEN_AT);
  v128.store(state, addLogs(weight, added), TREE_WEIGHT_AT);

  const forward = v128.load(state, FORWARD_AT);
  const q = array(run, panel, Q, half);
  const isLeft = v128.andnot(valid, forward);
  const isRight = v128.and(valid, forward);
  copyWhere(array(run, panel, LEFT, half), q, isLeft, 3 * D);
  copyWhere(array(run, panel, RIGHT, half), q, isRight, 3 * D);
  takeLogp(panel, half, state, LEFT_LOGP_AT, isLeft);
  takeLogp(panel, half, state, RIGHT_LOGP_AT, isRight);
  const sum = array(run, panel, TREE_SUM, half);
  add(sum, array(run, panel, SUBTREE_SUM, half), D);
  const left = array(run, panel, LEFT_P, half);
  const right = array(run, panel, RIGHT_P, half);
  const turned = makesUTurn(array(run, panel, M, half), left, right, sum, 0, D);
  v128.store(state, v128.andnot(valid, turned), GROWING_AT);
}

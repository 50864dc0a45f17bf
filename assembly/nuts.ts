// The no-U-turn sampler (Hoffman and Gelman, 2014) with multinomial choice within a trajectory and the criterion of
// Betancourt ("A conceptual introduction to Hamiltonian Monte Carlo", 2017, appendix A): a trajectory doubles, forwards or
// backwards in time, until its ends, or the ends of a subtree, draw together. Subtrees are walked leaf by leaf with one
// checkpoint for each depth (Phan, Pradhan and Jankowiak, 2019), so that nothing recurses.
//
// The four chains of a half of a panel grow trees together, doubling by doubling: lanes whose tree is complete stand still
// until the last one is. The halves go on by themselves, each as far as it can between two evaluations.
import { adapt, adaptBegin } from './adapt';
import { acceptance, choose, isSound, kick, kinetic, leap, M, momenta, SUM, X } from './leapfrog';
import { expDown, log1pUnit } from './math';
import { LANE_BYTES, LANES } from './pack';
import {
  array,
  blockOf,
  COUNT_AT,
  DIM_AT,
  done,
  evaluate,
  isExternal,
  keep,
  normals4,
  OWN_AT,
  P,
  Q,
  report,
  runLayout,
  treeUniforms,
  X_AT,
} from './run';
import { madd } from './simd';
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
  PHASE_AT,
  RHO,
  RIGHT,
  RIGHT_P,
  STATE_BYTES,
  SUB,
  SUB_WEIGHT_AT,
  stateOf,
  T_AT,
  UNIFORMS_AT,
  WEIGHT_AT,
} from './tree';

const DEEPEST_AT: usize = OWN_AT;

const NEW: u32 = 0;
const START: u32 = 1;
const IDLE: u32 = 2;
const FLIGHT: u32 = 3;

// Purposes of keys; 0 are the momenta.
const DIRECTION: usize = 1;
const LEAF: usize = 2;
const SUBTREE: usize = 3;

/** Writes sizes to the block at `run`, and returns its bytes; with run = 0 only returns them. */
export function nutsLayout(run: usize, C: usize, D: usize, deepest: u32): usize {
  if (run != 0) store<u32>(run, deepest, DEEPEST_AT);
  return runLayout(run, C, D, LANE_BYTES + 2 * STATE_BYTES, CHECKPOINTS + 2 * <usize>deepest);
}

/** Sets the first step size of all chains, with the logarithm of ten of it, and the acceptance to aim at. */
export function nutsBegin(run: usize, eps: f32, centre: f32, target: f32): void {
  const C = load<usize>(run, COUNT_AT);
  for (let c: usize = 0; c < C; c += 4) {
    adaptBegin(stateOf(blockOf(run, c), (c & 4) << 2), eps, centre, target);
  }
}

/** Makes the steps first ... first + steps - 1 of all chains; true when it waits for scores from outside. */
export function nuts(run: usize, first: u32, steps: u32, path: usize): bool {
  const C = load<usize>(run, COUNT_AT);
  const external = isExternal(run);
  const end = first + steps;
  let waits = false;
  for (let c: usize = 0; c < C; c += LANES) {
    while (true) {
      let lacks = false;
      // A half without chains stays where it is.
      for (let chain = c; chain < min<usize>(c + LANES, C); chain += 4) {
        lacks = advance(run, chain, first, end, path) || lacks;
      }
      if (!lacks) break;
      waits = external;
      if (external) break;
      evaluate(run, c);
    }
  }
  return waits;
}

/** Takes the chains c ... c + 3 to where a score is wanted at q, or to step `end`: false. */
function advance(run: usize, c: usize, first: u32, end: u32, path: usize): bool {
  const D = load<usize>(run, DIM_AT);
  const block = blockOf(run, c);
  const half = (c & 4) << 2;
  const state = stateOf(block, half);
  const q = array(run, block, Q, half);
  const x = load<usize>(run, X_AT) + (c / LANES) * D * LANE_BYTES + half;
  const phase = load<u32>(state, PHASE_AT);
  const all = i32x4.splat(-1);
  if (phase == NEW) {
    choose(q, x, all, D);
    store<u32>(state, START, PHASE_AT);
    return true;
  }
  if (phase == START) {
    choose(array(run, block, X, half), q, all, 2 * D);
    v128.store(state, v128.load(block + half), LOG_X_AT);
  }
  if (phase == FLIGHT) {
    addLeaf(run, block, state, c, half);
    const depth = load<u32>(state, DEPTH_AT);
    const isWhole = load<u32>(state, LEAF_AT) == 1 << depth;
    if (!isWhole && v128.any_true(v128.load(state, GOOD_AT))) {
      leapOn(run, block, state, half);
      return true;
    }
    if (isWhole) addSubtree(run, block, state, c, half);
    else v128.store(state, v128.load(state, GOOD_AT), ACTIVE_AT);
    store<u32>(state, depth + 1, DEPTH_AT);
    if (v128.any_true(v128.load(state, ACTIVE_AT)) && depth + 1 < load<u32>(run, DEEPEST_AT)) {
      double(run, block, state, c, half);
      return true;
    }
    const t = load<u32>(state, T_AT);
    finish(run, block, state, c, half, t);
    choose(x, array(run, block, X, half), all, D);
    keep(run, t, c, first, path);
    store<u32>(state, t + 1, T_AT);
  }
  store<u32>(state, IDLE, PHASE_AT);
  if (load<u32>(state, T_AT) == end) return false;
  takeOff(run, block, state, c, half);
  double(run, block, state, c, half);
  store<u32>(state, FLIGHT, PHASE_AT);
  return true;
}

/** Those of the lanes c ... c + 3 that are chains of this share. */
function lanes(run: usize, c: usize): v128 {
  const left = <i32>load<usize>(run, COUNT_AT) - <i32>c;
  return i32x4.gt_s(i32x4.splat(left), i32x4(0, 1, 2, 3));
}

/** Element n of a purpose's uniforms for the tree of step t of each chain; drawn four n at a time, from the first on. */
function draw(run: usize, purpose: usize, state: usize, c: usize, n: u32, isFirst: bool): v128 {
  const u = state + UNIFORMS_AT + ((purpose - 1) << 6);
  if (isFirst || (n & 3) == 0) treeUniforms(run, purpose, load<u32>(state, T_AT), c, n & ~3, u);
  return v128.load(u + ((<usize>n & 3) << 4));
}

/** Begins a tree: momenta, and a trajectory of the one point x. */
function takeOff(run: usize, block: usize, state: usize, c: usize, half: usize): void {
  const D = load<usize>(run, DIM_AT);
  const all = i32x4.splat(-1);
  const q = array(run, block, Q, half);
  const p = array(run, block, P, half);
  const m = array(run, block, M, half);
  normals4(run, load<u32>(state, T_AT), c, p);
  momenta(p, m, D);
  choose(q, array(run, block, X, half), all, 2 * D);
  choose(array(run, block, LEFT, half), q, all, 3 * D);
  choose(array(run, block, RIGHT, half), q, all, 3 * D);
  choose(array(run, block, RHO, half), p, all, D);
  v128.store(state, v128.load(state, LOG_X_AT), LOG_START_AT);
  v128.store(state, kinetic(p, m, D), KINETIC_AT);
  memory.fill(state + WEIGHT_AT, 0, DIVERGED_AT + 16 - WEIGHT_AT);
  v128.store(state, lanes(run, c), ACTIVE_AT);
  store<u32>(state, 0, DEPTH_AT);
}

/** Begins a subtree as large as the tree, at the end that a coin chooses. */
function double(run: usize, block: usize, state: usize, c: usize, half: usize): void {
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
function leapOn(run: usize, block: usize, state: usize, half: usize): void {
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
function addLeaf(run: usize, block: usize, state: usize, c: usize, half: usize): void {
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
function addSubtree(run: usize, block: usize, state: usize, c: usize, half: usize): void {
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

/** Ends a tree: reports it, and adapts step size and mass in the warm-up. */
function finish(run: usize, block: usize, state: usize, c: usize, half: usize, t: u32): void {
  const leaves = v128.load(state, LEAVES_AT);
  const accept = f32x4.div(v128.load(state, ACCEPT_AT), f32x4.max(leaves, f32x4.splat(1)));
  v128.store(done, accept);
  v128.store(done, leaves, 16);
  v128.store(done, v128.load(state, DEPTHS_AT), 32);
  v128.store(done, v128.and(f32x4.splat(1), v128.load(state, DIVERGED_AT)), 48);
  v128.store(done, v128.load(state, EPS_AT), 64);
  v128.store(done, f32x4.sub(v128.load(state, KINETIC_AT), v128.load(state, LOG_START_AT)), 80);
  report(run, t, c);
  adapt(run, block, state, half, t, accept);
}

// The no-U-turn sampler (Hoffman and Gelman, 2014) with multinomial choice within a trajectory and the criterion of
// Betancourt ("A conceptual introduction to Hamiltonian Monte Carlo", 2017, appendix A): a trajectory doubles, forwards or
// backwards in time, until its ends, or the ends of a subtree, draw together. Subtrees are walked leaf by leaf with one
// checkpoint for each depth (Phan, Pradhan and Jankowiak, 2019), so that nothing recurses.
//
// The four chains of a half of a panel grow trees together, doubling by doubling: lanes whose tree is complete stand still
// until the last one is. The halves go on by themselves, each as far as it can between two evaluations.

import { LANE_BYTES, LANES } from '../../src/core/abi';
import { adapt, adaptBegin } from './adapt';
import { normals4 } from './draws';
import { choose, kinetic, M, momenta, X } from './leapfrog';
import {
  array,
  blockOf,
  COUNT_AT,
  DIM_AT,
  done,
  evaluate,
  isExternal,
  keep,
  OWN_AT,
  P,
  Q,
  report,
  runLayout,
  X_AT,
} from './run';
import { addLeaf, addSubtree, double, leapOn } from './subtree';
import {
  ACCEPT_AT,
  ACTIVE_AT,
  CHECKPOINTS,
  DEPTH_AT,
  DEPTHS_AT,
  DIVERGED_AT,
  EPS_AT,
  GOOD_AT,
  KINETIC_AT,
  LEAF_AT,
  LEAVES_AT,
  LEFT,
  LOG_START_AT,
  LOG_X_AT,
  PHASE_AT,
  RHO,
  RIGHT,
  STATE_BYTES,
  stateOf,
  T_AT,
  WEIGHT_AT,
} from './tree';

const DEEPEST_AT: usize = OWN_AT;

const NEW: u32 = 0;
const START: u32 = 1;
const IDLE: u32 = 2;
const FLIGHT: u32 = 3;

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

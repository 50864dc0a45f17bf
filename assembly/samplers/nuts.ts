// The no-U-turn sampler (Hoffman and Gelman, 2014) with multinomial choice within a trajectory and the criterion of
// Betancourt ("A conceptual introduction to Hamiltonian Monte Carlo", 2017, appendix A). A step is a tree: a trajectory that
// doubles, forwards or backwards in time, until it or one of its subtrees makes a U-turn. Subtrees are built leaf by leaf,
// with one checkpoint for each depth (Phan, Pradhan and Jankowiak, 2019), so that nothing recurses.
//
// The four chains of a half of a panel grow their trees together, doubling by doubling; lanes whose tree is complete stand
// still until the last one is. The two halves of a panel do not wait for each other.

import { LANES } from '../../src/abi/panels';
import { RunField } from '../../src/abi/samplers';
import { measured } from '../core/scratch';
import { adapt, EPS_AT, openAdaptation } from './adapt';
import { normals4 } from './draws';
import { keepStart, look } from './health';
import { copyWhere, kinetic, M, MIDDLE, measureEnergy, toMomenta, X } from './leapfrog';
import {
  ACCEPTANCE_SUM_AT,
  ADAPTATION_AT,
  CLEARED_END,
  copyLogp,
  DEPTH_AT,
  DEPTHS_AT,
  DIVERGED_AT,
  GROWING_AT,
  LEAF_COUNT_AT,
  LEAVES_AT,
  LEFT,
  LEFT_LOGP_AT,
  PHASE_AT,
  RIGHT,
  RIGHT_LOGP_AT,
  START_KINETIC_AT,
  START_LOGP_AT,
  stateOf,
  T_AT,
  TAKEN_AT,
  TREE_SUM,
  TREE_WEIGHT_AT,
  takeLogp,
  VALID_AT,
  X_LOGP_AT,
} from './nutsTree';
import { addStatistics, record } from './record';
import { array, countOf, dimOf, P, panelOf, positionsOf, Q } from './run';
import { endLeaf, joinSubtree, startLeaf, startSubtree } from './subtree';

// Phases: what a half of a panel waits for.
/** Nothing was done yet. */
const NEW: u32 = 0;
/** The score of the starting position. */
const STARTING: u32 = 1;
/** Nothing: it stands between two steps. */
const IDLE: u32 = 2;
/** The score of a leaf. */
const GROWING: u32 = 3;

/** Gives all chains the first step size. */
export function openTrees(run: usize): void {
  const C = countOf(run);
  for (let c: usize = 0; c < C; c += 4) {
    openAdaptation(run, stateOf(panelOf(run, c), halfOf(c)) + ADAPTATION_AT);
  }
}

/** The half of a panel that begins with chain c: 0 or 16 bytes. */
function halfOf(c: usize): usize {
  return (c & 4) << 2;
}

/**
 * Takes the chains c ... c + 7, each half of the panel by itself, to where they need a score at q: true; or both halves to
 * step `end`: false.
 * first, path: see `record`.
 */
export function nutsPanel(run: usize, c: usize, first: u32, end: u32, path: usize): bool {
  const last = min<usize>(c + LANES, countOf(run));
  let waits = false;
  // A half without chains stays where it is.
  for (let chain = c; chain < last; chain += 4) waits = nutsHalf(run, chain, first, end, path) || waits;
  return waits;
}

/** Takes the chains c ... c + 3 to where they need a score at q: true; or to step `end`: false. */
function nutsHalf(run: usize, c: usize, first: u32, end: u32, path: usize): bool {
  const D = dimOf(run);
  const panel = panelOf(run, c);
  const half = halfOf(c);
  const state = stateOf(panel, half);
  const q = array(run, panel, Q, half);
  const x = positionsOf(run, c) + half;
  const phase = load<u32>(state, PHASE_AT);
  const all = i32x4.splat(-1);
  if (phase == NEW) {
    copyWhere(q, x, all, D);
    copyWhere(array(run, panel, MIDDLE, half), x, all, D);
    store<u32>(state, STARTING, PHASE_AT);
    return true;
  }
  if (phase == STARTING) {
    copyWhere(array(run, panel, X, half), q, all, 2 * D);
    takeLogp(panel, half, state, X_LOGP_AT, all);
    keepStart(run, panel, c, half, v128.load(state, X_LOGP_AT));
  }
  if (phase == GROWING) {
    endLeaf(run, panel, state, c, half);
    const depth = load<u32>(state, DEPTH_AT);
    const isWhole = load<u32>(state, LEAVES_AT) == 1 << depth;
    if (!isWhole && v128.any_true(v128.load(state, VALID_AT))) {
      startLeaf(run, panel, state, half);
      return true;
    }
    // A subtree that is not whole is valid for no chain, and no tree grows on.
    if (isWhole) joinSubtree(run, panel, state, c, half);
    else v128.store(state, v128.load(state, VALID_AT), GROWING_AT);
    store<u32>(state, depth + 1, DEPTH_AT);
    if (v128.any_true(v128.load(state, GROWING_AT)) && depth + 1 < load<u32>(run, RunField.MAX_DEPTH)) {
      startSubtree(run, panel, state, c, half);
      return true;
    }
    const t = load<u32>(state, T_AT);
    endTree(run, panel, state, c, half, t);
    copyWhere(x, array(run, panel, X, half), all, D);
    record(run, t, c, min<usize>(c + 4, countOf(run)), first, path);
    store<u32>(state, t + 1, T_AT);
  }
  store<u32>(state, IDLE, PHASE_AT);
  if (load<u32>(state, T_AT) == end) return false;
  startTree(run, panel, state, c, half);
  startSubtree(run, panel, state, c, half);
  store<u32>(state, GROWING, PHASE_AT);
  return true;
}

/** Mask: the lanes of c ... c + 3 that are chains of this share. */
function chainsFrom(run: usize, c: usize): v128 {
  const left = <i32>countOf(run) - <i32>c;
  return i32x4.gt_s(i32x4.splat(left), i32x4(0, 1, 2, 3));
}

/** Starts a tree: draws momenta, and makes x the only point of its trajectory. */
function startTree(run: usize, panel: usize, state: usize, c: usize, half: usize): void {
  const D = dimOf(run);
  const all = i32x4.splat(-1);
  const q = array(run, panel, Q, half);
  const p = array(run, panel, P, half);
  const m = array(run, panel, M, half);
  normals4(run, load<u32>(state, T_AT), c, p);
  toMomenta(p, m, D);
  copyWhere(q, array(run, panel, X, half), all, 2 * D);
  // Position, score and momentum stand one behind the other.
  copyWhere(array(run, panel, LEFT, half), q, all, 3 * D);
  copyWhere(array(run, panel, RIGHT, half), q, all, 3 * D);
  copyWhere(array(run, panel, TREE_SUM, half), p, all, D);
  copyLogp(state, X_LOGP_AT, START_LOGP_AT);
  copyLogp(state, X_LOGP_AT, LEFT_LOGP_AT);
  copyLogp(state, X_LOGP_AT, RIGHT_LOGP_AT);
  v128.store(state, kinetic(p, m, D), START_KINETIC_AT);
  memory.fill(state + TREE_WEIGHT_AT, 0, CLEARED_END - TREE_WEIGHT_AT);
  v128.store(state, chainsFrom(run, c), GROWING_AT);
  store<u32>(state, 0, DEPTH_AT);
}

/** Ends the tree of step t: adds it to the statistics, and adapts step sizes and inverse masses in the warm-up. */
function endTree(run: usize, panel: usize, state: usize, c: usize, half: usize, t: u32): void {
  const leaves = v128.load(state, LEAF_COUNT_AT);
  const accept = f32x4.div(v128.load(state, ACCEPTANCE_SUM_AT), f32x4.max(leaves, f32x4.splat(1)));
  const to = measured();
  v128.store(to, accept);
  v128.store(to, leaves, 16);
  v128.store(to, v128.load(state, DEPTHS_AT), 32);
  v128.store(to, v128.and(f32x4.splat(1), v128.load(state, DIVERGED_AT)), 48);
  v128.store(to, v128.load(state + ADAPTATION_AT, EPS_AT), 64);
  const start = state + START_LOGP_AT;
  measureEnergy(to + 80, v128.load(state, START_KINETIC_AT), v128.load(start), v128.load(start, 16));
  addStatistics(run, t, c);
  const x = positionsOf(run, c) + half;
  look(run, panel, c, half, t, x, array(run, panel, X, half), v128.load(state, TAKEN_AT));
  adapt(run, panel, state + ADAPTATION_AT, half, t, accept);
}

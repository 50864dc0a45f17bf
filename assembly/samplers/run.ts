// The run block, which every sampler works on: it describes one share of a run, the C chains that one thread moves.
// `src/abi/samplers.ts` lists the fields that TypeScript writes; `runOpen` derives the rest. Behind the block stands the samplers'
// own memory:
//
//   langevin, diffuse    arrays over all panels of the share, [ceil(C / 8)][D][8] each; first the scores
//   the other samplers   for each panel of chains a state, then arrays [D][8]; first the query points, then their scores
//
// A query point is a place whose score a sampler needs next. Where the score is one of this library's, samplers evaluate
// it themselves. Where it is JavaScript's, a sampler returns true when all its panels wait; the caller then reads the
// query points, writes their scores, and calls again with the same arguments.

import { LANE_BYTES, LANES } from '../../src/abi/panels';
import { PURPOSES, RunField } from '../../src/abi/samplers';
import { fromPanels, toPanels } from '../core/panels';
import { writeKeySchedule } from '../core/random';
import { SCHEDULE_BYTES } from '../core/threefry';
import { scorePanel } from './score';

/** The first panel's memory. */
const PANELS_AT: usize = RunField.DERIVED;
/** Bytes from one panel's memory to the next one's. */
const PANEL_BYTES_AT: usize = RunField.DERIVED + 4;
/** Bytes from a panel's state to its arrays. */
const ARRAYS_AT: usize = RunField.DERIVED + 8;
/** The first panel's query points, and their scores. */
const QUERIES_AT: usize = RunField.DERIVED + 12;
const SCORES_AT: usize = RunField.DERIVED + 16;
/** Bytes from one panel's query points to the next one's, and of scores. */
const QUERY_STRIDE_AT: usize = RunField.DERIVED + 20;
/** 1 when the scores of the query points were written and no sampler has used them yet. */
const ANSWERED_AT: usize = RunField.DERIVED + 24;
/** Bytes from a panel's state to the Cholesky factors of its matrices of inverse masses. */
const FACTORS_AT: usize = RunField.DERIVED + 28;
/** 1 when the scores asked for are those in the middle of a leapfrog step. */
const IS_MIDDLE_AT: usize = RunField.DERIVED + 32;
/** Evaluations of panels that a call of `runSteps` may still make, or 0 for any number. */
const BUDGET_AT: usize = RunField.DERIVED + 36;
/** Key schedules, one for each purpose: they end where inverse masses begin. */
const SCHEDULES_AT: usize = <usize>RunField.INVERSE_MASSES - PURPOSES * SCHEDULE_BYTES;

// Arrays that every sampler has which keeps a state for each panel: query points, their scores, momenta or velocities.
export const Q: usize = 0;
export const S: usize = 1;
export const P: usize = 2;

// The state of a panel whose sampler accepts by log-densities begins with them, f32 [8] each: the high and the low part of those
// of its query points, whose sum is the log-density in twice float32's digits; and the work of the score along the
// leapfrog step that is being made (`line.ts`).
export const LOGP_LOW_AT: usize = LANE_BYTES;
export const WORK_AT: usize = 2 * LANE_BYTES;
export const LOGP_BYTES: usize = 3 * LANE_BYTES;

/** Numbers of the lower triangle of a matrix [D, D]. */
export function triangle(D: usize): usize {
  return (D * (D + 1)) >> 1;
}

/** Bytes of the block itself, to where the panels' memory begins. dense: whether it ends with a triangle of masses. */
export function headerBytes(D: usize, dense: bool): usize {
  return (<usize>RunField.INVERSE_MASSES + ((dense ? triangle(D) : D) << 2) + 63) & ~63;
}

/** Bytes of a panel's triangles where masses are a matrix: factors, then the sums of products that they are learned from. */
export function triangleBytes(D: usize): usize {
  return 2 * triangle(D) * LANE_BYTES;
}

/** Writes the schedules of all keys. */
export function openKeys(run: usize): void {
  for (let purpose: usize = 0; purpose < PURPOSES; purpose++) {
    const key = run + RunField.KEYS + (purpose << 3);
    writeKeySchedule(load<u32>(key), load<u32>(key, 4), scheduleOf(run, purpose));
  }
}

/** Writes where arrays over all panels stand: query points are the positions themselves. */
export function openShare(run: usize): void {
  const panels = run + headerBytes(dimOf(run), false);
  store<usize>(run, panels, PANELS_AT);
  store<usize>(run, load<usize>(run, RunField.POSITIONS), QUERIES_AT);
  store<usize>(run, panels, SCORES_AT);
  store<usize>(run, dimOf(run) * LANE_BYTES, QUERY_STRIDE_AT);
}

/**
 * Writes where panels stand that keep a state of their own.
 * state: bytes of a state, a multiple of 16, its first LOGP_BYTES, if it accepts by them, the log-densities of the query points;
 * arrays: how many.
 */
export function openPanels(run: usize, state: usize, arrays: usize): void {
  const D = dimOf(run);
  const dense = isDense(run);
  const panels = run + headerBytes(D, dense);
  const fixed = state + arrays * D * LANE_BYTES;
  const bytes = fixed + (dense ? triangleBytes(D) : 0);
  store<usize>(run, panels, PANELS_AT);
  store<usize>(run, bytes, PANEL_BYTES_AT);
  store<usize>(run, state, ARRAYS_AT);
  store<usize>(run, fixed, FACTORS_AT);
  store<usize>(run, bytes, QUERY_STRIDE_AT);
  askAt(run, Q);
  store<usize>(run, panels + state + S * D * LANE_BYTES, SCORES_AT);
}

/** Chains of the share: C. */
export function countOf(run: usize): usize {
  return load<usize>(run, RunField.COUNT);
}

/** Coordinates of a position: D. */
export function dimOf(run: usize): usize {
  return load<usize>(run, RunField.DIM);
}

/** Arrays over all panels of a share that has no states: array n, [ceil(C / 8)][D][8]. */
export function shareArray(run: usize, n: usize): usize {
  return load<usize>(run, PANELS_AT) + n * (((countOf(run) + LANES - 1) / LANES) * dimOf(run) * LANE_BYTES);
}

/** The state of the panel that holds chain c. */
export function panelOf(run: usize, c: usize): usize {
  return load<usize>(run, PANELS_AT) + (c / LANES) * load<usize>(run, PANEL_BYTES_AT);
}

/** A half (0 or 16) of an array [D][8] of the panel whose state is at `panel`. */
export function array(run: usize, panel: usize, name: usize, half: usize): usize {
  return panel + load<usize>(run, ARRAYS_AT) + name * dimOf(run) * LANE_BYTES + half;
}

/** Positions of the panel that holds chain c: [D][8]. */
export function positionsOf(run: usize, c: usize): usize {
  return load<usize>(run, RunField.POSITIONS) + (c / LANES) * dimOf(run) * LANE_BYTES;
}

/** The key schedule of a purpose. */
export function scheduleOf(run: usize, purpose: usize): usize {
  return run + SCHEDULES_AT + purpose * SCHEDULE_BYTES;
}

/** The index of [t, chain] in an array [.., chains], where `chain` is number c of this share. */
export function elementOf(run: usize, t: u32, c: usize): u64 {
  return <u64>t * load<u32>(run, RunField.CHAINS) + load<u32>(run, RunField.FIRST_CHAIN) + c;
}

/** Has the caller read array `name` of every panel as the query points. */
export function askAt(run: usize, name: usize): void {
  const panels = load<usize>(run, PANELS_AT);
  store<usize>(run, panels + load<usize>(run, ARRAYS_AT) + name * dimOf(run) * LANE_BYTES, QUERIES_AT);
  store<u32>(run, name == Q ? 0 : 1, IS_MIDDLE_AT);
}

/** Whether the query points are those in the middle of a leapfrog step. */
export function asksInTheMiddle(run: usize): bool {
  return load<u32>(run, IS_MIDDLE_AT) != 0;
}

/** Whether masses are a matrix. */
export function isDense(run: usize): bool {
  return load<u32>(run, RunField.DENSE) != 0;
}

/** Whether log-densities are line integrals of the score. */
export function isLine(run: usize): bool {
  return load<u32>(run, RunField.LINE) != 0;
}

/** The Cholesky factors of the matrices of a half of the panel whose state is at `panel`: [D (D + 1) / 2] vectors of four. */
export function factorOf(run: usize, panel: usize, half: usize): usize {
  return panel + load<usize>(run, FACTORS_AT) + half;
}

/** The sums of products of positions' deviations from their mean, laid out as {@link factorOf}. */
export function productsOf(run: usize, panel: usize, half: usize): usize {
  return factorOf(run, panel, half) + triangle(dimOf(run)) * LANE_BYTES;
}

/** Whether scores come from outside of WebAssembly. */
export function isExternal(run: usize): bool {
  return load<usize>(run, RunField.SCORE) == 0;
}

/** Evaluates scores of array `name` of the panel that begins with chain c, and their log-densities unless `logp` is 0. */
export function evaluateAt(run: usize, c: usize, name: usize, logp: usize): void {
  const panel = panelOf(run, c);
  const n = min<usize>(LANES, countOf(run) - c);
  scorePanel(load<usize>(run, RunField.SCORE), array(run, panel, name, 0), array(run, panel, S, 0), logp, n);
}

/** Sets how many panels a call may evaluate; 0: any number. */
export function setBudget(run: usize, budget: u32): void {
  store<u32>(run, budget, BUDGET_AT);
}

/** Takes an evaluation from the budget, unless it is the last one: false. */
export function spend(run: usize): bool {
  const left = load<u32>(run, BUDGET_AT);
  if (left == 1) return false;
  if (left != 0) store<u32>(run, left - 1, BUDGET_AT);
  return true;
}

/** Leaves one evaluation of the budget: after long work that is none, a call returns at the next. */
export function exhaust(run: usize): void {
  if (load<u32>(run, BUDGET_AT) != 0) store<u32>(run, 1, BUDGET_AT);
}

/** Whether scores were written that are not used yet; they count as used from now on. */
export function takeAnswer(run: usize): bool {
  const isAnswered = load<u32>(run, ANSWERED_AT) != 0;
  store<u32>(run, 0, ANSWERED_AT);
  return isAnswered;
}

/** Reads the query points of all chains. rows: f32 [C][D], overwritten. */
export function queryPoints(run: usize, rows: usize): void {
  const C = countOf(run);
  const D = dimOf(run);
  let from = load<usize>(run, QUERIES_AT);
  for (let c: usize = 0; c < C; c += LANES) {
    fromPanels(from, min<usize>(LANES, C - c), D, rows + ((c * D) << 2));
    from += load<usize>(run, QUERY_STRIDE_AT);
  }
}

/**
 * Writes the scores of the query points. rows: f32 [C][D]; logp: their log-densities, f64 [C], or 0 where a sampler
 * takes none.
 */
export function queryScores(run: usize, rows: usize, logp: usize): void {
  const C = countOf(run);
  const D = dimOf(run);
  let to = load<usize>(run, SCORES_AT);
  for (let c: usize = 0; c < C; c += LANES) {
    const n = min<usize>(LANES, C - c);
    toPanels(rows + ((c * D) << 2), n, D, to);
    to += load<usize>(run, QUERY_STRIDE_AT);
    if (logp != 0) writeLogp(panelOf(run, c), logp + (c << 3), n);
  }
  store<u32>(run, 1, ANSWERED_AT);
}

/** Writes n log-densities, f64, at the head of a panel's state, as high and low parts. */
function writeLogp(panel: usize, logp: usize, n: usize): void {
  for (let i: usize = 0; i < n; i++) {
    const value = load<f64>(logp + (i << 3));
    // A log-density of +Infinity is none: as NaN, it makes its step a divergence.
    const high: f32 = <f32>value == Infinity ? NaN : <f32>value;
    // What is not finite has no low part.
    const low = high - high == 0 ? <f32>(value - <f64>high) : 0;
    store<f32>(panel + (i << 2), high);
    store<f32>(panel + (i << 2), low, LOGP_LOW_AT);
  }
}

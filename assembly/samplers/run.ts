// What samplers share that ask for a score in the middle of a step: a block that says how a share of the chains
// stands, and what is done with a chain after each step. A kernel over it goes on panel by panel until it lacks the
// score of some place q; a score of this library is computed at once, and for one written in JavaScript the kernel
// returns true, to be called again when s and logp of all q are there.

import { EXTERNAL, LANE_BYTES, LANES } from '../../src/core/abi';
import { fromPanels, toPanels } from '../core/panels';
import { keySchedule } from '../core/random';
import { SCHEDULE } from '../core/threefry';
import { histogramChain } from './langevin';
import { scoreEvaluate } from './score';

// The block of a run: pointers, sizes and keys; then a block for each panel of chains: f32 [8], log-densities of the
// places q, what the kernel keeps of the panel, and its arrays [D][8], of which the first three are the places, their
// scores, and momenta or velocities.
const SCORE_AT: usize = 0;
export const X_AT: usize = 4;
export const COUNT_AT: usize = 8;
export const DIM_AT: usize = 12;
const BLOCK_BYTES_AT: usize = 16;
const ARRAYS_AT: usize = 20;
const FIRST_AT: usize = 24;
const CHAINS_AT: usize = 28;
export const TOTAL_AT: usize = 32;
export const LAYOUT_AT: usize = 36;
export const WARMUP_AT: usize = 40;
const THIN_AT: usize = 44;
const HISTOGRAM_AT: usize = 48;
const BINS_AT: usize = 52;
const STATISTICS_AT: usize = 56;
const EXTERNAL_AT: usize = 64;
/** First of what is the kernel's own in the block. */
export const OWN_AT: usize = 72;
// Schedules of keys, one a purpose.
const KEYS_AT: usize = 128;
const PURPOSES: usize = 4;
const RUN_BYTES: usize = KEYS_AT + PURPOSES * SCHEDULE;

// Names of arrays.
export const Q: usize = 0;
export const S: usize = 1;
export const P: usize = 2;

/** Numbers a chain reports, f64: see {@link report}. */
const STATISTICS: usize = 10;

/**
 * Writes sizes to the block at `run`, and returns the bytes of all; with run = 0 only returns them.
 * state: what a panel keeps, 16-byte aligned, with its log-densities; arrays: how many arrays it has.
 */
export function runLayout(run: usize, C: usize, D: usize, state: usize, arrays: usize): usize {
  const bytes = state + arrays * D * LANE_BYTES;
  if (run != 0) {
    store<usize>(run, bytes, BLOCK_BYTES_AT);
    store<usize>(run, state, ARRAYS_AT);
  }
  return RUN_BYTES + ((C + LANES - 1) / LANES) * bytes;
}

/** The block of the panel that holds chain c. */
export function blockOf(run: usize, c: usize): usize {
  return run + RUN_BYTES + (c / LANES) * load<usize>(run, BLOCK_BYTES_AT);
}

/** A half (0 or 16) of an array of the panel at `block`. */
export function array(run: usize, block: usize, name: usize, half: usize): usize {
  return block + load<usize>(run, ARRAYS_AT) + name * load<usize>(run, DIM_AT) * LANE_BYTES + half;
}

/**
 * Fills the block at `run`, its layout already written, for the chains firstChain ... firstChain + C - 1 of `chains`.
 * score: a descriptor, or 0 for scores from outside; x: panels [ceil(C / 8)][D][8]; total: normals drawn in all;
 * warmup: steps before the first that counts; thin, histogram, bins: as `langevin` has them; statistics: f64 [C][10] or 0.
 */
export function runBegin(
  run: usize,
  score: usize,
  x: usize,
  C: usize,
  firstChain: u32,
  chains: u32,
  D: usize,
  total: u32,
  layout: i32,
  warmup: u32,
  thin: u32,
  histogram: usize,
  bins: usize,
  statistics: usize,
): void {
  store<u32>(run, EXTERNAL, EXTERNAL_AT);
  store<u32>(run, D, EXTERNAL_AT + 4);
  store<usize>(run, score == 0 ? run + EXTERNAL_AT : score, SCORE_AT);
  store<usize>(run, x, X_AT);
  store<usize>(run, C, COUNT_AT);
  store<usize>(run, D, DIM_AT);
  store<u32>(run, firstChain, FIRST_AT);
  store<u32>(run, chains, CHAINS_AT);
  store<u32>(run, total, TOTAL_AT);
  store<i32>(run, layout, LAYOUT_AT);
  store<u32>(run, warmup, WARMUP_AT);
  store<u32>(run, thin, THIN_AT);
  store<usize>(run, histogram, HISTOGRAM_AT);
  store<usize>(run, bins, BINS_AT);
  store<usize>(run, statistics, STATISTICS_AT);
}

/** Sets the key of one purpose, 0 ... 3. */
export function runKey(run: usize, purpose: usize, key0: u32, key1: u32): void {
  keySchedule(key0, key1, keysOf(run, purpose));
}

/** The places q that wait for their scores: rows [C][D], overwritten. */
export function runAsk(run: usize, rows: usize): void {
  const C = load<usize>(run, COUNT_AT);
  const D = load<usize>(run, DIM_AT);
  for (let c: usize = 0; c < C; c += LANES) {
    fromPanels(array(run, blockOf(run, c), Q, 0), min<usize>(LANES, C - c), D, rows + ((c * D) << 2));
  }
}

/** Takes the scores of the places, rows [C][D], and their log-densities [C] unless that is 0. */
export function runAnswer(run: usize, rows: usize, logp: usize): void {
  const C = load<usize>(run, COUNT_AT);
  const D = load<usize>(run, DIM_AT);
  for (let c: usize = 0; c < C; c += LANES) {
    const block = blockOf(run, c);
    const n = min<usize>(LANES, C - c);
    toPanels(rows + ((c * D) << 2), n, D, array(run, block, S, 0));
    if (logp != 0) memory.copy(block, logp + (c << 2), n << 2);
  }
}

export function isExternal(run: usize): bool {
  return load<u32>(load<usize>(run, SCORE_AT)) == EXTERNAL;
}

/** Scores and log-densities of the places of the panel that begins with chain c. */
export function evaluate(run: usize, c: usize): void {
  const block = blockOf(run, c);
  const n = min<usize>(LANES, load<usize>(run, COUNT_AT) - c);
  scoreEvaluate(load<usize>(run, SCORE_AT), array(run, block, Q, 0), array(run, block, S, 0), block, n);
}

/** The schedule of a purpose's key. */
export function keysOf(run: usize, purpose: usize): usize {
  return run + KEYS_AT + purpose * SCHEDULE;
}

/** Number of the place [t, c] in an array [.., chains], c counted within the share. */
export function place(run: usize, t: u32, c: usize): u64 {
  return <u64>t * load<u32>(run, CHAINS_AT) + load<u32>(run, FIRST_AT) + c;
}

/**
 * Keeps and counts the chains c ... c + 3 after step t, by the rules of `langevin`; warm-up steps are neither kept nor
 * counted. path: where the first position goes that a call from step `first` keeps.
 */
export function keep(run: usize, t: u32, c: usize, first: u32, path: usize): void {
  const warmup = load<u32>(run, WARMUP_AT);
  if (t < warmup) return;
  const thin = load<u32>(run, THIN_AT);
  const histogram = load<usize>(run, HISTOGRAM_AT);
  const step = t - warmup + 1;
  const keeps = thin != 0 && step % thin == 0;
  if (!keeps && histogram == 0) return;
  const C = load<usize>(run, COUNT_AT);
  const D = load<usize>(run, DIM_AT);
  const before = first < warmup ? 0 : first - warmup;
  const row = keeps ? step / thin - 1 - before / thin : 0;
  const end = min<usize>(c + 4, C);
  for (let i = c; i < end; i++) {
    const from = load<usize>(run, X_AT) + (i / LANES) * D * LANE_BYTES + ((i & (LANES - 1)) << 2);
    if (keeps) {
      const to = path + (((<usize>row * C + i) * D) << 2);
      for (let d: usize = 0; d < D; d++) store<f32>(to + (d << 2), load<f32>(from + d * LANE_BYTES));
    }
    if (histogram != 0) histogramChain(histogram, load<usize>(run, BINS_AT), from, i, C, D);
  }
}

/** What one step of four chains did, f32 [4] each: room for {@link report}. */
export const done = memory.data(96, 16);

/**
 * Adds a step of the chains c ... c + 3 to their statistics: steps, sums of the acceptance probability, of leapfrog
 * steps, of tree depth and of divergences; step size and energy of the last; mean and sum of squares of the energy about
 * it, and the sum of squared changes. From `done`: acceptance, leapfrogs, depth, divergence, step size, energy.
 */
export function report(run: usize, t: u32, c: usize): void {
  if (t < load<u32>(run, WARMUP_AT)) return;
  const end = min<usize>(c + 4, load<usize>(run, COUNT_AT));
  for (let i = c; i < end; i++) {
    const from = done + ((i - c) << 2);
    const to = load<usize>(run, STATISTICS_AT) + ((i * STATISTICS) << 3);
    const steps = load<f64>(to) + 1;
    store<f64>(to, steps);
    for (let k: usize = 0; k < 4; k++) {
      const sum = to + 8 + (k << 3);
      store<f64>(sum, load<f64>(sum) + <f64>load<f32>(from + (k << 4)));
    }
    store<f64>(to, <f64>load<f32>(from, 64), 40);
    const energy = <f64>load<f32>(from, 80);
    const mean = load<f64>(to, 56);
    const off = energy - mean;
    const change = steps > 1 ? energy - load<f64>(to, 48) : 0;
    store<f64>(to, energy, 48);
    store<f64>(to, mean + off / steps, 56);
    store<f64>(to, load<f64>(to, 64) + off * (energy - mean - off / steps), 64);
    store<f64>(to, load<f64>(to, 72) + change * change, 72);
  }
}

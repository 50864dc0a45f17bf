// Unadjusted Langevin dynamics of many chains (Roberts and Tweedie, "Exponential convergence of
// Langevin distributions and their discrete approximations", 1996), in the article's convention:
//
//   x <- x + (eta / 2) score(x) + sqrt(eta) z
//
// A whole run is one call: noise, score, step, thinning and histogram, with nothing stored but what was asked.
import { LANE_BYTES, LANES } from '../../src/core/abi';
import { fromPanels } from '../core/panels';
import { block, keySchedule, keys, normal16 } from '../core/random';
import { madd } from '../core/simd';
import { scoreEvaluate } from './score';

/**
 * Runs `steps` steps of C chains, the chains firstChain, firstChain + 1, ... of `chains`. Step t of the run
 * (t = first, first + 1, ...) uses the elements [t, chain, d] of normal(key, [.., chains, D]), of `total`
 * elements in all, so that a share of the chains makes the steps it makes among all of them.
 * x: panels [ceil(C / 8)][D][8], overwritten; s: room for as much.
 * path: every `thin`-th position, f32 [.., C, D], or thin = 0 for none.
 * histogram: see {@link histogramAdd}, or histogram = 0 for none.
 */
export function langevin(
  score: usize,
  x: usize,
  s: usize,
  C: usize,
  firstChain: usize,
  chains: usize,
  D: usize,
  first: u32,
  steps: u32,
  eta: f32,
  key0: u32,
  key1: u32,
  total: u32,
  layout: i32,
  path: usize,
  thin: u32,
  histogram: usize,
  bins: usize,
): void {
  const end = first + steps;
  const vDrift = f32x4.splat(eta * 0.5);
  const vNoise = f32x4.splat(sqrt<f32>(eta));
  const rows = ((C + LANES - 1) / LANES) * D;
  keySchedule(key0, key1, keys);
  for (let t = first; t < end; t++) {
    scoreEvaluate(score, x, s, 0, C);
    // Two rows of panels at a time: row r is the coordinate r % D of eight chains.
    let j = (<u64>t * chains + firstChain) * D;
    for (let r: usize = 0, d: usize = 0, at: usize = 0; r < rows; r += 2) {
      const next = toNextRow(d, D);
      normal16(keys, j, <u32>D, next, block, total, layout);
      const end = min<usize>(2, rows - r) * LANE_BYTES;
      for (let i: usize = 0; i < end; i += 16) {
        const moved = madd(vDrift, v128.load(s + at), v128.load(x + at));
        v128.store(x + at, madd(vNoise, v128.load(block + i), moved));
        at += 16;
      }
      d = d + 1 < D ? d + 1 : 0;
      j += next + toNextRow(d, D);
      d = d + 1 < D ? d + 1 : 0;
    }
    if (thin != 0 && (t + 1) % thin == 0) {
      fromPanels(x, C, D, path);
      path += (C * D) << 2;
    }
    if (histogram != 0) histogramAdd(histogram, bins, x, C, D);
  }
}

/** Elements between a row of a panel and the next, which after the last coordinate is the next panel's. */
export function toNextRow(d: usize, D: usize): u64 {
  return d + 1 < D ? 1 : <u64>(7 * D + 1);
}

/**
 * Adds C chains to a histogram: f64 limits [low, cells per unit, high] of x[0] and of x[1], then sums [C][D],
 * one a chain so that they do not depend on how chains are shared out, counts [bins][bins] of (x[0], x[1]) and
 * the count outside. Cells are those of numpy.histogram2d: each holds its lower edge, the last its upper one too.
 */
export function histogramAdd(histogram: usize, bins: usize, x: usize, C: usize, D: usize): void {
  for (let c: usize = 0; c < C; c++) {
    const from = x + (c / LANES) * D * LANE_BYTES + ((c & (LANES - 1)) << 2);
    histogramChain(histogram, bins, from, c, C, D);
  }
}

/** Adds chain c of C to a histogram as {@link histogramAdd} has it; coordinates stand LANE_BYTES apart from `from` on. */
export function histogramChain(
  histogram: usize,
  bins: usize,
  from: usize,
  c: usize,
  C: usize,
  D: usize,
): void {
  const sums = histogram + 48;
  const counts = sums + ((C * D) << 3);
  for (let d: usize = 0; d < D; d++) {
    const at = sums + ((c * D + d) << 3);
    store<f64>(at, load<f64>(at) + <f64>load<f32>(from + d * LANE_BYTES));
  }
  const row = cell(histogram, <f64>load<f32>(from), bins);
  const column = cell(histogram + 24, <f64>load<f32>(from + LANE_BYTES), bins);
  const at = counts + ((row < bins && column < bins ? row * bins + column : bins * bins) << 3);
  store<f64>(at, load<f64>(at) + 1);
}

/** The cell of v, or `bins` when it is outside. */
function cell(limits: usize, v: f64, bins: usize): usize {
  const low = load<f64>(limits);
  const high = load<f64>(limits, 16);
  if (!(v >= low && v <= high)) return bins;
  const i = <usize>((v - low) * load<f64>(limits, 8));
  return min<usize>(i, bins - 1);
}

// Chains that move while the noise level changes: annealed Langevin dynamics, the reverse stochastic differential
// equation and the probability flow are all sequences of affine stages
//
//   x <- a x + b s + c z + d y,   y <- f x + g s   (both from the old x and y)
//
// with s the score of the data under the noise of that stage, at u x, and z ~ N(0, I). A table gives each
// stage its noise and its numbers, so that one call makes many stages over many levels.

import { EMPIRICAL, EXTERNAL, LANE_BYTES, LANES, MIXTURE, NETWORK } from '../../src/core/abi';
import { fromPanels } from '../core/panels';
import { block, keySchedule, keys, normal16 } from '../core/random';
import { madd } from '../core/simd';
import { empiricalNoise } from '../densities/empirical';
import { mixtureConstants, mixturePrecisions } from '../densities/mixture';
import { networkScoreNoise } from '../plan/score';
import { histogramAdd, toNextRow } from './langevin';
import { scoreEvaluate } from './score';

// Schedule: pointer to the score, which the run has for itself; stages a step; pointer to the stages; pointer to the
// parameters of the noises, f64 [noises][count]; count; pointer to what a mixture is without noise, its
// variances f64 [K][D]; K.
const SCORE_AT: usize = 0;
const STAGES_AT: usize = 4;
const ROWS_AT: usize = 8;
const NOISES_AT: usize = 12;
const COUNT_AT: usize = 16;
const VARIANCES_AT: usize = 20;
const K_AT: usize = 24;

// Stage: number of its noise, then f32 u, a, b, c, d, f, g.
const ROW_BYTES: usize = 32;
const U_AT: usize = 4;
const A_AT: usize = 8;
const B_AT: usize = 12;
const C_AT: usize = 16;
const D_AT: usize = 20;
const F_AT: usize = 24;
const G_AT: usize = 28;

/**
 * Makes the stages first ... first + rows - 1 of C chains, the chains firstChain, firstChain + 1, ... of `chains`. Stage r
 * uses the elements [r, chain, d] of normal(key, [.., chains, D]), of `total` elements in all.
 * x: panels [ceil(C / 8)][D][8], overwritten; work: room for three times as much: s, which the caller fills when the
 * score is computed outside (and then makes one stage a call), u x, and y, which lives from stage to stage.
 * Where a step ends, so many stages, positions are kept and counted: path, thin, histogram and bins as `langevin` has them.
 */
export function diffuse(
  schedule: usize,
  x: usize,
  work: usize,
  C: usize,
  firstChain: usize,
  chains: usize,
  D: usize,
  first: u32,
  rows: u32,
  key0: u32,
  key1: u32,
  total: u32,
  layout: i32,
  path: usize,
  thin: u32,
  histogram: usize,
  bins: usize,
): void {
  const score = load<usize>(schedule, SCORE_AT);
  const stages = load<u32>(schedule, STAGES_AT);
  const bytes = ((C + LANES - 1) / LANES) * D * LANE_BYTES;
  const s = work;
  const scaled = work + bytes;
  const y = scaled + bytes;
  keySchedule(key0, key1, keys);
  // Nothing is remembered between calls: the score may have changed.
  let noise: u32 = 0xffffffff;
  for (let r = first; r < first + rows; r++) {
    const row = load<usize>(schedule, ROWS_AT) + <usize>r * ROW_BYTES;
    if (load<u32>(row) != noise) {
      noise = load<u32>(row);
      setNoise(schedule, score, noise, D);
    }
    if (load<u32>(score) != EXTERNAL) {
      const u = load<f32>(row, U_AT);
      if (u != 1) scale(x, scaled, bytes, u);
      scoreEvaluate(score, u != 1 ? scaled : x, s, 0, C);
    }
    if (load<f32>(row, C_AT) != 0) {
      noisyStage(row, x, s, C, D, (<u64>r * chains + firstChain) * D, total, layout);
    } else stage(row, x, s, y, bytes);
    if ((r + 1) % stages != 0) continue;
    const step = (r + 1) / stages;
    if (thin != 0 && step % thin == 0) {
      fromPanels(x, C, D, path);
      path += (C * D) << 2;
    }
    if (histogram != 0) histogramAdd(histogram, bins, x, C, D);
  }
}

/** Gives a score the noise of a number. */
function setNoise(schedule: usize, score: usize, noise: u32, D: usize): void {
  const count = load<usize>(schedule, COUNT_AT);
  const p = load<usize>(schedule, NOISES_AT) + ((<usize>noise * count) << 3);
  const kind = load<u32>(score);
  if (kind == EMPIRICAL) empiricalNoise(score, <f32>load<f64>(p), <f32>load<f64>(p, 8));
  else if (kind == NETWORK)
    networkScoreNoise(score, <usize>load<f64>(p), <f32>load<f64>(p, 8), <f32>load<f64>(p, 16));
  else if (kind == MIXTURE) {
    const K = load<usize>(schedule, K_AT);
    // The numbers that a mixture of these standard deviations would be made with, to the bit.
    const variances = load<usize>(schedule, VARIANCES_AT);
    const precisions = mixturePrecisions(score);
    for (let i: usize = 0; i < K * D; i++) {
      const variance = load<f64>(variances + (i << 3)) + load<f64>(p);
      store<f32>(precisions + (i << 2), <f32>(1 / sqrt<f64>(variance)));
    }
    const constants = mixtureConstants(score);
    for (let k: usize = 0; k < K; k++) {
      store<f32>(constants + (k << 2), <f32>load<f64>(p + 8 + (k << 3)));
    }
  }
}

/** out <- u x. */
function scale(x: usize, out: usize, bytes: usize, u: f32): void {
  const vU = f32x4.splat(u);
  for (let i: usize = 0; i < bytes; i += 16) v128.store(out + i, f32x4.mul(vU, v128.load(x + i)));
}

/** x <- a x + b s + c z, the normals z from the element j on. */
function noisyStage(
  row: usize,
  x: usize,
  s: usize,
  C: usize,
  D: usize,
  j: u64,
  total: u32,
  layout: i32,
): void {
  const vA = v128.load32_splat(row, A_AT);
  const vB = v128.load32_splat(row, B_AT);
  const vC = v128.load32_splat(row, C_AT);
  const rows = ((C + LANES - 1) / LANES) * D;
  // Two rows of panels at a time, as `langevin` has them.
  for (let r: usize = 0, d: usize = 0, at: usize = 0; r < rows; r += 2) {
    const next = toNextRow(d, D);
    normal16(keys, j, <u32>D, next, block, total, layout);
    const end = min<usize>(2, rows - r) * LANE_BYTES;
    for (let i: usize = 0; i < end; i += 16) {
      const drifted = madd(vB, v128.load(s + at), f32x4.mul(vA, v128.load(x + at)));
      v128.store(x + at, madd(vC, v128.load(block + i), drifted));
      at += 16;
    }
    d = d + 1 < D ? d + 1 : 0;
    j += next + toNextRow(d, D);
    d = d + 1 < D ? d + 1 : 0;
  }
}

/** x <- a x + b s + d y and y <- f x + g s. */
function stage(row: usize, x: usize, s: usize, y: usize, bytes: usize): void {
  const vA = v128.load32_splat(row, A_AT);
  const vB = v128.load32_splat(row, B_AT);
  const vD = v128.load32_splat(row, D_AT);
  const vF = v128.load32_splat(row, F_AT);
  const vG = v128.load32_splat(row, G_AT);
  for (let i: usize = 0; i < bytes; i += 16) {
    const vX = v128.load(x + i);
    const vS = v128.load(s + i);
    v128.store(x + i, madd(vD, v128.load(y + i), madd(vB, vS, f32x4.mul(vA, vX))));
    v128.store(y + i, madd(vG, vS, f32x4.mul(vF, vX)));
  }
}

// A Gaussian with any covariance, by the inverse W of the covariance's Cholesky factor:
//
//   u = W (x - mean),  log p(x) = constant - |u|^2 / 2,  score(x) = -W^T u
//
// W's condition is the root of the covariance's, so that float32 goes twice as far as with the precision matrix.
import { LANE_BYTES } from '../../src/abi/panels';
import { madd } from '../core/simd';

// Descriptor: kind, D, pointers to the mean [D], to the rows and to the columns of W's lower triangle, one behind
// another, to room for u [D][8]; the constant.
const D_AT: usize = 4;
const MEAN_AT: usize = 8;
const ROWS_AT: usize = 12;
const COLUMNS_AT: usize = 16;
const ROOM_AT: usize = 20;
const CONSTANT_AT: usize = 24;
const DATA_AT: usize = 32;

/** Writes a Gaussian's header at `score`, and returns its bytes; with score = 0 only returns them. */
export function gaussianLayout(score: usize, D: usize): usize {
  const triangle = (D * (D + 1)) << 1;
  const room = score + DATA_AT;
  const mean = room + 2 * D * LANE_BYTES;
  const rows = mean + (D << 2);
  const columns = rows + triangle;
  if (score != 0) {
    store<u32>(score, D, D_AT);
    store<usize>(score, mean, MEAN_AT);
    store<usize>(score, rows, ROWS_AT);
    store<usize>(score, columns, COLUMNS_AT);
    store<usize>(score, room, ROOM_AT);
  }
  return columns + triangle - score;
}

/** f32 [D], written by the caller. */
export function gaussianMean(score: usize): usize {
  return load<usize>(score, MEAN_AT);
}
/** W_ij for j = 0 ... i, row by row: f32 [D (D + 1) / 2], written by the caller. */
export function gaussianRows(score: usize): usize {
  return load<usize>(score, ROWS_AT);
}
/** W_ij for i = j ... D - 1, column by column: f32 [D (D + 1) / 2], written by the caller. */
export function gaussianColumns(score: usize): usize {
  return load<usize>(score, COLUMNS_AT);
}
/** Sets sum_i log W_ii - D/2 log(2 pi). */
export function gaussianConstant(score: usize, constant: f32): void {
  store<f32>(score, constant, CONSTANT_AT);
}

/** Score s [D][8] of one panel x [D][8], and log-density logp [8] unless it is 0; both overwritten. */
export function gaussianPanel(score: usize, x: usize, s: usize, logp: usize): void {
  const D = load<usize>(score, D_AT);
  const bytes = D * LANE_BYTES;
  const r = load<usize>(score, ROOM_AT);
  const u = r + bytes;
  let mean = gaussianMean(score);
  for (let i: usize = 0; i < bytes; i += LANE_BYTES) {
    v128.store(r + i, f32x4.sub(v128.load(x + i), v128.load32_splat(mean)));
    v128.store(r + i, f32x4.sub(v128.load(x + i, 16), v128.load32_splat(mean)), 16);
    mean += 4;
  }
  let w = gaussianRows(score);
  let square0 = f32x4.splat(0);
  let square1 = f32x4.splat(0);
  for (let i: usize = 0; i < bytes; i += LANE_BYTES) {
    let sum0 = f32x4.splat(0);
    let sum1 = f32x4.splat(0);
    for (let j: usize = 0; j <= i; j += LANE_BYTES) {
      const factor = v128.load32_splat(w);
      sum0 = madd(factor, v128.load(r + j), sum0);
      sum1 = madd(factor, v128.load(r + j, 16), sum1);
      w += 4;
    }
    v128.store(u + i, sum0);
    v128.store(u + i, sum1, 16);
    square0 = madd(sum0, sum0, square0);
    square1 = madd(sum1, sum1, square1);
  }
  w = gaussianColumns(score);
  for (let j: usize = 0; j < bytes; j += LANE_BYTES) {
    let sum0 = f32x4.splat(0);
    let sum1 = f32x4.splat(0);
    for (let i = j; i < bytes; i += LANE_BYTES) {
      const factor = v128.load32_splat(w);
      sum0 = madd(factor, v128.load(u + i), sum0);
      sum1 = madd(factor, v128.load(u + i, 16), sum1);
      w += 4;
    }
    v128.store(s + j, f32x4.neg(sum0));
    v128.store(s + j, f32x4.neg(sum1), 16);
  }
  if (logp == 0) return;
  const half = f32x4.splat(-0.5);
  const constant = v128.load32_splat(score, CONSTANT_AT);
  v128.store(logp, madd(half, square0, constant));
  v128.store(logp, madd(half, square1, constant), 16);
}

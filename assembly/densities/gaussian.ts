// A Gaussian with any covariance, by the inverse W of the covariance's Cholesky factor:
//
//   u = W (x - mean),  log p(x) = constant - |u|^2 / 2,  score(x) = -W^T u
//
// W's condition number is the root of the covariance's: in float32, twice as many digits are left as with the inverse covariance.
import { LANE_BYTES } from '../../src/abi/panels';
import { madd } from '../core/simd';

// Fields of the descriptor, behind its kind: D; pointers to the mean [D] and to W's lower triangle by rows and by columns; the
// constant, f32. Scratch follows, for x - mean and u, [D][8] each.
const D_AT: usize = 4;
const MEAN_AT: usize = 8;
const ROWS_AT: usize = 12;
const COLUMNS_AT: usize = 16;
const CONSTANT_AT: usize = 24;
const DATA_AT: usize = 32;

/**
 * Writes a Gaussian's header at `score`, D and pointers, and returns the descriptor's bytes. With score = 0 it only returns them.
 */
export function gaussianHeader(score: usize, D: usize): usize {
  const triangle = (D * (D + 1)) << 1;
  const mean = score + DATA_AT + 2 * D * LANE_BYTES;
  const rows = mean + (D << 2);
  const columns = rows + triangle;
  if (score != 0) {
    store<u32>(score, D, D_AT);
    store<usize>(score, mean, MEAN_AT);
    store<usize>(score, rows, ROWS_AT);
    store<usize>(score, columns, COLUMNS_AT);
  }
  return columns + triangle - score;
}

/** Address of the mean, f32 [D], which the caller writes. */
export function gaussianMean(score: usize): usize {
  return load<usize>(score, MEAN_AT);
}
/** Address of W_ij for j = 0 ... i, row by row, f32 [D (D + 1) / 2], which the caller writes. */
export function gaussianRows(score: usize): usize {
  return load<usize>(score, ROWS_AT);
}
/** Address of W_ij for i = j ... D - 1, column by column, f32 [D (D + 1) / 2], which the caller writes. */
export function gaussianColumns(score: usize): usize {
  return load<usize>(score, COLUMNS_AT);
}
/** Sets the constant of log p, sum_i log W_ii - D/2 log(2 pi). */
export function gaussianConstant(score: usize, constant: f32): void {
  store<f32>(score, constant, CONSTANT_AT);
}

/**
 * Score and log-density of one panel. x: [D][8]; s: the score, [D][8], overwritten; logp: log p(x), [8], overwritten, unless
 * it is 0.
 */
export function gaussianPanel(score: usize, x: usize, s: usize, logp: usize): void {
  const D = load<usize>(score, D_AT);
  const bytes = D * LANE_BYTES;
  const r = score + DATA_AT;
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

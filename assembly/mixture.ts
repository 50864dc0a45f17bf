// Mixtures of K Gaussians with diagonal covariance: log-density and score by log-sum-exp, so that
// both stay right where every component's density underflows.
//
//   log p(x) = log sum_k exp(e_k),  e_k = constant_k - 1/2 sum_d (x_d - mean_kd)^2 / sd_kd^2
//   score_d(x) = sum_k softmax(e)_k (mean_kd - x_d) / sd_kd^2
import { exp, log } from './math';
import { LANE_BYTES } from './pack';
import { madd } from './simd';

// Descriptor: kind, D, K, pointers to means [K][D], 1 / sd [K][D], constants [K] (the logarithm of weight
// and normaliser), and room for e_k of four points.
const D_AT: usize = 4;
const K_AT: usize = 8;
const MEANS_AT: usize = 12;
const PRECISIONS_AT: usize = 16;
const CONSTANTS_AT: usize = 20;
const EXPONENTS_AT: usize = 24;
const DATA_AT: usize = 32;

/** Writes a mixture's header at `score`, and returns its bytes; with score = 0 only returns them. */
export function mixtureLayout(score: usize, D: usize, K: usize): usize {
  const means = score + DATA_AT + (K << 4);
  const precisions = means + ((K * D) << 2);
  const constants = precisions + ((K * D) << 2);
  if (score != 0) {
    store<u32>(score, D, D_AT);
    store<u32>(score, K, K_AT);
    store<u32>(score, means, MEANS_AT);
    store<u32>(score, precisions, PRECISIONS_AT);
    store<u32>(score, constants, CONSTANTS_AT);
    store<u32>(score, score + DATA_AT, EXPONENTS_AT);
  }
  return constants + (K << 2) - score;
}

/** f32 [K][D], written by the caller. */
export function mixtureMeans(score: usize): usize {
  return load<usize>(score, MEANS_AT);
}
/** 1 / sd: f32 [K][D], written by the caller. */
export function mixturePrecisions(score: usize): usize {
  return load<usize>(score, PRECISIONS_AT);
}
/** log weight_k - sum_d log sd_kd - D/2 log(2 pi): f32 [K], written by the caller. */
export function mixtureConstants(score: usize): usize {
  return load<usize>(score, CONSTANTS_AT);
}

/** Score s [D][8] of one panel x [D][8], and log-density logp [8] unless it is 0; both overwritten. */
export function mixturePanel(score: usize, x: usize, s: usize, logp: usize): void {
  for (let half: usize = 0; half < LANE_BYTES; half += 16) {
    const logDensity = mixture4(score, x + half, s + half);
    if (logp != 0) v128.store(logp + half, logDensity);
  }
}

function mixture4(score: usize, x: usize, s: usize): v128 {
  const D = load<usize>(score, D_AT);
  const exponents = load<usize>(score, EXPONENTS_AT);
  const end = exponents + (load<usize>(score, K_AT) << 4);
  let mean = mixtureMeans(score);
  let precision = mixturePrecisions(score);
  let constant = mixtureConstants(score);
  let largest = f32x4.splat(-Infinity);
  for (let e = exponents; e < end; e += 16) {
    let square = f32x4.splat(0);
    for (let d: usize = 0; d < D; d++) {
      const u = f32x4.mul(
        f32x4.sub(v128.load(x + d * LANE_BYTES), v128.load32_splat(mean)),
        v128.load32_splat(precision),
      );
      square = madd(u, u, square);
      mean += 4;
      precision += 4;
    }
    // A square that overflowed would make infinity minus infinity below.
    square = f32x4.pmin(square, f32x4.splat(3e38));
    const exponent = madd(f32x4.splat(-0.5), square, v128.load32_splat(constant));
    v128.store(e, exponent);
    largest = f32x4.pmax(largest, exponent);
    constant += 4;
  }
  for (let d: usize = 0; d < D; d++) v128.store(s + d * LANE_BYTES, f32x4.splat(0));
  let sum = f32x4.splat(0);
  mean = mixtureMeans(score);
  precision = mixturePrecisions(score);
  for (let e = exponents; e < end; e += 16) {
    const weight = exp(f32x4.sub(v128.load(e), largest));
    sum = f32x4.add(sum, weight);
    for (let d: usize = 0; d < D; d++) {
      const inverse = v128.load32_splat(precision);
      const pull = f32x4.mul(
        f32x4.mul(f32x4.sub(v128.load32_splat(mean), v128.load(x + d * LANE_BYTES)), inverse),
        inverse,
      );
      const at = s + d * LANE_BYTES;
      v128.store(at, madd(weight, pull, v128.load(at)));
      mean += 4;
      precision += 4;
    }
  }
  for (let d: usize = 0; d < D; d++) {
    const at = s + d * LANE_BYTES;
    v128.store(at, f32x4.div(v128.load(at), sum));
  }
  return f32x4.add(largest, log(sum));
}

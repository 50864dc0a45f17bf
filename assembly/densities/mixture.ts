// Mixtures of K Gaussians with diagonal covariance. Log-density and score are computed by log-sum-exp, so that both stay right
// where every component's density underflows.
//
//   log p(x) = log sum_k exp(e_k),  e_k = constant_k - 1/2 sum_d (x_d - mean_kd)^2 / sd_kd^2
//   score_d(x) = sum_k softmax(e)_k (mean_kd - x_d) / sd_kd^2
import { LANE_BYTES } from '../../src/abi/panels';
import { expDown, log } from '../core/math';
import { madd } from '../core/simd';

// Fields of the descriptor, behind its kind: D; K. Then follow scratch for the exponents e_k of a panel, [K][8]; the means [K][D],
// 1 / sd [K][D] and constants [K].
const D_AT: usize = 4;
const K_AT: usize = 8;
const EXPONENTS_AT: usize = 32;

/** Writes a mixture's header at `score`, D and K, and returns the descriptor's bytes. With score = 0 it only returns them. */
export function mixtureHeader(score: usize, D: usize, K: usize): usize {
  if (score != 0) {
    store<u32>(score, D, D_AT);
    store<u32>(score, K, K_AT);
  }
  return EXPONENTS_AT + K * LANE_BYTES + ((2 * K * D + K) << 2);
}

/** Bytes of the means, and of 1 / sd. */
function tableBytes(score: usize): usize {
  return (load<usize>(score, K_AT) * load<usize>(score, D_AT)) << 2;
}

/** Address of the means, f32 [K][D], which the caller writes. */
export function mixtureMeans(score: usize): usize {
  return score + EXPONENTS_AT + load<usize>(score, K_AT) * LANE_BYTES;
}
/** Address of 1 / sd, f32 [K][D], which the caller writes. */
export function mixtureInverseSds(score: usize): usize {
  return mixtureMeans(score) + tableBytes(score);
}
/** Address of constant_k = log weight_k - sum_d log sd_kd - D/2 log(2 pi), f32 [K], which the caller writes. */
export function mixtureConstants(score: usize): usize {
  return mixtureMeans(score) + 2 * tableBytes(score);
}

/**
 * Score and log-density of one panel. x: [D][8]; s: the score, [D][8], overwritten; logp: log p(x), [8], overwritten, unless
 * it is 0.
 */
export function mixturePanel(score: usize, x: usize, s: usize, logp: usize): void {
  const D = load<usize>(score, D_AT);
  const exponents = score + EXPONENTS_AT;
  const end = exponents + load<usize>(score, K_AT) * LANE_BYTES;
  const means = end;
  const inverseSds = means + tableBytes(score);
  let mean = means;
  let inverseSd = inverseSds;
  let constant = inverseSds + tableBytes(score);
  let largest0 = f32x4.splat(-Infinity);
  let largest1 = largest0;
  for (let e = exponents; e < end; e += LANE_BYTES) {
    let square0 = f32x4.splat(0);
    let square1 = square0;
    for (let d: usize = 0, xd = x; d < D; d++) {
      const m = v128.load32_splat(mean);
      const inverse = v128.load32_splat(inverseSd);
      const u0 = f32x4.mul(f32x4.sub(v128.load(xd), m), inverse);
      const u1 = f32x4.mul(f32x4.sub(v128.load(xd, 16), m), inverse);
      square0 = madd(u0, u0, square0);
      square1 = madd(u1, u1, square1);
      mean += 4;
      inverseSd += 4;
      xd += LANE_BYTES;
    }
    const c = v128.load32_splat(constant);
    const exponent0 = exponentOf(square0, c);
    const exponent1 = exponentOf(square1, c);
    v128.store(e, exponent0);
    v128.store(e, exponent1, 16);
    largest0 = f32x4.pmax(largest0, exponent0);
    largest1 = f32x4.pmax(largest1, exponent1);
    constant += 4;
  }
  let sum0 = f32x4.splat(0);
  let sum1 = sum0;
  for (let e = exponents; e < end; e += LANE_BYTES) {
    const weight0 = expDown(f32x4.sub(v128.load(e), largest0));
    const weight1 = expDown(f32x4.sub(v128.load(e, 16), largest1));
    sum0 = f32x4.add(sum0, weight0);
    sum1 = f32x4.add(sum1, weight1);
    v128.store(e, weight0);
    v128.store(e, weight1, 16);
  }
  const scale0 = f32x4.div(f32x4.splat(1), sum0);
  const scale1 = f32x4.div(f32x4.splat(1), sum1);
  const row = D << 2;
  for (let d: usize = 0; d < D; d++) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    let s0 = f32x4.splat(0);
    let s1 = s0;
    mean = means + (d << 2);
    inverseSd = inverseSds + (d << 2);
    for (let e = exponents; e < end; e += LANE_BYTES) {
      const m = v128.load32_splat(mean);
      const inverse = v128.load32_splat(inverseSd);
      s0 = madd(v128.load(e), f32x4.mul(f32x4.mul(f32x4.sub(m, x0), inverse), inverse), s0);
      s1 = madd(v128.load(e, 16), f32x4.mul(f32x4.mul(f32x4.sub(m, x1), inverse), inverse), s1);
      mean += row;
      inverseSd += row;
    }
    v128.store(s, f32x4.mul(s0, scale0));
    v128.store(s, f32x4.mul(s1, scale1), 16);
    x += LANE_BYTES;
    s += LANE_BYTES;
  }
  if (logp == 0) return;
  v128.store(logp, f32x4.add(largest0, log(sum0)));
  v128.store(logp, f32x4.add(largest1, log(sum1)), 16);
}

/** constant - square / 2. The square is at most 3e38: an infinite one would lead to infinity minus infinity. */
function exponentOf(square: v128, constant: v128): v128 {
  return madd(f32x4.splat(-0.5), f32x4.pmin(square, f32x4.splat(3e38)), constant);
}

// From the products of a batch of points with a panel to exponents, and from exponents to weights.
import { LANE_BYTES } from '../../../src/abi/panels';
import { expDown } from '../../core/math';
import { madd } from '../../core/simd';
import { DEPTH, errorOf, NEAR_DEPTH, toExponent } from './exponent';
import { findNear, pullNear } from './near';
import {
  empiricalLogWeights,
  FAR,
  HALF,
  halvesOf,
  nearOf,
  nearWeightsOf,
  precisionOf,
  SUM,
  TOP,
  varyingOf,
} from './record';

/**
 * A point is near unless half of |c|^2 + |q|^2 is at most so many times half of the squared distance: two binary digits are lost
 * at most beside a sum of squared differences.
 */
const NEAR_RATIO: f32 = 4;
/** Or at most so many times sigma^2, where the rounding of the product moves the exponent by less than 1e-6. */
const NEAR_VARIANCES: f32 = 4;

/** Replaces the products c.q of a batch and a panel by weights, adds these to its state, and the near points to its sums. */
export function weigh(
  score: usize,
  first: usize,
  count: usize,
  x: usize,
  s: usize,
  state: usize,
  batch: usize,
): void {
  const isNear =
    toExponents(score, first, count, state, batch) && findNear(score, first, count, x, state, batch);
  toWeights(score, count, s, state, batch, isNear);
  if (isNear) pullNear(score, first, count, x, s);
}

/**
 * Replaces the products c.q of a batch by exponents, and marks the points that are near and may have a weight that counts. Returns whether there
 * is one.
 */
function toExponents(score: usize, first: usize, count: usize, state: usize, batch: usize): bool {
  let any = f32x4.splat(0);
  for (let half: usize = 0; half < LANE_BYTES; half += 16) {
    any = v128.or(any, toExponents4(score, first, count, state + half, batch + half, nearOf(score) + half));
  }
  return v128.any_true(any);
}

/** The same of four lanes. near: their marks. Returns the sum of the marks. */
function toExponents4(
  score: usize,
  first: usize,
  count: usize,
  state: usize,
  batch: usize,
  near: usize,
): v128 {
  const precision = precisionOf(score);
  const ratio = f32x4.splat(NEAR_RATIO);
  const variances = f32x4.div(f32x4.splat(NEAR_VARIANCES), precision);
  const error = errorOf(score);
  const least = f32x4.sub(v128.load(state, TOP), f32x4.splat(NEAR_DEPTH));
  const half = v128.load(state, HALF);
  let halves = halvesOf(score) + (first << 2);
  let logWeights = empiricalLogWeights(score) + (first << 2);
  let any = f32x4.splat(0);
  for (let e = batch, end = batch + count * LANE_BYTES; e < end; e += LANE_BYTES) {
    const sum = f32x4.add(half, v128.load32_splat(halves));
    const square = f32x4.sub(sum, v128.load(e));
    const exponent = toExponent(v128.load32_splat(logWeights), precision, square);
    const isNear = f32x4.gt(sum, f32x4.pmax(variances, f32x4.mul(ratio, square)));
    const mark = v128.and(isNear, f32x4.ge(madd(error, sum, exponent), least));
    any = v128.or(any, mark);
    v128.store(near, mark);
    v128.store(e, exponent);
    halves += 4;
    logWeights += 4;
    near += LANE_BYTES;
  }
  return any;
}

/**
 * Replaces the exponents of a batch by weights exp(e - largest), with the largest exponent so far of each lane, and adds the
 * weights to the panel's sums. Where the largest exponent grew, the sums so far are rescaled first. If some points are near, their
 * weights go to a place of their own.
 */
function toWeights(score: usize, count: usize, s: usize, state: usize, batch: usize, isNear: bool): void {
  const end = batch + count * LANE_BYTES;
  const largest0 = v128.load(state, TOP);
  const largest1 = v128.load(state + 16, TOP);
  let top0 = largest0;
  let top1 = largest1;
  for (let e = batch; e < end; e += LANE_BYTES) {
    top0 = f32x4.pmax(top0, v128.load(e));
    top1 = f32x4.pmax(top1, v128.load(e, 16));
  }
  if (v128.any_true(v128.or(f32x4.ne(top0, largest0), f32x4.ne(top1, largest1)))) {
    rescale(score, s, state, expDown(f32x4.sub(largest0, top0)), expDown(f32x4.sub(largest1, top1)));
    v128.store(state, top0, TOP);
    v128.store(state + 16, top1, TOP);
  }
  let sum0 = f32x4.splat(0);
  let sum1 = sum0;
  const depth = f32x4.splat(-DEPTH);
  for (let e = batch; e < end; e += LANE_BYTES) {
    let w0 = f32x4.sub(v128.load(e), top0);
    let w1 = f32x4.sub(v128.load(e, 16), top1);
    // What is not a number has a weight, and spoils the sum.
    if (!i32x4.all_true(v128.and(f32x4.le(w0, depth), f32x4.le(w1, depth)))) {
      w0 = expDown(w0);
      w1 = expDown(w1);
      sum0 = f32x4.add(sum0, w0);
      sum1 = f32x4.add(sum1, w1);
    } else {
      w0 = f32x4.splat(0);
      w1 = w0;
    }
    v128.store(e, w0);
    v128.store(e, w1, 16);
  }
  v128.store(state, f32x4.add(v128.load(state, SUM), sum0), SUM);
  v128.store(state + 16, f32x4.add(v128.load(state + 16, SUM), sum1), SUM);
  if (isNear) {
    sum0 = f32x4.splat(0);
    sum1 = sum0;
    for (let i: usize = 0; i < count * LANE_BYTES; i += LANE_BYTES) {
      const near0 = v128.load(nearOf(score) + i);
      const near1 = v128.load(nearOf(score) + i, 16);
      const w0 = v128.load(batch + i);
      const w1 = v128.load(batch + i, 16);
      v128.store(nearWeightsOf(score) + i, v128.and(w0, near0));
      v128.store(nearWeightsOf(score) + i, v128.and(w1, near1), 16);
      v128.store(batch + i, v128.andnot(w0, near0));
      v128.store(batch + i, v128.andnot(w1, near1), 16);
      sum0 = f32x4.add(sum0, v128.andnot(w0, near0));
      sum1 = f32x4.add(sum1, v128.andnot(w1, near1));
    }
  }
  v128.store(state, f32x4.add(v128.load(state, FAR), sum0), FAR);
  v128.store(state + 16, f32x4.add(v128.load(state + 16, FAR), sum1), FAR);
}

/** Multiplies a panel's sums so far. s: [K][8]. */
function rescale(score: usize, s: usize, state: usize, scale0: v128, scale1: v128): void {
  v128.store(state, f32x4.mul(v128.load(state, SUM), scale0), SUM);
  v128.store(state + 16, f32x4.mul(v128.load(state + 16, SUM), scale1), SUM);
  v128.store(state, f32x4.mul(v128.load(state, FAR), scale0), FAR);
  v128.store(state + 16, f32x4.mul(v128.load(state + 16, FAR), scale1), FAR);
  for (const end = s + varyingOf(score) * LANE_BYTES; s < end; s += LANE_BYTES) {
    v128.store(s, f32x4.mul(v128.load(s), scale0));
    v128.store(s, f32x4.mul(v128.load(s, 16), scale1), 16);
  }
}

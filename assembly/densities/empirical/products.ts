// The score of an empirical density by matrix products, for many coordinates. With c = x - m and q_i = p_i - m, where m is the shift,
//
//   e_i = log weight_i - (|c|^2 / 2 + |q_i|^2 / 2 - c.q_i) / sigma^2,   score(x) = (sum_i w_i q_i / sum_i w_i - c) / sigma^2,
//
// w_i = exp(e_i - largest). The products of a batch of points with a panel, c.q_i, are one matrix product, the sum of w_i q_i another.
// One pass over the points by streaming log-sum-exp, as in `differences.ts`.
//
// A product loses digits where |c - q_i| is small beside |c| and |q_i|; such points are near, and `near.ts` takes differences.
// Coordinates that are the same in all points are left out: they change all exponents alike, and their scores are (p - x) / sigma^2.
import { LANE_BYTES } from '../../../src/abi/panels';
import { expDown, log } from '../../core/math';
import { madd, nmadd } from '../../core/simd';
import { tile6x8 } from '../../core/tiles';
import { DEPTH, errorOf, LEAST, toExponent } from './exponent';
import { findNear, pullNear } from './near';
import {
  BATCH,
  batchOf,
  centredOf,
  constantOf,
  countOf,
  dimOf,
  empiricalLogWeights,
  empiricalPoints,
  FAR,
  groupOf,
  HALF,
  halvesOf,
  nearOf,
  nearWeightsOf,
  PANELS,
  PRODUCT_TILE,
  placesOf,
  precisionOf,
  SAME,
  STATE_BYTES,
  SUM,
  shiftOf,
  statesOf,
  TOP,
  varyingOf,
  widthOf,
} from './record';
import { product6x16, pull6x8, pull6x16 } from './tiles';

/** Bytes of the rows of a tile of points, [T][8]. */
const TILE_ROWS: usize = PRODUCT_TILE * LANE_BYTES;
/** From the exponents of a panel to those of the next. */
const SECOND: usize = BATCH * LANE_BYTES;

/**
 * A point is near unless half of |c|^2 + |q|^2 is at most so many times half of the squared distance: two binary digits are lost
 * at most beside a sum of squared differences.
 */
const NEAR_RATIO: f32 = 4;
/** Or at most so many times sigma^2, where the rounding of the product moves the exponent by less than 1e-6. */
const NEAR_VARIANCES: f32 = 4;

/**
 * Scores and log-densities of panels. x: [panels][D][8]; s: the scores, [panels][D][8], overwritten; logp: log p(x),
 * [panels][8], overwritten, unless it is 0.
 */
export function productPanels(score: usize, x: usize, s: usize, logp: usize, panels: usize): void {
  const N = countOf(score);
  const stride = dimOf(score) * LANE_BYTES;
  const width = widthOf(score) * LANE_BYTES;
  const group = groupOf(dimOf(score));
  const centred = centredOf(score);
  const sums = centred + group * width;
  for (let first: usize = 0; first < panels; first += group) {
    const count = min<usize>(group, panels - first);
    memory.fill(sums, 0, count * width);
    for (let p: usize = 0; p < count; p++) {
      start(score, x + p * stride, centred + p * width, statesOf(score) + p * STATE_BYTES);
    }
    for (let i: usize = 0; i < N; i += BATCH) {
      const points = min<usize>(BATCH, N - i);
      for (let p: usize = 0; p < count; p += PANELS) {
        const state = statesOf(score) + p * STATE_BYTES;
        const isPair = PANELS == 2 && p + 1 < count;
        addBatch(score, i, points, isPair, x + p * stride, centred + p * width, sums + p * width, state);
      }
    }
    for (let p: usize = 0; p < count; p++) {
      const state = statesOf(score) + p * STATE_BYTES;
      finish(score, x, centred + p * width, sums + p * width, state, s);
      if (logp != 0) {
        finishLog(score, state, logp);
        logp += LANE_BYTES;
      }
      x += stride;
      s += stride;
    }
  }
}

/** Starts a panel: its centred coordinates c, [K][8], and its state. x: [D][8]. */
function start(score: usize, x: usize, c: usize, state: usize): void {
  const places = placesOf(score);
  const ends = places + (varyingOf(score) << 2);
  const stride = dimOf(score) * LANE_BYTES;
  for (let half: usize = 0; half < LANE_BYTES; half += 16) {
    let vHalf = f32x4.splat(0);
    let vSame = f32x4.splat(0);
    let vPart = f32x4.splat(0);
    let place = places;
    let to = c + half;
    for (let i: usize = 0; i < stride; i += LANE_BYTES) {
      const v = f32x4.sub(v128.load(x + half + i), v128.load32_splat(shiftOf(score) + (i >> 3)));
      if (place < ends && load<usize>(place) == i) {
        vPart = madd(v, v, vPart);
        v128.store(to, v);
        to += LANE_BYTES;
        place += 4;
      } else vSame = madd(v, v, vSame);
      // By parts of 32 coordinates, so that a log-density has the rounding of few additions.
      if ((i & 1023) == 992) {
        vHalf = f32x4.add(vHalf, vPart);
        vPart = f32x4.splat(0);
      }
    }
    vHalf = f32x4.add(vHalf, vPart);
    v128.store(state + half, f32x4.splat(-Infinity), TOP);
    v128.store(state + half, f32x4.splat(0), SUM);
    v128.store(state + half, f32x4.splat(0), FAR);
    v128.store(state + half, f32x4.mul(f32x4.splat(0.5), vHalf), HALF);
    v128.store(state + half, f32x4.mul(f32x4.splat(0.5), vSame), SAME);
  }
}

/**
 * Adds `count` points from point `first` on to a panel, or to it and the next: weights to its state, and weight q to its sums so far.
 * x: [D][8]; c: [K][8]; s: [width][8], accumulated; state: of the panel, updated.
 */
function addBatch(
  score: usize,
  first: usize,
  count: usize,
  isPair: bool,
  x: usize,
  c: usize,
  s: usize,
  state: usize,
): void {
  const batch = batchOf(score);
  const end = batch + count * LANE_BYTES;
  const next = widthOf(score) * LANE_BYTES;
  const stride = (widthOf(score) * PRODUCT_TILE) << 2;
  const points = empiricalPoints(score) + ((first * widthOf(score)) << 2);
  const K = varyingOf(score);
  for (let p = points, to = batch; to < end; to += TILE_ROWS) {
    if (isPair) product6x16(K, p, c, next, to, SECOND);
    else tile6x8(K, p, c, to, LANE_BYTES, false);
    p += stride;
  }
  weigh(score, first, count, x, s, state, batch);
  if (isPair)
    weigh(score, first, count, x + dimOf(score) * LANE_BYTES, s + next, state + STATE_BYTES, batch + SECOND);
  // Tiles without weights are passed over.
  for (let w = batch; w < end; ) {
    let after = w;
    while (after < end && (anyWeight(after) || (isPair && anyWeight(after + SECOND)))) after += TILE_ROWS;
    if (after > w) pull(points + ((w - batch) / TILE_ROWS) * stride, stride, w, after, isPair, s, next);
    w = after + TILE_ROWS;
  }
}

/** Adds weight q of the points of consecutive tiles, those whose weights are between w and `end`. s: [width][8]. */
function pull(p: usize, stride: usize, w: usize, end: usize, isPair: bool, s: usize, next: usize): void {
  for (const last = p + stride; p < last; p += (PRODUCT_TILE * PRODUCT_TILE) << 2) {
    if (isPair) pull6x16(p, stride, w, end, SECOND, s, next);
    else pull6x8(p, stride, w, end, s);
    s += TILE_ROWS;
  }
}

/** Whether any of the weights [6][8] is not zero. The tiles of far points are skipped. */
function anyWeight(w: usize): bool {
  let any = v128.load(w);
  for (let i: usize = 16; i < TILE_ROWS; i += 16) any = v128.or(any, v128.load(w + i));
  return v128.any_true(any);
}

/** Replaces the products c.q of a batch and a panel by weights, adds these to its state, and the near points to its sums. */
function weigh(
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
 * Replaces the products c.q of a batch by exponents, and marks the points that are near and may have a weight. Returns whether there
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
  const least = f32x4.sub(v128.load(state, TOP), f32x4.splat(DEPTH));
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
    if (v128.any_true(v128.or(f32x4.gt(w0, depth), f32x4.gt(w1, depth)))) {
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

/** Turns the sums of a panel, [K][8], into its scores s, [D][8], overwritten. x: [D][8]; c: [K][8]. */
function finish(score: usize, x: usize, c: usize, sums: usize, state: usize, s: usize): void {
  const precision = precisionOf(score);
  const ends = placesOf(score) + (varyingOf(score) << 2);
  for (let half: usize = 0; half < LANE_BYTES; half += 16) {
    const far = v128.load(state + half, FAR);
    const scale = f32x4.div(precision, v128.load(state + half, SUM));
    let place = placesOf(score);
    let k = half;
    for (let i: usize = 0; i < dimOf(score) * LANE_BYTES; i += LANE_BYTES) {
      let v: v128;
      if (place < ends && load<usize>(place) == i) {
        v = f32x4.mul(nmadd(v128.load(c + k), far, v128.load(sums + k)), scale);
        k += LANE_BYTES;
        place += 4;
      } else {
        const same = v128.load32_splat(shiftOf(score) + (i >> 3));
        v = f32x4.mul(f32x4.sub(same, v128.load(x + half + i)), precision);
      }
      v128.store(s + half + i, v);
    }
  }
}

/** Writes the log-densities of a panel, [8]. */
function finishLog(score: usize, state: usize, logp: usize): void {
  for (let half: usize = 0; half < LANE_BYTES; half += 16) {
    const sum = f32x4.add(v128.load(state + half, TOP), log(v128.load(state + half, SUM)));
    const all = nmadd(precisionOf(score), v128.load(state + half, SAME), f32x4.add(sum, constantOf(score)));
    v128.store(logp + half, f32x4.pmax(all, f32x4.splat(LEAST)));
  }
}

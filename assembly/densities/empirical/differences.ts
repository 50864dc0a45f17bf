// The score of an empirical density by differences, for few coordinates (Tweedie and Miyasawa):
//
//   e_i = log weight_i - |x - p_i|^2 / (2 sigma^2),   score(x) = sum_i softmax(e)_i (p_i - x) / sigma^2
//
// One pass over the points by streaming log-sum-exp: sums so far are rescaled when a larger exponent appears. A batch of points
// is used for all panels of a group while it is in the cache.
import { LANE_BYTES } from '../../../src/abi/panels';
import { expDown, log } from '../../core/math';
import { madd } from '../../core/simd';
import {
  batchOf,
  constantOf,
  countOf,
  dimOf,
  empiricalLogWeights,
  empiricalPoints,
  groupOf,
  precisionOf,
  STATE_BYTES,
  statesOf,
  TILE,
  TILE_BYTES,
} from './record';

/** Bytes of one coordinate of a tile of points. */
const POINT_BYTES: usize = TILE_BYTES;

/** Points of a batch, a multiple of TILE. */
const BATCH: usize = 32;

/**
 * Scores and log-densities of panels. x: [panels][D][8]; s: the scores, [panels][D][8], overwritten; logp: log p(x),
 * [panels][8], overwritten, unless it is 0.
 */
export function differencePanels(score: usize, x: usize, s: usize, logp: usize, panels: usize): void {
  const D = dimOf(score);
  const N = countOf(score);
  const stride = D * LANE_BYTES;
  const group = groupOf(D);
  for (let first: usize = 0; first < panels; first += group) {
    const count = min<usize>(group, panels - first);
    start(score, s, count, stride);
    for (let i: usize = 0; i < N; i += BATCH) {
      for (let p: usize = 0; p < count; p++) {
        const state = statesOf(score) + p * STATE_BYTES;
        addBatch(score, i, min<usize>(BATCH, N - i), x + p * stride, s + p * stride, state);
      }
    }
    for (let p: usize = 0; p < count; p++) finish(score, p, s + p * stride, logp);
    x += count * stride;
    s += count * stride;
    if (logp != 0) logp += count * LANE_BYTES;
  }
}

/** Empties the scores and the states of a group of panels. */
function start(score: usize, s: usize, panels: usize, stride: usize): void {
  memory.fill(s, 0, panels * stride);
  let state = statesOf(score);
  for (let p: usize = 0; p < panels; p++) {
    v128.store(state, f32x4.splat(-Infinity));
    v128.store(state, f32x4.splat(-Infinity), 16);
    v128.store(state, f32x4.splat(0), 32);
    v128.store(state, f32x4.splat(0), 48);
    state += STATE_BYTES;
  }
}

/**
 * Adds `count` points from point `first` on to one panel: weights to its state, and weight (p - x) to its score so far.
 * x: [D][8]; s: [D][8], accumulated; state: of the panel, updated.
 */
function addBatch(score: usize, first: usize, count: usize, x: usize, s: usize, state: usize): void {
  const D = dimOf(score);
  const tile = D * POINT_BYTES;
  const batch = batchOf(score);
  const points = empiricalPoints(score) + first * D * 4;
  const logWeights = empiricalLogWeights(score) + (first << 2);
  const end = points + count * D * 4;
  for (let p = points, to = batch; p < end; p += tile) {
    squares4x8(D, p, x, to);
    to += TILE * LANE_BYTES;
  }
  toWeights(precisionOf(score), logWeights, batch, count, s, tile << 1, state);
  for (let p = points, from = batch; p < end; p += tile) {
    if (anyWeight(from)) pulls4x8(D, p, x, from, s);
    from += TILE * LANE_BYTES;
  }
}

/** Whether any of the weights [4][8] is not zero. The tiles of far points are skipped. */
function anyWeight(w: usize): bool {
  let any = v128.load(w);
  for (let i: usize = 16; i < TILE * LANE_BYTES; i += 16) any = v128.or(any, v128.load(w + i));
  return v128.any_true(any);
}

/**
 * out[i][lane] = sum over d of (x[d][lane] - p[d][i])^2, of 4 points. p: [D][4]; x: [D][8]; out: [4][8], overwritten.
 */
function squares4x8(D: usize, p: usize, x: usize, out: usize): void {
  let a00 = f32x4.splat(0);
  let a01 = a00;
  let a10 = a00;
  let a11 = a00;
  let a20 = a00;
  let a21 = a00;
  let a30 = a00;
  let a31 = a00;
  for (const end = p + D * POINT_BYTES; p < end; p += POINT_BYTES) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    x += LANE_BYTES;
    let v = v128.load32_splat(p);
    let u = f32x4.sub(x0, v);
    a00 = madd(u, u, a00);
    u = f32x4.sub(x1, v);
    a01 = madd(u, u, a01);
    v = v128.load32_splat(p, 4);
    u = f32x4.sub(x0, v);
    a10 = madd(u, u, a10);
    u = f32x4.sub(x1, v);
    a11 = madd(u, u, a11);
    v = v128.load32_splat(p, 8);
    u = f32x4.sub(x0, v);
    a20 = madd(u, u, a20);
    u = f32x4.sub(x1, v);
    a21 = madd(u, u, a21);
    v = v128.load32_splat(p, 12);
    u = f32x4.sub(x0, v);
    a30 = madd(u, u, a30);
    u = f32x4.sub(x1, v);
    a31 = madd(u, u, a31);
  }
  v128.store(out, a00);
  v128.store(out, a01, 16);
  v128.store(out, a10, 32);
  v128.store(out, a11, 48);
  v128.store(out, a20, 64);
  v128.store(out, a21, 80);
  v128.store(out, a30, 96);
  v128.store(out, a31, 112);
}

/** s[d][lane] += sum over 4 points i of w[i][lane] (p[d][i] - x[d][lane]). p: [D][4]; x, s: [D][8]; w: [4][8]. */
function pulls4x8(D: usize, p: usize, x: usize, w: usize, s: usize): void {
  const w00 = v128.load(w);
  const w01 = v128.load(w, 16);
  const w10 = v128.load(w, 32);
  const w11 = v128.load(w, 48);
  const w20 = v128.load(w, 64);
  const w21 = v128.load(w, 80);
  const w30 = v128.load(w, 96);
  const w31 = v128.load(w, 112);
  for (const end = p + D * POINT_BYTES; p < end; p += POINT_BYTES) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    let v = v128.load32_splat(p);
    let s0 = madd(w00, f32x4.sub(v, x0), v128.load(s));
    let s1 = madd(w01, f32x4.sub(v, x1), v128.load(s, 16));
    v = v128.load32_splat(p, 4);
    s0 = madd(w10, f32x4.sub(v, x0), s0);
    s1 = madd(w11, f32x4.sub(v, x1), s1);
    v = v128.load32_splat(p, 8);
    s0 = madd(w20, f32x4.sub(v, x0), s0);
    s1 = madd(w21, f32x4.sub(v, x1), s1);
    v = v128.load32_splat(p, 12);
    v128.store(s, madd(w30, f32x4.sub(v, x0), s0));
    v128.store(s, madd(w31, f32x4.sub(v, x1), s1), 16);
    x += LANE_BYTES;
    s += LANE_BYTES;
  }
}

/**
 * Replaces the squared distances of a batch by exponents e, then by weights exp(e - largest), with the largest exponent so far
 * of each lane, and adds the weights to the panel's sum. Where the largest exponent grew, the sum and the score so far are
 * rescaled first.
 * batch: [count][8], overwritten; logWeights: [count]; s: the panel's score so far, `bytes` long; state: of the panel.
 */
function toWeights(
  precision: v128,
  logWeights: usize,
  batch: usize,
  count: usize,
  s: usize,
  bytes: usize,
  state: usize,
): void {
  const scale = f32x4.mul(f32x4.splat(-0.5), precision);
  const end = batch + count * LANE_BYTES;
  const largest0 = v128.load(state);
  const largest1 = v128.load(state, 16);
  let top0 = largest0;
  let top1 = largest1;
  for (let e = batch; e < end; e += LANE_BYTES) {
    const weight = v128.load32_splat(logWeights);
    // Clamped above -Infinity, so that a difference of two exponents is a number.
    const e0 = f32x4.pmax(madd(scale, v128.load(e), weight), f32x4.splat(-3e38));
    const e1 = f32x4.pmax(madd(scale, v128.load(e, 16), weight), f32x4.splat(-3e38));
    v128.store(e, e0);
    v128.store(e, e1, 16);
    top0 = f32x4.pmax(top0, e0);
    top1 = f32x4.pmax(top1, e1);
    logWeights += 4;
  }
  let sum0 = v128.load(state, 32);
  let sum1 = v128.load(state, 48);
  if (v128.any_true(v128.or(f32x4.ne(top0, largest0), f32x4.ne(top1, largest1)))) {
    const scale0 = expDown(f32x4.sub(largest0, top0));
    const scale1 = expDown(f32x4.sub(largest1, top1));
    sum0 = f32x4.mul(sum0, scale0);
    sum1 = f32x4.mul(sum1, scale1);
    for (const last = s + bytes; s < last; s += LANE_BYTES) {
      v128.store(s, f32x4.mul(v128.load(s), scale0));
      v128.store(s, f32x4.mul(v128.load(s, 16), scale1), 16);
    }
    v128.store(state, top0);
    v128.store(state, top1, 16);
  }
  for (let e = batch; e < end; e += LANE_BYTES) {
    const w0 = expDown(f32x4.sub(v128.load(e), top0));
    const w1 = expDown(f32x4.sub(v128.load(e, 16), top1));
    v128.store(e, w0);
    v128.store(e, w1, 16);
    sum0 = f32x4.add(sum0, w0);
    sum1 = f32x4.add(sum1, w1);
  }
  v128.store(state, sum0, 32);
  v128.store(state, sum1, 48);
}

/** Divides the sums of panel p of a group by the sum of weights and by sigma^2, in place: s is then its score. Writes logp. */
function finish(score: usize, p: usize, s: usize, logp: usize): void {
  const D = dimOf(score);
  const state = statesOf(score) + p * STATE_BYTES;
  const constant = constantOf(score);
  for (let half: usize = 0; half < LANE_BYTES; half += 16) {
    const sum = v128.load(state + half, 32);
    const scale = f32x4.div(precisionOf(score), sum);
    for (let d: usize = 0, at = s + half; d < D; d++) {
      v128.store(at, f32x4.mul(v128.load(at), scale));
      at += LANE_BYTES;
    }
    if (logp != 0) {
      const logDensity = f32x4.add(f32x4.add(v128.load(state + half), log(sum)), constant);
      v128.store(logp + p * LANE_BYTES + half, logDensity);
    }
  }
}

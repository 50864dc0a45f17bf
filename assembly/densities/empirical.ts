// The exact score of N weighted points convolved with N(0, sigma^2 I): the posterior mean of the clean
// point less x, over sigma^2 (Tweedie and Miyasawa). One pass over the points by streaming log-sum-exp: what was
// gathered is rescaled when a larger exponent appears. A batch of points meets all panels while it is in the cache.
import { LANE_BYTES, POINT_TILE } from '../../src/abi/panels';
import { expDown, log } from '../core/math';
import { madd } from '../core/simd';

// Descriptor: kind, D, N rounded up to whole tiles, pointer to the points in tiles [N / 4][D][4], to their log-weights
// [N] (normalised, -Infinity for those that fill the last tile), 1 / sigma^2, the constant -D/2 log(2 pi sigma^2), and
// a pointer to room for squares, exponents, then weights of a batch at one panel [BATCH][8], and after it to the largest
// exponent and the sum of weights of each panel of a group.
const D_AT: usize = 4;
const N_AT: usize = 8;
const POINTS_AT: usize = 12;
const WEIGHTS_AT: usize = 16;
const PRECISION_AT: usize = 20;
const CONSTANT_AT: usize = 24;
const BATCH_AT: usize = 28;
const DATA_AT: usize = 64;

/** Bytes of one coordinate of a tile of points. */
const POINT_BYTES: usize = POINT_TILE << 2;

/** Points of a batch: a multiple of POINT_TILE. */
const BATCH: usize = 32;
/** Panels that meet a batch together. */
const GROUP: usize = 64;
const STATE_BYTES: usize = 2 * LANE_BYTES;

/** Writes a data set's header at `score`, and returns its bytes; with score = 0 only returns them. */
export function empiricalLayout(score: usize, D: usize, N: usize): usize {
  N = (N + POINT_TILE - 1) & ~(POINT_TILE - 1);
  const batch = score + DATA_AT;
  const points = batch + BATCH * LANE_BYTES + GROUP * STATE_BYTES;
  const weights = points + ((N * D) << 2);
  if (score != 0) {
    store<u32>(score, D, D_AT);
    store<u32>(score, N, N_AT);
    store<u32>(score, points, POINTS_AT);
    store<u32>(score, weights, WEIGHTS_AT);
    store<u32>(score, batch, BATCH_AT);
  }
  return weights + (N << 2) - score;
}

/** f32 [ceil(N / 4)][D][4], written by the caller. */
export function empiricalPoints(score: usize): usize {
  return load<usize>(score, POINTS_AT);
}
/** Normalised log-weights: f32 [N rounded up to 4], the surplus -Infinity, written by the caller. */
export function empiricalWeights(score: usize): usize {
  return load<usize>(score, WEIGHTS_AT);
}
/** Sets the noise: 1 / sigma^2 and -D/2 log(2 pi sigma^2). */
export function empiricalNoise(score: usize, precision: f32, constant: f32): void {
  store<f32>(score, precision, PRECISION_AT);
  store<f32>(score, constant, CONSTANT_AT);
}

function batchOf(score: usize): usize {
  return load<usize>(score, BATCH_AT);
}
function states(score: usize): usize {
  return batchOf(score) + BATCH * LANE_BYTES;
}

/** Scores s of panels x, both [panels][D][8], and log-densities logp [panels][8] unless it is 0; overwritten. */
export function empiricalPanels(score: usize, x: usize, s: usize, logp: usize, panels: usize): void {
  const D = load<usize>(score, D_AT);
  const N = load<usize>(score, N_AT);
  const stride = D * LANE_BYTES;
  for (let first: usize = 0; first < panels; first += GROUP) {
    const count = min<usize>(GROUP, panels - first);
    start(score, s, count, stride);
    for (let i: usize = 0; i < N; i += BATCH) {
      for (let p: usize = 0; p < count; p++) {
        const state = states(score) + p * STATE_BYTES;
        gather(score, i, min<usize>(BATCH, N - i), x + p * stride, s + p * stride, state);
      }
    }
    for (let p: usize = 0; p < count; p++) finish(score, p, s + p * stride, logp);
    x += count * stride;
    s += count * stride;
    if (logp != 0) logp += count * LANE_BYTES;
  }
}

function start(score: usize, s: usize, panels: usize, stride: usize): void {
  memory.fill(s, 0, panels * stride);
  let state = states(score);
  for (let p: usize = 0; p < panels; p++) {
    v128.store(state, f32x4.splat(-Infinity));
    v128.store(state, f32x4.splat(-Infinity), 16);
    v128.store(state, f32x4.splat(0), 32);
    v128.store(state, f32x4.splat(0), 48);
    state += STATE_BYTES;
  }
}

/** Adds what `count` points from `first` on pull at one panel. */
function gather(score: usize, first: usize, count: usize, x: usize, s: usize, state: usize): void {
  const D = load<usize>(score, D_AT);
  const tile = D * POINT_BYTES;
  const batch = batchOf(score);
  const points = empiricalPoints(score) + first * D * 4;
  const weights = empiricalWeights(score) + (first << 2);
  const end = points + count * D * 4;
  for (let p = points, to = batch; p < end; p += tile) {
    squares4x8(D, p, x, to);
    to += POINT_TILE * LANE_BYTES;
  }
  toWeights(v128.load32_splat(score, PRECISION_AT), weights, batch, count, s, tile << 1, state);
  for (let p = points, from = batch; p < end; p += tile) {
    if (anyWeight(from)) pulls4x8(D, p, x, from, s);
    from += POINT_TILE * LANE_BYTES;
  }
}

/** Whether any of the weights [4][8] is not zero: far points add nothing. */
function anyWeight(w: usize): bool {
  let any = v128.load(w);
  for (let i: usize = 16; i < POINT_TILE * LANE_BYTES; i += 16) any = v128.or(any, v128.load(w + i));
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
 * Turns the batch's squares into weights, relative to the largest exponent so far, and adds them to the panel's sum;
 * what the panel gathered before is rescaled when that exponent grew. s: so many bytes.
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

/** What panel p of a group gathered, as its score [D][8] and log-density [8]. */
function finish(score: usize, p: usize, s: usize, logp: usize): void {
  const D = load<usize>(score, D_AT);
  const state = states(score) + p * STATE_BYTES;
  const constant = v128.load32_splat(score, CONSTANT_AT);
  for (let half: usize = 0; half < LANE_BYTES; half += 16) {
    const sum = v128.load(state + half, 32);
    const scale = f32x4.div(v128.load32_splat(score, PRECISION_AT), sum);
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

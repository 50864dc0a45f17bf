// The exact score of N weighted points convolved with N(0, sigma^2 I): the posterior mean of the clean
// point less x, over sigma^2 (Tweedie and Miyasawa). One pass over the points, BATCH at a time, by
// streaming log-sum-exp: what was gathered is rescaled when a larger exponent appears.
import { exp, log } from './math';
import { LANE_BYTES } from './pack';
import { madd } from './simd';

// Descriptor: kind, D, N, pointer to the points [N][D], to their log-weights [N] (normalised), 1 / sigma^2,
// and the constant -D/2 log(2 pi sigma^2).
const D_AT: usize = 4;
const N_AT: usize = 8;
const POINTS_AT: usize = 12;
const WEIGHTS_AT: usize = 16;
const PRECISION_AT: usize = 20;
const CONSTANT_AT: usize = 24;
const DATA_AT: usize = 32;

const BATCH: usize = 32;
const exponents = memory.data(512, 16);

/** Writes a data set's header at `score`, and returns its bytes; with score = 0 only returns them. */
export function empiricalLayout(score: usize, D: usize, N: usize): usize {
  const points = score + DATA_AT;
  const weights = points + ((N * D) << 2);
  if (score != 0) {
    store<u32>(score, D, D_AT);
    store<u32>(score, N, N_AT);
    store<u32>(score, points, POINTS_AT);
    store<u32>(score, weights, WEIGHTS_AT);
  }
  return weights + (N << 2) - score;
}

/** f32 [N][D], written by the caller. */
export function empiricalPoints(score: usize): usize {
  return load<usize>(score, POINTS_AT);
}
/** Normalised log-weights: f32 [N], written by the caller. */
export function empiricalWeights(score: usize): usize {
  return load<usize>(score, WEIGHTS_AT);
}
/** Sets the noise: 1 / sigma^2 and -D/2 log(2 pi sigma^2). */
export function empiricalNoise(score: usize, precision: f32, constant: f32): void {
  store<f32>(score, precision, PRECISION_AT);
  store<f32>(score, constant, CONSTANT_AT);
}

/** Score s [D][8] of one panel x [D][8], and log-density logp [8] unless it is 0; both overwritten. */
export function empiricalPanel(score: usize, x: usize, s: usize, logp: usize): void {
  for (let half: usize = 0; half < LANE_BYTES; half += 16) {
    const logDensity = empirical4(score, x + half, s + half);
    if (logp != 0) v128.store(logp + half, logDensity);
  }
}

function empirical4(score: usize, x: usize, s: usize): v128 {
  const D = load<usize>(score, D_AT);
  const N = load<usize>(score, N_AT);
  const precision = v128.load32_splat(score, PRECISION_AT);
  let point = empiricalPoints(score);
  let weight = empiricalWeights(score);
  let largest = f32x4.splat(-Infinity);
  let sum = f32x4.splat(0);
  for (let d: usize = 0; d < D; d++) v128.store(s + d * LANE_BYTES, f32x4.splat(0));
  for (let first: usize = 0; first < N; first += BATCH) {
    const count = min<usize>(BATCH, N - first);
    const top = exponentsOf(x, D, point, weight, count, precision, largest);
    const rescale = exp(f32x4.sub(largest, top));
    largest = top;
    sum = f32x4.mul(sum, rescale);
    for (let d: usize = 0; d < D; d++) {
      const at = s + d * LANE_BYTES;
      v128.store(at, f32x4.mul(v128.load(at), rescale));
    }
    for (let i: usize = 0; i < count; i++) {
      const w = exp(f32x4.sub(v128.load(exponents + (i << 4)), top));
      sum = f32x4.add(sum, w);
      for (let d: usize = 0; d < D; d++) {
        const at = s + d * LANE_BYTES;
        const pull = f32x4.sub(v128.load32_splat(point), v128.load(x + d * LANE_BYTES));
        v128.store(at, madd(w, pull, v128.load(at)));
        point += 4;
      }
    }
    weight += count << 2;
  }
  const scale = f32x4.div(precision, sum);
  for (let d: usize = 0; d < D; d++) {
    const at = s + d * LANE_BYTES;
    v128.store(at, f32x4.mul(v128.load(at), scale));
  }
  return f32x4.add(f32x4.add(largest, log(sum)), v128.load32_splat(score, CONSTANT_AT));
}

/** Exponents of `count` points at four places, kept in `exponents`; returns the largest seen so far. */
function exponentsOf(
  x: usize,
  D: usize,
  point: usize,
  weight: usize,
  count: usize,
  precision: v128,
  largest: v128,
): v128 {
  const scale = f32x4.mul(f32x4.splat(-0.5), precision);
  for (let i: usize = 0; i < count; i++) {
    let square = f32x4.splat(0);
    for (let d: usize = 0; d < D; d++) {
      const u = f32x4.sub(v128.load(x + d * LANE_BYTES), v128.load32_splat(point));
      square = madd(u, u, square);
      point += 4;
    }
    // Clamped above -Infinity, so that a difference of two exponents is a number.
    const exponent = f32x4.pmax(madd(scale, square, v128.load32_splat(weight)), f32x4.splat(-3e38));
    v128.store(exponents + (i << 4), exponent);
    largest = f32x4.pmax(largest, exponent);
    weight += 4;
  }
  return largest;
}

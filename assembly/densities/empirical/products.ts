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
import { log } from '../../core/math';
import { madd, nmadd } from '../../core/simd';
import { denseProducts, densePulls } from './dense';
import { LEAST } from './exponent';
import {
  batchOf,
  constantOf,
  dimOf,
  FAR,
  HALF,
  placesOf,
  precisionOf,
  SAME,
  SECOND,
  SPARSE,
  STATE_BYTES,
  SUM,
  shiftOf,
  TOP,
  varyingOf,
  wayOf,
  widthOf,
} from './record';
import { sparseProducts, sparsePulls } from './sparse';
import { weigh } from './weights';

/** Starts a panel: its centred coordinates c, [K][8], and its state. x: [D][8]. */
export function start(score: usize, x: usize, c: usize, state: usize): void {
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
export function addBatch(
  score: usize,
  first: usize,
  count: usize,
  isPair: bool,
  x: usize,
  c: usize,
  s: usize,
  state: usize,
): void {
  const next = widthOf(score) * LANE_BYTES;
  const batch = batchOf(score);
  if (wayOf(score) == SPARSE) sparseProducts(score, first, count, isPair, c);
  else denseProducts(score, first, count, isPair, c);
  weigh(score, first, count, x, s, state, batch);
  if (isPair) {
    const y = x + dimOf(score) * LANE_BYTES;
    weigh(score, first, count, y, s + next, state + STATE_BYTES, batch + SECOND);
  }
  if (wayOf(score) == SPARSE) sparsePulls(score, first, count, isPair, s);
  else densePulls(score, first, count, isPair, s);
}

/** Turns the sums of a panel, [K][8], into its scores s, [D][8], overwritten. x: [D][8]; c: [K][8]. */
export function finish(score: usize, x: usize, c: usize, sums: usize, state: usize, s: usize): void {
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
export function finishLog(score: usize, state: usize, logp: usize): void {
  for (let half: usize = 0; half < LANE_BYTES; half += 16) {
    const sum = v128.load(state + half, SUM);
    const top = f32x4.add(v128.load(state + half, TOP), log(sum));
    const all = nmadd(precisionOf(score), v128.load(state + half, SAME), f32x4.add(top, constantOf(score)));
    // The logarithm of what is not a number is one.
    const isNumber = f32x4.eq(sum, sum);
    v128.store(logp + half, v128.bitselect(f32x4.pmax(all, f32x4.splat(LEAST)), sum, isNumber));
  }
}

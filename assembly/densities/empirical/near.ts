// Points so near that a product loses digits of their distance (see `products.ts`): those that count are found, and their distances
// and pulls are computed by differences, in the coordinates that vary.
import { LANE_BYTES } from '../../../src/abi/panels';
import { madd } from '../../core/simd';
import { errorOf, NEAR_DEPTH, toExponent } from './exponent';
import {
  empiricalLogWeights,
  HALF,
  halvesOf,
  nearOf,
  nearWeightsOf,
  placesOf,
  precisionOf,
  SPARSE,
  shiftOf,
  TOP,
  tileAt,
  tileOf,
  varyingOf,
  wayOf,
} from './record';
import { expand } from './sparse';

/**
 * Gives the points of a batch that are marked as near their exponents by differences. Those whose weight does not count lose the mark:
 * their exponents are far below the largest, with any error. Returns whether a mark is left.
 * x: [D][8]; state: of the panel; e: the exponents, [count][8].
 */
export function findNear(score: usize, first: usize, count: usize, x: usize, state: usize, e: usize): bool {
  const left0 = chooseNear(score, first, count, state, e, nearOf(score));
  const left1 = chooseNear(score, first, count, state + 16, e + 16, nearOf(score) + 16);
  if (!v128.any_true(v128.or(left0, left1))) return false;
  const half = f32x4.splat(0.5);
  const precision = precisionOf(score);
  for (let i: usize = 0; i < count; i += 2) {
    const marks = nearOf(score) + i * LANE_BYTES;
    if (!anyOf(marks)) continue;
    const squares = nearWeightsOf(score) + i * LANE_BYTES;
    squares2x8(score, pairAt(score, first + i), x, squares);
    for (let at: usize = 0; at < 2 * LANE_BYTES; at += 16) {
      const weight = v128.load32_splat(empiricalLogWeights(score) + ((first + i + at / LANE_BYTES) << 2));
      const exact = toExponent(weight, precision, f32x4.mul(half, v128.load(squares + at)));
      const to = e + i * LANE_BYTES + at;
      v128.store(to, v128.bitselect(exact, v128.load(to), v128.load(marks + at)));
    }
  }
  return true;
}

/** Four lanes of it: takes the marks from points that have no weight beside others of the batch. Returns the sum of the marks. */
function chooseNear(score: usize, first: usize, count: usize, state: usize, e: usize, marks: usize): v128 {
  const halves = halvesOf(score) + (first << 2);
  const half = v128.load(state, HALF);
  const scale = errorOf(score);
  // The largest exponent that is certain.
  let top = v128.load(state, TOP);
  for (let i: usize = 0; i < count; i++) {
    const error = f32x4.mul(scale, f32x4.add(half, v128.load32_splat(halves + (i << 2))));
    const mark = v128.load(marks + i * LANE_BYTES);
    top = f32x4.pmax(top, f32x4.sub(v128.load(e + i * LANE_BYTES), v128.and(error, mark)));
  }
  const least = f32x4.sub(top, f32x4.splat(NEAR_DEPTH));
  let any = f32x4.splat(0);
  for (let i: usize = 0; i < count; i++) {
    const sum = f32x4.add(half, v128.load32_splat(halves + (i << 2)));
    const counts = f32x4.ge(madd(scale, sum, v128.load(e + i * LANE_BYTES)), least);
    const mark = v128.and(v128.load(marks + i * LANE_BYTES), counts);
    v128.store(marks + i * LANE_BYTES, mark);
    any = v128.or(any, mark);
  }
  return any;
}

/** Adds weight (p - x) of the near points of a batch to the sums of a panel. x: [D][8]; s: [K][8], accumulated. */
export function pullNear(score: usize, first: usize, count: usize, x: usize, s: usize): void {
  for (let i: usize = 0; i < count; i += 2) {
    const w = nearWeightsOf(score) + i * LANE_BYTES;
    if (anyOf(w)) pulls2x8(score, pairAt(score, first + i), x, w, s);
  }
}

/** Whether any of two rows [2][8] has a bit. */
function anyOf(rows: usize): bool {
  const first = v128.or(v128.load(rows), v128.load(rows, 16));
  return v128.any_true(v128.or(first, v128.or(v128.load(rows, 32), v128.load(rows, 48))));
}

/** The first coordinate of point i, an even one, in its tile with all coordinates. */
function pairAt(score: usize, i: usize): usize {
  const inTile = i % tileOf(score);
  const tile = wayOf(score) == SPARSE ? expand(score, i - inTile) : tileAt(score, i - inTile);
  return tile + (inTile << 2);
}

/**
 * out[i][lane] = sum over the coordinates that vary of (x - p)^2, of 2 points. p: of a tile, [width][T]; x: [D][8]; out: [2][8],
 * overwritten.
 */
function squares2x8(score: usize, p: usize, x: usize, out: usize): void {
  const stride = tileOf(score) << 2;
  const shift = shiftOf(score);
  let a00 = f32x4.splat(0);
  let a01 = a00;
  let a10 = a00;
  let a11 = a00;
  let place = placesOf(score);
  for (const end = place + (varyingOf(score) << 2); place < end; place += 4) {
    const i = load<u32>(place);
    const m = v128.load32_splat(shift + (i >> 3));
    const x0 = v128.load(x + i);
    const x1 = v128.load(x + i, 16);
    // The sum is the point itself, to the bit.
    let v = f32x4.add(v128.load32_splat(p), m);
    let u = f32x4.sub(x0, v);
    a00 = madd(u, u, a00);
    u = f32x4.sub(x1, v);
    a01 = madd(u, u, a01);
    v = f32x4.add(v128.load32_splat(p, 4), m);
    u = f32x4.sub(x0, v);
    a10 = madd(u, u, a10);
    u = f32x4.sub(x1, v);
    a11 = madd(u, u, a11);
    p += stride;
  }
  v128.store(out, a00);
  v128.store(out, a01, 16);
  v128.store(out, a10, 32);
  v128.store(out, a11, 48);
}

/** s[k][lane] += sum over 2 points i of w[i][lane] (p - x). p: of a tile, [width][T]; x: [D][8]; w: [2][8]; s: [K][8]. */
function pulls2x8(score: usize, p: usize, x: usize, w: usize, s: usize): void {
  const stride = tileOf(score) << 2;
  const shift = shiftOf(score);
  const w00 = v128.load(w);
  const w01 = v128.load(w, 16);
  const w10 = v128.load(w, 32);
  const w11 = v128.load(w, 48);
  let place = placesOf(score);
  for (const end = place + (varyingOf(score) << 2); place < end; place += 4) {
    const i = load<u32>(place);
    const m = v128.load32_splat(shift + (i >> 3));
    const x0 = v128.load(x + i);
    const x1 = v128.load(x + i, 16);
    let v = f32x4.add(v128.load32_splat(p), m);
    const s0 = madd(w00, f32x4.sub(v, x0), v128.load(s));
    const s1 = madd(w01, f32x4.sub(v, x1), v128.load(s, 16));
    v = f32x4.add(v128.load32_splat(p, 4), m);
    v128.store(s, madd(w10, f32x4.sub(v, x0), s0));
    v128.store(s, madd(w11, f32x4.sub(v, x1), s1), 16);
    p += stride;
    s += LANE_BYTES;
  }
}

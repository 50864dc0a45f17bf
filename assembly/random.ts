// Draws as jax.random defines them. Element j of an array of `total` elements depends only on the
// key, j and `total`, so any element can be made alone, in any order, without storing the array.
//
// layout ORIGINAL (the article's, jax_threefry_partitionable=False): the counters 0 ... total - 1 are
// cut into two halves that form the two words of a block, the second half padded by one zero when
// total is odd; element j < half is the first word of block (j, j + half), the others second words.
// layout PARTITIONABLE: element j is the exclusive-or of both words of block (j >> 32, j).
import { erfinv, log } from './math';
import { threefry } from './threefry';

export const PARTITIONABLE: i32 = 1;

/** Room for one block of {@link threefry}. */
const block = memory.data(32, 16);

/** Bits of the elements high 2^32 + low of an array of `total`, below 2^32 in the original layout; one key a lane. */
export function elementBits(k0: v128, k1: v128, high: v128, low: v128, total: u32, layout: i32): v128 {
  if (layout == PARTITIONABLE) {
    threefry(k0, k1, high, low, block);
    return v128.xor(v128.load(block), v128.load(block, 16));
  }
  const half: u32 = (total >> 1) + (total & 1);
  const vHalf = i32x4.splat(half);
  const second = v128.ge<u32>(low, vHalf);
  const x0 = i32x4.sub(low, v128.and(second, vHalf));
  const x1 = i32x4.add(x0, vHalf);
  // The padding of an odd array counts 0, not `total`.
  threefry(k0, k1, x0, v128.andnot(x1, i32x4.eq(x1, i32x4.splat(total))), block);
  return v128.bitselect(v128.load(block, 16), v128.load(block), second);
}

/** Bits of the elements j, j + stride, j + 2 stride, j + 3 stride; see {@link elementBits}. */
export function bits4(k0: v128, k1: v128, j: u64, stride: u32, total: u32, layout: i32): v128 {
  return offsetBits(k0, k1, j, i32x4.mul(i32x4.splat(stride), i32x4(0, 1, 2, 3)), total, layout);
}

/** Bits of the elements j + offset, offsets below 2^32. */
function offsetBits(k0: v128, k1: v128, j: u64, offset: v128, total: u32, layout: i32): v128 {
  const low = i32x4.add(i32x4.splat(<i32>j), offset);
  // A lane that wrapped carries one into its high word.
  const high = i32x4.sub(i32x4.splat(<i32>(j >> 32)), v128.lt<u32>(low, offset));
  return elementBits(k0, k1, high, low, total, layout);
}

/** The 23 upper bits as a float32 in [0, 1). */
export function unit(bits: v128): v128 {
  return f32x4.sub(v128.or(i32x4.shr_u(bits, 9), i32x4.splat(0x3f800000)), f32x4.splat(1));
}

/** u (high - low) + low for two u, in double precision: as one rounding, for XLA fuses this sum. */
function scale2(u: v128, low: f32, span: f32): v128 {
  return f32x4.demote_f64x2_zero(
    f64x2.add(f64x2.mul(f64x2.promote_low_f32x4(u), f64x2.splat(span)), f64x2.splat(low)),
  );
}

/** Uniform on [low, high), the same bits as jax.random.uniform in either binary. */
function uniform4(bits: v128, low: f32, high: f32): v128 {
  const u = unit(bits);
  const first = scale2(u, low, high - low);
  const second = scale2(i64x2.shuffle(u, u, 1, 0), low, high - low);
  return f32x4.max(f32x4.splat(low), i64x2.shuffle(first, second, 0, 2));
}

/** Standard normal: sqrt(2) erfinv(u), u uniform on (-1, 1). */
export function normal4(bits: v128): v128 {
  // u (1 - a) + a for a = -0.99999994, the float32 above -1: 1 - a rounds to 2, and the sum is exact.
  const u = f32x4.sub(f32x4.add(unit(bits), unit(bits)), f32x4.splat(0.99999994));
  return f32x4.mul(f32x4.splat(1.41421356), erfinv(u));
}

/** Standard Gumbel: -log(-log(u)), u uniform on [2^-126, 1). */
export function gumbel4(bits: v128): v128 {
  const u = f32x4.max(unit(bits), f32x4.splat(1.17549435e-38));
  return f32x4.neg(log(f32x4.neg(log(u))));
}

/**
 * Bits of a whole array of n elements. out: u32 [n], room for n rounded up to 4; overwritten.
 * Both words of every block are used in the original layout.
 */
export function bits(out: usize, n: u32, key0: u32, key1: u32, layout: i32): void {
  const k0 = i32x4.splat(key0);
  const k1 = i32x4.splat(key1);
  if (layout == PARTITIONABLE) {
    for (let j: u32 = 0; j < n; j += 4) v128.store(out + ((<usize>j) << 2), bits4(k0, k1, j, 1, n, layout));
    return;
  }
  const half: u32 = (n >> 1) + (n & 1);
  const iota = i32x4(0, 1, 2, 3);
  for (let j: u32 = 0; j < half; j += 4) {
    const x0 = i32x4.add(i32x4.splat(j), iota);
    const x1 = i32x4.add(x0, i32x4.splat(half));
    threefry(k0, k1, x0, v128.andnot(x1, i32x4.eq(x1, i32x4.splat(n))), block);
    const first = out + ((<usize>j) << 2);
    const second = first + ((<usize>half) << 2);
    if (j + 4 <= half - (n & 1)) {
      v128.store(first, v128.load(block));
      v128.store(second, v128.load(block, 16));
    } else {
      // The halves meet here: whole vectors would overwrite what is already written.
      for (let i: u32 = 0; i < 4 && j + i < half; i++) {
        store<u32>(first + ((<usize>i) << 2), load<u32>(block + ((<usize>i) << 2)));
        if (j + i + half < n)
          store<u32>(second + ((<usize>i) << 2), load<u32>(block + ((<usize>i) << 2), 16));
      }
    }
  }
}

/** Bits to uniforms on [low, high), in place. x: [n], room for n rounded up to 4. */
export function uniform(x: usize, n: u32, low: f32, high: f32): void {
  for (let i: usize = 0, end = (<usize>n) << 2; i < end; i += 16) {
    v128.store(x + i, uniform4(v128.load(x + i), low, high));
  }
}

/** Bits to standard normals, in place. x: [n], room for n rounded up to 4. */
export function normal(x: usize, n: u32): void {
  for (let i: usize = 0, end = (<usize>n) << 2; i < end; i += 16) {
    v128.store(x + i, normal4(v128.load(x + i)));
  }
}

/** Bits to standard Gumbels, in place. x: [n], room for n rounded up to 4. */
export function gumbel(x: usize, n: u32): void {
  for (let i: usize = 0, end = (<usize>n) << 2; i < end; i += 16) {
    v128.store(x + i, gumbel4(v128.load(x + i)));
  }
}

/**
 * jax.random.categorical: the index of the largest logit + Gumbel, for each draw.
 * Logits of minus infinity never win, so only the `count` others are passed, with their places, and
 * only their Gumbels are made; the counters, and so the draws, are those of the whole [draws, N] array.
 * logits: [count]; places: u32 [count], both with room for count rounded up to 4, the surplus
 * logits -Infinity; N: logits in all; out: u32 [draws], places of the winners; overwritten.
 */
export function categorical(
  out: usize,
  draws: u32,
  logits: usize,
  places: usize,
  count: u32,
  N: u32,
  key0: u32,
  key1: u32,
  layout: i32,
): void {
  const k0 = i32x4.splat(key0);
  const k1 = i32x4.splat(key1);
  const total = draws * N;
  for (let draw: u32 = 0; draw < draws; draw++) {
    let best = f32x4.splat(-Infinity);
    let winner = i32x4.splat(0);
    const start: u64 = <u64>draw * N;
    for (let i: usize = 0, end = (<usize>count) << 2; i < end; i += 16) {
      const place = v128.load(places + i);
      const bits = offsetBits(k0, k1, start, place, total, layout);
      const value = f32x4.add(gumbel4(bits), v128.load(logits + i));
      const better = f32x4.gt(value, best);
      best = v128.bitselect(value, best, better);
      winner = v128.bitselect(place, winner, better);
    }
    store<u32>(out + ((<usize>draw) << 2), firstLargest(best, winner));
  }
}

/** The place of the largest value; of equal ones the smallest place, as argmax gives it. */
function firstLargest(value: v128, place: v128): u32 {
  let v = f32x4.extract_lane(value, 0);
  let p = <u32>i32x4.extract_lane(place, 0);
  v128.store(block, value);
  v128.store(block, place, 16);
  for (let i: usize = 4; i < 16; i += 4) {
    const w = load<f32>(block + i);
    const q = load<u32>(block + i, 16);
    if (w > v || (w == v && q < p)) {
      v = w;
      p = q;
    }
  }
  return p;
}

// Draws as jax.random defines them. Element j of an array of `total` elements depends only on the key, j and `total`, so any
// element can be computed alone, in any order, without storing the array.
//
// partitionable = 0 (the article's, jax_threefry_partitionable=False): with half = ceil(total / 2), elements j and j + half are
// the two words of the encrypted pair (j, j + half). When total is odd, the last pair is (half - 1, 0).
// partitionable = 1: element j is the exclusive-or of both words of the encrypted pair (j >> 32, j).
import { negativeLogs } from './logs';
import { pairs, schedules, secondWords } from './scratch';
import { addWords } from './simd';
import { PAIRS, threefry, writeKeySchedules } from './threefry';

export const PARTITIONABLE: i32 = 1;

/** Bytes from the first words of sixteen pairs to the second words. */
const WORDS: usize = (<usize>PAIRS) << 2;

/** Bytes that go through several loops together. */
const BLOCK: usize = 256;
/** 0 ... 15, u32. */
const COUNTERS = memory.data<u32>([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], 16);

/** Writes the key schedules of eight equal keys at `out`, SCHEDULE_BYTES. */
export function writeKeySchedule(key0: u32, key1: u32, out: usize): void {
  writeKeySchedules(i32x4.splat(key0), i32x4.splat(key1), out);
  writeKeySchedules(i32x4.splat(key0), i32x4.splat(key1), out + 16);
}

/**
 * Random bits of any sixteen elements of an array of `total` elements, fewer than 2^32 unless partitionable.
 * x: u32 [2][16], the high words, then the low words of the elements' indices; overwritten, the first sixteen with the bits.
 * schedule: as {@link threefry} reads it.
 */
export function elementBits(schedule: usize, x: usize, total: u32, partitionable: i32): void {
  if (partitionable == PARTITIONABLE) {
    threefry(schedule, x);
    for (let i: usize = 0; i < WORDS; i += 16) {
      v128.store(x + i, v128.xor(v128.load(x + i), v128.load(x + i, WORDS)));
    }
    return;
  }
  const half = i32x4.splat((total >> 1) + (total & 1));
  const second = secondWords();
  for (let i: usize = 0; i < WORDS; i += 16) {
    const low = v128.load(x + i, WORDS);
    const isSecond = v128.ge<u32>(low, half);
    v128.store(second + i, isSecond);
    const x0 = i32x4.sub(low, v128.and(isSecond, half));
    v128.store(x + i, x0);
    v128.store(x + i, partner(x0, half, total), WORDS);
  }
  threefry(schedule, x);
  for (let i: usize = 0; i < WORDS; i += 16) {
    v128.store(x + i, v128.bitselect(v128.load(x + i, WORDS), v128.load(x + i), v128.load(second + i)));
  }
}

/**
 * The second word of the pair of x0 = 0 ... half - 1, x0 + half. It is 0 where that is `total`, beyond the end of an odd
 * array.
 */
function partner(x0: v128, half: v128, total: u32): v128 {
  const x1 = addWords(x0, half);
  return v128.andnot(x1, i32x4.eq(x1, i32x4.splat(total)));
}

/**
 * Writes the indices j + offset of four elements, offsets below 2^32, as {@link elementBits} reads them: high words at x, low
 * words WORDS further.
 */
function storeIndices(x: usize, j: u64, offset: v128): void {
  const low = addWords(i32x4.splat(<i32>j), offset);
  // Where the low word overflowed, one is carried into the high word: the comparison is then -1.
  v128.store(x, i32x4.sub(i32x4.splat(<i32>(j >> 32)), v128.lt<u32>(low, offset)));
  v128.store(x, low, WORDS);
}

/**
 * Random bits of the elements j, j + stride, ..., j + 7 stride, and of the eight elements `next` further on.
 * x: u32 [2][16], overwritten, the first sixteen with the bits; schedule: of one key in all lanes.
 */
export function bits16(
  schedule: usize,
  j: u64,
  stride: u32,
  next: u64,
  x: usize,
  total: u32,
  partitionable: i32,
): void {
  const low = i32x4.mul(i32x4.splat(stride), i32x4(0, 1, 2, 3));
  const high = addWords(low, i32x4.splat(stride << 2));
  storeIndices(x, j, low);
  storeIndices(x + 16, j, high);
  storeIndices(x + 32, j + next, low);
  storeIndices(x + 48, j + next, high);
  elementBits(schedule, x, total, partitionable);
}

/** Uniform on [0, 1) from random bits: the upper 23 are the fraction bits of a float32 in [1, 2), less 1. */
export function unit(bits: v128): v128 {
  return f32x4.sub(v128.or(i32x4.shr_u(bits, 9), i32x4.splat(0x3f800000)), f32x4.splat(1));
}

/** u span + low for the two lower lanes of u, computed in float64 and so rounded once to float32: XLA fuses product and sum. */
function scale2(u: v128, low: f32, span: f32): v128 {
  return f32x4.demote_f64x2_zero(
    f64x2.add(f64x2.mul(f64x2.promote_low_f32x4(u), f64x2.splat(span)), f64x2.splat(low)),
  );
}

/** Uniform on [low, high) from random bits: the bits of jax.random.uniform, in all binaries. */
function uniform4(bits: v128, low: f32, high: f32): v128 {
  const u = unit(bits);
  const first = scale2(u, low, high - low);
  const second = scale2(i64x2.shuffle(u, u, 1, 0), low, high - low);
  return f32x4.max(f32x4.splat(low), i64x2.shuffle(first, second, 0, 2));
}

/**
 * Random bits of a whole array, jax.random.bits. out: u32 [n], overwritten; key0, key1: the words of the key.
 * Unless partitionable, both words of each encrypted pair are elements, so that one call gives 32 of them.
 */
export function bits(out: usize, n: u32, key0: u32, key1: u32, partitionable: i32): void {
  const scratch = pairs();
  const schedule = schedules();
  writeKeySchedule(key0, key1, schedule);
  if (partitionable == PARTITIONABLE) {
    for (let j: u32 = 0; j < n; j += PAIRS) {
      bits16(schedule, j, 1, 8, scratch, n, partitionable);
      copyWords(out + ((<usize>j) << 2), scratch, min<u32>(PAIRS, n - j));
    }
    return;
  }
  const half: u32 = (n >> 1) + (n & 1);
  const vHalf = i32x4.splat(half);
  for (let j: u32 = 0; j < half; j += PAIRS) {
    for (let i: usize = 0; i < WORDS; i += 32) {
      const a = addWords(i32x4.splat(j), v128.load(COUNTERS + i));
      const b = addWords(i32x4.splat(j), v128.load(COUNTERS + i, 16));
      v128.store(scratch + i, a);
      v128.store(scratch + i, b, 16);
      v128.store(scratch + i, partner(a, vHalf, n), WORDS);
      v128.store(scratch + i, partner(b, vHalf, n), WORDS + 16);
    }
    threefry(schedule, scratch);
    copyWords(out + ((<usize>j) << 2), scratch, min<u32>(PAIRS, half - j));
    // Of an odd n, the second half is one shorter and may have no element from j on; n - half - j is unsigned.
    if (n - half > j)
      copyWords(out + ((<usize>(j + half)) << 2), scratch + WORDS, min<u32>(PAIRS, n - half - j));
  }
}

/** Copies min(n, 16) words. */
function copyWords(to: usize, from: usize, n: u32): void {
  if (n < PAIRS) {
    memory.copy(to, from, (<usize>n) << 2);
    return;
  }
  for (let i: usize = 0; i < WORDS; i += 32) {
    const a = v128.load(from + i);
    const b = v128.load(from + i, 16);
    v128.store(to + i, a);
    v128.store(to + i, b, 16);
  }
}

/** Turns random bits into uniforms on [low, high), u32 [n] into f32 [n], in place. x: padded to a multiple of 4. */
export function uniform(x: usize, n: u32, low: f32, high: f32): void {
  for (let i: usize = 0, end = (<usize>n) << 2; i < end; i += 16) {
    v128.store(x + i, uniform4(v128.load(x + i), low, high));
  }
}

/**
 * Turns random bits into standard Gumbels, u32 [n] into f32 [n], in place: -log(-log(u)), u uniform on [2^-126, 1). x: padded
 * to a multiple of 8.
 */
export function gumbel(x: usize, n: u32): void {
  // In blocks that stay in the first-level cache between the loops.
  for (const last = x + (((<usize>n + 7) >> 3) << 5); x < last; x += BLOCK) {
    const end = min<usize>(x + BLOCK, last);
    for (let i = x; i < end; i += 32) {
      const a = f32x4.max(unit(v128.load(i)), f32x4.splat(1.17549435e-38));
      const b = f32x4.max(unit(v128.load(i, 16)), f32x4.splat(1.17549435e-38));
      v128.store(i, a);
      v128.store(i, b, 16);
    }
    negativeLogs(x, end, x, false);
    negativeLogs(x, end, x, false);
  }
}

/**
 * jax.random.categorical: for each draw, the index i of the largest logit_i + Gumbel_i among N.
 * A logit of -Infinity never wins. Only the `count` others are passed, with their indices, and only their Gumbels are computed;
 * each Gumbel is still that of its element in the whole array [draws, N], draws x N below 2^32 unless partitionable.
 * logits: f32 [count]; indices: u32 [count]; both padded to a multiple of 16, the surplus logits with -Infinity.
 * out: u32 [draws], overwritten; key0, key1: the words of the key.
 */
export function categorical(
  out: usize,
  draws: u32,
  logits: usize,
  indices: usize,
  count: u32,
  N: u32,
  key0: u32,
  key1: u32,
  partitionable: i32,
): void {
  const scratch = pairs();
  const schedule = schedules();
  writeKeySchedule(key0, key1, schedule);
  const total = draws * N;
  for (let draw: u32 = 0; draw < draws; draw++) {
    let best = f32x4.splat(-Infinity);
    let winner = i32x4.splat(0);
    const start: u64 = <u64>draw * N;
    for (let at: usize = 0, end = (<usize>count) << 2; at < end; at += WORDS) {
      for (let i: usize = 0; i < WORDS; i += 16)
        storeIndices(scratch + i, start, v128.load(indices + at + i));
      elementBits(schedule, scratch, total, partitionable);
      gumbel(scratch, PAIRS);
      for (let i: usize = 0; i < WORDS; i += 16) {
        const value = f32x4.add(v128.load(scratch + i), v128.load(logits + at + i));
        const better = f32x4.gt(value, best);
        best = v128.bitselect(value, best, better);
        winner = v128.bitselect(v128.load(indices + at + i), winner, better);
      }
    }
    store<u32>(out + ((<usize>draw) << 2), firstLargest(best, winner));
  }
}

/** The index of the largest of four values; of equal ones the smallest index, as argmax has it. */
function firstLargest(value: v128, index: v128): u32 {
  let v = f32x4.extract_lane(value, 0);
  let p = <u32>i32x4.extract_lane(index, 0);
  const scratch = pairs();
  v128.store(scratch, value);
  v128.store(scratch, index, 16);
  for (let i: usize = 4; i < 16; i += 4) {
    const w = load<f32>(scratch + i);
    const q = load<u32>(scratch + i, 16);
    if (w > v || (w == v && q < p)) {
      v = w;
      p = q;
    }
  }
  return p;
}

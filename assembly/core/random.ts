// Draws as jax.random defines them. Element j of an array of `total` elements depends only on the
// key, j and `total`, so any element can be made alone, in any order, without storing the array.
//
// partitionable = 0 (the article's, jax_threefry_partitionable=False): the counters 0 ... total - 1 are
// cut into two halves that form the two words of a block, the second half padded by one zero when
// total is odd; element j < half is the first word of block (j, j + half), the others second words.
// partitionable = 1: element j is the exclusive-or of both words of block (j >> 32, j).
import { erfinv, log } from './math';
import { addWords } from './simd';
import { BLOCKS, SCHEDULE_BYTES, threefry, writeKeySchedules } from './threefry';

export const PARTITIONABLE: i32 = 1;

const WORDS: usize = (<usize>BLOCKS) << 2;
/**
 * The counters of one call of {@link threefry}, u32 [2][16], and what is made of them. Scratch shared by all callers and
 * valid until they return; separate buffers would add zeros to the binary.
 */
export const scratch = memory.data(128, 16);
/** The key schedule of a call that draws a whole array: scratch likewise. */
const scratchSchedule = memory.data(<i32>SCHEDULE_BYTES, 16);
/** Which elements are second words. */
const second = memory.data(64, 16);

/** Writes the key schedule of one key, the same in all lanes, at `out`: SCHEDULE_BYTES. */
export function writeKeySchedule(key0: u32, key1: u32, out: usize): void {
  writeKeySchedules(i32x4.splat(key0), i32x4.splat(key1), out);
}

/**
 * Bits of sixteen elements of an array of `total`, below 2^32 of them unless partitionable, in place.
 * x: u32 [2][16], the high and the low words of the elements' indices; the first sixteen become the bits.
 * schedule, stride: as {@link threefry} takes them.
 */
export function elementBits(schedule: usize, stride: usize, x: usize, total: u32, partitionable: i32): void {
  if (partitionable == PARTITIONABLE) {
    threefry(schedule, stride, x);
    for (let i: usize = 0; i < WORDS; i += 16) {
      v128.store(x + i, v128.xor(v128.load(x + i), v128.load(x + i, WORDS)));
    }
    return;
  }
  const half = i32x4.splat((total >> 1) + (total & 1));
  for (let i: usize = 0; i < WORDS; i += 16) {
    const low = v128.load(x + i, WORDS);
    const isSecond = v128.ge<u32>(low, half);
    v128.store(second + i, isSecond);
    const x0 = i32x4.sub(low, v128.and(isSecond, half));
    v128.store(x + i, x0);
    v128.store(x + i, partner(x0, half, total), WORDS);
  }
  threefry(schedule, stride, x);
  for (let i: usize = 0; i < WORDS; i += 16) {
    v128.store(x + i, v128.bitselect(v128.load(x + i, WORDS), v128.load(x + i), v128.load(second + i)));
  }
}

/** The second counter of a block that is not partitionable; the padding of an odd array counts 0, not `total`. */
function partner(x0: v128, half: v128, total: u32): v128 {
  const x1 = addWords(x0, half);
  return v128.andnot(x1, i32x4.eq(x1, i32x4.splat(total)));
}

/** Writes the index j + offset of four elements, offsets below 2^32, where {@link elementBits} wants them. */
function placeIndex(x: usize, j: u64, offset: v128): void {
  const low = addWords(i32x4.splat(<i32>j), offset);
  // A lane that wrapped carries one into its high word.
  v128.store(x, i32x4.sub(i32x4.splat(<i32>(j >> 32)), v128.lt<u32>(low, offset)));
  v128.store(x, low, WORDS);
}

/**
 * Bits of the elements j, j + stride, ..., j + 7 stride, and of those `next` further.
 * x: room for u32 [2][16]; the first sixteen become the bits. schedule: of one key.
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
  placeIndex(x, j, low);
  placeIndex(x + 16, j, high);
  placeIndex(x + 32, j + next, low);
  placeIndex(x + 48, j + next, high);
  elementBits(schedule, 0, x, total, partitionable);
}

/** Standard normals of the elements that {@link bits16} has, f32 [16] at x. */
export function normal16(
  schedule: usize,
  j: u64,
  stride: u32,
  next: u64,
  x: usize,
  total: u32,
  partitionable: i32,
): void {
  bits16(schedule, j, stride, next, x, total, partitionable);
  normal(x, BLOCKS);
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
 * Bits of a whole array of n elements. out: u32 [n], overwritten.
 * Both words of every block are used unless partitionable.
 */
export function bits(out: usize, n: u32, key0: u32, key1: u32, partitionable: i32): void {
  writeKeySchedule(key0, key1, scratchSchedule);
  if (partitionable == PARTITIONABLE) {
    for (let j: u32 = 0; j < n; j += BLOCKS) {
      bits16(scratchSchedule, j, 1, 8, scratch, n, partitionable);
      copyWords(out + ((<usize>j) << 2), scratch, min<u32>(BLOCKS, n - j));
    }
    return;
  }
  const half: u32 = (n >> 1) + (n & 1);
  const vHalf = i32x4.splat(half);
  for (let j: u32 = 0; j < half; j += BLOCKS) {
    for (let i: u32 = 0; i < BLOCKS; i += 4) {
      const x0 = addWords(i32x4.splat(j + i), i32x4(0, 1, 2, 3));
      v128.store(scratch + ((<usize>i) << 2), x0);
      v128.store(scratch + ((<usize>i) << 2), partner(x0, vHalf, n), WORDS);
    }
    threefry(scratchSchedule, 0, scratch);
    copyWords(out + ((<usize>j) << 2), scratch, min<u32>(BLOCKS, half - j));
    // The halves meet within the last call, where n - half may be less than j.
    if (n - half > j)
      copyWords(out + ((<usize>(j + half)) << 2), scratch + WORDS, min<u32>(BLOCKS, n - half - j));
  }
}

/** Copies n words, sixteen at most. */
function copyWords(to: usize, from: usize, n: u32): void {
  if (n < BLOCKS) {
    memory.copy(to, from, (<usize>n) << 2);
    return;
  }
  for (let i: usize = 0; i < WORDS; i += 16) v128.store(to + i, v128.load(from + i));
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
 * logits: [count]; places: u32 [count], both with room for count rounded up to 16, the surplus
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
  partitionable: i32,
): void {
  writeKeySchedule(key0, key1, scratchSchedule);
  const total = draws * N;
  for (let draw: u32 = 0; draw < draws; draw++) {
    let best = f32x4.splat(-Infinity);
    let winner = i32x4.splat(0);
    const start: u64 = <u64>draw * N;
    for (let at: usize = 0, end = (<usize>count) << 2; at < end; at += WORDS) {
      for (let i: usize = 0; i < WORDS; i += 16) placeIndex(scratch + i, start, v128.load(places + at + i));
      elementBits(scratchSchedule, 0, scratch, total, partitionable);
      for (let i: usize = 0; i < WORDS; i += 16) {
        const value = f32x4.add(gumbel4(v128.load(scratch + i)), v128.load(logits + at + i));
        const better = f32x4.gt(value, best);
        best = v128.bitselect(value, best, better);
        winner = v128.bitselect(v128.load(places + at + i), winner, better);
      }
    }
    store<u32>(out + ((<usize>draw) << 2), firstLargest(best, winner));
  }
}

/** The place of the largest value; of equal ones the smallest place, as argmax gives it. */
function firstLargest(value: v128, place: v128): u32 {
  let v = f32x4.extract_lane(value, 0);
  let p = <u32>i32x4.extract_lane(place, 0);
  v128.store(scratch, value);
  v128.store(scratch, place, 16);
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

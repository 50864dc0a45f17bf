// Threefry-2x32-20 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3",
// SC 2011), the generator behind jax.random, on sixteen counters at a time: each round waits for the one before, so
// four vectors take turns, four rounds each, and keep the processor busy.
import { addWords } from './simd';

/** Counters encrypted by one call. */
export const BLOCKS: u32 = 16;
const STREAM: usize = 16;
const WORDS: usize = (<usize>BLOCKS) << 2;
/** Bytes of a key schedule. */
export const SCHEDULE_BYTES: usize = 192;

/**
 * Writes the key schedules of four keys (k0, k1), one a lane, at `out`: the words that are added to a block before and
 * between the rounds, u32 [6][2][4].
 */
export function writeKeySchedules(k0: v128, k1: v128, out: usize): void {
  const k2 = v128.xor(v128.xor(k0, k1), i32x4.splat(0x1bd11bda));
  v128.store(out, k0);
  v128.store(out, k1, 16);
  v128.store(out, k1, 32);
  v128.store(out, addWords(k2, i32x4.splat(1)), 48);
  v128.store(out, k2, 64);
  v128.store(out, addWords(k0, i32x4.splat(2)), 80);
  v128.store(out, k0, 96);
  v128.store(out, addWords(k1, i32x4.splat(3)), 112);
  v128.store(out, k1, 128);
  v128.store(out, addWords(k2, i32x4.splat(4)), 144);
  v128.store(out, k2, 160);
  v128.store(out, addWords(k0, i32x4.splat(5)), 176);
}

/**
 * Encrypts sixteen counters in place. x: u32 [2][16], first words, then second words.
 * schedule: key schedules of the counters 0 ... 3 and 8 ... 11, a lane each; those of the others stand `stride` bytes
 * further, 0 if they are the same.
 */
export function threefry(schedule: usize, stride: usize, x: usize): void {
  const end = x + WORDS;
  for (let at = x, k = schedule; at < end; at += STREAM, k = 2 * schedule + stride - k) {
    v128.store(at, addWords(v128.load(at), v128.load(k)));
    v128.store(at, addWords(v128.load(at, WORDS), v128.load(k, 16)), WORDS);
  }
  for (let group: usize = 32; ; group += 64) {
    const even = schedule + group;
    for (let at = x, k = even; at < end; at += STREAM, k = 2 * even + stride - k) evenRounds(at, k);
    if (group == 160) return;
    const odd = even + 32;
    for (let at = x, k = odd; at < end; at += STREAM, k = 2 * odd + stride - k) oddRounds(at, k);
  }
}

/** Four rounds of four counters, and the key after them; then the other four kinds. */
function evenRounds(at: usize, key: usize): void {
  let x0 = v128.load(at);
  let x1 = v128.load(at, WORDS);
  x0 = addWords(x0, x1);
  x1 = rotateAdd(x0, x1, 13);
  x0 = addWords(x0, x1);
  x1 = rotateAdd(x0, x1, 15);
  x0 = addWords(x0, x1);
  x1 = rotateAdd(x0, x1, 26);
  x0 = addWords(x0, x1);
  x1 = rotateAdd(x0, x1, 6);
  v128.store(at, addWords(x0, v128.load(key)));
  v128.store(at, addWords(x1, v128.load(key, 16)), WORDS);
}

/** As {@link evenRounds}. */
function oddRounds(at: usize, key: usize): void {
  let x0 = v128.load(at);
  let x1 = v128.load(at, WORDS);
  x0 = addWords(x0, x1);
  x1 = rotateAdd(x0, x1, 17);
  x0 = addWords(x0, x1);
  x1 = rotateAdd(x0, x1, 29);
  x0 = addWords(x0, x1);
  x1 = rotateAdd(x0, x1, 16);
  x0 = addWords(x0, x1);
  x1 = rotateAdd(x0, x1, 24);
  v128.store(at, addWords(x0, v128.load(key)));
  v128.store(at, addWords(x1, v128.load(key, 16)), WORDS);
}

function rotateAdd(x0: v128, x1: v128, left: i32): v128 {
  return v128.xor(v128.or(i32x4.shl(x1, left), i32x4.shr_u(x1, 32 - left)), x0);
}

// Threefry-2x32-20 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011), the generator
// behind jax.random. It encrypts pairs of 32-bit words, here sixteen pairs at a time. Each round depends on the one before, so
// four vectors of four pairs go through four rounds in turn: while one waits for its result, another is computed.
import { addWords } from './simd';

/** Pairs of words that one call encrypts. */
export const PAIRS: u32 = 16;
/** Bytes of one word of four pairs. */
const VECTOR: usize = 16;
/** Bytes from the first words of the pairs to the second words. */
const WORDS: usize = (<usize>PAIRS) << 2;
/** Bytes of the key schedules of four keys, one a lane: u32 [6][2][4]. */
export const SCHEDULE_BYTES: usize = 192;

/**
 * Writes the key schedules of four keys (k0, k1), one a lane, at `out`, SCHEDULE_BYTES: six pairs of words, of which the first
 * is added to a pair before the first round, and each of the others after four more rounds.
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
 * Encrypts sixteen pairs of words in place. x: u32 [2][16], the first words, then the second words.
 * schedule: key schedules of the pairs 0 ... 3 and 8 ... 11, one a lane; those of the pairs 4 ... 7 and 12 ... 15 stand
 * `stride` bytes further, 0 if they are the same.
 */
export function threefry(schedule: usize, stride: usize, x: usize): void {
  const end = x + WORDS;
  for (let at = x, k = schedule; at < end; at += VECTOR, k = 2 * schedule + stride - k) {
    v128.store(at, addWords(v128.load(at), v128.load(k)));
    v128.store(at, addWords(v128.load(at, WORDS), v128.load(k, 16)), WORDS);
  }
  for (let group: usize = 32; ; group += 64) {
    const even = schedule + group;
    for (let at = x, k = even; at < end; at += VECTOR, k = 2 * even + stride - k) evenRounds(at, k);
    if (group == 160) return;
    const odd = even + 32;
    for (let at = x, k = odd; at < end; at += VECTOR, k = 2 * odd + stride - k) oddRounds(at, k);
  }
}

/**
 * Four rounds on four pairs, with the rotations 13, 15, 26 and 6, and the addition of the key that follows them. at: the first
 * words [4], the second WORDS further, both overwritten; key: one pair of the key schedules, u32 [2][4].
 */
function evenRounds(at: usize, key: usize): void {
  let x0 = v128.load(at);
  let x1 = v128.load(at, WORDS);
  x0 = addWords(x0, x1);
  x1 = rotateXor(x0, x1, 13);
  x0 = addWords(x0, x1);
  x1 = rotateXor(x0, x1, 15);
  x0 = addWords(x0, x1);
  x1 = rotateXor(x0, x1, 26);
  x0 = addWords(x0, x1);
  x1 = rotateXor(x0, x1, 6);
  v128.store(at, addWords(x0, v128.load(key)));
  v128.store(at, addWords(x1, v128.load(key, 16)), WORDS);
}

/** As {@link evenRounds}, with the rotations 17, 29, 16 and 24. */
function oddRounds(at: usize, key: usize): void {
  let x0 = v128.load(at);
  let x1 = v128.load(at, WORDS);
  x0 = addWords(x0, x1);
  x1 = rotateXor(x0, x1, 17);
  x0 = addWords(x0, x1);
  x1 = rotateXor(x0, x1, 29);
  x0 = addWords(x0, x1);
  x1 = rotateXor(x0, x1, 16);
  x0 = addWords(x0, x1);
  x1 = rotateXor(x0, x1, 24);
  v128.store(at, addWords(x0, v128.load(key)));
  v128.store(at, addWords(x1, v128.load(key, 16)), WORDS);
}

/** The second half of a round: x1 rotated left, exclusive-or x0. */
function rotateXor(x0: v128, x1: v128, left: i32): v128 {
  return v128.xor(v128.or(i32x4.shl(x1, left), i32x4.shr_u(x1, 32 - left)), x0);
}

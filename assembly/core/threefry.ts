// Threefry-2x32-20 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011), the generator
// behind jax.random. It encrypts pairs of 32-bit words, here sixteen pairs at a time. Each round depends on the one before, so
// two vectors of four pairs go through the rounds in turn: while one waits for its result, the other is computed. They stand
// side by side, so that an engine that joins pairs of vectors makes one of them.
import { addWords } from './simd';

/** Pairs of words that one call encrypts. */
export const PAIRS: u32 = 16;
/** Bytes from the first words of the pairs to the second words. */
const WORDS: usize = (<usize>PAIRS) << 2;
/** Bytes of the key schedules of eight keys, one a lane: u32 [6][2][8]. */
export const SCHEDULE_BYTES: usize = 384;

/**
 * Writes the key schedules of four keys (k0, k1), one a lane, at `out`, the first four lanes or, from `out` + 16 on, the others
 * of SCHEDULE_BYTES: six pairs of words, of which the first is added to a pair before the first round, and each of the others
 * after four more rounds.
 */
export function writeKeySchedules(k0: v128, k1: v128, out: usize): void {
  const k2 = v128.xor(v128.xor(k0, k1), i32x4.splat(0x1bd11bda));
  v128.store(out, k0);
  v128.store(out, k1, 32);
  v128.store(out, k1, 64);
  v128.store(out, addWords(k2, i32x4.splat(1)), 96);
  v128.store(out, k2, 128);
  v128.store(out, addWords(k0, i32x4.splat(2)), 160);
  v128.store(out, k0, 192);
  v128.store(out, addWords(k1, i32x4.splat(3)), 224);
  v128.store(out, k1, 256);
  v128.store(out, addWords(k2, i32x4.splat(4)), 288);
  v128.store(out, k2, 320);
  v128.store(out, addWords(k0, i32x4.splat(5)), 352);
}

/**
 * Encrypts sixteen pairs of words in place. x: u32 [2][16], the first words, then the second words.
 * schedule: key schedules of the pairs 0 ... 7 and of the pairs 8 ... 15, one a lane.
 */
export function threefry(schedule: usize, x: usize): void {
  // A loop of one turn, so that x is no constant: else V8 finds no stores side by side, and joins nothing.
  for (const end = x + 2 * WORDS; x < end; x += 2 * WORDS) {
    let a0 = addWords(v128.load(x), v128.load(schedule));
    let b0 = addWords(v128.load(x, 16), v128.load(schedule, 16));
    let c0 = addWords(v128.load(x, 32), v128.load(schedule));
    let d0 = addWords(v128.load(x, 48), v128.load(schedule, 16));
    let a1 = addWords(v128.load(x, 64), v128.load(schedule, 32));
    let b1 = addWords(v128.load(x, 80), v128.load(schedule, 48));
    let c1 = addWords(v128.load(x, 96), v128.load(schedule, 32));
    let d1 = addWords(v128.load(x, 112), v128.load(schedule, 48));
    // A turn of this loop is eight rounds. Without it Binaryen would compute one vector to the end before it began the other.
    for (let key = schedule + 64; ; key += 128) {
      a0 = addWords(a0, a1);
      b0 = addWords(b0, b1);
      c0 = addWords(c0, c1);
      d0 = addWords(d0, d1);
      a1 = rotateXor(a0, a1, 13);
      b1 = rotateXor(b0, b1, 13);
      c1 = rotateXor(c0, c1, 13);
      d1 = rotateXor(d0, d1, 13);
      a0 = addWords(a0, a1);
      b0 = addWords(b0, b1);
      c0 = addWords(c0, c1);
      d0 = addWords(d0, d1);
      a1 = rotateXor(a0, a1, 15);
      b1 = rotateXor(b0, b1, 15);
      c1 = rotateXor(c0, c1, 15);
      d1 = rotateXor(d0, d1, 15);
      a0 = addWords(a0, a1);
      b0 = addWords(b0, b1);
      c0 = addWords(c0, c1);
      d0 = addWords(d0, d1);
      a1 = rotateXor(a0, a1, 26);
      b1 = rotateXor(b0, b1, 26);
      c1 = rotateXor(c0, c1, 26);
      d1 = rotateXor(d0, d1, 26);
      a0 = addWords(a0, a1);
      b0 = addWords(b0, b1);
      c0 = addWords(c0, c1);
      d0 = addWords(d0, d1);
      a1 = rotateXor(a0, a1, 6);
      b1 = rotateXor(b0, b1, 6);
      c1 = rotateXor(c0, c1, 6);
      d1 = rotateXor(d0, d1, 6);
      a0 = addWords(a0, v128.load(key));
      b0 = addWords(b0, v128.load(key, 16));
      c0 = addWords(c0, v128.load(key));
      d0 = addWords(d0, v128.load(key, 16));
      a1 = addWords(a1, v128.load(key, 32));
      b1 = addWords(b1, v128.load(key, 48));
      c1 = addWords(c1, v128.load(key, 32));
      d1 = addWords(d1, v128.load(key, 48));
      if (key == schedule + 320) break;
      a0 = addWords(a0, a1);
      b0 = addWords(b0, b1);
      c0 = addWords(c0, c1);
      d0 = addWords(d0, d1);
      a1 = rotateXor(a0, a1, 17);
      b1 = rotateXor(b0, b1, 17);
      c1 = rotateXor(c0, c1, 17);
      d1 = rotateXor(d0, d1, 17);
      a0 = addWords(a0, a1);
      b0 = addWords(b0, b1);
      c0 = addWords(c0, c1);
      d0 = addWords(d0, d1);
      a1 = rotateXor(a0, a1, 29);
      b1 = rotateXor(b0, b1, 29);
      c1 = rotateXor(c0, c1, 29);
      d1 = rotateXor(d0, d1, 29);
      a0 = addWords(a0, a1);
      b0 = addWords(b0, b1);
      c0 = addWords(c0, c1);
      d0 = addWords(d0, d1);
      a1 = rotateXor(a0, a1, 16);
      b1 = rotateXor(b0, b1, 16);
      c1 = rotateXor(c0, c1, 16);
      d1 = rotateXor(d0, d1, 16);
      a0 = addWords(a0, a1);
      b0 = addWords(b0, b1);
      c0 = addWords(c0, c1);
      d0 = addWords(d0, d1);
      a1 = rotateXor(a0, a1, 24);
      b1 = rotateXor(b0, b1, 24);
      c1 = rotateXor(c0, c1, 24);
      d1 = rotateXor(d0, d1, 24);
      a0 = addWords(a0, v128.load(key, 64));
      b0 = addWords(b0, v128.load(key, 80));
      c0 = addWords(c0, v128.load(key, 64));
      d0 = addWords(d0, v128.load(key, 80));
      a1 = addWords(a1, v128.load(key, 96));
      b1 = addWords(b1, v128.load(key, 112));
      c1 = addWords(c1, v128.load(key, 96));
      d1 = addWords(d1, v128.load(key, 112));
    }
    v128.store(x, a0);
    v128.store(x, b0, 16);
    v128.store(x, c0, 32);
    v128.store(x, d0, 48);
    v128.store(x, a1, 64);
    v128.store(x, b1, 80);
    v128.store(x, c1, 96);
    v128.store(x, d1, 112);
  }
}

/** The second half of a round: x1 rotated left, exclusive-or x0. */
function rotateXor(x0: v128, x1: v128, left: i32): v128 {
  return v128.xor(v128.or(i32x4.shl(x1, left), i32x4.shr_u(x1, 32 - left)), x0);
}

// Standard normals from random bits, in place, by the inverse error function. A block of numbers goes through three short
// loops: in one long one, few numbers would be under way at a time, each waiting for its last result. Vectors are written in
// pairs: a coefficient is loaded once for both, and an engine that joins pairs of vectors makes one of them.
import { negativeLogs } from './logs';
import { at } from './math';
import { bits16, unit } from './random';
import { madd } from './simd';

/** Bytes of a block, and most bytes of the room behind the numbers. */
const BLOCK: usize = 256;

/**
 * Turns random bits into standard normals, u32 [n] into f32 [n], in place: sqrt(2) erfinv(u), u uniform on (-1, 1).
 * x: padded to a multiple of 16 numbers; behind them room for as many, 64 at most, which is overwritten.
 */
export function normal(x: usize, n: usize): void {
  const room = x + roundUp(n);
  for (; x < room; x += BLOCK) {
    const end = min<usize>(x + BLOCK, room);
    for (let i = x; i < end; i += 32) {
      const a = v128.load(i);
      const b = v128.load(i, 16);
      v128.store(i, symmetric(a));
      v128.store(i, symmetric(b), 16);
    }
    negativeLogs(x, end, room, true);
    polynomials(x, end, room, 1.41421356);
  }
}

/** Bytes of n numbers, padded to a multiple of 16. */
function roundUp(n: usize): usize {
  return ((n + 15) >> 4) << 6;
}

/** Standard normals of the elements of {@link bits16}: f32 [16] at x, which must hold u32 [2][16]. */
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
  normal(x, 16);
}

/** JAX's u = v (1 - a) + a with v uniform on [0, 1) and a = -0.99999994, the float32 above -1. Here 1 - a rounds to 2. */
function symmetric(bits: v128): v128 {
  return f32x4.sub(f32x4.add(unit(bits), unit(bits)), f32x4.splat(0.99999994));
}

/**
 * x <- erfinv(x) for |x| < 1, relative error < 7e-6, within 2 ulp of JAX's: Giles's single-precision polynomials
 * ("Approximating the erfinv function", 2012), as XLA evaluates them. x: [n], padded, with room, as {@link normal} has it.
 */
export function erfinv(x: usize, n: usize): void {
  const room = x + roundUp(n);
  for (; x < room; x += BLOCK) {
    const end = min<usize>(x + BLOCK, room);
    negativeLogs(x, end, room, true);
    polynomials(x, end, room, 1);
  }
}

/** Giles's polynomial in w - 2.5 for w = -log(1 - x^2) < 5; then -2.5 and 5. */
const CENTRAL = memory.data<f32>(
  [
    1.50140941, 0.246640727, -4.17768164e-3, -1.25372503e-3, 2.1858087e-4, -4.39150654e-6, -3.5233877e-6,
    3.43273939e-7, 2.81022636e-8, -2.5, 5,
  ],
  16,
);

/** Giles's polynomial in sqrt(w) - 3 for w >= 5. */
const OUTER = memory.data<f32>(
  [
    2.83297682, 1.00167406, 9.43887047e-3, -7.6224613e-3, 5.73950773e-3, -3.67342844e-3, 1.34934322e-3,
    1.00950558e-4, -2.00214257e-4,
  ],
  16,
);

/**
 * x <- scale x P(w) of the numbers x ... end - 1, by Horner's scheme as in XLA: draws must have its roundings.
 * w: -log(1 - x^2).
 */
function polynomials(x: usize, end: usize, w: usize, scale: f32): void {
  const vScale = f32x4.splat(scale);
  const limit = at(CENTRAL, 10);
  for (; x < end; x += 32) {
    const a = v128.load(w);
    const b = v128.load(w, 16);
    let c = at(CENTRAL, 9);
    const aW = f32x4.add(a, c);
    const bW = f32x4.add(b, c);
    c = at(CENTRAL, 8);
    const d = at(CENTRAL, 7);
    let aP = madd(c, aW, d);
    let bP = madd(c, bW, d);
    c = at(CENTRAL, 6);
    aP = madd(aP, aW, c);
    bP = madd(bP, bW, c);
    c = at(CENTRAL, 5);
    aP = madd(aP, aW, c);
    bP = madd(bP, bW, c);
    c = at(CENTRAL, 4);
    aP = madd(aP, aW, c);
    bP = madd(bP, bW, c);
    c = at(CENTRAL, 3);
    aP = madd(aP, aW, c);
    bP = madd(bP, bW, c);
    c = at(CENTRAL, 2);
    aP = madd(aP, aW, c);
    bP = madd(bP, bW, c);
    c = at(CENTRAL, 1);
    aP = madd(aP, aW, c);
    bP = madd(bP, bW, c);
    c = at(CENTRAL, 0);
    aP = madd(aP, aW, c);
    bP = madd(bP, bW, c);
    // One draw in 296 is in the tails, so the second polynomial is seldom computed.
    const aTail = f32x4.ge(a, limit);
    const bTail = f32x4.ge(b, limit);
    if (v128.any_true(v128.or(aTail, bTail))) {
      aP = v128.bitselect(outer(a), aP, aTail);
      bP = v128.bitselect(outer(b), bP, bTail);
    }
    // Both are loaded before one is stored: vectors with a store between them are not joined.
    aP = f32x4.mul(aP, v128.load(x));
    bP = f32x4.mul(bP, v128.load(x, 16));
    v128.store(x, f32x4.mul(vScale, aP));
    v128.store(x, f32x4.mul(vScale, bP), 16);
    w += 32;
  }
}

/** The outer polynomial at w = -log(1 - x^2). */
function outer(w: v128): v128 {
  const v = f32x4.sub(f32x4.sqrt(w), f32x4.splat(3));
  let p = madd(at(OUTER, 8), v, at(OUTER, 7));
  p = madd(p, v, at(OUTER, 6));
  p = madd(p, v, at(OUTER, 5));
  p = madd(p, v, at(OUTER, 4));
  p = madd(p, v, at(OUTER, 3));
  p = madd(p, v, at(OUTER, 2));
  p = madd(p, v, at(OUTER, 1));
  return madd(p, v, at(OUTER, 0));
}

// Logarithms of many numbers, in pairs of vectors: a coefficient is loaded once for both, and an engine that joins pairs of
// vectors makes one of them.
import { at, LOG, LOG_BITS, REDUCTION } from './math';
import { addWords, madd, nmadd } from './simd';

/**
 * w = -log(v) with v = x or, if `isComplement`, v = 1 - x^2, of the numbers x ... end - 1, whole pairs of vectors: the bits of
 * `log` in math.ts. v must be normal; w may be x.
 */
export function negativeLogs(x: usize, end: usize, w: usize, isComplement: bool): void {
  const one = at(REDUCTION, 5);
  for (; x < end; x += 32) {
    let a = v128.load(x);
    let b = v128.load(x, 16);
    if (isComplement) {
      // Never fused: x * x must be rounded before it is subtracted from 1, as in XLA, or the tails of erfinv differ.
      a = f32x4.sub(one, f32x4.mul(a, a));
      b = f32x4.sub(one, f32x4.mul(b, b));
    }
    let c = at(LOG_BITS, 0);
    const aBits = addWords(a, c);
    const bBits = addWords(b, c);
    c = at(LOG_BITS, 3);
    const aE = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_u(aBits, 23), c));
    const bE = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_u(bBits, 23), c));
    c = at(LOG_BITS, 2);
    let d = at(LOG_BITS, 1);
    const aF = f32x4.sub(addWords(v128.and(aBits, c), d), one);
    const bF = f32x4.sub(addWords(v128.and(bBits, c), d), one);
    const aSquare = f32x4.mul(aF, aF);
    const bSquare = f32x4.mul(bF, bF);
    c = at(LOG, 3);
    d = at(LOG, 2);
    let aLow = madd(c, aF, d);
    let bLow = madd(c, bF, d);
    c = at(LOG, 1);
    d = at(LOG, 0);
    aLow = madd(aLow, aSquare, madd(c, aF, d));
    bLow = madd(bLow, bSquare, madd(c, bF, d));
    c = at(LOG, 7);
    d = at(LOG, 6);
    let aHigh = madd(c, aF, d);
    let bHigh = madd(c, bF, d);
    c = at(LOG, 5);
    d = at(LOG, 4);
    aHigh = madd(aHigh, aSquare, madd(c, aF, d));
    bHigh = madd(bHigh, bSquare, madd(c, bF, d));
    aLow = madd(aHigh, f32x4.mul(aSquare, aSquare), aLow);
    bLow = madd(bHigh, f32x4.mul(bSquare, bSquare), bLow);
    aLow = f32x4.mul(f32x4.mul(aSquare, aF), aLow);
    bLow = f32x4.mul(f32x4.mul(bSquare, bF), bLow);
    c = at(REDUCTION, 2);
    aLow = madd(aE, c, aLow);
    bLow = madd(bE, c, bLow);
    c = f32x4.splat(0.5);
    aLow = nmadd(c, aSquare, aLow);
    bLow = nmadd(c, bSquare, bLow);
    c = at(REDUCTION, 1);
    v128.store(w, f32x4.neg(madd(aE, c, f32x4.add(aF, aLow))));
    v128.store(w, f32x4.neg(madd(bE, c, f32x4.add(bF, bLow))), 16);
    w += 32;
  }
}

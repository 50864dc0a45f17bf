// Elementary functions on f32x4. Each polynomial was fitted by iteratively reweighted least squares
// to the smallest largest relative error and rounded to float32; the bounds stated here are those
// that tests/math.test.ts measures on both binaries.
import { madd, nmadd } from './simd';

/**
 * e^x, relative error < 1e-7 for x in [-87.3, 88.72]; below it is 0, above infinity.
 * x = n ln 2 + r with |r| <= ln 2 / 2; e^r = 1 + r + r^2 P(r), P of degree 4.
 */
export function exp(x: v128): v128 {
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504)));
  // ln 2 in two parts, so that n * high is exact.
  const r = nmadd(n, f32x4.splat(-2.1219444e-4), nmadd(n, f32x4.splat(0.693359375), x));
  let p = f32x4.splat(0.001381461275741458);
  p = madd(p, r, f32x4.splat(0.008368710055947304));
  p = madd(p, r, f32x4.splat(0.04166838899254799));
  p = madd(p, r, f32x4.splat(0.1666652113199234));
  p = madd(p, r, f32x4.splat(0.4999999403953552));
  const y = f32x4.add(madd(f32x4.mul(r, r), p, r), f32x4.splat(1));
  // 2^n by two factors, since n = 128 has no float32 of its own.
  const i = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(i, 1);
  const bias = i32x4.splat(127);
  const low = i32x4.shl(i32x4.add(half, bias), 23);
  const high = i32x4.shl(i32x4.add(i32x4.sub(i, half), bias), 23);
  const scaled = f32x4.mul(f32x4.mul(y, low), high);
  const tiny = f32x4.lt(x, f32x4.splat(-87.3));
  const huge = f32x4.gt(x, f32x4.splat(88.72));
  return v128.bitselect(f32x4.splat(Infinity), v128.andnot(scaled, tiny), huge);
}

/**
 * Natural logarithm, relative error < 1e-7 for normal x > 0; log(0) is -Infinity.
 * x = 2^e (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)); log(1 + f) = f - f^2 / 2 + f^3 P(f), degree 7.
 */
export function log(x: v128): v128 {
  // Adding 1 - sqrt(1/2) to the bits moves the exponent's boundary to sqrt(1/2).
  const bits = i32x4.add(x, i32x4.splat(0x3f800000 - 0x3f3504f3));
  const e = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_u(bits, 23), i32x4.splat(127)));
  const m = i32x4.add(v128.and(bits, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
  const f = f32x4.sub(m, f32x4.splat(1));
  let p = f32x4.splat(-0.07634492963552475);
  p = madd(p, f, f32x4.splat(0.12761574983596802));
  p = madd(p, f, f32x4.splat(-0.13160182535648346));
  p = madd(p, f, f32x4.splat(0.14201758801937103));
  p = madd(p, f, f32x4.splat(-0.16623356938362122));
  p = madd(p, f, f32x4.splat(0.20001226663589478));
  p = madd(p, f, f32x4.splat(-0.2500081956386566));
  p = madd(p, f, f32x4.splat(0.3333333134651184));
  const square = f32x4.mul(f, f);
  // The small part of e ln 2 first, so that the large one is added to a sum already rounded.
  let y = f32x4.mul(f32x4.mul(square, f), p);
  y = madd(e, f32x4.splat(-2.1219444e-4), y);
  y = nmadd(f32x4.splat(0.5), square, y);
  y = madd(e, f32x4.splat(0.693359375), f32x4.add(f, y));
  return v128.bitselect(f32x4.splat(-Infinity), y, f32x4.eq(x, f32x4.splat(0)));
}

/** log(1 + e) for e in [0, 1], relative error < 2.5e-7: e P(e), P of degree 8. */
export function log1pUnit(e: v128): v128 {
  let p = f32x4.splat(0.0052326880395412445);
  p = madd(p, e, f32x4.splat(-0.029505213722586632));
  p = madd(p, e, f32x4.splat(0.07822591066360474));
  p = madd(p, e, f32x4.splat(-0.13663242757320404));
  p = madd(p, e, f32x4.splat(0.19106005132198334));
  p = madd(p, e, f32x4.splat(-0.2484298199415207));
  p = madd(p, e, f32x4.splat(0.3331909775733948));
  p = madd(p, e, f32x4.splat(-0.4999949336051941));
  p = madd(p, e, f32x4.splat(0.9999999403953552));
  return f32x4.mul(p, e);
}

/** sin(2 pi r) for |r| <= 1/4, absolute error < 2.2e-7: r P(r^2), P of degree 4. */
function sinQuarterTurn(r: v128): v128 {
  const s = f32x4.mul(r, r);
  let p = f32x4.splat(39.71097946166992);
  p = madd(p, s, f32x4.splat(-76.57500457763672));
  p = madd(p, s, f32x4.splat(81.60223388671875));
  p = madd(p, s, f32x4.splat(-41.341678619384766));
  p = madd(p, s, f32x4.splat(6.2831854820251465));
  return f32x4.mul(p, r);
}

/** t less its nearest integer: a turn in [-1/2, 1/2], exact. */
function wrapTurn(t: v128): v128 {
  return f32x4.sub(t, f32x4.nearest(t));
}

/** cos(2 pi t), absolute error < 2.2e-7 of the float32 turn t. */
export function cosTurn(t: v128): v128 {
  return sinQuarterTurn(f32x4.sub(f32x4.splat(0.25), f32x4.abs(wrapTurn(t))));
}

/** sin(2 pi t), absolute error < 2.2e-7 of the float32 turn t. */
export function sinTurn(t: v128): v128 {
  const r = wrapTurn(t);
  const quarter = f32x4.splat(0.25);
  // |r| in [1/4, 1/2] folds to 1/2 - |r|, where the sine is the same.
  const folded = f32x4.sub(quarter, f32x4.abs(f32x4.sub(f32x4.abs(r), quarter)));
  return v128.xor(sinQuarterTurn(folded), v128.and(r, i32x4.splat(0x80000000)));
}

/**
 * Softplus log(1 + e^x), stored at `y`, and its derivative, the logistic function, at `dy`; both
 * relative error < 2.5e-7. One exponential serves both: e = e^-|x| never overflows.
 */
export function softplus(x: v128, y: usize, dy: usize): void {
  const e = exp(f32x4.neg(f32x4.abs(x)));
  const positive = f32x4.max(x, f32x4.splat(0));
  v128.store(y, f32x4.add(positive, log1pUnit(e)));
  const one = f32x4.splat(1);
  const numerator = v128.bitselect(e, one, i32x4.shr_s(x, 31));
  v128.store(dy, f32x4.div(numerator, f32x4.add(one, e)));
}

/** Softplus alone, the same bits as {@link softplus} stores. */
export function softplusValue(x: v128): v128 {
  const e = exp(f32x4.neg(f32x4.abs(x)));
  return f32x4.add(f32x4.max(x, f32x4.splat(0)), log1pUnit(e));
}

/**
 * Inverse error function, for |x| < 1: Giles's single-precision polynomials ("Approximating the
 * erfinv function", 2012), which XLA evaluates too, so that draws agree with JAX's: within 2 ulp of them, and
 * relative error < 7e-6 of the function itself.
 */
export function erfinv(x: v128): v128 {
  // Never fused: 1 - x * x must round x * x first, as XLA does, or the tails differ.
  const w = f32x4.neg(log(f32x4.sub(f32x4.splat(1), f32x4.mul(x, x))));
  const tail = f32x4.ge(w, f32x4.splat(5));
  let p = central(f32x4.sub(w, f32x4.splat(2.5)));
  // One draw in 296 is in the tail: the second polynomial is rarely worth its arithmetic.
  if (v128.any_true(tail)) p = v128.bitselect(outer(f32x4.sub(f32x4.sqrt(w), f32x4.splat(3))), p, tail);
  return f32x4.mul(p, x);
}

function central(w: v128): v128 {
  let p = f32x4.splat(2.81022636e-8);
  p = madd(p, w, f32x4.splat(3.43273939e-7));
  p = madd(p, w, f32x4.splat(-3.5233877e-6));
  p = madd(p, w, f32x4.splat(-4.39150654e-6));
  p = madd(p, w, f32x4.splat(2.1858087e-4));
  p = madd(p, w, f32x4.splat(-1.25372503e-3));
  p = madd(p, w, f32x4.splat(-4.17768164e-3));
  p = madd(p, w, f32x4.splat(0.246640727));
  return madd(p, w, f32x4.splat(1.50140941));
}

function outer(w: v128): v128 {
  let p = f32x4.splat(-2.00214257e-4);
  p = madd(p, w, f32x4.splat(1.00950558e-4));
  p = madd(p, w, f32x4.splat(1.34934322e-3));
  p = madd(p, w, f32x4.splat(-3.67342844e-3));
  p = madd(p, w, f32x4.splat(5.73950773e-3));
  p = madd(p, w, f32x4.splat(-7.6224613e-3));
  p = madd(p, w, f32x4.splat(9.43887047e-3));
  p = madd(p, w, f32x4.splat(1.00167406));
  return madd(p, w, f32x4.splat(2.83297682));
}

/**
 * Applies one function over n floats rounded up to a vector, in place or not: for tests.
 * name: 0 exp, 1 log, 2 log1pUnit, 3 cosTurn, 4 sinTurn, 5 softplus, 6 erfinv.
 */
export function map(name: i32, x: usize, y: usize, n: usize): void {
  for (let i: usize = 0; i < n; i += 4) {
    const v = v128.load(x + (i << 2));
    let r = v;
    if (name == 0) r = exp(v);
    else if (name == 1) r = log(v);
    else if (name == 2) r = log1pUnit(v);
    else if (name == 3) r = cosTurn(v);
    else if (name == 4) r = sinTurn(v);
    else if (name == 5) r = softplusValue(v);
    else if (name == 6) r = erfinv(v);
    v128.store(y + (i << 2), r);
  }
}

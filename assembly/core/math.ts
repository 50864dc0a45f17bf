// Elementary functions on f32x4. Each polynomial was fitted by iteratively reweighted least squares so that its largest
// relative error is smallest, and its coefficients were rounded to float32. tests/core/math.test.ts measures the error bounds
// stated here, on both binaries.
//
// Coefficients are tables in memory, lowest degree first: to load and splat one is one instruction, where V8 takes three to
// build a constant. Polynomials on the critical path are summed in pairs (Estrin's scheme), which shortens the chain of
// dependent operations.
import { addWords, madd, nmadd } from './simd';

/** Entry i of a table, in all lanes: the coefficient of x^i of a polynomial. */
export function at(table: usize, i: usize): v128 {
  return v128.load32_splat(table + (i << 2));
}

/** log2 e; ln 2 as the sum of two numbers; 1.5 2^23, which rounds to an integer when it is added; -87; 1. */
export const REDUCTION = memory.data<f32>([1.44269504, 0.693359375, -2.1219444e-4, 12582912, -87, 1], 16);
/** (e^r - 1 - r) / r^2 for |r| <= ln 2 / 2. */
const EXP = memory.data<f32>(
  [0.4999999403953552, 0.1666652113199234, 0.04166838899254799, 0.008368710055947304, 0.001381461275741458],
  16,
);

/** e^r for |r| <= ln 2 / 2, as 1 + r + r^2 P(r), P of degree 4. */
function expReduced(r: v128): v128 {
  const square = f32x4.mul(r, r);
  let p = madd(at(EXP, 3), r, at(EXP, 2));
  p = madd(madd(at(EXP, 4), square, p), square, madd(at(EXP, 1), r, at(EXP, 0)));
  return f32x4.add(madd(square, p, r), at(REDUCTION, 5));
}

/** x - n ln 2. The first of the two numbers that sum to ln 2 has few bits, so that its product with n is exact. */
function reduce(x: v128, n: v128): v128 {
  return nmadd(n, at(REDUCTION, 2), nmadd(n, at(REDUCTION, 1), x));
}

/** e^x, relative error < 1e-7 for x in [-87.3, 88.72]; 0 below, Infinity above. */
export function exp(x: v128): v128 {
  const n = f32x4.nearest(f32x4.mul(x, at(REDUCTION, 0)));
  const y = expReduced(reduce(x, n));
  // 2^n is multiplied in as two factors, since 2^128 is no float32.
  const i = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(i, 1);
  const bias = i32x4.splat(127);
  const low = i32x4.shl(addWords(half, bias), 23);
  const high = i32x4.shl(addWords(i32x4.sub(i, half), bias), 23);
  const scaled = f32x4.mul(f32x4.mul(y, low), high);
  const tiny = f32x4.lt(x, f32x4.splat(-87.3));
  const huge = f32x4.gt(x, f32x4.splat(88.72));
  return v128.bitselect(f32x4.splat(Infinity), v128.andnot(scaled, tiny), huge);
}

/**
 * e^x for x <= 0, relative error < 1e-7 down to -87; 0 below. Half the work of {@link exp}: adding 1.5 2^23 rounds -n to an
 * integer and leaves it in the lowest bits, and 2^n is multiplied in by subtracting -n from the exponent bits.
 */
export function expDown(x: v128): v128 {
  const magic = at(REDUCTION, 3);
  const shifted = nmadd(x, at(REDUCTION, 0), magic);
  const y = expReduced(reduce(x, f32x4.sub(magic, shifted)));
  return v128.andnot(i32x4.sub(y, i32x4.shl(shifted, 23)), f32x4.lt(x, at(REDUCTION, 4)));
}

/** (2^f - 1) / f for |f| <= 1/2, so that 1 + f P(f), P of degree 4, is 2^f with a relative error < 2.1e-7. */
export const EXP2 = memory.data<f32>(
  [0.6931470036506653, 0.24022242426872253, 0.05550733581185341, 0.009671512991189957, 0.001326472731307149],
  16,
);

/** (log(1 + f) - f + f^2 / 2) / f^3 for 1 + f in [sqrt(1/2), sqrt(2)). */
export const LOG = memory.data<f32>(
  [
    0.3333333134651184, -0.2500081956386566, 0.20001226663589478, -0.16623356938362122, 0.14201758801937103,
    -0.13160182535648346, 0.12761574983596802, -0.07634492963552475,
  ],
  16,
);
/** Constants that separate a float32's exponent from its significand in [sqrt(1/2), sqrt(2)): see `logNormal`. */
export const LOG_BITS = memory.data<i32>([0x3f800000 - 0x3f3504f3, 0x3f3504f3, 0x007fffff, 127], 16);

/** Natural logarithm, relative error < 1e-7 for normal x > 0; log(0) is -Infinity. */
export function log(x: v128): v128 {
  return v128.bitselect(f32x4.splat(-Infinity), logNormal(x), f32x4.eq(x, f32x4.splat(0)));
}

/**
 * Natural logarithm of normal x > 0, relative error < 1e-7.
 * x = 2^e (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)); log(1 + f) = f - f^2 / 2 + f^3 P(f), degree 7.
 */
function logNormal(x: v128): v128 {
  // Adding the bits of 1 less those of sqrt(1/2) raises the exponent where the significand is sqrt(2) or more.
  const bits = addWords(x, at(LOG_BITS, 0));
  const e = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_u(bits, 23), at(LOG_BITS, 3)));
  const f = f32x4.sub(addWords(v128.and(bits, at(LOG_BITS, 2)), at(LOG_BITS, 1)), at(REDUCTION, 5));
  const square = f32x4.mul(f, f);
  const low = madd(madd(at(LOG, 3), f, at(LOG, 2)), square, madd(at(LOG, 1), f, at(LOG, 0)));
  const high = madd(madd(at(LOG, 7), f, at(LOG, 6)), square, madd(at(LOG, 5), f, at(LOG, 4)));
  const p = madd(high, f32x4.mul(square, square), low);
  // The smaller of the two numbers of ln 2 first: small terms are summed before large ones.
  let y = f32x4.mul(f32x4.mul(square, f), p);
  y = madd(e, at(REDUCTION, 2), y);
  y = nmadd(f32x4.splat(0.5), square, y);
  return madd(e, at(REDUCTION, 1), f32x4.add(f, y));
}

/** log(1 + e) / e for e in [0, 1]. */
const LOG1P = memory.data<f32>(
  [
    0.9999999403953552, -0.4999949336051941, 0.3331909775733948, -0.2484298199415207, 0.19106005132198334,
    -0.13663242757320404, 0.07822591066360474, -0.029505213722586632, 0.0052326880395412445,
  ],
  16,
);

/** log(1 + e) for e in [0, 1], relative error < 3e-7: e P(e), P of degree 8. */
export function log1pUnit(e: v128): v128 {
  const square = f32x4.mul(e, e);
  const low = madd(madd(at(LOG1P, 3), e, at(LOG1P, 2)), square, madd(at(LOG1P, 1), e, at(LOG1P, 0)));
  const high = madd(madd(at(LOG1P, 7), e, at(LOG1P, 6)), square, madd(at(LOG1P, 5), e, at(LOG1P, 4)));
  const fourth = f32x4.mul(square, square);
  return f32x4.mul(madd(madd(at(LOG1P, 8), fourth, high), fourth, low), e);
}

/** sin(2 pi r) / r as a polynomial in r^2, for |r| <= 1/4. */
const SINE = memory.data<f32>(
  [6.2831854820251465, -41.341678619384766, 81.60223388671875, -76.57500457763672, 39.71097946166992, 0.25],
  16,
);

/** sin(2 pi r) for |r| <= 1/4, absolute error < 2.2e-7: r P(r^2), P of degree 4. */
function sinQuarterTurn(r: v128): v128 {
  const s = f32x4.mul(r, r);
  let p = madd(at(SINE, 4), s, at(SINE, 3));
  p = madd(p, s, at(SINE, 2));
  p = madd(p, s, at(SINE, 1));
  p = madd(p, s, at(SINE, 0));
  return f32x4.mul(p, r);
}

/** t less its nearest integer, in [-1/2, 1/2], exact: reducing turns, not radians, loses no bits. */
function wrapTurn(t: v128): v128 {
  return f32x4.sub(t, f32x4.nearest(t));
}

/** cos(2 pi t), absolute error < 2.2e-7. t: an angle in turns. */
export function cosTurn(t: v128): v128 {
  return sinQuarterTurn(f32x4.sub(at(SINE, 5), f32x4.abs(wrapTurn(t))));
}

/** sin(2 pi t), absolute error < 2.2e-7. t: an angle in turns. */
export function sinTurn(t: v128): v128 {
  const r = wrapTurn(t);
  const quarter = at(SINE, 5);
  // sin(2 pi r) = sin(2 pi (1/2 - r)): |r| in [1/4, 1/2] is replaced by 1/2 - |r|. The sign of r is put back at the end.
  const folded = f32x4.sub(quarter, f32x4.abs(f32x4.sub(f32x4.abs(r), quarter)));
  return v128.xor(sinQuarterTurn(folded), v128.and(r, i32x4.splat(0x80000000)));
}

/** Softplus log(1 + e^x), relative error < 3e-7, computed from e^-|x|, which never overflows. */
export function softplusValue(x: v128): v128 {
  const e = expDown(v128.or(x, i32x4.splat(0x80000000)));
  return f32x4.add(f32x4.pmax(x, f32x4.splat(0)), log1pUnit(e));
}

/**
 * The second derivative of SiLU, s (1 - s) (2 + x (1 - 2 s)) with s = 1 / (1 + e^-x), which is even.
 */
export function siluCurvature(x: v128): v128 {
  const one = f32x4.splat(1);
  const magnitude = f32x4.abs(x);
  const e = expDown(f32x4.neg(magnitude));
  const q = f32x4.div(one, f32x4.add(one, e));
  const bend = f32x4.mul(magnitude, f32x4.mul(f32x4.sub(one, e), q));
  return f32x4.mul(f32x4.mul(f32x4.mul(e, q), q), f32x4.sub(f32x4.splat(2), bend));
}

/**
 * y = SiLU x s, relative error < 4e-7 for x > -87, and, unless `slope` is 0, its derivative s (1 + x (1 - s)) there, absolute
 * error < 2e-6, with s = 1 / (1 + e^-x). Below -87 both are within 1e-34 of 0. x, y, slope: pairs of vectors, the last of
 * which may go beyond `bytes`; y may be x.
 */
export function silu(x: usize, y: usize, slope: usize, bytes: usize): void {
  // As `expDown`, but of either sign, and over a run, so that the coefficients are loaded once.
  const log2e = at(REDUCTION, 0);
  const ln2 = at(REDUCTION, 1);
  const ln2Rest = at(REDUCTION, 2);
  const magic = at(REDUCTION, 3);
  const least = at(REDUCTION, 4);
  const most = f32x4.neg(least);
  const one = at(REDUCTION, 5);
  const c0 = at(EXP, 0);
  const c1 = at(EXP, 1);
  const c2 = at(EXP, 2);
  const c3 = at(EXP, 3);
  const c4 = at(EXP, 4);
  // Two at a time, so that an engine can join them; loaded before either is stored.
  for (const end = x + bytes; x < end; x += 32) {
    const v = v128.load(x);
    const w = v128.load(x, 16);
    // Beyond, e^-x has no exponent in float32.
    const v0 = f32x4.pmin(f32x4.pmax(v, least), most);
    const w0 = f32x4.pmin(f32x4.pmax(w, least), most);
    const vShifted = madd(v0, log2e, magic);
    const wShifted = madd(w0, log2e, magic);
    const vn = f32x4.sub(vShifted, magic);
    const wn = f32x4.sub(wShifted, magic);
    const vr = nmadd(vn, ln2Rest, nmadd(vn, ln2, v0));
    const wr = nmadd(wn, ln2Rest, nmadd(wn, ln2, w0));
    const vs = f32x4.mul(vr, vr);
    const ws = f32x4.mul(wr, wr);
    const vp = madd(madd(c4, vs, nmadd(c3, vr, c2)), vs, nmadd(c1, vr, c0));
    const wp = madd(madd(c4, ws, nmadd(c3, wr, c2)), ws, nmadd(c1, wr, c0));
    // e^-r = 1 - (r - r^2 P(-r)), and times 2^-n, which goes into the exponent.
    const ve = f32x4.add(one, i32x4.sub(f32x4.sub(one, nmadd(vs, vp, vr)), i32x4.shl(vShifted, 23)));
    const we = f32x4.add(one, i32x4.sub(f32x4.sub(one, nmadd(ws, wp, wr)), i32x4.shl(wShifted, 23)));
    const sv = f32x4.div(one, ve);
    const sw = f32x4.div(one, we);
    v128.store(y, f32x4.mul(v, sv));
    v128.store(y, f32x4.mul(w, sw), 16);
    y += 32;
    if (slope != 0) {
      v128.store(slope, f32x4.mul(sv, madd(v, f32x4.sub(one, sv), one)));
      v128.store(slope, f32x4.mul(sw, madd(w, f32x4.sub(one, sw), one)), 16);
      slope += 32;
    }
  }
}

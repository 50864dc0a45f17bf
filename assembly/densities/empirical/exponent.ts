// Exponents of an empirical density, and how far products may move them.
//
// Half of a squared distance is H - c.q with H = (|c|^2 + |q|^2) / 2. The roundings of c and of the three sums over K coordinates
// move it by at most (2K + 16) 2^-24 H (Higham, "Accuracy and Stability of Numerical Algorithms", 2002, section 3.1).
import { nmadd } from '../../core/simd';
import { precisionOf, varyingOf } from './record';

/** The least exponent: above -Infinity, so that a difference of two exponents is a number. */
export const LEAST: f32 = -3e38;
/** How far below the largest an exponent has no weight: `expDown` is 0 below -87. */
export const DEPTH: f32 = 88;
/**
 * How far below the largest the exponent of a near point need not be exact: a million such points, 10,000 sigma away, add less
 * than 1e-8 / sigma to a score, with any weight below exp(-44).
 */
export const NEAR_DEPTH: f32 = 44;
/** The largest relative error of one rounding. */
const ROUNDING: f32 = 5.9604645e-8;

/** log weight - square / sigma^2, with half of the squared distance. */
export function toExponent(logWeight: v128, precision: v128, square: v128): v128 {
  return f32x4.pmax(nmadd(precision, square, logWeight), f32x4.splat(LEAST));
}

/** What an exponent may be wrong by, over H. */
export function errorOf(score: usize): v128 {
  const roundings: usize = 2 * varyingOf(score) + 16;
  return f32x4.mul(f32x4.splat(<f32>roundings * ROUNDING), precisionOf(score));
}

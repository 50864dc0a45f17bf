// Exponents of an empirical density.
import { nmadd } from '../../core/simd';

/** The least exponent: above -Infinity, so that a difference of two exponents is a number. */
export const LEAST: f32 = -3e38;

/** log weight - square / sigma^2, with half of the squared distance. */
export function toExponent(logWeight: v128, precision: v128, square: v128): v128 {
  return f32x4.pmax(nmadd(precision, square, logWeight), f32x4.splat(LEAST));
}

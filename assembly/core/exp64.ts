// Powers in float64, for sums of many weights.

/**
 * e^x for x <= 0, relative error < 1e-15; 0 below -708. In float64 and the same in every binary, which no engine's Math.exp is.
 */
export function exp64(x: f64): f64 {
  if (!(x >= -708)) return 0;
  const n = nearest(x * 1.4426950408889634);
  // ln 2 as the sum of two numbers, of which the first has few bits, so that its product with n is exact.
  const r = x - n * 0.6931471803691238 - n * 1.9082149292705877e-10;
  let p: f64 = 1.0 / 479001600.0;
  p = p * r + 1.0 / 39916800.0;
  p = p * r + 1.0 / 3628800.0;
  p = p * r + 1.0 / 362880.0;
  p = p * r + 1.0 / 40320.0;
  p = p * r + 1.0 / 5040.0;
  p = p * r + 1.0 / 720.0;
  p = p * r + 1.0 / 120.0;
  p = p * r + 1.0 / 24.0;
  p = p * r + 1.0 / 6.0;
  p = p * r + 0.5;
  p = p * r + 1.0;
  p = p * r + 1.0;
  return p * reinterpret<f64>((<i64>n + 1023) << 52);
}

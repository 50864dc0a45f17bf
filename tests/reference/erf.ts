/** erf(x) in float64; relative error < 1e-14. */
export function erf(x: number): number {
  if (x < 0) return -erf(-x);
  if (x > 1) return 1 - erfc(x);
  // Abramowitz and Stegun 7.1.6: 2/sqrt(pi) exp(-x^2) sum of 2^n x^(2n+1) / (1 3 5 ... (2n+1)).
  let term = x;
  let sum = x;
  for (let n = 1; term > 1e-18 * sum; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** 1 - erf(x) in float64, without cancellation for large x; relative error < 1e-13. */
export function erfc(x: number): number {
  if (x < 1) return 1 - erf(x);
  // Abramowitz and Stegun 7.1.14, a continued fraction, from its 250th term outwards.
  let tail = x;
  for (let n = 250; n > 0; n--) tail = x + n / 2 / tail;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / tail;
}

/** The inverse of erf on (-1, 1) in float64, by Newton's method on erf or, near 1, on erfc. */
export function erfInv(u: number): number {
  if (u < 0) return -erfInv(-u);
  // The first guess is Winitzki's closed form, within 0.5 %.
  const l = Math.log1p(-u * u);
  const a = 2 / (Math.PI * 0.147) + l / 2;
  let y = Math.sqrt(Math.max(0, Math.sqrt(a * a - l / 0.147) - a));
  if (u < 1e-3) y = (Math.sqrt(Math.PI) / 2) * u;
  for (let step = 0; step < 5; step++) {
    const excess = u < 0.8 ? erf(y) - u : 1 - u - erfc(y);
    y -= (excess * Math.sqrt(Math.PI) * Math.exp(y * y)) / 2;
  }
  return y;
}

// Quantiles of the beta distribution, for the error of a quantile.
import { exp, log, log1p } from '../core/elementary.js';
import { logGamma } from './logGamma.js';

/**
 * Lentz's evaluation of the continued fraction of the incomplete beta function (Abramowitz and Stegun, 26.5.8),
 * which converges fast for x below the mean.
 */
function fraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1) || tiny);
  let value = d;
  for (let m = 1; m < 100_000; m++) {
    let factor = 1;
    for (const term of [
      (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
      (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)),
    ]) {
      d = 1 / (1 + term * d || tiny);
      c = 1 + term / c || tiny;
      factor = c * d;
      value *= factor;
    }
    if (Math.abs(factor - 1) < 1e-15) break;
  }
  return value;
}

/** The cumulative distribution function of Beta(a, b) at x; a, b >= 1. */
function betaCdf(x: number, a: number, b: number): number {
  if (x <= 0 || x >= 1) return x <= 0 ? 0 : 1;
  const logFront = logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log1p(-x);
  const front = exp(logFront);
  return x < (a + 1) / (a + b + 2)
    ? (front * fraction(x, a, b)) / a
    : 1 - (front * fraction(1 - x, b, a)) / b;
}

/** The quantile of Beta(a, b) at probability p, by bisection; a, b >= 1 and 0 < p < 1. */
export function betaQuantile(p: number, a: number, b: number): number {
  let [low, high] = [0, 1];
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high || high - low < 1e-16) return middle;
    if (betaCdf(middle, a, b) < p) low = middle;
    else high = middle;
  }
}

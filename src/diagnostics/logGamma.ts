import { log } from '../core/elementary.js';

/** log Gamma(x) for x > 0, by Stirling's series above 10 (Abramowitz and Stegun, 6.1.41). */
export function logGamma(x: number): number {
  if (x < 10) return logGamma(x + 1) - log(x);
  const y = 1 / (x * x);
  const series = (1 / 12 - y * (1 / 360 - y * (1 / 1260 - y * (1 / 1680 - y / 1188)))) / x;
  return (x - 0.5) * log(x) - x + 0.5 * log(2 * Math.PI) + series;
}

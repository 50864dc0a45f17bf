import { exp, log } from '../core/elementary.js';
import { logGamma } from '../diagnostics/logGamma.js';

/** The density of the norm r of a standard normal point in d dimensions (the chi distribution). */
export function chiDensity(d: number, r: number): number {
  if (r === 0) return d === 1 ? Math.sqrt(2 / Math.PI) : 0;
  return exp((d - 1) * log(r) - 0.5 * r * r - (0.5 * d - 1) * Math.LN2 - logGamma(0.5 * d));
}

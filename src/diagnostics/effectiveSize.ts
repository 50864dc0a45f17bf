import { log } from '../core/elementary.js';
import { autocovariance } from './autocovariance.js';
import type { Chains } from './draws.js';
import { byChain, mean, range, variance } from './moments.js';

/** Range of values below which ArviZ takes them to be equal: the resolution of float64. */
const FLAT = 1e-15;

/**
 * The effective sample size of chains, S / tau with S = chains x length and tau the integrated autocorrelation time
 *
 *   tau = -1 + 2 sum over t of (rho[2t] + rho[2t + 1])
 *
 * over Geyer's initial monotone sequence of positive pairs, where rho is the autocorrelation of all chains together (Vehtari and
 * others 2021, equations 10 to 13; Geyer 1992, section 3.3). As in Stan and ArviZ, the even term of the first pair that is not
 * positive still counts once if it is positive, and tau is at least 1 / log10(S). Where all values are equal it is S.
 */
export function effectiveSize(chains: Chains): number {
  const { values, length } = chains;
  const total = values.length;
  if (range(values) < FLAT) return total;
  const covariance = autocovariance(chains);
  const within = (covariance[0] * length) / (length - 1);
  const between = total > length ? variance(byChain(chains, mean)) : 0;
  const spread = covariance[0] + between;
  const rhoAt = (lag: number) => 1 - (within - covariance[lag]) / spread;
  const rho = new Float64Array(length);
  let [even, odd] = [1, rhoAt(1)];
  rho[0] = even;
  rho[1] = odd;
  let t = 1;
  for (; t < length - 3 && even + odd > 0; t += 2) {
    even = rhoAt(t + 1);
    odd = rhoAt(t + 2);
    if (even + odd >= 0) {
      rho[t + 1] = even;
      rho[t + 2] = odd;
    }
  }
  const last = t - 2;
  if (even > 0) rho[last + 1] = even;
  // The sums of pairs must not grow.
  for (t = 1; t <= last - 2; t += 2) {
    const before = rho[t - 1] + rho[t];
    if (rho[t + 1] + rho[t + 2] > before) rho[t + 1] = rho[t + 2] = before / 2;
  }
  let tau = -1 + rho[last + 1];
  for (let k = 0; k <= last; k++) tau += 2 * rho[k];
  return total / Math.max(tau, Math.LN10 / log(total));
}

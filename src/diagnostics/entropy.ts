import { finite, points, show } from '../core/check.js';
import { square } from '../core/elementary.js';
import { numbersAt, scoresAt } from '../core/ownFunctions.js';
import type { Density } from '../core/score.js';

/** Entropy and Fisher information of a density, by draws from it. */
export interface Entropy {
  /** H = -E log p, in nats. */
  entropy: number;
  /** J = E |score|^2. */
  fisher: number;
  /** Standard errors of the two, for independent draws. */
  entropyError: number;
  /** Standard error of `fisher`. */
  fisherError: number;
}

/**
 * The differential entropy of a density and its Fisher information, as means over draws. As Gaussian noise is added they belong
 * together: H rises by dH / d(sigma^2) = J / 2 (de Bruijn's identity; Stam 1959, Cover and Thomas, theorem 17.7.2), which holds
 * for the density of x + sigma z at every sigma. The entropy of a density that is known up to a constant, such as a learned energy,
 * is off by that constant.
 *
 * @param draws independent draws from the density, [n, dim], two or more
 * @param density with log-density and score
 * @throws TypeError unless the density has logProb and draws are a Float32Array; RangeError unless draws are two or more whole
 *   points of finite numbers
 */
export function entropy(density: Density, draws: Float32Array): Entropy {
  if (typeof density?.logProb !== 'function')
    throw new TypeError(`entropy: density must have a method logProb(x), got ${show(density?.logProb)}`);
  const { dim } = density;
  const n = points('entropy', 'draws', draws, dim);
  if (n < 2) throw new RangeError(`entropy: draws must be two or more points, got ${n}`);
  finite('entropy', 'draws', draws);
  const ask = () => density.logProb64?.(draws) ?? density.logProb(draws);
  const logs = numbersAt('logProb', density, draws, n, ask);
  const scores = scoresAt(density, draws);
  const squares = new Float64Array(n);
  for (let i = 0; i < scores.length; i++) squares[Math.floor(i / dim)] += square(scores[i]);
  const [h, j] = [meanOf(Float64Array.from(logs)), meanOf(squares)];
  return { entropy: -h.mean, fisher: j.mean, entropyError: h.error, fisherError: j.error };
}

function meanOf(values: Float64Array): { mean: number; error: number } {
  const n = values.length;
  const mean = values.reduce((sum, v) => sum + v, 0) / n;
  const variance = values.reduce((sum, v) => sum + square(v - mean), 0) / (n - 1);
  return { mean, error: Math.sqrt(variance / n) };
}

import { exp, log, pow, square } from '../core/elementary.js';
import type { Core } from '../core/instantiate.js';
import { type DrawOptions, foldIn, type Key, key as keyOf, normal, uniform } from '../core/random.js';
import { checkClean, checkNoise, type NoiseModel } from './noiseModel.js';

/** Options of {@link drawNoisy}. */
export interface DrawNoisyOptions extends DrawOptions {
  /** Default: key(0). */
  key?: Key;
}

/** Largest rate of a count: exp of less is above float64's least number. */
const MOST_RATE = 700;

/**
 * Draws a noisy y for each of the numbers x, under any of the noise models. A draw depends on the key, on its place, and on its x;
 * between kernels last bits may differ.
 *
 * @param x [n]; >= 0 and at most 700 for poisson, positive for gamma
 * @param core the core that `loadCore` gave
 * @param noise how y comes from x
 * @returns y [n]
 * @throws TypeError unless noise is a model, or on a bad key or layout; RangeError on an x outside of its range
 */
export function drawNoisy(
  core: Core,
  noise: NoiseModel,
  x: ArrayLike<number>,
  { key = keyOf(0), layout = 'original' }: DrawNoisyOptions = {},
): Float32Array {
  const where = 'drawNoisy';
  checkNoise(where, noise);
  checkClean(where, 'x', noise, x);
  if (x.length === 0) return new Float32Array(0);
  const options = { layout };
  const draws = (of: typeof normal, at: number) => of(core, foldIn(key, at), [x.length], options);
  switch (noise.kind) {
    case 'gaussian':
      return draws(normal, 0).map((z, i) => x[i] + noise.sigma * z);
    case 'laplace': {
      const high = draws(uniform, 0);
      return draws(uniform, 1).map((low, i) => {
        const u = fine(high[i], low) - 0.5;
        return x[i] - noise.scale * Math.sign(u) * log(1 - 2 * Math.abs(u));
      });
    }
    case 'poisson': {
      for (let i = 0; i < x.length; i++)
        if (x[i] > MOST_RATE)
          throw new RangeError(`${where}: x must be at most ${MOST_RATE}, got ${x[i]} at index ${i}`);
      const high = draws(uniform, 0);
      return draws(uniform, 1).map((low, i) => countAt(fine(high[i], low), x[i]));
    }
    case 'gamma': {
      const g = gammaDraws(noise.shape, x.length, draws);
      // What float32 would round to 0 is its least number: observations are positive.
      return Float32Array.from(g, (value, i) => Math.max(2 ** -149, x[i] * value));
    }
  }
}

/** A uniform number of 46 bits, above 0 and below 1, of two of 23. */
const fine = (high: number, low: number): number => high + (low + 2 ** -24) * 2 ** -23;

/** The least count whose distribution function is above u, at a rate. */
function countAt(u: number, rate: number): number {
  let count = 0;
  let probability = exp(-rate);
  // Beyond the mode, probabilities that no longer change the sum end the search.
  for (let sum = probability; sum <= u && (count < rate || probability > 0); sum += probability)
    probability *= rate / ++count;
  return count;
}

/**
 * n draws of a gamma distribution of scale 1, by Marsaglia and Tsang (2000): d v with v = (1 + c z)^3 is kept where log u < z^2 / 2
 * + d (1 - v + log v), nineteen times of twenty. All are tried again, by new numbers, until each was kept once, so that a draw
 * depends on its place alone.
 */
function gammaDraws(
  shape: number,
  n: number,
  draws: (of: typeof normal, at: number) => Float32Array,
): Float64Array {
  // Of a shape below 1: that of shape + 1, times u^(1 / shape).
  const raised = shape < 1 ? shape + 1 : shape;
  const d = raised - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  const result = new Float64Array(n);
  for (let left = n, round = 1; left > 0; round++) {
    const z = draws(normal, 2 * round);
    const u = draws(uniform, 2 * round + 1);
    for (let i = 0; i < n; i++) {
      const root = 1 + c * z[i];
      const v = root * root * root;
      if (result[i] > 0 || v <= 0) continue;
      if (log(u[i]) >= square(z[i]) / 2 + d * (1 - v + log(v))) continue;
      result[i] = d * v;
      left--;
    }
  }
  if (raised === shape) return result;
  const u = draws(uniform, 0);
  const below = draws(uniform, 1);
  return result.map((value, i) => value * pow(fine(u[i], below[i]), 1 / shape));
}

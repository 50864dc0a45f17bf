import { length, points, scale, show } from '../core/check.js';
import { square } from '../core/elementary.js';
import type { Core } from '../core/instantiate.js';
import { cleanOf, scoresAt } from '../core/ownFunctions.js';
import type { Denoiser, Score } from '../core/score.js';

/** The denoiser y + sigma^2 score(y). */
class TweedieDenoiser implements Denoiser {
  readonly core: Core;
  readonly dim: number;
  readonly underlying: Score;
  readonly sigma: number;

  constructor(score: Score, sigma: number) {
    this.core = score.core;
    this.dim = score.dim;
    this.underlying = score;
    this.sigma = sigma;
  }

  denoise(y: Float32Array, out: Float32Array = new Float32Array(y.length)): Float32Array {
    points('denoise', 'y', y, this.dim);
    length('denoise', 'out', out, y.length);
    const s = scoresAt(this.underlying, y);
    const variance = square(this.sigma);
    for (let i = 0; i < out.length; i++) out[i] = y[i] + variance * s[i];
    return out;
  }
}

/**
 * The denoiser of a score, by the formula of Tweedie and Miyasawa (Robbins 1956, Miyasawa 1961):
 *
 *   xhat(y) = y + sigma^2 score(y),   which is E[x | y] when score is that of y = x + sigma noise.
 *
 * For a mixture or a data set it is the best denoiser there is, in closed form:
 * denoiser(mixtureScores(core, options).at(sigma), sigma), denoiser(empirical(core, data, sigma), sigma).
 *
 * @param score that of the noisy points; the caller disposes of it
 * @param sigma the standard deviation of the noise in each coordinate
 * @throws TypeError unless score is one, RangeError if sigma is not positive
 */
export function denoiser(score: Score, sigma: number): Denoiser {
  if (typeof score?.score !== 'function')
    throw new TypeError(`denoiser: score must have a method score(x), got ${show(score)}`);
  scale('denoiser', 'sigma', sigma);
  return new TweedieDenoiser(score, sigma);
}

/**
 * The score of noisy points by a denoiser of noise sigma: (xhat(y) - y) / sigma^2. For `denoiser(score, sigma)` it is `score`
 * itself, which loses nothing to rounding and which samplers run without JavaScript between steps. Any other one needs no
 * disposal.
 *
 * @param denoiser of points with this noise
 * @param sigma the standard deviation of the noise in each coordinate
 * @throws TypeError unless denoiser is one, RangeError if sigma is not positive
 */
export function scoreOf(denoiser: Denoiser, sigma: number): Score {
  if (typeof denoiser?.denoise !== 'function')
    throw new TypeError(`scoreOf: denoiser must have a method denoise(y), got ${show(denoiser)}`);
  const variance = square(scale('scoreOf', 'sigma', sigma));
  if (denoiser instanceof TweedieDenoiser && denoiser.sigma === sigma) return denoiser.underlying;
  const { core, dim } = denoiser;
  return {
    core,
    dim,
    score(x, out = new Float32Array(x.length)) {
      points('score', 'x', x, dim);
      length('score', 'out', out, x.length);
      const clean = cleanOf(denoiser, x);
      for (let i = 0; i < out.length; i++) out[i] = (clean[i] - x[i]) / variance;
      return out;
    },
    dispose() {},
    [Symbol.dispose]() {},
  };
}

import { finite, length, points } from '../core/check.js';
import type { Core } from '../core/instantiate.js';
import type { Denoiser } from '../core/score.js';

/**
 * The denoiser that gives one point, the mean of the data, whatever comes in. It is the best one that does not look: its mean
 * squared error is the data's variance a coordinate at every noise.
 *
 * @param mean [dim]; copied
 * @param core the core that `loadCore` gave
 * @throws RangeError unless mean is one or more finite numbers
 */
export function meanDenoiser(core: Core, mean: ArrayLike<number>): Denoiser {
  const dim = mean.length;
  if (!(dim > 0)) throw new RangeError('meanDenoiser: mean must hold one or more numbers, got none');
  finite('meanDenoiser', 'mean', mean);
  const point = Float32Array.from(mean);
  return {
    core,
    dim,
    denoise(y, out = new Float32Array(y.length)) {
      points('denoise', 'y', y, dim);
      length('denoise', 'out', out, y.length);
      for (let at = 0; at < out.length; at += dim) out.set(point, at);
      return out;
    },
  };
}

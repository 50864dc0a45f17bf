import { LANES } from '../abi/panels.js';
import { exp, square } from '../core/elementary.js';

/**
 * Feature gains: the factor that averaging over a level's noise puts before each random feature,
 *
 *   E cos(2 pi B (x + sigma z)) = exp(-2 pi^2 |B|^2 sigma^2) cos(2 pi B x)   for z ~ N(0, I), and so for the sine
 *
 * (Barron and others, "Mip-NeRF: a multiscale representation for anti-aliasing neural radiance fields", 2021, equation
 * 13, there for a cone's cross-section).
 *
 * @param frequencies [D][2F] in turns per unit: F of the cosines, then F of the sines
 * @param features F
 * @param sigmas [L]
 * @returns [2F][L + 7]: entry l of a row is the gain at level l mod L, so that any eight consecutive levels are two vector loads
 */
export function featureGains(
  frequencies: Float32Array,
  features: number,
  sigmas: Float32Array,
): Float32Array {
  const rows = 2 * features;
  const [dim, levels] = [frequencies.length / rows, sigmas.length];
  const stride = levels + LANES - 1;
  const gains = new Float32Array(rows * stride);
  for (let f = 0; f < rows; f++) {
    let squares = 0;
    for (let d = 0; d < dim; d++) squares += square(frequencies[d * rows + f]);
    for (let l = 0; l < stride; l++) {
      gains[f * stride + l] = exp(-2 * square(Math.PI) * squares * square(sigmas[l % levels]));
    }
  }
  return gains;
}

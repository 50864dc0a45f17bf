import { LANES } from '../abi/panels.js';

/**
 * What averaged features are multiplied by at each level: for a place known up to noise of N(0, sigma^2 I),
 *
 *   E cos(2 pi B (x + sigma z)) = exp(-2 pi^2 |B|^2 sigma^2) cos(2 pi B x),    and so for the sine
 *
 * (Barron and others, "Mip-NeRF: a multiscale representation for anti-aliasing neural radiance fields", 2021, equation
 * 13, there for a cone's cross-section).
 *
 * @param turns [D][2F], the frequencies, the cosines' first
 * @param sigmas [L]
 * @returns [2F][L + 7] row f's entry l being that of level l mod L, so that any eight consecutive levels are two vector loads
 */
export function noiseGains(turns: Float32Array, features: number, sigmas: Float32Array): Float32Array {
  const rows = 2 * features;
  const [dim, levels] = [turns.length / rows, sigmas.length];
  const stride = levels + LANES - 1;
  const gains = new Float32Array(rows * stride);
  for (let f = 0; f < rows; f++) {
    let square = 0;
    for (let d = 0; d < dim; d++) square += turns[d * rows + f] ** 2;
    for (let l = 0; l < stride; l++) {
      gains[f * stride + l] = Math.exp(-2 * Math.PI ** 2 * square * sigmas[l % levels] ** 2);
    }
  }
  return gains;
}

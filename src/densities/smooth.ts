import { scale } from '../core/check.js';
import { hypot, square } from '../core/elementary.js';
import type { Density } from '../core/score.js';
import { Empirical, empirical } from './empirical.js';
import { Gaussian, gaussian } from './gaussian.js';
import { Mixture, mixture } from './mixture.js';

/**
 * A density convolved with N(0, sigma^2 I), which is the density of x + sigma z, in closed form: of a `gaussian` (sigma^2 is
 * added to every variance), a `mixture` (each sd becomes sqrt(sd^2 + sigma^2)) or an `empirical` density (its sigma becomes
 * sqrt(sigma0^2 + sigma^2); its data are read again). Smoothing by s1 and then by s2 is smoothing by sqrt(s1^2 + s2^2). The
 * result is a new density, to be disposed of by itself.
 *
 * @param density a gaussian, a mixture, or an empirical density
 * @param sigma the standard deviation of the noise in each coordinate
 * @throws TypeError for any other density, RangeError if sigma is not positive.
 */
export function smooth(density: Density, sigma: number): Density {
  scale('smooth', 'sigma', sigma);
  const { core } = density;
  if (density instanceof Gaussian) {
    const { mean, covariance } = density.options;
    const wider = covariance.map((row, i) => row.map((v, j) => (i === j ? v + square(sigma) : v)));
    return gaussian(core, { mean, covariance: wider });
  }
  if (density instanceof Mixture) {
    const { means, sds, weights } = density.options;
    return mixture(core, { means, sds: sds.map((row) => row.map((sd) => hypot(sd, sigma))), weights });
  }
  if (density instanceof Empirical) {
    return empirical(core, density.data, hypot(density.sigma, sigma));
  }
  throw new TypeError(
    'smooth: density must be a gaussian, a mixture or an empirical, whose convolution is known, got another',
  );
}

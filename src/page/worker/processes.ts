// The diffusion of the page's two views, in units of the picture's standard deviation around its centre.
import { type DiffusionProcess, variancePreserving } from '../../diffusion/process.js';

/** Centre of a picture, both coordinates. */
export const MIDDLE = 0.5;
/** About the standard deviation of a picture's points: a quarter of its side. */
export const SPREAD = 0.25;

/** sigma / alpha at time 1. */
const MOST_NOISE = 10;
export const BETA_MIN = 0.1;
/** betaMax follows from sigma / alpha = MOST_NOISE at time 1; rounded, since programs show it. */
export const BETA_MAX = Number((2 * Math.log1p(MOST_NOISE ** 2) - BETA_MIN).toFixed(3));

export const preserving = variancePreserving({ betaMin: BETA_MIN, betaMax: BETA_MAX });

/** The same diffusion for x / alpha: the data keep their scale, and the noise is sigma / alpha. */
export const exploding: DiffusionProcess = {
  ...preserving,
  alpha: () => 1,
  sigma: (t) => preserving.sigma(t) / preserving.alpha(t),
  drift: () => 0,
  diffusion: (t) => preserving.diffusion(t) / preserving.alpha(t),
};

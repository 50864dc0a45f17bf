// The diffusion of the page's two views. It is stated in units of the picture's own spread about its middle.
import { type DiffusionProcess, variancePreserving } from '../../diffusion/process.js';

/** The middle of a picture. */
export const MIDDLE = 0.5;
/** Standard deviation of a picture's points, about: a quarter of its side. */
export const SPREAD = 0.25;

/** Noise over signal at time 1. */
const MOST_NOISE = 10;
export const BETA_MIN = 0.1;
/** The integral of beta from 0 to 1 that leads to it. */
export const BETA_MAX = Number((2 * Math.log1p(MOST_NOISE ** 2) - BETA_MIN).toFixed(3));

export const preserving = variancePreserving({ betaMin: BETA_MIN, betaMax: BETA_MAX });

/** The same diffusion seen as x / alpha: the data stay, and the noise is as much larger. */
export const exploding: DiffusionProcess = {
  ...preserving,
  alpha: () => 1,
  sigma: (t) => preserving.sigma(t) / preserving.alpha(t),
  drift: () => 0,
  diffusion: (t) => preserving.diffusion(t) / preserving.alpha(t),
};

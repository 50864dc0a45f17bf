import { scale, show } from '../core/check.js';
import { log } from '../core/elementary.js';
import type { Core } from '../core/instantiate.js';
import type { Density } from '../core/score.js';
import { curvedDensity } from './curved.js';

/**
 * A bent Gaussian in two dimensions (Haario, Saksman and Tamminen, 1999):
 *
 *   x_0 ~ N(0, sd^2),   x_1 ~ N(bend (x_0^2 - sd^2), noise^2),
 *
 * Its mean is 0, its variances are sd^2 and 2 bend^2 sd^4 + noise^2, and its covariance is 0.
 *
 * @param core the core that `loadCore` gave
 * @param options sd of x_0 (default 1), bend (1) and noise (0.5), standard deviations in units of x
 * @throws RangeError if sd or noise is not positive, or bend not finite.
 */
export function banana(
  core: Core,
  { sd = 1, bend = 1, noise = 0.5 }: { sd?: number; bend?: number; noise?: number } = {},
): Density {
  scale('banana', 'sd', sd);
  scale('banana', 'noise', noise);
  if (typeof bend !== 'number' || !Number.isFinite(Math.fround(bend)))
    throw new RangeError(`banana: bend must be a finite number, got ${show(bend)}`);
  return curvedDensity(core, 'banana', 2, [1 / sd, bend, 1 / noise, -log(2 * Math.PI * sd * noise)]);
}

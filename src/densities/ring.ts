import { scale } from '../core/check.js';
import { exp, log } from '../core/elementary.js';
import { erf } from '../core/erf.js';
import type { Core } from '../core/instantiate.js';
import type { Density } from '../core/score.js';
import { curvedDensity } from './curved.js';

/**
 * A ring in two dimensions: log p(x) = constant - (|x| - radius)^2 / (2 sd^2). At the origin p has no gradient; the score there
 * is 0.
 *
 * @param core the core that `loadCore` gave
 * @param options radius (default 1), and sd across the ring (0.1)
 * @throws RangeError if radius or sd is not positive.
 */
export function ring(core: Core, { radius = 1, sd = 0.1 }: { radius?: number; sd?: number } = {}): Density {
  scale('ring', 'radius', radius);
  scale('ring', 'sd', sd);
  // The integral of 2 pi r exp(-(r - radius)^2 / (2 sd^2)) over r > 0.
  const a = radius / sd;
  const total =
    2 * Math.PI * sd * (sd * exp((-a * a) / 2) + radius * Math.sqrt(Math.PI / 2) * (1 + erf(a / Math.SQRT2)));
  return curvedDensity(core, 'ring', 2, [1 / sd, radius, 0, -log(total)]);
}

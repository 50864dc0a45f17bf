import { integer, scale } from '../core/check.js';
import { log } from '../core/elementary.js';
import type { Core } from '../core/instantiate.js';
import type { Density } from '../core/score.js';
import { curvedDensity } from './curved.js';

/**
 * Neal's funnel ("Slice sampling", 2003, section 8; there dim = 10 and sd = 3):
 *
 *   x_0 ~ N(0, sd^2),   x_d ~ N(0, e^(x_0)) for d > 0.
 *
 * When x_0 changes by 2 sd, the scale of the others changes by the factor e^sd. For x_0 < -80 their precision is e^80, lest it
 * overflow in float32.
 *
 * @param core the core that `loadCore` gave
 * @param options dim, at least 2 (default 2); sd of x_0 (3)
 * @throws RangeError if dim is not an integer of at least 2, or sd not positive.
 */
export function funnel(core: Core, { dim = 2, sd = 3 }: { dim?: number; sd?: number } = {}): Density {
  integer('funnel', 'dim', dim, 2);
  scale('funnel', 'sd', sd);
  return curvedDensity(core, 'funnel', dim, [1 / sd, 0, 0, -log(sd) - (dim / 2) * log(2 * Math.PI)]);
}

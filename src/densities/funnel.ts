import { integer, scale } from '../core/check.js';
import type { Core } from '../core/instantiate.js';
import type { Density } from '../core/score.js';
import { shape } from './curved.js';

/**
 * Neal's funnel ("Slice sampling", 2003, section 8): x_0 ~ N(0, sd^2), and given it x_d ~ N(0, e^(x_0)) for all others,
 * whose scale changes by e^sd where x_0 does by 2 sd. Neal has dim = 10 and sd = 3. Where x_0 < -80 the others' precision is
 * that of -80, for float32.
 *
 * @throws RangeError if dim is not an integer of at least 2, or sd not positive.
 */
export function funnel(core: Core, { dim = 2, sd = 3 }: { dim?: number; sd?: number } = {}): Density {
  integer('funnel', 'dim', dim, 2);
  scale('funnel', 'sd', sd);
  return shape(core, 'funnel', dim, [1 / sd, 0, 0, -Math.log(sd) - (dim / 2) * Math.log(2 * Math.PI)]);
}

import { scale } from '../core/check.js';
import type { Core } from '../core/instantiate.js';
import type { Density } from '../core/score.js';
import { mixture } from './mixture.js';

/**
 * Eight equal Gaussians evenly on a circle in two dimensions, the first at (radius, 0): a mixture.
 *
 * @throws RangeError if radius or sd is not positive.
 */
export function eightModes(
  core: Core,
  { radius = 2, sd = 0.2 }: { radius?: number; sd?: number } = {},
): Density {
  scale('eightModes', 'radius', radius);
  scale('eightModes', 'sd', sd);
  const turns = Array.from({ length: 8 }, (_, k) => (2 * Math.PI * k) / 8);
  const means = turns.map((turn) => [radius * Math.cos(turn), radius * Math.sin(turn)]);
  return mixture(core, { means, sds: means.map(() => [sd, sd]) });
}

import { scale } from '../core/check.js';
import type { Core } from '../core/instantiate.js';
import type { Density } from '../core/score.js';
import { cos, sin } from '../core/trigonometry.js';
import { mixture } from './mixture.js';

/**
 * A mixture of eight equal Gaussians in two dimensions, evenly spaced on a circle, the first at (radius, 0).
 *
 * @param core the core that `loadCore` gave
 * @param options radius of the circle (default 2) and sd of each Gaussian (0.2)
 * @throws RangeError if radius or sd is not positive.
 */
export function eightModes(
  core: Core,
  { radius = 2, sd = 0.2 }: { radius?: number; sd?: number } = {},
): Density {
  scale('eightModes', 'radius', radius);
  scale('eightModes', 'sd', sd);
  const angles = Array.from({ length: 8 }, (_, k) => (2 * Math.PI * k) / 8);
  const means = angles.map((angle) => [radius * cos(angle), radius * sin(angle)]);
  return mixture(core, { means, sds: means.map(() => [sd, sd]) });
}

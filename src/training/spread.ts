import { square } from '../core/elementary.js';
import type { PointSet } from '../core/score.js';
import { momentsOf } from '../diffusion/family.js';
import type { NetworkConfig } from '../networks/networkConfig.js';

/**
 * How far data of the article's network may be from the middle of its pictures, which live in [0, 1]: 2.5 times the largest of
 * several noises, and 2.5 turns of the lowest frequency. At 4, one in seven samples lies where the data have none. NaN for networks
 * of other configurations.
 */
export function mostSpread(config: object): number {
  const { levels, sigmaMax, featureScale } = config as NetworkConfig;
  return 2.5 * Math.min(levels > 1 ? sigmaMax : Infinity, 1 / featureScale);
}

/**
 * Refuses data beyond the scale that a network is made for, which it would learn badly and without a word.
 *
 * @param centre what the network takes for the middle of each coordinate
 * @throws RangeError where the root mean square distance of all coordinates together from it is more than `most`
 */
export function checkSpread(caller: string, data: PointSet, most: number, centre = 0): void {
  const { mean, variance } = momentsOf(data);
  let sum = 0;
  for (let d = 0; d < data.dim; d++) sum += variance[d] + square(mean[d] - centre);
  const distance = Math.sqrt(sum / data.dim);
  if (distance > most)
    throw new RangeError(
      `${caller}: data must be within ${most} of ${centre}, by their root mean square, got ${distance.toPrecision(3)}: train on standardised(data)`,
    );
}

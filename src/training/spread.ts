import type { PointSet } from '../core/score.js';
import type { NetworkConfig } from '../networks/networkConfig.js';

/**
 * How far data of the article's network may deviate: 2.5 times the largest of several noises, and 2.5 turns of the lowest
 * frequency. At 4, one in seven samples lies where the data have none. NaN for networks of other configurations.
 */
export function mostSpread(config: object): number {
  const { levels, sigmaMax, featureScale } = config as NetworkConfig;
  return 2.5 * Math.min(levels > 1 ? sigmaMax : Infinity, 1 / featureScale);
}

/**
 * Refuses data beyond the scale that a network is made for, which it would learn badly and without a word.
 *
 * @throws RangeError where the standard deviation of all coordinates together is more than `most`
 */
export function checkSpread(caller: string, { dim, points, logits }: PointSet, most: number): void {
  let [n, sum, squares] = [0, 0, 0];
  points.forEach((x, i) => {
    const weight = Math.exp(logits[Math.floor(i / dim)]);
    n += weight;
    sum += weight * x;
    squares += weight * x * x;
  });
  const sd = Math.sqrt(squares / n - (sum / n) ** 2);
  if (sd > most)
    throw new RangeError(
      `${caller}: data must deviate by at most ${most}, got ${sd.toPrecision(3)}: train on standardised(data)`,
    );
}

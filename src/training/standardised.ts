import type { PointSet } from '../core/score.js';
import { checkPointSet } from '../data/pointSet.js';
import { momentsOf } from '../diffusion/family.js';

/** A data set in coordinates of mean 0 and deviation 1, and the way back: x = shift + scale y, [dim] each. */
export interface Standardised {
  /** The data moved and scaled, to train on. */
  readonly data: PointSet;
  /** Mean of each coordinate of the original data: [dim]. */
  readonly shift: Float32Array;
  /** Standard deviation of each coordinate of the original data, 1 where that is 0: [dim]. */
  readonly scale: Float32Array;
  /** Points y [n, dim], such as samples, in the coordinates of the original data: a new array. */
  toData(y: Float32Array): Float32Array;
}

/**
 * A data set moved and scaled so that each coordinate has mean 0 and deviation 1, as the presets' noises and frequencies and the
 * default noises of denoisers expect. Train on its `data`, sample there, and give samples to `toData`: lengths, such as sigma and
 * step sizes, are then deviations, whatever the data's units. A coordinate that never changes keeps its scale. Scores in the
 * original coordinates are those of y divided by scale.
 *
 * @throws TypeError where data are no points, RangeError where a point is not finite, or there are not as many points as logits
 */
export function standardised(data: PointSet): Standardised {
  checkPointSet('standardised', data);
  const { dim, points, logits } = data;
  const moments = momentsOf(data);
  const shift = Float32Array.from(moments.mean);
  const scale = Float32Array.from(moments.variance, (variance) => Math.sqrt(variance) || 1);
  return {
    data: { dim, points: points.map((x, i) => (x - shift[i % dim]) / scale[i % dim]), logits },
    shift,
    scale,
    toData: (y) => y.map((value, i) => shift[i % dim] + scale[i % dim] * value),
  };
}

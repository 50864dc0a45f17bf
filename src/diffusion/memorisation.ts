import { points } from '../core/check.js';
import { square } from '../core/elementary.js';
import type { PointSet } from '../core/score.js';
import { checkPointSet } from '../data/pointSet.js';

/** How close n samples are to the data. */
export interface Memorisation {
  /** Index of the nearest data point: [n]. */
  nearest: Uint32Array;
  /** Distance to it: [n]. */
  distance: Float64Array;
  /** Distance to the second nearest: [n]; infinite when the data are one point. */
  second: Float64Array;
  /** Share of samples that are copies: whose distance to the nearest point is below a third of that to the second nearest. */
  copied: number;
  /** Mean of `distance`. */
  meanDistance: number;
}

/** A sample is a copy when its distance to the nearest point is below this ratio times that to the second nearest. */
const COPY_RATIO = 1 / 3;

/**
 * Compares samples with the data: a sample is a copy when its nearest data point is three times nearer than any other
 * (Yoon and others, "Diffusion probabilistic models generalize when they fail to memorize", 2023). With the exact score of a data
 * set all samples are copies, once the last noise is far below the distances between data points; with a learned score, the share
 * of copies says how much it has memorised. Points that are never drawn do not count. Points in the same place are each other's
 * second nearest.
 *
 * @param samples [n, dim]
 * @param data the points of the training
 * @throws RangeError unless samples are one or more whole points and some point of the data may be drawn
 */
export function memorisation(samples: Float32Array, data: PointSet): Memorisation {
  checkPointSet('memorisation', data);
  const { dim, logits } = data;
  const n = points('memorisation', 'samples', samples, dim);
  if (n === 0) throw new RangeError('memorisation: samples must hold one or more points, got none');
  const possible = [...logits.keys()].filter((i) => logits[i] !== -Infinity);
  if (possible.length === 0)
    throw new RangeError('memorisation: data must have a point with a finite logit, got none');
  const nearest = new Uint32Array(n);
  const distance = new Float64Array(n);
  const second = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let [least, next] = [Infinity, Infinity];
    for (const p of possible) {
      let squares = 0;
      for (let d = 0; d < dim; d++) squares += square(samples[i * dim + d] - data.points[p * dim + d]);
      if (squares < least) {
        next = least;
        least = squares;
        nearest[i] = p;
      } else if (squares < next) next = squares;
    }
    distance[i] = Math.sqrt(least);
    second[i] = Math.sqrt(next);
  }
  const copies = distance.reduce((sum, r, i) => sum + (r < COPY_RATIO * second[i] ? 1 : 0), 0);
  const meanDistance = distance.reduce((sum, r) => sum + r, 0) / n;
  return { nearest, distance, second, copied: copies / n, meanDistance };
}

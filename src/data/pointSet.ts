import { integer, show } from '../core/check.js';
import { log } from '../core/elementary.js';
import type { PointSet } from '../core/score.js';

/**
 * A data set as a distribution over its points: `points` [N, dim], each drawn with probability proportional to its weight in
 * `weights` [N] (default: all equal). Logits are log(weight) rounded to float32. Both arrays of the result are copies.
 *
 * @param data points [N, dim], row after row, and their weights [N]
 * @throws RangeError when dim is not a positive integer, points are not a positive number of whole rows of finite
 *   numbers, or weights are not N finite numbers >= 0 with a positive one among them.
 */
export function pointSet({
  dim,
  points,
  weights,
}: {
  dim: number;
  points: ArrayLike<number>;
  weights?: ArrayLike<number>;
}): PointSet {
  integer('pointSet', 'dim', dim);
  const count = points?.length / dim;
  if (!Number.isInteger(count) || count === 0) {
    throw new RangeError(
      `pointSet: points must hold one or more rows of dim = ${dim} numbers, got ${points ? `${points.length} numbers` : show(points)}`,
    );
  }
  const rows = Float32Array.from(points);
  const wrongPoint = rows.findIndex((x) => !Number.isFinite(x));
  if (wrongPoint >= 0) {
    throw new RangeError(
      `pointSet: points must be finite as float32, got ${points[wrongPoint]} in row ${Math.floor(wrongPoint / dim)}`,
    );
  }
  const logits = new Float32Array(count);
  if (weights) {
    if (weights.length !== count) {
      throw new RangeError(`pointSet: weights must hold one number a point, ${count}, got ${weights.length}`);
    }
    for (let i = 0; i < count; i++) {
      if (!(weights[i] >= 0 && weights[i] < Infinity)) {
        throw new RangeError(`pointSet: weights must be finite and >= 0, got ${weights[i]} at ${i}`);
      }
      logits[i] = log(weights[i]);
    }
    if (logits.every((logit) => logit === -Infinity)) {
      throw new RangeError('pointSet: weights must have a positive one among them, got only zeros');
    }
  }
  return { dim, points: rows, logits };
}

/** @throws TypeError unless `data` has points and logits, RangeError unless it is a distribution over points: as many points as logits, and all of them numbers. */
export function checkPointSet(caller: string, data: PointSet): void {
  const { dim, points, logits } = data ?? {};
  if (!(points?.length >= 0 && logits?.length >= 0))
    throw new TypeError(
      `${caller}: data must have dim, points and logits, as pointSet makes them, got ${show(data)}`,
    );
  if (points.length !== dim * logits.length) {
    throw new RangeError(
      `${caller}: data must have a point of ${dim} coordinates for each of its ${logits.length} logits, got ${points.length} numbers`,
    );
  }
  // Points that are never drawn may hold anything.
  const point = points.findIndex((x, i) => !Number.isFinite(x) && logits[Math.floor(i / dim)] !== -Infinity);
  if (point >= 0)
    throw new RangeError(`${caller}: data.points must be finite, got ${points[point]} at index ${point}`);
  const logit = logits.findIndex((x) => Number.isNaN(x) || x === Infinity);
  if (logit >= 0) {
    throw new RangeError(
      `${caller}: data.logits must be finite or -Infinity, got ${logits[logit]} at index ${logit}`,
    );
  }
}

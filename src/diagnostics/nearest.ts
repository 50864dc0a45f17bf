import { finite, integer, show } from '../core/check.js';

/** Options of {@link nearest}. */
export interface NearestOptions {
  /** Coordinates of a point. Default: 1. */
  dim?: number;
}

/** Of n points: which of the others is nearest, and how far it is. */
export interface Nearest {
  /** [n] */
  index: Uint32Array;
  /** [n], Euclidean. */
  distance: Float64Array;
}

/** The first of the points nearest to row `row` of x. The sum of squares stops once it is too large. */
function nearestTo(x: ArrayLike<number>, row: number, points: ArrayLike<number>, dim: number) {
  let index = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let from = 0; from < points.length; from += dim) {
    let square = 0;
    for (let j = 0; j < dim && square < least; j++) {
      const by = x[row * dim + j] - points[from + j];
      square += by * by;
    }
    if (square < least) {
      least = square;
      index = from / dim;
    }
  }
  return { index, distance: Math.sqrt(least) };
}

/**
 * For every row of x the nearest row of `points`, the first of several: which mode a sample is in, or which datum it
 * may have been copied from. Time n x N x dim, without a tree.
 *
 * @param x [n, dim]
 * @param points [N, dim], at least one
 * @throws TypeError when one is no array of numbers, RangeError on a length that is not a multiple of dim, no points,
 *   or numbers that are not finite
 */
export function nearest(
  x: ArrayLike<number>,
  points: ArrayLike<number>,
  { dim = 1 }: NearestOptions = {},
): Nearest {
  integer('nearest', 'dim', dim);
  for (const [name, values] of Object.entries({ x, points })) {
    if (typeof values?.length !== 'number' || typeof values === 'string') {
      throw new TypeError(`nearest: ${name} must be an array of numbers, got ${show(values)}`);
    }
    if (values.length % dim !== 0) {
      throw new RangeError(
        `nearest: ${name} must hold points of ${dim} coordinates, got ${values.length} numbers`,
      );
    }
    finite('nearest', name, values);
  }
  if (points.length === 0) throw new RangeError('nearest: points must hold at least one point, got none');
  const count = x.length / dim;
  const found = { index: new Uint32Array(count), distance: new Float64Array(count) };
  for (let row = 0; row < count; row++) {
    const { index, distance } = nearestTo(x, row, points, dim);
    found.index[row] = index;
    found.distance[row] = distance;
  }
  return found;
}

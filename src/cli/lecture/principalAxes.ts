/** Rounds of the iteration: errors of a direction fall by the ratio of neighbouring variances each. */
const ROUNDS = 30;

/**
 * The `count` directions in which points vary most, [count, dim], orthonormal, by orthogonal iteration (Golub and Van Loan,
 * "Matrix computations", section 7.3.2) on the covariance of rows x [n, dim], which is never formed. They start at
 * differences of the points from their mean, so nothing is drawn.
 */
export function principalAxes(x: ArrayLike<number>, dim: number, count: number): Float64Array {
  const n = x.length / dim;
  const mean = new Float64Array(dim);
  for (let i = 0; i < x.length; i++) mean[i % dim] += x[i] / n;
  const axes = new Float64Array(count * dim);
  for (let k = 0; k < count; k++) {
    const row = Math.floor((k * n) / count);
    for (let d = 0; d < dim; d++) axes[k * dim + d] = x[row * dim + d] - mean[d];
  }
  orthonormalise(axes, dim);
  for (let round = 0; round < ROUNDS; round++) {
    const along = project(x, axes, dim, mean);
    axes.fill(0);
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < count; k++) {
        const a = along[i * count + k];
        for (let d = 0; d < dim; d++) axes[k * dim + d] += a * (x[i * dim + d] - mean[d]);
      }
    }
    orthonormalise(axes, dim);
  }
  return axes;
}

/** Coordinates of the rows of x [n, dim], less `origin` [dim], along axes [count, dim]: [n, count]. */
export function project(
  x: ArrayLike<number>,
  axes: Float64Array,
  dim: number,
  origin: ArrayLike<number> = new Float64Array(dim),
): Float64Array {
  const [n, count] = [x.length / dim, axes.length / dim];
  const along = new Float64Array(n * count);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < count; k++) {
      let sum = 0;
      for (let d = 0; d < dim; d++) sum += axes[k * dim + d] * (x[i * dim + d] - origin[d]);
      along[i * count + k] = sum;
    }
  }
  return along;
}

/** Makes rows orthonormal in place, by Gram and Schmidt; a row that depends on those before it becomes 0. */
function orthonormalise(axes: Float64Array, dim: number): void {
  for (let from = 0; from < axes.length; from += dim) {
    const row = axes.subarray(from, from + dim);
    const length = norm(row);
    for (let before = 0; before < from; before += dim) {
      let product = 0;
      for (let d = 0; d < dim; d++) product += row[d] * axes[before + d];
      for (let d = 0; d < dim; d++) row[d] -= product * axes[before + d];
    }
    const rest = norm(row);
    const scale = rest > 1e-9 * length ? 1 / rest : 0;
    for (let d = 0; d < dim; d++) row[d] *= scale;
  }
}

/** Not by Math.hypot, which takes numbers as arguments: a large picture has too many. */
const norm = (x: Float64Array) => Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));

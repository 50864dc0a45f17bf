import { length, positive, show } from './check.js';

/** Largest difference of A[i][j] and A[j][i], in units of the geometric mean of the two diagonal entries. */
const ASYMMETRY = 1e-9;

/**
 * Rows of the Cholesky factor L, lower triangular, A = L L^T, of a matrix of `dim` rows, in float64.
 *
 * @throws RangeError when A has another shape, or is not symmetric and positive definite.
 */
export function factor(
  caller: string,
  name: string,
  A: readonly (readonly number[])[],
  dim: number,
): number[][] {
  if (A?.length !== dim)
    throw new RangeError(`${caller}: ${name} must hold ${dim} rows, got ${A?.length ?? show(A)}`);
  for (let i = 0; i < dim; i++) {
    length(caller, `${name}[${i}]`, A[i], dim);
    positive(caller, `${name}[${i}][${i}]`, A[i][i]);
    for (let j = 0; j < i; j++) {
      const scale = Math.sqrt(A[i][i] * A[j][j]);
      if (!(Math.abs(A[i][j] - A[j][i]) <= ASYMMETRY * scale)) {
        throw new RangeError(
          `${caller}: ${name} must be symmetric, got [${i}][${j}] = ${A[i][j]} and [${j}][${i}] = ${A[j][i]}`,
        );
      }
    }
  }
  const L: number[][] = [];
  for (let i = 0; i < dim; i++) {
    const row: number[] = [];
    for (let j = 0; j < i; j++) row.push((A[i][j] - dot(row, L[j], j)) / L[j][j]);
    const rest = A[i][i] - dot(row, row, i);
    // A remainder that rounding alone could leave is no variance.
    if (!(rest > 1e-15 * dim * A[i][i])) {
      throw new RangeError(
        `${caller}: ${name} must be positive definite, got ${rest} left of the variance of coordinate ${i} given those before it`,
      );
    }
    row.push(Math.sqrt(rest));
    L.push(row);
  }
  return L;
}

/** Sum of the first n products a_k b_k. */
function dot(a: number[], b: number[], n: number): number {
  let sum = 0;
  for (let k = 0; k < n; k++) sum += a[k] * b[k];
  return sum;
}

/**
 * Rows of the Cholesky factor L, lower triangular, A = L L^T.
 *
 * @throws RangeError when A is not positive definite.
 */
export function cholesky(caller: string, A: readonly ArrayLike<number>[]): number[][] {
  const L: number[][] = [];
  for (let i = 0; i < A.length; i++) {
    const row: number[] = [];
    for (let j = 0; j < i; j++) row.push((A[i][j] - dot(row, L[j], j)) / L[j][j]);
    const rest = A[i][i] - dot(row, row, i);
    // A remainder that rounding alone could leave is no variance.
    if (!(rest > 1e-15 * A.length * A[i][i])) {
      throw new RangeError(
        `${caller}: covariance must be positive definite, got ${rest} left of the variance of coordinate ${i} given those before it`,
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

// Small dense matrices [n][n], row by row, for the two Gaussian processes.

/** alpha^2 exp(-(x_i - x_j)^2 / (2 rho^2)), plus `more` on the diagonal. */
export function covariance(x, alpha, rho, more) {
  const n = x.length;
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    out[i * (n + 1)] = alpha * alpha + more;
    for (let j = 0; j < i; j++) {
      const u = (x[i] - x[j]) / rho;
      out[i * n + j] = alpha * alpha * Math.exp(-(u * u) / 2);
      out[j * n + i] = out[i * n + j];
    }
  }
  return out;
}

/** The derivatives of covariance(x, alpha, rho, ..) by log alpha and by log rho, each weighed by `weights` [n][n] and summed. */
export function covarianceSlopes(x, alpha, rho, weights) {
  const n = x.length;
  let [byAlpha, byRho] = [0, 0];
  for (let i = 0; i < n; i++) {
    byAlpha += 2 * alpha * alpha * weights[i * (n + 1)];
    for (let j = 0; j < i; j++) {
      const u = (x[i] - x[j]) / rho;
      const weighed = (weights[i * n + j] + weights[j * n + i]) * alpha * alpha * Math.exp(-(u * u) / 2);
      byAlpha += 2 * weighed;
      byRho += u * u * weighed;
    }
  }
  return [byAlpha, byRho];
}

/** Lower L with L L^T = a; NaN when a is not positive definite. */
export function cholesky(a, n) {
  const lower = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j];
      for (let k = 0; k < j; k++) sum -= lower[i * n + k] * lower[j * n + k];
      lower[i * n + j] = i === j ? Math.sqrt(sum) : sum / lower[j * n + j];
    }
  }
  return lower;
}

/** The inverse of a lower matrix. */
export function inverseLower(lower, n) {
  const out = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = i === j ? 1 : 0;
      for (let k = j; k < i; k++) sum -= lower[i * n + k] * out[k * n + j];
      out[i * n + j] = sum / lower[i * n + i];
    }
  }
  return out;
}

/** a^T b of lower matrices. */
export function transposedProduct(a, b, n) {
  const out = new Float64Array(n * n);
  for (let k = 0; k < n; k++) {
    for (let i = 0; i <= k; i++) {
      for (let j = 0; j <= k; j++) out[i * n + j] += a[k * n + i] * b[k * n + j];
    }
  }
  return out;
}

/** a b of lower matrices. */
export function product(a, b, n) {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k <= i; k++) {
      for (let j = 0; j <= k; j++) out[i * n + j] += a[i * n + k] * b[k * n + j];
    }
  }
  return out;
}

import { dataOf } from './data.mjs';
import {
  cholesky,
  covariance,
  covarianceSlopes,
  inverseLower,
  product,
  transposedProduct,
} from './gaussianProcess.mjs';
import { addGamma, addNormal, addPositiveNormal } from './scales.mjs';

const { N, x: places, k } = dataOf('gp_pois_regr');

function read(x) {
  const [rho, alpha] = [Math.exp(x[0]), Math.exp(x[1])];
  const lower = cholesky(covariance(places, alpha, rho, 1e-10), N);
  const f = k.map((_, i) => {
    let sum = 0;
    for (let j = 0; j <= i; j++) sum += lower[i * N + j] * x[2 + j];
    return sum;
  });
  return { rho, alpha, lower, f };
}

/**
 * Counts over a Gaussian process: k ~ Poisson(exp f), f = L z, L L^T = K(rho, alpha). Coordinates log rho, log alpha, z [11]. The
 * derivative of L by K is Murray's ("Differentiation of the Cholesky decomposition", 2016, equation 9).
 */
export const gpPoisson = {
  name: 'gp_pois_regr-gp_pois_regr',
  kind: 'Gaussian process, counts',
  dim: N + 2,
  logDensity(x, gradient) {
    gradient.fill(0);
    const { rho, alpha, lower, f } = read(x);
    let sum = addGamma(x, 0, 25, 4, gradient) + addPositiveNormal(x, 1, 0, 2, gradient);
    const byLower = new Float64Array(N * N);
    for (let i = 0; i < N; i++) {
      const rate = Math.exp(f[i]);
      sum += k[i] * f[i] - rate + addNormal(x, 2 + i, 0, 1, gradient);
      for (let j = 0; j <= i; j++) {
        gradient[2 + j] += (k[i] - rate) * lower[i * N + j];
        byLower[i * N + j] = (k[i] - rate) * x[2 + j];
      }
    }
    // The lower half of L^T dL, its diagonal halved, between the inverses of L.
    const inner = transposedProduct(lower, byLower, N);
    for (let i = 0; i < N; i++) {
      inner[i * (N + 1)] /= 2;
      inner.fill(0, i * (N + 1) + 1, (i + 1) * N);
    }
    const inverse = inverseLower(lower, N);
    const weights = transposedProduct(inverse, product(inner, inverse, N), N);
    const [byAlpha, byRho] = covarianceSlopes(places, alpha, rho, weights);
    gradient[0] += byRho;
    gradient[1] += byAlpha;
    return sum;
  },
  parameters(x) {
    const { rho, alpha, f } = read(x);
    return [rho, alpha, ...f];
  },
};

import { dataOf } from './data.mjs';
import {
  cholesky,
  covariance,
  covarianceSlopes,
  inverseLower,
  transposedProduct,
} from './gaussianProcess.mjs';
import { addGamma, addPositiveNormal } from './scales.mjs';

const { N, x: places, y } = dataOf('gp_pois_regr');

/** A Gaussian process seen through noise: y ~ normal(0, K(rho, alpha) + sigma I). Coordinates log rho, log alpha, log sigma. */
export const gpRegression = {
  name: 'gp_pois_regr-gp_regr',
  kind: 'Gaussian process',
  dim: 3,
  logDensity(x, gradient) {
    gradient.fill(0);
    const [rho, alpha, sigma] = this.parameters(x);
    const lower = cholesky(covariance(places, alpha, rho, sigma), N);
    const half = inverseLower(lower, N);
    const inverse = transposedProduct(half, half, N);
    const solved = y.map((_, i) => y.reduce((sum, value, j) => sum + inverse[i * N + j] * value, 0));
    // The derivative by K is (K^-1 y y^T K^-1 - K^-1) / 2.
    const weights = inverse.map((v, at) => (solved[Math.floor(at / N)] * solved[at % N] - v) / 2);
    const [byAlpha, byRho] = covarianceSlopes(places, alpha, rho, weights);
    gradient[0] += byRho;
    gradient[1] += byAlpha;
    let sum =
      addGamma(x, 0, 25, 4, gradient) +
      addPositiveNormal(x, 1, 0, 2, gradient) +
      addPositiveNormal(x, 2, 0, 1, gradient);
    for (let i = 0; i < N; i++) {
      gradient[2] += sigma * weights[i * (N + 1)];
      sum -= Math.log(lower[i * (N + 1)]) + (y[i] * solved[i]) / 2;
    }
    return sum;
  },
  parameters: ([rho, alpha, sigma]) => [Math.exp(rho), Math.exp(alpha), Math.exp(sigma)],
};

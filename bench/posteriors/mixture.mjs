import { dataOf } from './data.mjs';
import { addBeta, addPositiveNormal, logistic, logLogistic } from './scales.mjs';

const { y } = dataOf('low_dim_gauss_mix');

const parameters = ([first, gap, a, b, weight]) => [
  first,
  first + Math.exp(gap),
  Math.exp(a),
  Math.exp(b),
  logistic(weight),
];

/**
 * A mixture of two Gaussians with ordered means, theta of the first. Coordinates mu1, log (mu2 - mu1), log sigma1, log sigma2,
 * logit theta.
 */
export const mixture = {
  name: 'low_dim_gauss_mix-low_dim_gauss_mix',
  kind: 'mixture',
  dim: 5,
  logDensity(x, gradient) {
    gradient.fill(0);
    const [mu1, mu2, sigma1, sigma2, theta] = parameters(x);
    const [first, second] = [logLogistic(x[4]) - x[2], logLogistic(-x[4]) - x[3]];
    let byMu2 = -mu2 / 4;
    let sum =
      addPositiveNormal(x, 2, 0, 2, gradient) +
      addPositiveNormal(x, 3, 0, 2, gradient) +
      addBeta(x, 4, 5, 5, gradient) +
      x[1] -
      (mu1 * mu1 + mu2 * mu2) / 8;
    gradient[0] -= mu1 / 4;
    for (const value of y) {
      const z1 = (value - mu1) / sigma1;
      const z2 = (value - mu2) / sigma2;
      const log1 = first - (z1 * z1) / 2;
      const log2 = second - (z2 * z2) / 2;
      // The share of the first component in this point.
      const share = logistic(log1 - log2);
      sum += log1 > log2 ? log1 - Math.log(share) : log2 - Math.log(1 - share);
      gradient[0] += (share * z1) / sigma1;
      byMu2 += ((1 - share) * z2) / sigma2;
      gradient[2] += share * (z1 * z1 - 1);
      gradient[3] += (1 - share) * (z2 * z2 - 1);
      gradient[4] += share - theta;
    }
    gradient[0] += byMu2;
    gradient[1] += byMu2 * (mu2 - mu1) + 1;
    return sum;
  },
  parameters,
};

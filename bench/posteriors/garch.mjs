import { dataOf } from './data.mjs';
import { logistic, logLogistic } from './scales.mjs';

const { T, y, sigma1 } = dataOf('garch');

/** alpha0 > 0, alpha1 between 0 and 1, beta1 between 0 and 1 - alpha1 of coordinates. */
function parameters([mu, a, b, c]) {
  const alpha1 = logistic(b);
  return [mu, Math.exp(a), alpha1, (1 - alpha1) * logistic(c)];
}

/**
 * A GARCH(1, 1): y_t ~ normal(mu, v_t^(1/2)), v_t = alpha0 + alpha1 (y_(t - 1) - mu)^2 + beta1 v_(t - 1), all flat. Coordinates mu,
 * log alpha0, logit alpha1, logit beta1 / (1 - alpha1).
 */
export const garch = {
  name: 'garch-garch11',
  kind: 'time series',
  dim: 4,
  logDensity(x, gradient) {
    gradient.fill(0);
    const [mu, alpha0, alpha1, beta1] = parameters(x);
    let v = sigma1 ** 2;
    let [byMu, byAlpha0, byAlpha1, byBeta1] = [0, 0, 0, 0];
    let sum = 0;
    for (let t = 0; ; ) {
      const rest = y[t] - mu;
      const share = (rest * rest) / v;
      const slope = (share - 1) / (2 * v);
      sum -= (Math.log(v) + share) / 2;
      gradient[0] += rest / v + slope * byMu;
      gradient[1] += slope * byAlpha0;
      gradient[2] += slope * byAlpha1;
      gradient[3] += slope * byBeta1;
      if (++t === T) break;
      byMu = beta1 * byMu - 2 * alpha1 * rest;
      byAlpha0 = beta1 * byAlpha0 + 1;
      byAlpha1 = beta1 * byAlpha1 + rest * rest;
      byBeta1 = beta1 * byBeta1 + v;
      v = alpha0 + alpha1 * rest * rest + beta1 * v;
    }
    // By alpha0, alpha1 and beta1; now by coordinates, with log alpha0 alpha1 (1 - alpha1)^2 s (1 - s), s = beta1 / (1 - alpha1).
    const s = logistic(x[3]);
    gradient[1] = gradient[1] * alpha0 + 1;
    gradient[2] = (gradient[2] - gradient[3] * s) * alpha1 * (1 - alpha1) + 1 - 3 * alpha1;
    gradient[3] = gradient[3] * (1 - alpha1) * s * (1 - s) + 1 - 2 * s;
    return sum + x[1] + logLogistic(x[2]) + 2 * logLogistic(-x[2]) + logLogistic(x[3]) + logLogistic(-x[3]);
  },
  parameters,
};

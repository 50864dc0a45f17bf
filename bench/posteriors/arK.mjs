import { dataOf } from './data.mjs';
import { regression } from './regression.mjs';
import { addHalfCauchy, addNormal } from './scales.mjs';

const { K, y } = dataOf('arK');
const likelihood = regression(
  y.slice(K).map((_, t) => [1, ...Array.from({ length: K }, (_, k) => y[K + t - 1 - k])]),
  y.slice(K),
);

/** An autoregression of order 5: y_t ~ normal(alpha + sum_k beta_k y_(t - k), sigma). Coordinates alpha, beta [5], log sigma. */
export const arK = {
  name: 'arK-arK',
  kind: 'time series',
  dim: K + 2,
  logDensity(x, gradient) {
    gradient.fill(0);
    let sum = likelihood(x, gradient) + addHalfCauchy(x, K + 1, 2.5, gradient);
    for (let at = 0; at <= K; at++) sum += addNormal(x, at, 0, 10, gradient);
    return sum;
  },
  parameters: (x) => [...x.slice(0, K + 1), Math.exp(x[K + 1])],
};

import { dataOf } from './data.mjs';
import { addHalfCauchy, addNormal } from './scales.mjs';

const { T, y } = dataOf('arma');

/** An ARMA(1, 1): y_t = mu + phi y_(t - 1) + theta e_(t - 1) + e_t, e ~ normal(0, sigma). Coordinates mu, phi, theta, log sigma. */
export const arma = {
  name: 'arma-arma11',
  kind: 'time series',
  dim: 4,
  logDensity(x, gradient) {
    gradient.fill(0);
    const [mu, phi, theta] = x;
    const precision = Math.exp(-2 * x[3]);
    // The error before the first is 0, and the value before it mu.
    let error = y[0] - mu - phi * mu;
    let [byMu, byPhi, byTheta] = [-1 - phi, -mu, 0];
    let squares = 0;
    for (let t = 0; ; ) {
      squares += error * error;
      gradient[0] -= error * byMu * precision;
      gradient[1] -= error * byPhi * precision;
      gradient[2] -= error * byTheta * precision;
      if (++t === T) break;
      byMu = -1 - theta * byMu;
      byPhi = -y[t - 1] - theta * byPhi;
      byTheta = -error - theta * byTheta;
      error = y[t] - mu - phi * y[t - 1] - theta * error;
    }
    gradient[3] += squares * precision - T;
    return (
      addNormal(x, 0, 0, 10, gradient) +
      addNormal(x, 1, 0, 2, gradient) +
      addNormal(x, 2, 0, 2, gradient) +
      addHalfCauchy(x, 3, 2.5, gradient) -
      (squares * precision) / 2 -
      T * x[3]
    );
  },
  parameters: ([mu, phi, theta, logSigma]) => [mu, phi, theta, Math.exp(logSigma)],
};

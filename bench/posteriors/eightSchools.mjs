import { dataOf } from './data.mjs';
import { addHalfCauchy, addNormal } from './scales.mjs';

const { J, y, sigma } = dataOf('eight_schools');
const MU = J;
const TAU = J + 1;

/** Coaching in eight schools (Rubin, 1981): y ~ normal(theta, sigma), theta = mu + tau z. Coordinates z [8], mu, log tau. */
export const eightSchools = {
  name: 'eight_schools-eight_schools_noncentered',
  kind: 'hierarchical, not centred',
  dim: J + 2,
  logDensity(x, gradient) {
    gradient.fill(0);
    const tau = Math.exp(x[TAU]);
    let sum = addNormal(x, MU, 0, 5, gradient) + addHalfCauchy(x, TAU, 5, gradient);
    for (let j = 0; j < J; j++) {
      sum += addNormal(x, j, 0, 1, gradient);
      const rest = (y[j] - x[MU] - tau * x[j]) / sigma[j];
      const slope = rest / sigma[j];
      gradient[j] += slope * tau;
      gradient[MU] += slope;
      gradient[TAU] += slope * tau * x[j];
      sum -= (rest * rest) / 2;
    }
    return sum;
  },
  parameters(x) {
    const tau = Math.exp(x[TAU]);
    return [...Array.from({ length: J }, (_, j) => x[MU] + tau * x[j]), x[MU], tau];
  },
};

import { dataOf } from './data.mjs';
import { regression } from './regression.mjs';
import { addFlatPositive, addNormal } from './scales.mjs';

const data = dataOf('kilpisjarvi_mod');
const likelihood = regression(
  data.x.map((year) => [1, year]),
  data.y,
);

/**
 * Summers at Kilpisjärvi by year, y ~ normal(alpha + beta x, sigma): years that are not centred tie alpha and beta together: the
 * posterior is about 400 times as long as wide. Coordinates alpha, beta, log sigma.
 */
export const kilpisjarvi = {
  name: 'kilpisjarvi_mod-kilpisjarvi',
  kind: 'regression, ill-conditioned',
  dim: 3,
  logDensity(x, gradient) {
    gradient.fill(0);
    return (
      likelihood(x, gradient) +
      addNormal(x, 0, data.pmualpha, data.psalpha, gradient) +
      addNormal(x, 1, data.pmubeta, data.psbeta, gradient) +
      addFlatPositive(x, 2, gradient)
    );
  },
  parameters: ([alpha, beta, logSigma]) => [alpha, beta, Math.exp(logSigma)],
};

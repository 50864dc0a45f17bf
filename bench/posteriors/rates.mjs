import { dataOf } from './data.mjs';
import { addBeta, logistic } from './scales.mjs';

const { k1, n1, k2, n2 } = dataOf('Rate_2_data');

/** Two binomial rates, flat (Lee and Wagenmakers, 2013, section 3.2). Coordinates their logits. */
export const rates = {
  name: 'Rate_2_data-Rate_2_model',
  kind: 'rates',
  dim: 2,
  logDensity(x, gradient) {
    gradient.fill(0);
    return addBeta(x, 0, k1 + 1, n1 - k1 + 1, gradient) + addBeta(x, 1, k2 + 1, n2 - k2 + 1, gradient);
  },
  parameters: (x) => [logistic(x[0]), logistic(x[1])],
};

import { dataOf } from './data.mjs';
import { addBeta, logistic } from './scales.mjs';

const { M, T, y } = dataOf('M0_data');
const CAUGHT = y.filter((row) => row.includes(1)).length;
const CAPTURES = y.flat().reduce((a, b) => a + b);

/**
 * Captures of animals, each there with probability omega and then caught with probability p at each of T occasions, flat (Kéry and
 * Schaub, 2011, chapter 6). Coordinates logit omega, logit p.
 */
export const capture = {
  name: 'M0_data-M0_model',
  kind: 'capture and recapture',
  dim: 2,
  logDensity(x, gradient) {
    gradient.fill(0);
    const [omega, p] = this.parameters(x);
    const unseen = (1 - p) ** T;
    const never = omega * unseen + 1 - omega;
    const sum =
      addBeta(x, 0, CAUGHT + 1, 1, gradient) +
      addBeta(x, 1, CAPTURES + 1, CAUGHT * T - CAPTURES + 1, gradient);
    const others = M - CAUGHT;
    gradient[0] += (others * (unseen - 1) * omega * (1 - omega)) / never;
    gradient[1] -= (others * omega * T * unseen * p) / never;
    return sum + others * Math.log(never);
  },
  parameters: (x) => [logistic(x[0]), logistic(x[1])],
};

import { dataOf } from './data.mjs';
import { addBeta, addNormal, logistic } from './scales.mjs';

const { N, y } = dataOf('hmm_example');
/** How likely each state makes y_t, over the likelier one, and how likely each makes all later ones, up to a factor: [N][2]. */
const LIKELY = new Float64Array(2 * N);
const AFTER = new Float64Array(2 * N);

/** The probabilities to go to the first state from each, and the two means. */
function read([a, b, c, d]) {
  const mu1 = Math.exp(c);
  return [logistic(a), logistic(b), mu1, mu1 + Math.exp(d)];
}

/**
 * A hidden Markov chain of two states, y_t ~ normal(mu of the state, 1), 0 < mu1 < mu2. Coordinates: the logits of the
 * probabilities of the first state after each, log mu1, log (mu2 - mu1). Its gradient by expected states and transitions (Baum and
 * others, 1970).
 */
export const hmm = {
  name: 'hmm_example-hmm_example',
  kind: 'hidden Markov chain',
  dim: 4,
  logDensity(x, gradient) {
    gradient.fill(0);
    const [p, q, ...mu] = read(x);
    const byMu = new Float64Array(2);
    let sum =
      addBeta(x, 0, 1, 1, gradient) +
      addBeta(x, 1, 1, 1, gradient) +
      addNormal(mu, 0, 3, 1, byMu) +
      addNormal(mu, 1, 10, 1, byMu) +
      x[2] +
      x[3];
    for (let t = 0; t < N; t++) {
      const first = -((y[t] - mu[0]) ** 2) / 2;
      const second = -((y[t] - mu[1]) ** 2) / 2;
      const most = Math.max(first, second);
      sum += most;
      LIKELY[2 * t] = Math.exp(first - most);
      LIKELY[2 * t + 1] = Math.exp(second - most);
    }
    AFTER.fill(1, 2 * N - 2);
    for (let t = N - 1; t > 0; t--) {
      const a = LIKELY[2 * t] * AFTER[2 * t];
      const b = LIKELY[2 * t + 1] * AFTER[2 * t + 1];
      const scale = (p + q) * a + (2 - p - q) * b;
      AFTER[2 * t - 2] = (p * a + (1 - p) * b) / scale;
      AFTER[2 * t - 1] = (q * a + (1 - q) * b) / scale;
    }
    // Both states are as probable before the first; a factor.
    let [first, second] = [1, 1];
    for (let t = 0; t < N; t++) {
      first *= LIKELY[2 * t];
      second *= LIKELY[2 * t + 1];
      const scale = first + second;
      sum += Math.log(scale);
      first /= scale;
      second /= scale;
      const share = 1 / (1 + (second * AFTER[2 * t + 1]) / (first * AFTER[2 * t]));
      byMu[0] += share * (y[t] - mu[0]);
      byMu[1] += (1 - share) * (y[t] - mu[1]);
      if (t + 1 === N) break;
      const a = LIKELY[2 * t + 2] * AFTER[2 * t + 2];
      const b = LIKELY[2 * t + 3] * AFTER[2 * t + 3];
      const [from1, from2] = [first * (p * a + (1 - p) * b), second * (q * a + (1 - q) * b)];
      // Of a logit: expected steps to the first state, less those expected of all steps from here.
      gradient[0] += (first * p * a - p * from1) / (from1 + from2);
      gradient[1] += (second * q * a - q * from2) / (from1 + from2);
      [first, second] = [first * p + second * q, first * (1 - p) + second * (1 - q)];
    }
    gradient[2] += (byMu[0] + byMu[1]) * mu[0] + 1;
    gradient[3] += byMu[1] * (mu[1] - mu[0]) + 1;
    return sum;
  },
  parameters(x) {
    const [p, q, ...mu] = read(x);
    return [p, 1 - p, q, 1 - q, ...mu];
  },
};

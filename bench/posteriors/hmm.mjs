import { dataOf } from './data.mjs';
import { addBeta, addNormal, logistic } from './scales.mjs';

const { N, y } = dataOf('hmm_example');
const K = 2;

/** Probabilities to go from each state to the first, and the two means. */
function read([a, b, c, d]) {
  const mu1 = Math.exp(c);
  return { toFirst: [logistic(a), logistic(b)], mu: [mu1, mu1 + Math.exp(d)] };
}

/**
 * A hidden Markov chain of two states, y_t ~ normal(mu of the state, 1), 0 < mu1 < mu2. Coordinates: the logits of the
 * probabilities of the first state after each, log mu1, log (mu2 - mu1). Its gradient by expected transitions and states (Baum and
 * others, 1970).
 */
export const hmm = {
  name: 'hmm_example-hmm_example',
  kind: 'hidden Markov chain',
  dim: 4,
  logDensity(x, gradient) {
    gradient.fill(0);
    const { toFirst, mu } = read(x);
    const step = toFirst.map((p) => [p, 1 - p]);
    // likely[t][k]: of y_t in state k over that in the likelier one. after[t]: the rest of y given the state, up to a factor.
    let sum = addBeta(x, 0, 1, 1, gradient) + addBeta(x, 1, 1, 1, gradient);
    const likely = y.map((value) => {
      const logs = mu.map((m) => -((value - m) ** 2) / 2);
      const most = Math.max(...logs);
      sum += most;
      return logs.map((log) => Math.exp(log - most));
    });
    const after = Array.from({ length: N }, () => [1, 1]);
    for (let t = N - 1; t > 0; t--) {
      const weights = [likely[t][0] * after[t][0], likely[t][1] * after[t][1]];
      const here = step.map(([first, second]) => first * weights[0] + second * weights[1]);
      const scale = here[0] + here[1];
      after[t - 1] = [here[0] / scale, here[1] / scale];
    }
    let before = [1, 1];
    const byMu = [0, 0];
    for (let t = 0; t < N; t++) {
      const now = before.map((weight, k) => weight * likely[t][k]);
      const scale = now[0] + now[1];
      sum += Math.log(scale);
      const state = now.map((weight, k) => weight * after[t][k]);
      for (let k = 0; k < K; k++) byMu[k] += (state[k] / (state[0] + state[1])) * (y[t] - mu[k]);
      before = [0, 0];
      if (t + 1 === N) break;
      const weights = [likely[t + 1][0] * after[t + 1][0], likely[t + 1][1] * after[t + 1][1]];
      const pairs = step.map((row, j) => row.map((p, k) => (now[j] / scale) * p * weights[k]));
      const all = pairs.flat().reduce((a, b) => a + b);
      for (let j = 0; j < K; j++) {
        // Of a logit: expected steps to the first state less those expected of all from here.
        gradient[j] += (pairs[j][0] - toFirst[j] * (pairs[j][0] + pairs[j][1])) / all;
        for (let k = 0; k < K; k++) before[k] += (now[j] / scale) * step[j][k];
      }
    }
    const prior = new Float64Array(K);
    sum += addNormal(mu, 0, 3, 1, prior) + addNormal(mu, 1, 10, 1, prior) + x[2] + x[3];
    byMu[0] += prior[0];
    byMu[1] += prior[1];
    gradient[2] += (byMu[0] + byMu[1]) * mu[0] + 1;
    gradient[3] += byMu[1] * (mu[1] - mu[0]) + 1;
    return sum;
  },
  parameters(x) {
    const { toFirst, mu } = read(x);
    return [...toFirst.flatMap((p) => [p, 1 - p]), ...mu];
  },
};

import { dataOf } from './data.mjs';
import { addNormal, addPositiveNormal } from './scales.mjs';

const { N, y_init: first, y } = dataOf('hudson_lynx_hare');
const SEEN = [first, ...y].map((row) => row.map(Math.log));
/** Steps of a year; tests/bench/posteriors.test.ts bounds their error. */
const STEPS = 10;
const H = 1 / STEPS;
/** theta [4] and the first year's animals [2]: what the path depends on. */
const P = 6;

/** The slopes of log hares and log lynxes at z, [2], then their derivatives by the logs of the parameters, [2][P], to `out`. */
function slopes([alpha, beta, gamma, delta], z, out) {
  const eaten = beta * Math.exp(z[1]);
  const born = delta * Math.exp(z[0]);
  out[0] = alpha - eaten;
  out[1] = born - gamma;
  for (let p = 0; p < P; p++) {
    out[2 + p] = -eaten * z[2 + P + p];
    out[2 + P + p] = born * z[2 + p];
  }
  out[2] += alpha;
  out[3] -= eaten;
  out[4 + P] -= gamma;
  out[5 + P] += born;
}

/** Four slopes, and a place between. */
const [K1, K2, K3, K4, BETWEEN] = Array.from({ length: 5 }, () => new Float64Array(2 + 2 * P));

/** One step of Runge and Kutta's fourth order: z changes. */
function advance(theta, z) {
  const towards = (k, h) => {
    for (let i = 0; i < z.length; i++) BETWEEN[i] = z[i] + h * k[i];
    return BETWEEN;
  };
  slopes(theta, z, K1);
  slopes(theta, towards(K1, H / 2), K2);
  slopes(theta, towards(K2, H / 2), K3);
  slopes(theta, towards(K3, H), K4);
  for (let i = 0; i < z.length; i++) z[i] += (H / 6) * (K1[i] + 2 * (K2[i] + K3[i]) + K4[i]);
}

/**
 * Hares u and lynxes v by u' = (alpha - beta v) u, v' = (delta u - gamma) v, counted once a year with lognormal errors. Coordinates
 * the logs of alpha, beta, gamma, delta, u and v of the first year, sigma [2].
 */
export const lotkaVolterra = {
  name: 'hudson_lynx_hare-lotka_volterra',
  kind: 'differential equation',
  dim: P + 2,
  logDensity(x, gradient) {
    gradient.fill(0);
    let sum =
      addPositiveNormal(x, 0, 1, 0.5, gradient) +
      addPositiveNormal(x, 1, 0.05, 0.05, gradient) +
      addPositiveNormal(x, 2, 1, 0.5, gradient) +
      addPositiveNormal(x, 3, 0.05, 0.05, gradient);
    for (let k = 0; k < 2; k++) {
      sum += addNormal(x, 4 + k, Math.log(10), 1, gradient) + addNormal(x, P + k, -1, 1, gradient);
    }
    const theta = Array.from({ length: 4 }, (_, p) => Math.exp(x[p]));
    const z = new Float64Array(2 + 2 * P);
    z.set([x[4], x[5]]);
    z[2 + 4] = 1;
    z[2 + P + 5] = 1;
    for (let year = 0; year <= N; year++) {
      for (let k = 0; k < 2; k++) {
        const rest = (SEEN[year][k] - z[k]) * Math.exp(-x[P + k]);
        const slope = rest * Math.exp(-x[P + k]);
        sum -= (rest * rest) / 2 + x[P + k];
        gradient[P + k] += rest * rest - 1;
        for (let p = 0; p < P; p++) gradient[p] += slope * z[2 + k * P + p];
      }
      for (let s = 0; s < STEPS && year < N; s++) advance(theta, z);
    }
    return sum;
  },
  parameters: (x) => Array.from(x, Math.exp),
};

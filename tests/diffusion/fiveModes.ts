// A mixture in the plane of which the first coordinate is seen: its exact conditional is again a mixture.
import { FIVE_MODES } from '../../src/cli/lecture/fiveModes.js';
import { linearObservation, varianceExploding } from '../../src/index.js';

/** Five modes, of which an observation of the first coordinate leaves one to three. */
export const MIXTURE = FIVE_MODES;
export const process = varianceExploding({ sigmaMin: 0.01, sigmaMax: 50 });
export const absolute = (a: number, b: number) => Math.abs(a - b);
export const logNormal = (x: number, variance: number) =>
  -(Math.log(2 * Math.PI * variance) + (x * x) / variance) / 2;

/** The mixture given that its first coordinate was seen as y with so much noise: again a mixture; and log p(y). */
export function exactConditional(y: number, noise: number) {
  const { means, sds, weights } = MIXTURE;
  const logs = means.map(
    ([mean], k) => Math.log(weights[k]) + logNormal(y - mean, sds[k][0] ** 2 + noise ** 2),
  );
  const most = Math.max(...logs);
  const total = logs.reduce((sum, log) => sum + Math.exp(log - most), 0);
  const variances = sds.map(([sd]) => 1 / (1 / sd ** 2 + 1 / noise ** 2));
  return {
    weights: logs.map((log) => Math.exp(log - most) / total),
    means: means.map((m, k) => [variances[k] * (m[0] / sds[k][0] ** 2 + y / noise ** 2), m[1]]),
    sds: sds.map((s, k) => [Math.sqrt(variances[k]), s[1]]),
    logEvidence: most + Math.log(total),
  };
}

/** Of weighted points [n, 2]: the share of each component, and mean and variance of the first coordinate. */
export function statistics(
  { weights, means, sds }: ReturnType<typeof exactConditional>,
  x: Float32Array,
  w: (i: number) => number,
): number[] {
  const shares = weights.map(() => 0);
  let [first, second] = [0, 0];
  for (let i = 0; i < x.length / 2; i++) {
    const logs = weights.map((weight, k) =>
      [0, 1].reduce(
        (sum, d) => sum + logNormal(x[2 * i + d] - means[k][d], sds[k][d] ** 2),
        Math.log(weight),
      ),
    );
    const most = Math.max(...logs);
    const total = logs.reduce((sum, log) => sum + Math.exp(log - most), 0);
    logs.forEach((log, k) => {
      shares[k] += (w(i) * Math.exp(log - most)) / total;
    });
    first += w(i) * x[2 * i];
    second += w(i) * x[2 * i] ** 2;
  }
  return [...shares, first, second - first * first];
}

/** The same of the exact conditional. */
export function exactStatistics({ weights, means, sds }: ReturnType<typeof exactConditional>): number[] {
  const mean = weights.reduce((sum, w, k) => sum + w * means[k][0], 0);
  return [
    ...weights,
    mean,
    weights.reduce((sum, w, k) => sum + w * (sds[k][0] ** 2 + (means[k][0] - mean) ** 2), 0),
  ];
}

export const variation = (a: number[], b: number[]) =>
  [0, 1, 2, 3, 4].reduce((sum, k) => sum + Math.abs(a[k] - b[k]) / 2, 0);

/** The first coordinate, seen as y with so much noise. */
export const seen = (y: number, noise: number) =>
  linearObservation({ mask: [1, 0], observed: [y, 0], noise });

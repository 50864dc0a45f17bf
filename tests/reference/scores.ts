/** K Gaussians with diagonal covariance: means and sds [K, D], weights [K] of any positive sum. */
export interface MixtureOf {
  means: number[][];
  sds: number[][];
  weights: number[];
}

/** log of the sum of exp(terms). */
export function logSumExp(terms: number[]): number {
  const top = terms.reduce((a, b) => Math.max(a, b), -Infinity);
  if (top === -Infinity) return top;
  return top + Math.log(terms.reduce((sum, t) => sum + Math.exp(t - top), 0));
}

/** log of weight_k N(x; mean_k, diag sd_k^2) for each component [K], x [D]. */
function componentLogs({ means, sds, weights }: MixtureOf, x: number[]): number[] {
  const total = weights.reduce((a, b) => a + b, 0);
  return means.map((mean, k) => {
    let log = Math.log(weights[k] / total);
    x.forEach((xd, d) => {
      const r = (xd - mean[d]) / sds[k][d];
      log -= (r * r) / 2 + Math.log(sds[k][d]) + Math.log(2 * Math.PI) / 2;
    });
    return log;
  });
}

/** log p(x) of a mixture at one point x [D]. */
export function mixtureLogProb(mixture: MixtureOf, x: number[]): number {
  return logSumExp(componentLogs(mixture, x));
}

/** The gradient [D] of log p at one point x [D]: the components' scores by their share of p(x). */
export function mixtureScore(mixture: MixtureOf, x: number[]): number[] {
  const logs = componentLogs(mixture, x);
  const total = logSumExp(logs);
  return x.map((xd, d) => {
    let sum = 0;
    logs.forEach((log, k) => {
      const share = Math.exp(log - total);
      sum += (share * (mixture.means[k][d] - xd)) / mixture.sds[k][d] ** 2;
    });
    return sum;
  });
}

/** Points [N, D] flat with unnormalised logits [N]; -Infinity leaves a point out. */
export interface WeightedPoints {
  dim: number;
  points: ArrayLike<number>;
  logits: ArrayLike<number>;
}

/** log of weight_n exp(-|x - point_n|^2 / (2 sigma^2)) for each point [N], the weights summing to 1. */
function pointLogs({ dim, points, logits }: WeightedPoints, sigma: number, x: number[]): number[] {
  const logTotal = logSumExp(Array.from(logits));
  return Array.from(logits, (logit, n) => {
    let squares = 0;
    x.forEach((xd, d) => {
      squares += (xd - points[n * dim + d]) ** 2;
    });
    return logit - logTotal - squares / (2 * sigma * sigma);
  });
}

/** log density at x [D] of weighted points convolved with N(0, sigma^2 I). */
export function empiricalLogProb(set: WeightedPoints, sigma: number, x: number[]): number {
  return logSumExp(pointLogs(set, sigma, x)) - (set.dim / 2) * Math.log(2 * Math.PI * sigma * sigma);
}

/** The gradient [D] of empiricalLogProb at x [D]: (expected point - x) / sigma^2. */
export function empiricalScore(set: WeightedPoints, sigma: number, x: number[]): number[] {
  const logs = pointLogs(set, sigma, x);
  const total = logSumExp(logs);
  return x.map((xd, d) => {
    let sum = 0;
    logs.forEach((log, n) => {
      if (log > -Infinity) sum += Math.exp(log - total) * (set.points[n * set.dim + d] - xd);
    });
    return sum / (sigma * sigma);
  });
}

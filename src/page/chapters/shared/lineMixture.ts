// A mixture of Gaussians on the line, in closed form: what curves are drawn from. The library's `mixture` checks it.

/** Means [K], standard deviations [K] and weights [K], which add up to 1. */
export interface LineMixture {
  means: readonly number[];
  sds: readonly number[];
  weights: readonly number[];
}

const LOG_ROOT = 0.5 * Math.log(2 * Math.PI);

/** The mixture after Gaussian noise of standard deviation sigma: variances add. */
export const noisy = ({ sds, ...rest }: LineMixture, sigma: number): LineMixture => ({
  ...rest,
  sds: sds.map((sd) => Math.hypot(sd, sigma)),
});

/** log(w_k N(x; m_k, s_k^2)) for each hill. */
const logParts = ({ means, sds, weights }: LineMixture, x: number) =>
  means.map(
    (mean, k) => Math.log(weights[k]) - LOG_ROOT - Math.log(sds[k]) - 0.5 * ((x - mean) / sds[k]) ** 2,
  );

/** log p(x). */
export function logDensity(mixture: LineMixture, x: number): number {
  const parts = logParts(mixture, x);
  const top = Math.max(...parts);
  return top + Math.log(parts.reduce((sum, part) => sum + Math.exp(part - top), 0));
}

/** d log p / dx: the mean of -(x - m_k) / s_k^2 over the hills that x may have come from. */
export function lineScore(mixture: LineMixture, x: number): number {
  const parts = logParts(mixture, x);
  const top = Math.max(...parts);
  const shares = parts.map((part) => Math.exp(part - top));
  const sum = shares.reduce((total, share) => total + share, 0);
  return mixture.means.reduce(
    (score, mean, k) => score - (shares[k] / sum) * ((x - mean) / mixture.sds[k] ** 2),
    0,
  );
}

/** |E exp(-ikx)|, the size of the mixture's Fourier transform at wave number k. */
export function spectrum({ means, sds, weights }: LineMixture, k: number): number {
  let [real, imaginary] = [0, 0];
  means.forEach((mean, at) => {
    const size = weights[at] * Math.exp(-0.5 * (sds[at] * k) ** 2);
    real += size * Math.cos(k * mean);
    imaginary += size * Math.sin(k * mean);
  });
  return Math.hypot(real, imaginary);
}

/** Mean and variance. */
export function lineMoments({ means, sds, weights }: LineMixture): { mean: number; variance: number } {
  const mean = means.reduce((sum, m, k) => sum + weights[k] * m, 0);
  const variance = means.reduce((sum, m, k) => sum + weights[k] * ((m - mean) ** 2 + sds[k] ** 2), 0);
  return { mean, variance };
}

/** `count` evenly spaced numbers from `from` to `to`. */
export const spaced = (from: number, to: number, count: number) =>
  Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));

/** A mixture on the line as code: the options of the library's `mixture`. */
export const mixtureOptions = ({ means, sds, weights }: LineMixture) =>
  `{ means: [${means.map((mean) => `[${mean}]`).join(', ')}], sds: [${sds.map((sd) => `[${sd}]`).join(', ')}], weights: [${weights.join(', ')}] }`;

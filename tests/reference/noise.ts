// Empirical Bayes estimates as their formulas say it, one sum over all observations for each y, in float64.
import type { NoiseModel } from '../../src/index.js';

/** p(y) and (log p)'(y) of the mean of Gaussians of standard deviation h about the observations. */
function smoothed(observations: readonly number[], h: number, y: number): { p: number; slope: number } {
  let [p, derivative] = [0, 0];
  for (const t of observations) {
    const bell = Math.exp(-(((y - t) / h) ** 2) / 2) / (h * Math.sqrt(2 * Math.PI)) / observations.length;
    p += bell;
    derivative += (bell * (t - y)) / (h * h);
  }
  return { p, slope: derivative / p };
}

const meanOf = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;

/** The estimate before it is moved into the range of the observations. */
export function empiricalBayes(
  noise: NoiseModel,
  observations: readonly number[],
  h: number,
  y: number,
): number {
  if (noise.kind === 'poisson') {
    const count = (value: number) => observations.filter((t) => t === value).length;
    return count(y) === 0 ? y : ((y + 1) * count(y + 1)) / count(y);
  }
  if (noise.kind === 'gaussian') return y + noise.sigma ** 2 * smoothed(observations, h, y).slope;
  if (noise.kind === 'laplace') {
    const pull = observations.map((t) => Math.sign(t - y) * Math.exp(-Math.abs(t - y) / noise.scale));
    return y + meanOf(pull) / smoothed(observations, h, y).p;
  }
  const k = noise.shape;
  const above = observations.map((t) => (t > y ? t ** (1 - k) : 0));
  const p = smoothed(observations.map(Math.log), h, Math.log(y)).p / y;
  return (y ** (k - 1) * meanOf(above)) / p;
}

/** Moments of one statistic of stationary chains, with the standard error that their autocorrelation leaves. */
export interface Estimate {
  mean: number;
  /** Effective number of independent draws. */
  ess: number;
  error: number;
}

/**
 * The mean of draws [draws, chains] with its effective sample size: autocovariances averaged over the chains, about the
 * common mean, summed while the sums of neighbours are positive and fall (Geyer, "Practical Markov chain Monte Carlo", 1992).
 */
export function estimate(values: ArrayLike<number>, chains: number): Estimate {
  const n = values.length / chains;
  const total = values.length;
  let mean = 0;
  for (let i = 0; i < total; i++) mean += values[i] / total;
  const covariance = (lag: number) => {
    let sum = 0;
    for (let i = 0; i + lag * chains < total; i++)
      sum += (values[i] - mean) * (values[i + lag * chains] - mean);
    return sum / total;
  };
  const variance = covariance(0);
  let time = -1;
  let least = Infinity;
  for (let lag = 0; lag + 1 < n; lag += 2) {
    const pair = Math.min(least, (covariance(lag) + covariance(lag + 1)) / variance);
    if (!(pair > 0)) break;
    time += 2 * pair;
    least = pair;
  }
  const ess = total / Math.max(time, 1 / Math.log10(total));
  return { mean, ess, error: Math.sqrt(variance / ess) };
}

/** How far a mean is from what it should be, in its own standard errors. */
export function errors(values: ArrayLike<number>, chains: number, expected: number): number {
  const { mean, error } = estimate(values, chains);
  return Math.abs(mean - expected) / error;
}

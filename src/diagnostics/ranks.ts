import { type Chains, mapped } from './draws.js';
import { normalQuantile } from './normalQuantile.js';

/** The position of the first of `sorted` that is not below value. */
function firstAt(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A number of the rank of every value among all, from 1; equal values share the mean of their ranks. */
export function ranked(chains: Chains, change: (rank: number, total: number) => number): Chains {
  const sorted = chains.values.slice().sort();
  const changed = new Float64Array(sorted.length);
  for (let from = 0, to = 0; from < sorted.length; from = to) {
    while (to < sorted.length && sorted[to] === sorted[from]) to++;
    changed[from] = change((from + 1 + to) / 2, sorted.length);
  }
  return mapped(chains, (value) => changed[firstAt(sorted, value)]);
}

/** Rank-normalised values, z = Phi^-1((rank - 3/8) / (S + 1/4)) (Vehtari and others 2021, equation 14). */
export function normalScores(chains: Chains): Chains {
  return ranked(chains, (rank, total) => normalQuantile((rank - 3 / 8) / (total + 1 / 4)));
}

export function median(values: Float64Array): number {
  const sorted = values.slice().sort();
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/** Distances from the median of all: what R-hat needs to see chains of different spread. */
export function folded(chains: Chains): Chains {
  const middle = median(chains.values);
  return mapped(chains, (value) => Math.abs(value - middle));
}

/** The quantile of sorted values with linear interpolation (type 7 of Hyndman and Fan 1996), rounded as SciPy has it. */
export function quantileOf(sorted: Float64Array, probability: number): number {
  const { length } = sorted;
  const at = length * probability + (1 - probability);
  const below = Math.floor(Math.min(Math.max(at, 1), length - 1));
  const share = Math.min(Math.max(at - below, 0), 1);
  return (1 - share) * sorted[below - 1] + share * sorted[below];
}

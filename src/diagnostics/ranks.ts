import { type Chains, mapped } from './draws.js';
import { normalQuantile } from './normalQuantile.js';

/** Bits of one digit of the radix sort: its 2048 counters stay in the first-level cache. */
const DIGIT = 11;

/**
 * Indices of the values from the least value to the largest, equal values in their order: a radix sort of the float64s' bits.
 * High and low words are sorted along with the indices, so that memory is read in order. For a million ranks it is several
 * times faster than to sort the values and then search for each.
 */
function ascending(values: Float64Array): Uint32Array {
  const { length } = values;
  const bits = new Uint32Array(values.slice().buffer);
  const make = () => [0, 1, 2].map(() => new Uint32Array(length));
  let [low, high, from] = make();
  let [lowTo, highTo, to] = make();
  for (let i = 0; i < length; i++) {
    // With the sign bit of positive floats and all bits of negative ones inverted, floats are ordered as their bits are.
    const top = values[i] === 0 ? 0 : bits[2 * i + 1]; // -0 is 0
    const turned = top >> 31;
    low[i] = bits[2 * i] ^ turned;
    high[i] = top ^ (turned | 0x80000000);
    from[i] = i;
  }
  const ends = new Uint32Array(1 << DIGIT);
  const mask = ends.length - 1;
  for (let pass = 0; pass < 6; pass++) {
    const shift = (pass % 3) * DIGIT;
    const word = pass < 3 ? low : high;
    ends.fill(0);
    for (let i = 0; i < length; i++) ends[(word[i] >>> shift) & mask]++;
    // All values have the same digit, as the low digits of float32s do, which are zero.
    if (ends[(word[0] >>> shift) & mask] === length) continue;
    for (let d = 1; d < ends.length; d++) ends[d] += ends[d - 1];
    for (let i = length - 1; i >= 0; i--) {
      const at = --ends[(word[i] >>> shift) & mask];
      lowTo[at] = low[i];
      highTo[at] = high[i];
      to[at] = from[i];
    }
    [low, high, from, lowTo, highTo, to] = [lowTo, highTo, to, low, high, from];
  }
  return from;
}

/** A sorted copy of the values. */
export const sorted = (values: Float64Array): Float64Array => values.slice().sort();

/**
 * change(rank, total) for every value: its rank among the values of all chains, from 1; equal values share the mean of their
 * ranks.
 */
export function ranked({ values, length }: Chains, change: (rank: number, total: number) => number): Chains {
  const order = ascending(values);
  const total = order.length;
  const out = new Float64Array(total);
  for (let first = 0, end = 0; first < total; first = end) {
    while (end < total && values[order[end]] === values[order[first]]) end++;
    const changed = change((first + 1 + end) / 2, total);
    for (let i = first; i < end; i++) out[order[i]] = changed;
  }
  return { values: out, length };
}

/** Rank-normalised values, z = Phi^-1((rank - 3/8) / (S + 1/4)) (Vehtari and others 2021, equation 14). */
export function normalScores(chains: Chains): Chains {
  return ranked(chains, (rank, total) => normalQuantile((rank - 3 / 8) / (total + 1 / 4)));
}

/** The median of all values. */
export function median(values: Float64Array): number {
  const inOrder = sorted(values);
  return (inOrder[(values.length - 1) >> 1] + inOrder[values.length >> 1]) / 2;
}

/** Distances of all values from their median: by these, R-hat sees chains of different spread. */
export function folded(chains: Chains): Chains {
  const middle = median(chains.values);
  return mapped(chains, (value) => Math.abs(value - middle));
}

/** The quantile of sorted values with linear interpolation (type 7 of Hyndman and Fan 1996), rounded as SciPy has it. */
export function quantileOf(inOrder: Float64Array, probability: number): number {
  const { length } = inOrder;
  const at = length * probability + (1 - probability);
  const below = Math.floor(Math.min(Math.max(at, 1), length - 1));
  const share = Math.min(Math.max(at - below, 0), 1);
  return (1 - share) * inOrder[below - 1] + share * inOrder[below];
}

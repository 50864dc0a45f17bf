import { square } from '../core/elementary.js';
import type { Chains } from './draws.js';

/**
 * The mean: the sum from the first value to the last, divided by how many there are. Of equal values it is that value, which
 * the rounded sum would miss: what stands still has no variance.
 */
export function mean(values: Float64Array): number {
  let sum = 0;
  let isFlat = true;
  for (let i = 0; i < values.length; i++) {
    sum += values[i];
    isFlat &&= values[i] === values[0];
  }
  return isFlat && values.length > 0 ? values[0] : sum / values.length;
}

/** The sum of squared differences from the mean. */
export function squares(values: Float64Array): number {
  const middle = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += square(values[i] - middle);
  return sum;
}

/** The unbiased variance: NaN of fewer than two values. */
export const variance = (values: Float64Array): number => squares(values) / (values.length - 1);

/** One number for each chain: [chains]. */
export function byChain({ values, length }: Chains, number: (chain: Float64Array) => number): Float64Array {
  return Float64Array.from({ length: values.length / length }, (_, chain) =>
    number(values.subarray(chain * length, (chain + 1) * length)),
  );
}

/** The largest value less the smallest. */
export function range(values: Float64Array): number {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    if (values[i] < low) low = values[i];
    if (values[i] > high) high = values[i];
  }
  return high - low;
}

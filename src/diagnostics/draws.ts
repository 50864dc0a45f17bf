import { finite, integer, show } from '../core/check.js';

/** Positions of chains as the `path` of a sampler holds them: [draws, chains, dim]. */
export type Draws = Float32Array | Float64Array;

/** How an array of draws is laid out: [draws, chains, dim]. */
export interface DrawsShape {
  /** Chains side by side. Default: 1. */
  chains?: number;
  /** Coordinates of a position. Default: 1. */
  dim?: number;
}

/** The shape of checked draws. */
export interface Shape {
  /** Draws of each chain. */
  length: number;
  chains: number;
  dim: number;
}

/** Some chains of one number, one after the other: `values` [chains, length] in float64. */
export interface Chains {
  readonly values: Float64Array;
  readonly length: number;
}

/** Draws a chain must have for its halves to have a variance and a lag, as ArviZ asks. */
export const LEAST_DRAWS = 4;

function checkArray(caller: string, name: string, values: Draws): void {
  if (!(values instanceof Float32Array || values instanceof Float64Array)) {
    throw new TypeError(`${caller}: ${name} must be a Float32Array or a Float64Array, got ${show(values)}`);
  }
}

/**
 * Checks draws [draws, chains, dim] and gives their shape.
 *
 * @throws TypeError for another type of array; RangeError when the length is not a multiple of chains x dim, when
 *   there are fewer than `least` draws a chain, or when one is not finite.
 */
export function checkDraws(
  caller: string,
  draws: Draws,
  { chains = 1, dim = 1 }: DrawsShape,
  { name = 'draws', least = LEAST_DRAWS } = {},
): Shape {
  checkArray(caller, name, draws);
  integer(caller, 'chains', chains);
  integer(caller, 'dim', dim);
  if (draws.length % (chains * dim) !== 0) {
    throw new RangeError(
      `${caller}: ${name} must hold whole draws of ${chains} chains x ${dim} coordinates, got ${draws.length} numbers`,
    );
  }
  const length = draws.length / (chains * dim);
  if (length < least) {
    throw new RangeError(`${caller}: ${name} must hold at least ${least} draws a chain, got ${length}`);
  }
  finite(caller, name, draws);
  return { length, chains, dim };
}

/** Coordinate `at` of all chains, one chain after the other. */
export function coordinate(draws: Draws, { length, chains, dim }: Shape, at: number): Chains {
  const values = new Float64Array(chains * length);
  for (let chain = 0; chain < chains; chain++) {
    for (let t = 0; t < length; t++) values[chain * length + t] = draws[(t * chains + chain) * dim + at];
  }
  return { values, length };
}

/** One number a coordinate: [dim]. */
export function byCoordinate(draws: Draws, shape: Shape, number: (chains: Chains) => number): Float64Array {
  return Float64Array.from({ length: shape.dim }, (_, at) => number(coordinate(draws, shape, at)));
}

/** The first and the second half of every chain, each as a chain; of an odd number the middle draw is left out. */
export function split({ values, length }: Chains): Chains {
  const half = Math.floor(length / 2);
  const out = new Float64Array((values.length / length) * 2 * half);
  for (let from = 0, to = 0; from < values.length; from += length, to += 2 * half) {
    out.set(values.subarray(from, from + half), to);
    out.set(values.subarray(from + length - half, from + length), to + half);
  }
  return { values: out, length: half };
}

/** The same chains with every value replaced. */
export function mapped({ values, length }: Chains, change: (value: number) => number): Chains {
  return { values: values.map(change), length };
}

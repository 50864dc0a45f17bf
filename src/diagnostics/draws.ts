import { finite, integer, show } from '../core/check.js';

/** Positions of chains as the `path` of a sampler holds them: [draws, chains, dim]. */
export type Draws = Float32Array | Float64Array;

/** The shape of an array of draws [draws, chains, dim]; the number of draws follows from its length. */
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

/** One coordinate of several chains: `values` [chains, length] in float64, `length` draws of each chain. */
export interface Chains {
  readonly values: Float64Array;
  readonly length: number;
}

/** Least draws of a chain, as in ArviZ: each half then has a variance and an autocovariance at lag 1. */
export const LEAST_DRAWS = 4;

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
  if (!(draws instanceof Float32Array || draws instanceof Float64Array)) {
    throw new TypeError(`${caller}: ${name} must be a Float32Array or a Float64Array, got ${show(draws)}`);
  }
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

/** Coordinate `at` of all chains. */
export function coordinate(draws: Draws, { length, chains, dim }: Shape, at: number): Chains {
  const values = new Float64Array(chains * length);
  for (let chain = 0; chain < chains; chain++) {
    for (let t = 0; t < length; t++) values[chain * length + t] = draws[(t * chains + chain) * dim + at];
  }
  return { values, length };
}

/** One number for each coordinate: [dim]. */
export function byCoordinate(draws: Draws, shape: Shape, number: (chains: Chains) => number): Float64Array {
  return Float64Array.from({ length: shape.dim }, (_, at) => number(coordinate(draws, shape, at)));
}

/** The halves of every chain as chains of their own; of an odd number of draws the middle one is left out. */
export function split({ values, length }: Chains): Chains {
  const half = Math.floor(length / 2);
  const out = new Float64Array((values.length / length) * 2 * half);
  for (let from = 0, to = 0; from < values.length; from += length, to += 2 * half) {
    out.set(values.subarray(from, from + half), to);
    out.set(values.subarray(from + length - half, from + length), to + half);
  }
  return { values: out, length: half };
}

/** The chains of change(value) for every value. */
export function mapped({ values, length }: Chains, change: (value: number) => number): Chains {
  return { values: values.map(change), length };
}

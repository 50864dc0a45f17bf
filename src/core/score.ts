import type { Core } from './instantiate.js';

/** Something that has a score, the gradient of a log-density: rows of `x` are points, [n, dim]. */
export interface Score {
  readonly core: Core;
  readonly dim: number;
  /** The scores of `x` [n, dim], written to `out` [n, dim] when given; returns the array written. */
  score(x: Float32Array, out?: Float32Array): Float32Array;
  /** Frees what was taken from the core's memory. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** A score whose log-density is known too. */
export interface Density extends Score {
  /** log p(x) of the rows of `x` [n, dim]: [n]. */
  logProb(x: Float32Array): Float32Array;
  /** p(x) of the rows of `x` [n, dim]: [n]. */
  prob(x: Float32Array): Float32Array;
}

/** A distribution over finitely many points: a picture, a data set. */
export interface PointSet {
  readonly dim: number;
  /** [N, dim] */
  readonly points: Float32Array;
  /** [N]: log-probabilities up to a common constant; -Infinity is a point that is never drawn. */
  readonly logits: Float32Array;
}

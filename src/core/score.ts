import type { Core } from './instantiate.js';

/** Something that has a score, the gradient of a log-density. Points are the rows of `x` [n, dim]. */
export interface Score {
  /** The core it computes on. */
  readonly core: Core;
  /** Coordinates of a point, D. */
  readonly dim: number;
  /** The scores of the rows of `x` [n, dim], in `out` [n, dim] where it is given, else in a new array. */
  score(x: Float32Array, out?: Float32Array): Float32Array;
  /** Frees its memory in the core. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** A score with its log-density. */
export interface Density extends Score {
  /** log p(x) of the rows of `x` [n, dim]: [n]; of a learned energy, plus a constant. */
  logProb(x: Float32Array): Float32Array;
  /** log p(x) with float64's digits, where they are known: samplers accept by differences, which float32 loses of large ones. */
  logProb64?(x: Float32Array): Float64Array;
  /** p(x) of the rows of `x` [n, dim]: [n]; of a learned energy, times a constant. */
  prob(x: Float32Array): Float32Array;
}

/** Estimates the clean point x behind y = x + sigma noise; rows are points, [n, dim]. */
export interface Denoiser {
  /** The core it computes on. */
  readonly core: Core;
  /** Coordinates of a point. */
  readonly dim: number;
  /** Estimates for the rows of `y` [n, dim], in `out` [n, dim] where it is given, else in a new array. */
  denoise(y: Float32Array, out?: Float32Array): Float32Array;
  /** Frees its memory in the core, where it has any of its own. */
  dispose?(): void;
}

/** A distribution over finitely many points, such as a picture or a data set. */
export interface PointSet {
  /** Coordinates of a point, D. */
  readonly dim: number;
  /** The points, [N, dim]. */
  readonly points: Float32Array;
  /** Log-probabilities up to a common constant, [N]; a point with -Infinity is never drawn. */
  readonly logits: Float32Array;
}

import { finite, positive, show } from '../core/check.js';
import { square } from '../core/elementary.js';
import { scoresAt } from '../core/ownFunctions.js';
import { pacer } from '../core/pause.js';
import type { Score } from '../core/score.js';

/** Options of {@link steinDiscrepancy}. */
export interface SteinOptions {
  /** c of the kernel, in units of the samples. Default: 1. */
  scale?: number;
  /** Stops the run when aborted: the generator throws its reason. */
  signal?: AbortSignal;
}

/** The squared kernel Stein discrepancy, estimated in two ways, and its root. */
export interface SteinDiscrepancy {
  /** The V-statistic: the mean of k0 over all pairs of samples, each with itself too; never negative. */
  v: number;
  /** The U-statistic: the mean over pairs of different samples, without bias; around 0 for samples of the score. */
  u: number;
  /** sqrt(v) */
  discrepancy: number;
}

/** Pairs between two looks at the clock. */
const PAIRS_PER_LOOK = 2 ** 14;

/**
 * The kernel Stein discrepancy of samples from the distribution whose score is given, with the inverse multiquadric
 * kernel k(x, y) = (c^2 + |x - y|^2)^(-1/2), which also sees mass that escapes to infinity. With r = x - y,
 * q = c^2 + |r|^2 and scores s,
 *
 *   k0(x, y) = s(x).s(y) q^(-1/2) + (s(x) - s(y)).r q^(-3/2) + dim q^(-3/2) - 3 |r|^2 q^(-5/2),
 *
 * the Stein operator applied to both arguments of k. No normalising constant is needed, nor samples of the truth; but
 * it hardly sees how modes far apart share their mass. Time n^2 dim; yields to the event loop about every 12 ms.
 * Sources: Liu, Lee and Jordan 2016, equations 6 and 14; Gorham and Mackey 2017, theorem 8 (beta = -1/2).
 *
 * @param samples [n, dim], at least 2; of a `path` all chains together
 * @param score of the distribution that the points should have
 * @throws TypeError for another type of array, RangeError on a wrong length, samples or scores that are not finite,
 *   or a bad scale; the signal's reason when aborted
 */
export async function steinDiscrepancy(
  score: Score,
  samples: Float32Array,
  { scale = 1, signal }: SteinOptions = {},
): Promise<SteinDiscrepancy> {
  if (!(samples instanceof Float32Array)) {
    throw new TypeError(`steinDiscrepancy: samples must be a Float32Array, got ${show(samples)}`);
  }
  const { dim } = score;
  const n = samples.length / dim;
  if (!Number.isInteger(n) || n < 2) {
    throw new RangeError(
      `steinDiscrepancy: samples must hold at least 2 points of ${dim} coordinates, got ${samples.length} numbers`,
    );
  }
  finite('steinDiscrepancy', 'samples', samples);
  positive('steinDiscrepancy', 'scale', scale);
  const x = Float64Array.from(samples);
  const s = Float64Array.from(scoresAt(score, samples));
  finite('steinDiscrepancy', 'scores', s);
  let diagonal = 0;
  let above = 0;
  let pairs = 0;
  const pauseWhenDue = pacer();
  for (let i = 0; i < n; i++) {
    signal?.throwIfAborted();
    diagonal += pairTerm(x, s, i, i, dim, scale);
    for (let j = i + 1; j < n; j++) above += pairTerm(x, s, i, j, dim, scale);
    pairs += n - i;
    if (pairs < PAIRS_PER_LOOK) continue;
    pairs = 0;
    await pauseWhenDue();
  }
  const v = (diagonal + 2 * above) / square(n);
  // v is a sum of squares in exact arithmetic; rounding may leave it below zero.
  return { v, u: (2 * above) / (n * (n - 1)), discrepancy: Math.sqrt(Math.max(v, 0)) };
}

/** k0 of samples i and j. x: samples [n, dim]; s: their scores [n, dim]. */
function pairTerm(
  x: Float64Array,
  s: Float64Array,
  i: number,
  j: number,
  dim: number,
  scale: number,
): number {
  let scores = 0;
  let across = 0;
  let square = 0;
  for (let k = 0; k < dim; k++) {
    const [a, b] = [i * dim + k, j * dim + k];
    const r = x[a] - x[b];
    scores += s[a] * s[b];
    across += (s[a] - s[b]) * r;
    square += r * r;
  }
  const q = scale * scale + square;
  return (scores + (across + dim - (3 * square) / q) / q) / Math.sqrt(q);
}

import { finite, integer, points as pointsOf, scale, show } from '../core/check.js';
import { square } from '../core/elementary.js';
import { cleanOf } from '../core/ownFunctions.js';
import { pacer } from '../core/pause.js';
import { type DrawOptions, type Key, key as keyOf, normal, split } from '../core/random.js';
import type { Denoiser } from '../core/score.js';

/** Options of {@link heldOutErrors}. */
export interface HeldOutOptions extends DrawOptions {
  /** Noise levels to compare at. */
  sigmas: readonly number[];
  /** The denoisers of a noise level, by name. They are disposed of when their errors are known. */
  denoisers: (sigma: number) => Record<string, Denoiser>;
  /** Default: key(0). */
  key?: Key;
  /** Stops the run when aborted: the generator throws its reason. */
  signal?: AbortSignal;
}

/** Errors at one noise level. */
export interface HeldOutErrors {
  /** The standard deviation of the noise. */
  sigma: number;
  /** Mean squared error a coordinate, by the name of the denoiser. */
  errors: Record<string, number>;
}

/** Numbers a chunk, and its least number of points: `denoise` cannot be interrupted. */
const CHUNK = { numbers: 32_768, points: 32 };

/**
 * Compares denoisers on points that they have never seen. At each sigma, every one is given the same noisy points
 * y = x + sigma z, and its error is the mean over points and coordinates of (xhat(y) - x)^2.
 *
 * At number i of `sigmas`, z = normal(keys[i], [n, dim]) with keys = split(key, sigmas.length): a denoiser that is left out or
 * added changes no other's numbers.
 *
 * @param points the clean points, [n, dim]
 * @throws RangeError unless points are one or more whole ones of finite numbers, sigmas are positive and denoisers have their
 *   dim; TypeError on a bad key or layout, or what is no denoiser; the signal's reason when aborted
 */
export async function* heldOutErrors(
  points: { dim: number; points: Float32Array },
  options: HeldOutOptions,
): AsyncGenerator<HeldOutErrors, void, void> {
  for await (const { sigma, names, sums } of heldOutSums(points, options))
    yield { sigma, errors: meanErrors(names, sums, points.points.length) };
}

/** Squared errors at one noise level. */
export interface HeldOutSums {
  sigma: number;
  names: string[];
  /** Of each chunk of the points the sum of squared errors, by denoiser: [chunks][names]. */
  sums: number[][];
}

/** Errors from the sums of all chunks of points of so many numbers. */
export function meanErrors(names: readonly string[], sums: readonly number[][], numbers: number) {
  const totals = names.map((_, at) => sums.reduce((total, row) => total + row[at], 0));
  return Object.fromEntries(names.map((name, at) => [name, totals[at] / numbers]));
}

/** Chunks of n points of `dim` coordinates: what is denoised at once. */
export function heldOutChunks(n: number, dim: number): number {
  return Math.ceil(n / chunkOf(dim));
}

/** Points of a chunk. */
function chunkOf(dim: number): number {
  return Math.max(CHUNK.points, Math.ceil(CHUNK.numbers / dim));
}

/**
 * The sums that {@link heldOutErrors} divides, chunk by chunk.
 *
 * @param range the first of the chunks to do, counted through all levels, and the one after the last. Default: all
 */
export async function* heldOutSums(
  { dim, points }: { dim: number; points: Float32Array },
  { sigmas, denoisers, key = keyOf(0), layout = 'original', signal }: HeldOutOptions,
  [first, end]: readonly [number, number] = [0, Infinity],
): AsyncGenerator<HeldOutSums, void, void> {
  integer('heldOutErrors', 'points.dim', dim);
  const n = pointsOf('heldOutErrors', 'points.points', points, dim);
  if (n === 0) throw new RangeError('heldOutErrors: points must be one or more, got none');
  finite('heldOutErrors', 'points.points', points);
  if (sigmas.length === 0) throw new RangeError('heldOutErrors: sigmas must be one or more, got none');
  for (const sigma of sigmas) scale('heldOutErrors', 'sigmas', sigma);
  const keys = split(key, sigmas.length, { layout });
  const paced = pacer();
  const chunks = heldOutChunks(n, dim);
  for (const [i, sigma] of sigmas.entries()) {
    if ((i + 1) * chunks <= first || i * chunks >= end) continue;
    signal?.throwIfAborted();
    const entries = Object.entries(denoisers(sigma));
    try {
      checkDenoisers(entries, dim);
      await paced();
      const z = normal(entries[0][1].core, keys[i], [n, dim], { layout });
      const sums: number[][] = [];
      const chunk = dim * chunkOf(dim);
      for (let c = Math.max(0, first - i * chunks); c < Math.min(chunks, end - i * chunks); c++) {
        const from = c * chunk;
        const x = points.subarray(from, from + chunk);
        const y = x.map((clean, at) => clean + sigma * z[from + at]);
        const row: number[] = [];
        for (const [, denoiser] of entries) {
          row.push(squaredError(cleanOf(denoiser, y), x));
          await paced();
          signal?.throwIfAborted();
        }
        sums.push(row);
      }
      yield { sigma, names: entries.map(([name]) => name), sums };
    } finally {
      for (const denoiser of new Set(entries.map(([, denoiser]) => denoiser))) denoiser?.dispose?.();
    }
  }
}

/** @throws TypeError or RangeError unless they are denoisers of points of `dim` coordinates. */
function checkDenoisers(entries: [string, Denoiser][], dim: number): void {
  if (entries.length === 0)
    throw new RangeError('heldOutErrors: denoisers must give one or more denoisers, got none');
  for (const [name, denoiser] of entries) {
    if (typeof denoiser?.denoise !== 'function')
      throw new TypeError(
        `heldOutErrors: denoisers must have a method denoise(y), got ${show(denoiser)} for ${show(name)}`,
      );
    if (denoiser.dim !== dim)
      throw new RangeError(
        `heldOutErrors: denoisers must be of points of ${dim} coordinates, got ${denoiser.dim} for ${show(name)}`,
      );
  }
}

/** Sum of (a_i - b_i)^2. */
function squaredError(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < b.length; i++) sum += square(a[i] - b[i]);
  return sum;
}

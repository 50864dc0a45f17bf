import { integer, scale, show } from '../core/check.js';
import { square } from '../core/elementary.js';
import type { Core } from '../core/instantiate.js';
import { scoresAt } from '../core/ownFunctions.js';
import { pacer } from '../core/pause.js';
import { type DrawOptions, type Key, key as keyOf, normal, split } from '../core/random.js';
import type { Score } from '../core/score.js';
import { type ImageSet, imageDim, imageRows } from '../data/imageSet.js';
import { LocalScore } from '../densities/local.js';
import { localData } from '../densities/localData.js';
import { checkFamily, type ScoreFamily, scoreOfFamily } from './family.js';
import { checkSize, type PatchRange, type PatchSchedule } from './patches.js';

/** Options of {@link calibratePatches}. */
export interface CalibrateOptions extends DrawOptions {
  /** Noise levels to compare at, rising. */
  sigmas: readonly number[];
  /** Sizes of patches to compare: odd, or Infinity for the whole picture. */
  sizes: readonly number[];
  /** Scores to come near to, such as a trained network's. Left out, the estimates come near to the held-out images themselves. */
  towards?: ScoreFamily;
  /** Default: key(0). */
  key?: Key;
  /** Stops the run when aborted: the generator throws its reason. */
  signal?: AbortSignal;
}

/** What {@link calibratePatches} found. */
export interface PatchCalibration {
  /** The size of the least error at each noise level, for {@link localScores}: from one level to the next, up to their geometric mean. */
  patches: PatchSchedule;
  /** Mean squared errors a coordinate, [sigmas][sizes]. */
  errors: number[][];
}

/** Images that one call denoises, which cannot be interrupted. */
const CHUNK = 8;

/**
 * Finds by noise level the size of patches whose estimates are nearest to held-out images, or to those of other scores. At number i of
 * `sigmas` each size is given the same y = x + sigma z, z = normal(keys[i], [n, dim]) with keys = split(key, sigmas.length), and its
 * error is the mean of (xhat(y) - x)^2, or of (xhat(y) - y - sigma^2 s(y))^2 with the scores s of `towards`.
 *
 * @param core the core that `loadCore` gave
 * @param data images that the patches come from
 * @param heldOut other images of the same size, which the estimates are compared with
 * @throws RangeError (rejection) unless sigmas rise and are one or more, sizes are odd or Infinity and one or more, and held-out images
 *   and `towards` have the data's dimension; the signal's reason when aborted
 */
export async function calibratePatches(
  core: Core,
  data: ImageSet,
  heldOut: ImageSet,
  { sigmas, sizes, towards, key = keyOf(0), layout = 'original', signal }: CalibrateOptions,
): Promise<PatchCalibration> {
  const caller = 'calibratePatches';
  checkLists(caller, sigmas, sizes);
  integer(caller, 'data.count', data?.count);
  if (towards) checkFamily(caller, towards);
  const dim = imageDim(data);
  integer(caller, 'heldOut.count', heldOut?.count);
  for (const [name, other] of Object.entries({ heldOut: imageDim(heldOut), towards: towards?.dim ?? dim }))
    if (other !== dim)
      throw new RangeError(`${caller}: ${name} must have the data's ${dim} coordinates, got ${other}`);
  const x = imageRows(heldOut);
  const keys = split(key, sigmas.length, { layout });
  const paced = pacer();
  const errors: number[][] = [];
  const local = new LocalScore(core, localData(data), { sigma: sigmas[0], size: sizes[0], reach: 0 });
  /** Mean squared error of each size at the i-th noise. */
  const errorsAt = async (i: number, sigma: number, other: Score | undefined) => {
    const z = normal(core, keys[i], [heldOut.count, dim], { layout });
    const sums = sizes.map(() => 0);
    for (let from = 0; from < x.length; from += CHUNK * dim) {
      const clean = x.subarray(from, from + CHUNK * dim);
      const y = clean.map((v, at) => v + sigma * z[from + at]);
      // What sigma^2 score should be.
      const want = other ? scoresAt(other, y).map((s) => sigma * sigma * s) : y.map((v, at) => clean[at] - v);
      for (const [at, size] of sizes.entries()) {
        local.set(sigma, size);
        const s = local.score(y);
        sums[at] += s.reduce((sum, v, j) => sum + square(sigma * sigma * v - want[j]), 0);
        await paced();
        signal?.throwIfAborted();
      }
    }
    return sums.map((sum) => sum / x.length);
  };
  try {
    for (const [i, sigma] of sigmas.entries()) {
      const other = towards && scoreOfFamily(towards, sigma);
      try {
        errors.push(await errorsAt(i, sigma, other));
      } finally {
        other?.dispose();
      }
    }
  } finally {
    local.dispose();
  }
  return {
    patches: rangesOf(
      sigmas,
      errors.map((row) => sizes[row.indexOf(Math.min(...row))]),
    ),
    errors,
  };
}

/** @throws RangeError unless both are lists as options say. */
function checkLists(caller: string, sigmas: readonly number[], sizes: readonly number[]): void {
  for (const [name, list] of Object.entries({ sigmas, sizes }))
    if (!Array.isArray(list) || list.length === 0)
      throw new RangeError(`${caller}: ${name} must be a list of one or more numbers, got ${show(list)}`);
  for (const [i, sigma] of sigmas.entries()) {
    scale(caller, 'sigmas', sigma);
    if (i > 0 && sigma <= sigmas[i - 1])
      throw new RangeError(`${caller}: sigmas must rise, got ${sigma} after ${sigmas[i - 1]}`);
  }
  for (const size of sizes) checkSize(caller, 'sizes', size);
}

/** Ranges of noise with the sizes that are best at some sigmas. */
function rangesOf(sigmas: readonly number[], best: readonly number[]): PatchRange[] {
  return best.flatMap((size, i) => {
    if (i + 1 < best.length && best[i + 1] === size) return [];
    return [{ below: i + 1 < best.length ? Math.sqrt(sigmas[i] * sigmas[i + 1]) : Infinity, size }];
  });
}

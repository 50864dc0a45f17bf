import { integer, scale, show } from '../core/check.js';
import type { FusedScore, OpenScore } from '../core/fusedScore.js';
import type { Core } from '../core/instantiate.js';
import { type ImageSet, imageDim, imagePoints } from '../data/imageSet.js';
import { LocalScore, localNumbers } from '../densities/local.js';
import { type LocalData, localData } from '../densities/localData.js';
import { FusedFamily, type Moments, momentsOf, openOwn, type ScoreFamily } from './family.js';
import { PATCHES, type PatchSchedule, scheduleOf, sizeAt } from './patches.js';

/** Options of {@link localScores}. */
export interface LocalScoresOptions {
  /**
   * Pixels of a patch's side, odd, Infinity for the whole picture, or such sizes by noise level. Default: from 3 below sigma 0.15 to
   * the whole picture from 3 on, measured on handwritten digits; {@link calibratePatches} finds them for other pictures.
   */
  patch?: number | PatchSchedule;
  /**
   * By how many pixels, up, down and sideways, a patch of the data may be from the place of the pixel. 0: the same place. Infinity:
   * anywhere. The time of a score grows with (2 reach + 1)^2, up to four times the number of pixels. Default: 0.
   */
  reach?: number;
}

/** Most numbers in all images: those of 1 GiB. */
const MOST_NUMBERS = 2 ** 28;

class LocalScores extends FusedFamily {
  readonly core: Core;
  readonly dim: number;
  readonly moments: Moments;
  readonly #data: LocalData;
  readonly #schedule: PatchSchedule;
  readonly #reach: number;

  constructor(core: Core, data: ImageSet, { patch = PATCHES, reach = 0 }: LocalScoresOptions) {
    super();
    this.core = core;
    this.#schedule = scheduleOf('localScores', patch);
    this.#reach = reachOf(data, reach);
    this.dim = imageDim(data);
    // Beyond, the sizes of WebAssembly wrap around.
    if (data.count * this.dim > MOST_NUMBERS)
      throw new RangeError(
        `localScores: data must have at most ${MOST_NUMBERS} numbers, got ${data.count} images of ${this.dim}; take fewer images`,
      );
    const { height, width, channels, count } = data;
    // Bytes of scratch, about: of panels and their spans, of spans a row, and of background.
    const own =
      8 * height * width * (20 * channels + 36) +
      32 * width * (2 * Math.max(height, width) + 1) +
      4 * height * width +
      4 * height * Math.ceil(count / 8);
    if (own > 2 ** 31 || Math.max(height, width) > 65_535)
      throw new RangeError(
        `localScores: data must have smaller pictures, got ${height} x ${width}; scale them down, or cut them up`,
      );
    this.#data = localData(data);
    this.moments = momentsOf(imagePoints(data));
  }

  at(sigma: number): FusedScore {
    scale('localScores.at', 'sigma', sigma);
    const size = sizeAt(this.#schedule, sigma);
    return new LocalScore(this.core, this.#data, { sigma, size, reach: this.#reach });
  }

  open(rooms: number): OpenScore {
    return openOwn(this.at(1) as LocalScore, rooms);
  }

  noise(sigma: number): number[] {
    return localNumbers(this.#data.images, sigma, sizeAt(this.#schedule, sigma));
  }
}

/** The reach in pixels. @throws RangeError unless it is an integer >= 0 or Infinity */
function reachOf({ height, width }: ImageSet, reach: number): number {
  const most = Math.max(height, width) - 1;
  if (reach === Infinity) return most;
  if (!(Number.isSafeInteger(reach) && reach >= 0))
    throw new RangeError(
      `localScores: reach must be an integer of at least 0, or Infinity for anywhere, got ${show(reach)}`,
    );
  return Math.min(reach, most);
}

/**
 * The local scores of a set of images under noise: the posterior mean of each pixel as if the patch around it were all that is known of
 * the noisy picture y, and all pixels of the data at its place all that there is,
 *
 *   score(y)[p] = sum_i w_i (x_i[p] - y[p]) / sigma^2,   w_i = softmax_i(-|x_i[patch of p] - y[patch of p]|^2 / (2 sigma^2)).
 *
 * Of the whole picture it is the exact score of the data, whose samples are copies; of smaller patches it puts pieces of different
 * images together, which makes new ones without training (Kamb and Ganguli, "An analytic theory of creativity in convolutional
 * diffusion models", 2025: the local score machine; with a reach of Infinity the equivariant one). Channels are summed within a patch.
 * At the edge a patch is what of it lies in the picture; one that is moved is compared where all of it lies in the data's picture.
 *
 * It is no gradient of a log-density, so it has none. `data` must not change meanwhile.
 *
 * @param core the core that `loadCore` gave
 * @param data images, whose patches the scores are made of
 * @throws RangeError unless sizes are odd positive integers or Infinity, ranges rise and end at Infinity, the reach is an integer of at
 *   least 0 or Infinity, and data are one or more images of at most 2^28 numbers
 */
export function localScores(
  core: Core,
  data: ImageSet,
  options: LocalScoresOptions = {},
): ScoreFamily<FusedScore> {
  integer('localScores', 'data.count', data?.count);
  return new LocalScores(core, data, options);
}

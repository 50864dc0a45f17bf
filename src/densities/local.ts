import { LANES } from '../abi/panels.js';
import { LOCAL } from '../abi/scores.js';
import { FusedScore } from '../core/fusedScore.js';
import type { Core } from '../core/instantiate.js';
import { type ImageSet, imageDim, imageRows } from '../data/imageSet.js';

/** Surplus pictures of the last tile: so far away that the square of a difference is infinite in float32. */
const FAR = 3e19;

/** The local score of a set of images at one noise level, see {@link localScores}. */
export class LocalScore extends FusedScore {
  readonly sigma: number;

  /** @param reach pixels; size: of patches */
  constructor(core: Core, data: ImageSet, { sigma, size, reach }: LocalOptions) {
    const { wasm } = core;
    const { height, width, channels, count } = data;
    // Weights below e^-16 / count of the largest change a sum of all by less than float32's rounding.
    const depth = 16 + Math.log(count * (2 * reach + 1) ** 2);
    const header = (at: number) => wasm.localHeader(at, height, width, channels, count, reach, depth);
    const own = wasm.localOwn(height, width, channels);
    super(
      core,
      imageDim(data),
      LOCAL,
      header(0),
      (at) => write(core, data, at, header, { sigma, size }),
      own,
    );
    this.sigma = sigma;
  }
}

export interface LocalOptions {
  sigma: number;
  size: number;
  reach: number;
}

/** Writes a descriptor: pictures stand in tiles, as places do in panels. */
function write(
  core: Core,
  data: ImageSet,
  at: number,
  header: (at: number) => number,
  { sigma, size }: Omit<LocalOptions, 'reach'>,
): void {
  const { wasm, memory } = core;
  const dim = imageDim(data);
  header(at);
  const tiles = wasm.localPictures(at);
  const rows = memory.take(4 * LANES * dim);
  for (let first = 0; first < data.count; first += LANES) {
    const count = Math.min(LANES, data.count - first);
    const indices = Array.from({ length: count }, (_, i) => first + i);
    imageRows(data, indices, memory.f32(rows, count * dim));
    memory.f32(rows + 4 * count * dim, (LANES - count) * dim).fill(FAR);
    wasm.toPanels(rows, LANES, dim, tiles + 4 * first * dim);
  }
  memory.give(rows);
  const [precision, radius] = localNumbers(data, sigma, size);
  wasm.localNoise(at, precision, radius);
}

/** Arguments of `localNoise`: 1 / sigma^2, and the radius of patches, below 0 where they are the whole picture from everywhere. */
export function localNumbers(
  { height, width }: ImageSet,
  sigma: number,
  size: number,
): [precision: number, radius: number] {
  const isWhole = size >= 2 * Math.max(height, width) - 1;
  return [1 / sigma ** 2, isWhole ? -1 : (size - 1) / 2];
}

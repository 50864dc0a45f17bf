import { LANES } from '../abi/panels.js';
import { LOCAL } from '../abi/scores.js';
import { log, square } from '../core/elementary.js';
import { FusedScore } from '../core/fusedScore.js';
import type { Core } from '../core/instantiate.js';
import { type ImageSet, imageDim, imageRows } from '../data/imageSet.js';
import type { LocalData } from './localData.js';

/** Surplus pictures of a tile: so far away that the square of a difference is infinite in float32. */
const FAR = 3e19;

export interface LocalOptions {
  sigma: number;
  /** Pixels of a patch's side. */
  size: number;
  /** Pixels by which patches may be moved. */
  reach: number;
}

/** The local score of a set of images at one noise level. */
export class LocalScore extends FusedScore {
  readonly #images: ImageSet;

  constructor(core: Core, data: LocalData, { sigma, size, reach }: LocalOptions) {
    const { wasm } = core;
    const { height, width, channels, count } = data.images;
    // All weights that are left out, below e^-16 / count of the largest, change a sum by less than 1.2e-7 of it.
    const depth = 16 + log(count * square(2 * reach + 1));
    const header = (at: number) => wasm.localHeader(at, height, width, channels, count, reach, depth);
    const write = (at: number) => {
      header(at);
      writePictures(core, data, at);
      wasm.localNoise(at, ...localNumbers(data.images, sigma, size));
    };
    const own = wasm.localOwn(height, width, channels, count);
    super(core, imageDim(data.images), LOCAL, header(0), write, own);
    this.#images = data.images;
  }

  /** Gives it another noise, and patches of another size. */
  set(sigma: number, size: number): void {
    this.check();
    this.core.wasm.localNoise(this.pointer, ...localNumbers(this.#images, sigma, size));
  }
}

/** Writes the pictures of a descriptor, and their background: they stand in tiles, as places do in panels. */
function writePictures({ wasm, memory }: Core, { images, background }: LocalData, at: number): void {
  const dim = imageDim(images);
  const rows = memory.take(4 * LANES * dim);
  for (let first = 0; first < images.count; first += LANES) {
    const count = Math.min(LANES, images.count - first);
    const indices = Array.from({ length: count }, (_, i) => first + i);
    imageRows(images, indices, memory.f32(rows, count * dim));
    memory.f32(rows + 4 * count * dim, (LANES - count) * dim).fill(FAR);
    wasm.toPanels(rows, LANES, dim, wasm.localPictures(at) + 4 * first * dim);
  }
  const ground = memory.f32(rows, LANES * dim).fill(FAR);
  ground.set(background);
  wasm.toPanels(rows, LANES, dim, wasm.localBackground(at));
  memory.give(rows);
  wasm.localPack(at);
}

/** Arguments of `localNoise`: 1 / sigma^2, and the radius of patches, below 0 where they are the whole picture from everywhere. */
export function localNumbers(
  { height, width }: ImageSet,
  sigma: number,
  size: number,
): [precision: number, radius: number] {
  const isWhole = size >= 2 * Math.max(height, width) - 1;
  return [1 / square(sigma), isWhole ? -1 : (size - 1) / 2];
}

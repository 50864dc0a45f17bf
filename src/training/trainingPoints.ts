import { Categorical, type Drawing } from '../core/categorical.js';
import type { Core } from '../core/instantiate.js';
import { bits, type Key, type Layout } from '../core/random.js';
import type { PointSet } from '../core/score.js';
import { type ImageSet, imageDim, imageRows } from '../data/imageSet.js';
import { checkPointSet } from '../data/pointSet.js';

/** What a denoiser can be trained on. */
export type TrainingData = ImageSet | PointSet;

/** The points of training data, drawn by keys. */
export class TrainingPoints {
  readonly dim: number;
  readonly #core: Core;
  readonly #data: TrainingData;
  /** Of points with weights. */
  readonly #weights?: Categorical;

  /** @param drawing of points with weights */
  constructor(caller: string, core: Core, data: TrainingData, drawing: Drawing) {
    this.#core = core;
    this.#data = data;
    if ('pixels' in data) this.dim = imageDim(data);
    else {
      checkPointSet(caller, data);
      this.dim = data.dim;
      // Which also refuses points of which none may be drawn.
      if (data.logits.some((logit) => logit !== data.logits[0] || logit === -Infinity))
        this.#weights = new Categorical(core, data.logits, drawing);
    }
  }

  /** Indices of n points, drawn by `key` with replacement. */
  draw(key: Key, n: number, layout: Layout): Uint32Array {
    if (this.#weights) return this.#weights.draw(key, n, { layout });
    const count = 'pixels' in this.#data ? this.#data.count : this.#data.logits.length;
    return bits(this.#core, key, [n], { layout }).map((word) => Math.floor((word / 2 ** 32) * count));
  }

  /** Writes the coordinates of a point, [dim]. */
  copy(index: number, out: Float32Array): void {
    const { dim } = this;
    if ('pixels' in this.#data) imageRows(this.#data, [index], out);
    else out.set(this.#data.points.subarray(index * dim, (index + 1) * dim));
  }

  /** The class of a point; undefined if points have none. */
  label(index: number): number | undefined {
    return 'pixels' in this.#data ? this.#data.labels?.[index] : undefined;
  }

  dispose(): void {
    this.#weights?.dispose();
  }
}

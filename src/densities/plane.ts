import type { Core } from '../core/instantiate.js';
import { Lease } from '../core/memory.js';
import type { PointSet } from '../core/score.js';

/** With fewer points a sum over all of them is as fast. */
export const MANY = 4096;

/**
 * The exact score and log-density of many points of the plane under noise, from the points near each place:
 * `assembly/densities/plane.ts` has the equations. p(x) is within 4e-6 / (2 pi sigma^2) + 1e-7 p(x) of the sum over all points,
 * but for the rounding of float32.
 */
export class Plane {
  readonly #core: Core;
  /** The points, sorted. */
  readonly #block: number;

  /** @param data two-dimensional, of MANY points or more, checked, with one that can be drawn */
  constructor(core: Core, { points, logits }: PointSet) {
    const { memory, wasm } = core;
    const N = logits.length;
    this.#core = core;
    this.#block = memory.take(wasm.planeBytes(N, N));
    let from = 0;
    try {
      from = memory.take(12 * N);
      memory.f32(from, 2 * N).set(points);
      memory.f32(from + 8 * N, N).set(logits);
      wasm.planeSort(this.#block, from, from + 8 * N, N);
    } catch (error) {
      this.dispose();
      throw error;
    } finally {
      memory.give(from);
    }
  }

  /** Scores [n, 2] and log-densities [n] of the rows of x [n, 2] under noise of sigma. */
  evaluate(x: Float32Array, sigma: number): { score: Float32Array; logProb: Float32Array } {
    const { memory, wasm } = this.#core;
    const n = x.length / 2;
    const nodes = wasm.planeNodes(this.#block, sigma);
    const lease = new Lease(memory, () => {});
    try {
      const coarse = nodes > 0 ? lease.take(wasm.planeBytes(nodes, nodes)) : 0;
      const at = lease.take(20 * n);
      memory.f32(at, 2 * n).set(x);
      wasm.planeScores(this.#block, coarse, at, at + 8 * n, at + 16 * n, n, sigma);
      return {
        score: memory.f32(at + 8 * n, 2 * n).slice(),
        logProb: memory.f32(at + 16 * n, n).slice(),
      };
    } finally {
      lease.end();
    }
  }

  dispose(): void {
    this.#core.memory.give(this.#block);
  }
}

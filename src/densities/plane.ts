import type { Core } from '../core/instantiate.js';
import type { PointSet } from '../core/score.js';

/** With fewer points a sum over all of them is as fast. */
export const MANY = 4096;
/** Steps of the coarse grid in a sigma. */
const STEPS = 8;

/**
 * The exact score and log-density of many points of the plane under noise, from the points near each place:
 * `assembly/densities/plane.ts` has the equations. p(x) is within 4e-6 / (2 pi sigma^2) + 1e-7 p(x) of the sum over all points,
 * but for the rounding of float32.
 */
export class Plane {
  readonly #core: Core;
  readonly #count: number;
  readonly #low = [Infinity, Infinity];
  readonly #size: number[];
  /** The points, sorted. */
  readonly #block: number;

  /** @param data two-dimensional, checked, with a point that can be drawn */
  constructor(core: Core, { points, logits }: PointSet) {
    const { memory, wasm } = core;
    const N = logits.length;
    const high = [-Infinity, -Infinity];
    let count = 0;
    let largest = -Infinity;
    for (let i = 0; i < N; i++) {
      if (logits[i] === -Infinity) continue;
      count++;
      largest = Math.max(largest, logits[i]);
      for (const d of [0, 1]) {
        this.#low[d] = Math.min(this.#low[d], points[2 * i + d]);
        high[d] = Math.max(high[d], points[2 * i + d]);
      }
    }
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0);
    this.#core = core;
    this.#count = count;
    this.#size = high.map((most, d) => most - this.#low[d]);
    const [height, width] = this.#size;
    // Four points a cell, if they fill their rectangle; as many cells as points at most.
    const side =
      Math.max(2 * Math.sqrt((height * width) / count), (4 * Math.max(height, width)) / count) || 1;
    const [rows, columns] = this.#size.map((size) => Math.floor(size / side) + 1);
    this.#block = memory.take(wasm.planeBytes(count, rows * columns));
    let from = 0;
    try {
      from = memory.take(12 * N);
      memory.f32(from, 2 * N).set(points);
      memory.f32(from + 8 * N, N).set(logits);
      const shift = largest + Math.log(total);
      const [low0, low1] = this.#low;
      wasm.planeSort(
        ...([this.#block, from, from + 8 * N, N, shift, count, rows, columns, low0, low1, side] as const),
      );
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
    const step = sigma / STEPS;
    const [rows, columns] = this.#size.map((size) => Math.floor(size / step) + 4);
    const isCoarse = rows * columns < this.#count / 2;
    const nodes = isCoarse ? memory.take(wasm.planeBytes(rows * columns, rows * columns)) : 0;
    const at = memory.take(20 * n);
    if (isCoarse) {
      const [low0, low1] = this.#low.map((low) => low - step);
      wasm.planeSpread(this.#block, nodes, step, low0, low1, rows, columns);
    }
    const noise = isCoarse ? Math.sqrt(sigma ** 2 - step ** 2 / 3) : sigma;
    const [height, width] = this.#size.map((size) => size + sigma);
    // Where points are even, what lies beyond is 1e-7 of p(x) there.
    const spread = Math.log((2 * Math.PI * sigma ** 2) / (height * width));
    const radius = sigma * Math.sqrt(2 * (18 - Math.min(0, spread)));
    memory.f32(at, 2 * n).set(x);
    wasm.planeScores(isCoarse ? nodes : this.#block, at, at + 8 * n, n, noise, radius);
    const out = memory.f32(at + 8 * n, 3 * n);
    const score = new Float32Array(2 * n);
    const logProb = new Float32Array(n);
    for (let i = 0; i < n; i++) {
      score.set(out.subarray(3 * i, 3 * i + 2), 2 * i);
      logProb[i] = out[3 * i + 2];
    }
    memory.give(nodes);
    memory.give(at);
    return { score, logProb };
  }

  dispose(): void {
    this.#core.memory.give(this.#block);
  }
}

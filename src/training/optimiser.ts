import type { Core } from '../core/instantiate.js';
import { Lease } from '../core/memory.js';

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/** Adam's running means of the gradient and of its square, [count] each. */
export interface Moments {
  mean: Float32Array;
  square: Float32Array;
}

/** Adam over `count` parameters anywhere in memory (Kingma and Ba, 2015, algorithm 1), as Optax computes it. */
export class Adam {
  readonly #core: Core;
  readonly #count: number;
  readonly #lease: Lease;
  #mean = 0;
  #square = 0;

  constructor(core: Core, count: number) {
    this.#core = core;
    this.#count = count;
    this.#lease = new Lease(core.memory, (lease) => {
      this.#mean = lease.take(4 * count + 16);
      this.#square = lease.take(4 * count + 16);
    });
  }

  /** A copy of the moments. */
  moments(): Moments {
    const [mean, square] = this.#views().map((view) => view.slice());
    return { mean, square };
  }

  setMoments({ mean, square }: Moments): void {
    const [ownMean, ownSquare] = this.#views();
    ownMean.set(mean);
    ownSquare.set(square);
  }

  /** The update number t = 1, 2, ... of the parameters by their gradient, f32 [count] at these addresses. */
  update(parameters: number, gradient: number, t: number, learningRate: number): void {
    this.#core.wasm.adam(
      parameters,
      gradient,
      this.#mean,
      this.#square,
      this.#count,
      learningRate,
      BETA1,
      1 - BETA1,
      BETA2,
      1 - BETA2,
      biasCorrection(BETA1, t),
      biasCorrection(BETA2, t),
      EPSILON,
    );
  }

  dispose(): void {
    this.#lease.end();
  }

  #views(): [Float32Array, Float32Array] {
    const { memory } = this.#core;
    return [memory.f32(this.#mean, this.#count), memory.f32(this.#square, this.#count)];
  }
}

/** 1 - beta^t as float32 arithmetic gives it, which is what Optax divides by. */
function biasCorrection(beta: number, t: number): number {
  return Math.fround(1 - Math.fround(Math.fround(beta) ** t));
}

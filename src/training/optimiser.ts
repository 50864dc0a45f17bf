import { ADAM_BYTES, AdamField as At } from '../abi/training.js';
import { f32, u32, writeFields } from '../core/fields.js';
import type { Core } from '../core/instantiate.js';
import { Lease } from '../core/memory.js';

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/** Adam's running means of the gradient and of its square, [count] each. */
export interface AdamMoments {
  mean: Float32Array;
  square: Float32Array;
}

const FIELDS = {
  count: u32(At.COUNT),
  parameters: u32(At.PARAMETERS),
  gradient: u32(At.GRADIENT),
  other: u32(At.OTHER),
  mean: u32(At.MEAN),
  square: u32(At.SQUARE),
  before: u32(At.BEFORE),
  learningRate: f32(At.LEARNING_RATE),
  betas: f32(At.BETA1),
  corrections: f32(At.CORRECTION1),
  epsilon: f32(At.EPSILON),
};

/** Adam over `count` parameters anywhere in memory (Kingma and Ba, 2015, algorithm 1), as Optax computes it. */
export class Adam {
  readonly #core: Core;
  readonly #count: number;
  readonly #lease: Lease;
  #struct = 0;
  #mean = 0;
  #square = 0;
  #before = 0;

  constructor(core: Core, count: number) {
    this.#core = core;
    this.#count = count;
    this.#lease = new Lease(core.memory, (lease) => {
      this.#struct = lease.take(ADAM_BYTES);
      this.#mean = lease.take(4 * count + 16);
      this.#square = lease.take(4 * count + 16);
      this.#before = lease.take(4 * count + 16);
    });
  }

  /** A copy of the moments. */
  moments(): AdamMoments {
    return { mean: this.#copy(this.#mean), square: this.#copy(this.#square) };
  }

  setMoments({ mean, square }: AdamMoments): void {
    const { memory } = this.#core;
    memory.f32(this.#mean, this.#count).set(mean);
    memory.f32(this.#square, this.#count).set(square);
  }

  /** A copy of the parameters as they were before the last update. */
  before(): Float32Array {
    return this.#copy(this.#before);
  }

  /**
   * The update number t = 1, 2, ... of the parameters, f32 [count] at their address, by a gradient in one or two parts.
   * Arrays have room for count rounded up to 4.
   */
  update(
    parameters: number,
    [gradient, other = 0]: readonly number[],
    t: number,
    learningRate: number,
  ): void {
    const { memory, wasm } = this.#core;
    writeFields(memory, this.#struct, FIELDS, {
      count: this.#count,
      parameters,
      gradient,
      other,
      mean: this.#mean,
      square: this.#square,
      before: this.#before,
      learningRate,
      betas: [BETA1, 1 - BETA1, BETA2, 1 - BETA2],
      corrections: [biasCorrection(BETA1, t), biasCorrection(BETA2, t)],
      epsilon: EPSILON,
    });
    wasm.adam(this.#struct);
  }

  dispose(): void {
    this.#lease.end();
  }

  #copy(at: number): Float32Array {
    return this.#core.memory.f32(at, this.#count).slice();
  }
}

/** 1 - beta^t as float32 arithmetic gives it, which is what Optax divides by. */
function biasCorrection(beta: number, t: number): number {
  return Math.fround(1 - Math.fround(Math.fround(beta) ** t));
}

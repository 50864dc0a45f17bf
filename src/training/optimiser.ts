import { ADAM_BYTES, AdamField as At } from '../abi/training.js';
import { exp, log } from '../core/elementary.js';
import { f32, u32, writeFields } from '../core/fields.js';
import type { Core } from '../core/instantiate.js';
import { Lease } from '../core/memory.js';
import type { PassCalls } from '../core/together.js';

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
  gradientScale: f32(At.GRADIENT_SCALE),
  keep: f32(At.KEEP),
};

/** What may be done beside Adam's own update. */
export interface AdamOptions {
  /** Parameters shrink by learning rate x weightDecay in each update (Loshchilov and Hutter 2019). Default: 0. */
  weightDecay?: number;
  /** A gradient of a larger norm is scaled down to this one, as PyTorch does it. Default: none is. */
  clip?: number;
}

/** Added to a norm before it divides: PyTorch's. */
const NORM_EPSILON = 1e-6;

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
      this.#mean = lease.take(4 * count + 32);
      this.#square = lease.take(4 * count + 32);
      this.#before = lease.take(4 * count + 32);
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
   * The pass that makes the update number t = 1, 2, ... of the parameters, f32 [count] at their address, by a gradient in one or two
   * parts. Arrays have room for count rounded up to 8.
   */
  calls(
    parameters: number,
    [gradient, other = 0]: readonly number[],
    t: number,
    learningRate: number,
    { weightDecay = 0, clip = Infinity }: AdamOptions = {},
  ): PassCalls {
    const { memory, wasm } = this.#core;
    const fields = {
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
      gradientScale: 1,
      keep: 1 - learningRate * weightDecay,
    };
    writeFields(memory, this.#struct, FIELDS, fields);
    if (clip < Infinity) {
      const norm = Math.sqrt(wasm.squaredNorm(this.#struct));
      fields.gradientScale = Math.min(1, clip / (norm + NORM_EPSILON));
      writeFields(memory, this.#struct, FIELDS, fields);
    }
    return (part, parts) => [['adam', this.#struct, part, parts]];
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
  return Math.fround(1 - Math.fround(exp(t * log(Math.fround(beta)))));
}

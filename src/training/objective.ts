import { LANES } from '../abi/panels.js';
import { DenoisingField as At, DENOISING_BYTES, WEIGHT_DENOISER, WEIGHT_SCORE } from '../abi/training.js';
import { f32, u32, writeFields } from '../core/fields.js';
import type { Call } from '../core/job.js';
import { Lease } from '../core/memory.js';
import { type Layout, layoutCode } from '../core/random.js';
import type { Span } from '../core/segments.js';
import type { NetworkConfig } from '../networks/networkConfig.js';
import { panelActivationBytes, TrainingPlacement } from '../networks/placement.js';
import type { PlannedNetwork } from '../networks/planned.js';

/** What is least: the score's squared error times sigma^2, or the denoised point's. */
export type Objective = 'score' | 'denoiser';

/** A network that knows noise levels, and what its outputs are multiplied by at each to be scores: [L] both. */
export interface LevelNetwork extends PlannedNetwork {
  readonly sigmas: Float32Array;
  readonly scales: Float32Array;
}

/** A network of any plan that can be trained: it knows noise levels, and says what it is by a configuration. */
export interface TrainableNetwork<Config extends object = NetworkConfig> extends LevelNetwork {
  readonly config: Readonly<Config>;
}

export interface ObjectiveConfig {
  /** Data points of a step. */
  batch: number;
  layout: Layout;
  objective: Objective;
}

const FIELDS = {
  plan: u32(At.PLAN),
  dim: u32(At.D),
  levels: u32(At.LEVEL_COUNT),
  sigmas: u32(At.SIGMAS),
  scales: u32(At.SCALES),
  parameters: u32(At.PARAMETERS),
  parameterCount: u32(At.PARAMETER_COUNT),
  panels: u32(At.PANELS),
  input: u32(At.INPUT),
  inputStride: u32(At.INPUT_STRIDE),
  rowLevels: u32(At.LEVELS),
  output: u32(At.OUTPUT),
  outputStride: u32(At.OUTPUT_STRIDE),
  dOutput: u32(At.D_OUTPUT),
  dOutputStride: u32(At.D_OUTPUT_STRIDE),
  layout: u32(At.LAYOUT),
  weight: u32(At.WEIGHT),
  samples: f32(At.SAMPLES),
  room: u32(At.ROOM),
};

/** Most panels of a block of samples, and the bytes that their tensors may take. */
const MOST_PANELS = 16;
const BLOCK_BYTES = 2 ** 22;

/**
 * Denoising score matching over all levels of a network (`assembly/training/denoising.ts`): draws the noise, forms targets
 * and weights, and leaves everything else to the network's plan.
 */
export class DenoisingObjective {
  readonly #pointer: number = 0;
  readonly #lease: Lease;

  constructor(network: LevelNetwork, { batch, layout, objective }: ObjectiveConfig) {
    const { core, plan, sigmas, scales } = network;
    const { wasm, memory } = core;
    const levels = sigmas.length;
    const dim = plan.output.size;
    const fitting = Math.floor(BLOCK_BYTES / panelActivationBytes(plan));
    const panels = Math.min(MOST_PANELS, Math.max(1, fitting));
    const placement = new TrainingPlacement(plan, panels);
    let pointer = 0;
    this.#lease = new Lease(memory, (lease) => {
      pointer = lease.take(DENOISING_BYTES);
      const table = lease.take(8 * levels);
      const rowLevels = lease.take(4 * panels * LANES);
      const room = lease.take(wasm.denoisingBytes(panels, dim));
      const training = lease.take(placement.bytes);
      memory.f32(table, 2 * levels).set(sigmas);
      memory.f32(table + 4 * levels, levels).set(scales);
      const placed = placement.place(training, network.pointer, rowLevels);
      writeFields(memory, pointer, FIELDS, {
        plan: placed.list,
        dim,
        levels,
        sigmas: table,
        scales: table + 4 * levels,
        parameters: network.pointer,
        parameterCount: network.count,
        panels,
        input: placed.input,
        inputStride: placed.inputStride,
        rowLevels,
        output: placed.output,
        outputStride: placed.outputStride,
        dOutput: placed.dOutput,
        dOutputStride: placed.dOutputStride,
        layout: layoutCode('train', layout),
        weight: objective === 'denoiser' ? WEIGHT_DENOISER : WEIGHT_SCORE,
        samples: batch * levels,
        room,
      });
    });
    this.#pointer = pointer;
  }

  /** What another thread needs to compute gradients, beside the network. */
  spans(): Span[] {
    return this.#lease.spans();
  }

  /**
   * The call that leaves the gradient of `count` points x [count, dim] at `gradient`, and their part of the loss, f64, at
   * `loss`. keys: u32 [count, 2], of their noise.
   */
  call(x: number, keys: number, count: number, gradient: number, loss: number): Call {
    return ['denoisingGradient', this.#pointer, x, keys, count, gradient, loss];
  }

  dispose(): void {
    this.#lease.end();
  }
}

import { LANES } from '../abi/panels.js';
import { DenoisingField as At, DENOISING_BYTES, WEIGHT_DENOISER, WEIGHT_SCORE } from '../abi/training.js';
import { f32, u32, writeFields } from '../core/fields.js';
import type { Call } from '../core/job.js';
import { Lease } from '../core/memory.js';
import { type Key, type Layout, layoutCode } from '../core/random.js';
import type { Span } from '../core/segments.js';
import type { NetworkConfig } from '../networks/networkConfig.js';
import { TrainingPlacement } from '../networks/placement.js';
import type { PlannedNetwork } from '../networks/planned.js';

/** What training minimises: the squared error of the score times sigma^2, or that of the denoised point. */
export type Objective = 'score' | 'denoiser';

/**
 * A network of any plan with noise levels: their sigmas [L], and at each the factor that turns the output into a score,
 * scales [L].
 */
export interface LevelNetwork extends PlannedNetwork {
  readonly sigmas: Float32Array;
  readonly scales: Float32Array;
}

/** A network of any plan that can be trained: a configuration describes it in checkpoints. */
export interface TrainableNetwork<Config extends object = NetworkConfig> extends LevelNetwork {
  readonly config: Readonly<Config>;
}

/** What the gradient tree knows of an objective: how it computes the loss of some points of a batch, and its gradient. */
export interface BatchObjective {
  /** Words of a point in a batch. */
  readonly pointWords: number;
  /** The memory that another thread needs to compute gradients, apart from the network's. */
  spans(): Span[];
  /**
   * The WebAssembly call that computes the gradient of `count` points and their share of the batch's loss. All but `count` are
   * addresses: the points; gradient f32 [parameters], padded to a multiple of 8, overwritten; loss f64, overwritten.
   *
   * @param room which of its rooms the call works in
   */
  call(points: number, count: number, gradient: number, loss: number, room?: number): Call;
  dispose(): void;
}

/** An objective over all levels of a network, whose batches hold points without noise. */
export interface LevelObjective extends BatchObjective {
  /** Writes point b of a batch: x [dim], and the keys of its noise and of its projections, if there are any. */
  write(words: Uint32Array, b: number, x: Float32Array, key: Key, projectionKey?: Key): void;
}

export interface ObjectiveConfig {
  /** Data points of a batch. */
  batch: number;
  layout: Layout;
  objective: Objective;
  /** Panels of a block of samples. */
  panels: number;
  /** Calls that may be made at the same time in one memory. Default: 1. */
  rooms?: number;
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
  sampleLevels: u32(At.LEVELS),
  output: u32(At.OUTPUT),
  outputStride: u32(At.OUTPUT_STRIDE),
  dOutput: u32(At.D_OUTPUT),
  dOutputStride: u32(At.D_OUTPUT_STRIDE),
  partitionable: u32(At.PARTITIONABLE),
  weight: u32(At.WEIGHT),
  samples: f32(At.SAMPLES),
  scratch: u32(At.SCRATCH),
};

/**
 * Denoising score matching over all levels of a network, as `assembly/training/denoising.ts` computes it. Noise, targets and
 * weights are the objective's; the network's plan computes everything else.
 */
export class DenoisingObjective implements LevelObjective {
  /** A point x [dim], then the key of its noise. */
  readonly pointWords: number;
  /** Of each room. */
  readonly #pointers: number[] = [];
  readonly #lease: Lease;

  constructor(network: LevelNetwork, config: ObjectiveConfig) {
    const { batch, layout, objective, panels, rooms = 1 } = config;
    const { core, plan, sigmas, scales } = network;
    const { wasm, memory } = core;
    const levels = sigmas.length;
    const dim = plan.output.size;
    this.pointWords = dim + 2;
    const placement = new TrainingPlacement(plan, panels);
    this.#lease = new Lease(memory, (lease) => {
      network.beginTraining();
      lease.atEnd(() => network.endTraining());
      const table = lease.take(8 * levels);
      memory.f32(table, 2 * levels).set(sigmas);
      memory.f32(table + 4 * levels, levels).set(scales);
      for (let room = 0; room < rooms; room++) {
        const pointer = lease.take(DENOISING_BYTES);
        this.#pointers.push(pointer);
        const sampleLevels = lease.take(4 * panels * LANES);
        const scratch = lease.take(wasm.denoisingBytes(panels, dim));
        const training = lease.take(placement.bytes);
        const placed = placement.place(training, network, { levels: sampleLevels });
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
          sampleLevels,
          output: placed.output,
          outputStride: placed.outputStride,
          dOutput: placed.dOutput,
          dOutputStride: placed.dOutputStride,
          partitionable: layoutCode('train', layout),
          weight: objective === 'denoiser' ? WEIGHT_DENOISER : WEIGHT_SCORE,
          samples: batch * levels,
          scratch,
        });
      }
    });
  }

  write(words: Uint32Array, b: number, x: Float32Array, key: Key): void {
    const at = b * this.pointWords;
    new Float32Array(words.buffer).set(x, at);
    words.set(key, at + x.length);
  }

  spans(): Span[] {
    return this.#lease.spans();
  }

  call(points: number, count: number, gradient: number, loss: number, room = 0): Call {
    return ['denoisingGradient', this.#pointers[room], points, count, gradient, loss];
  }

  dispose(): void {
    this.#lease.end();
  }
}

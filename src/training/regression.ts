import { LANES } from '../abi/panels.js';
import { RegressionField as At, POINT_BYTES, PointField, REGRESSION_BYTES } from '../abi/training.js';
import { f32, u32, writeFields } from '../core/fields.js';
import type { Call } from '../core/job.js';
import { Lease } from '../core/memory.js';
import { type Key, type Layout, layoutCode } from '../core/random.js';
import type { Span } from '../core/segments.js';
import type { LearnedDenoiser } from '../networks/learnedDenoiser.js';
import { TrainingPlacement } from '../networks/placement.js';
import type { BatchObjective } from './objective.js';

const FIELDS = {
  plan: u32(At.PLAN),
  dim: u32(At.D),
  numbers: u32(At.NUMBERS),
  parameters: u32(At.PARAMETERS),
  parameterCount: u32(At.PARAMETER_COUNT),
  block: u32(At.BLOCK),
  input: u32(At.INPUT),
  output: u32(At.OUTPUT),
  dOutput: u32(At.D_OUTPUT),
  noise: u32(At.NOISE),
  noiseStride: u32(At.NOISE_STRIDE),
  levels: u32(At.LEVELS),
  labels: u32(At.LABELS),
  partitionable: u32(At.PARTITIONABLE),
  scale: f32(At.SCALE),
  targets: u32(At.TARGETS),
};

export interface RegressionConfig {
  /** Points of a batch. */
  batch: number;
  layout: Layout;
  /** Panels of a block of points. */
  panels: number;
  /** Calls that may be made at the same time in one memory. Default: 1. */
  rooms?: number;
}

/** A point of a batch without its coordinates. */
export interface NoisyPoint {
  /** Of its noise z = normal(key, [dim]). */
  key: Key;
  sigma: number;
  /** Of the squared error of its denoised coordinates. */
  weight: number;
  label: number;
}

/** Least-squares denoising with a noise of its own for each point, as `assembly/training/regression.ts` computes it. */
export class DenoisingRegression implements BatchObjective {
  /** The fields of `PointField`, the numbers of its noise, and the clean point [dim]. */
  readonly pointWords: number;
  readonly #denoiser: LearnedDenoiser;
  /** Of each room. */
  readonly #pointers: number[] = [];
  readonly #lease: Lease;

  constructor(denoiser: LearnedDenoiser, config: RegressionConfig) {
    const { batch, layout, panels, rooms = 1 } = config;
    const { core, network, dim } = denoiser;
    const { plan } = network;
    const { memory } = core;
    const numbers = plan.noise?.size ?? 0;
    const block = panels * LANES;
    const placement = new TrainingPlacement(plan, panels);
    this.#denoiser = denoiser;
    this.pointWords = POINT_BYTES / 4 + numbers + dim;
    this.#lease = new Lease(memory, (lease) => {
      network.beginTraining();
      lease.atEnd(() => network.endTraining());
      for (let room = 0; room < rooms; room++) {
        const pointer = lease.take(REGRESSION_BYTES);
        this.#pointers.push(pointer);
        const levels = lease.take(8 * block);
        const labels = levels + 4 * block;
        const targets = lease.take(4 * (block * dim + 16));
        const training = lease.take(placement.bytes);
        const placed = placement.place(training, network, { levels, labels });
        writeFields(memory, pointer, FIELDS, {
          ...{ plan: placed.list, dim, numbers, block, levels, labels, targets },
          ...{ parameters: network.pointer, parameterCount: network.count },
          ...{ input: placed.input, output: placed.output, dOutput: placed.dOutput },
          ...{ noise: placed.noise, noiseStride: placed.noiseStride },
          partitionable: layoutCode('trainDenoiser', layout),
          scale: 1 / (batch * dim),
        });
      }
    });
  }

  /**
   * Writes a point of a batch, except for its coordinates, which follow as f32 [dim].
   *
   * @param words of the point, [pointWords]
   * @returns where its coordinates stand, to be written
   */
  write(words: Uint32Array, { key, sigma, weight, label }: NoisyPoint): Float32Array {
    const { network } = this.#denoiser;
    const coefficients = this.#denoiser.coefficients(sigma);
    const { numbers, level } = network.conditionOf(coefficients.time);
    const floats = new Float32Array(words.buffer, words.byteOffset, words.length);
    words.set(key, PointField.KEY / 4);
    words[PointField.LEVEL / 4] = level;
    words[PointField.LABEL / 4] = label;
    floats[PointField.SIGMA / 4] = sigma;
    floats[PointField.IN / 4] = coefficients.in;
    floats[PointField.SKIP / 4] = coefficients.skip;
    floats[PointField.OUT / 4] = coefficients.out;
    floats[PointField.WEIGHT / 4] = weight;
    floats.set(numbers, POINT_BYTES / 4);
    return floats.subarray(POINT_BYTES / 4 + numbers.length);
  }

  spans(): Span[] {
    return this.#lease.spans();
  }

  call(points: number, count: number, gradient: number, loss: number, room = 0): Call {
    return ['regressionGradient', this.#pointers[room], points, count, gradient, loss];
  }

  dispose(): void {
    this.#lease.end();
  }
}

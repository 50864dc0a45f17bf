import { LANES } from '../abi/panels.js';
import {
  LikelihoodField as At,
  LIKELIHOOD_BYTES,
  LIKELIHOOD_POINT_BYTES,
  LikelihoodPointField,
} from '../abi/training.js';
import { f32, u32, writeFields } from '../core/fields.js';
import type { Call } from '../core/job.js';
import { Lease } from '../core/memory.js';
import type { Span } from '../core/segments.js';
import { TrainingPlacement } from '../networks/placement.js';
import type { PlannedNetwork } from '../networks/planned.js';
import type { BatchObjective } from './objective.js';

const FIELDS = {
  plan: u32(At.PLAN),
  dim: u32(At.D),
  parameters: u32(At.PARAMETERS),
  parameterCount: u32(At.PARAMETER_COUNT),
  block: u32(At.BLOCK),
  input: u32(At.INPUT),
  output: u32(At.OUTPUT),
  dOutput: u32(At.D_OUTPUT),
  gain: f32(At.GAIN),
  cap: f32(At.CAP),
  numbers: u32(At.NUMBERS),
  numbersAt: u32(At.NUMBERS_AT),
  noise: u32(At.NOISE),
  noiseStride: u32(At.NOISE_STRIDE),
};

/** The log-density -curvature |y|^2 / 2 + gain phi(scale y) of a scalar network phi at one noise, which `numbers` describe to it. */
export interface EnergyForm {
  curvature: number;
  gain: number;
  scale: number;
  numbers: Float32Array;
  /** What no log-density of the data exceeds. */
  cap: number;
}

/** Maximum likelihood by quadrature, as `assembly/training/likelihood.ts` computes it. */
export class LikelihoodObjective implements BatchObjective {
  /** The fields of `LikelihoodPointField`, and the point [dim]. */
  readonly pointWords: number;
  readonly #form: EnergyForm;
  /** Of each room. */
  readonly #pointers: number[] = [];
  readonly #lease: Lease;

  /**
   * @param network of the scalar
   * @param config panels of a block of points; rooms: calls that may be made at the same time in one memory
   */
  constructor(
    network: PlannedNetwork,
    form: EnergyForm,
    { panels, rooms }: { panels: number; rooms: number },
  ) {
    const { core, plan } = network;
    const { memory } = core;
    const dim = plan.input.size;
    const { gain, numbers, cap } = form;
    const placement = new TrainingPlacement(plan, panels);
    this.pointWords = LIKELIHOOD_POINT_BYTES / 4 + dim;
    this.#form = form;
    this.#lease = new Lease(memory, (lease) => {
      network.beginTraining();
      lease.atEnd(() => network.endTraining());
      const numbersAt = lease.take(4 * numbers.length);
      memory.f32(numbersAt, numbers.length).set(numbers);
      for (let room = 0; room < rooms; room++) {
        const pointer = lease.take(LIKELIHOOD_BYTES);
        this.#pointers.push(pointer);
        const placed = placement.place(lease.take(placement.bytes), network, {});
        writeFields(memory, pointer, FIELDS, {
          ...{ plan: placed.list, dim, block: panels * LANES, gain, cap, numbers: numbers.length, numbersAt },
          ...{ parameters: network.pointer, parameterCount: network.count },
          ...{ input: placed.input, output: placed.output, dOutput: placed.dOutput },
          ...{ noise: placed.noise, noiseStride: placed.noiseStride },
        });
      }
    });
  }

  /**
   * Writes a point y of a batch: a data point, of which there are 1 / weight, or a node of a cell of size `weight`.
   *
   * @param words of the point, [pointWords]
   */
  write(words: Uint32Array, y: ArrayLike<number>, weight: number, isNode: boolean): void {
    const { curvature, scale } = this.#form;
    const floats = new Float32Array(words.buffer, words.byteOffset, words.length);
    let square = 0;
    for (let d = 0; d < y.length; d++) {
      square += y[d] * y[d];
      floats[LIKELIHOOD_POINT_BYTES / 4 + d] = scale * y[d];
    }
    floats[LikelihoodPointField.WEIGHT / 4] = weight;
    words[LikelihoodPointField.IS_NODE / 4] = isNode ? 1 : 0;
    floats[LikelihoodPointField.BASE / 4] = (-curvature * square) / 2;
  }

  spans(): Span[] {
    return this.#lease.spans();
  }

  call(points: number, count: number, gradient: number, loss: number, room = 0): Call {
    return ['likelihoodGradient', this.#pointers[room], points, count, gradient, loss];
  }

  dispose(): void {
    this.#lease.end();
  }
}

import { LANE_BYTES, LANES } from '../abi/panels.js';
import {
  MatchingField as At,
  MATCH_IMPLICIT,
  MATCH_REDUCED,
  MATCH_SLICED,
  MATCHED_BYTES,
  MATCHING_BYTES,
  MatchedField,
} from '../abi/training.js';
import { show } from '../core/check.js';
import { f32, u32, writeFields } from '../core/fields.js';
import type { Call } from '../core/job.js';
import { Lease } from '../core/memory.js';
import { type Key, type Layout, layoutCode } from '../core/random.js';
import type { Span } from '../core/segments.js';
import { panelActivationBytes, TrainingPlacement } from '../networks/placement.js';
import type { PlannedNetwork } from '../networks/planned.js';
import { takesTangents, writeTangents } from '../networks/tangents.js';
import { leavesOf, MOST_PANELS, panelsOf } from './leaves.js';
import type { BatchObjective } from './objective.js';

/**
 * Score matching without targets, of a score s: with the trace of its derivative, E[tr grad s + |s|^2 / 2] (Hyvarinen 2005), or
 * along a random projection v, E[v' (grad s) v + (v' s)^2 / 2], or with |s|^2 / 2 instead, whose gradient varies less (Song and
 * others 2019). Each is half of E |s - score of the data|^2 but for a constant.
 */
export type Matching = 'implicit' | 'sliced' | 'slicedReduced';

/** How projections are drawn: each coordinate normal, or 1 or -1. */
export type Projections = 'normal' | 'sign';

const CODES = { implicit: MATCH_IMPLICIT, sliced: MATCH_SLICED, slicedReduced: MATCH_REDUCED };

/** Whether an objective is one of score matching without targets. */
export const isMatching = (objective: string): objective is Matching => Object.hasOwn(CODES, objective);

/** @throws TypeError unless projections are drawn so. */
export function checkProjections(caller: string, projections: Projections | undefined): void {
  if (projections !== 'sign' && projections !== 'normal')
    throw new TypeError(`${caller}: projections must be 'sign' or 'normal', got ${show(projections)}`);
}

/** Most tangents of a sample that are computed together, and most bytes of activations with them. */
const MOST_TANGENTS = MOST_PANELS - 1;
const MOST_BYTES = 2 ** 26;

/**
 * Tangents of each sample that go through a network of points [dim] together: all, or as many in each of some passes.
 *
 * @param panelBytes of the network's activations of a panel
 */
export function tangentsOf(objective: Matching, dim: number, panelBytes = 0): number {
  if (objective !== 'implicit') return 1;
  const fitting = panelBytes > 0 ? Math.floor(MOST_BYTES / panelBytes) - 1 : MOST_TANGENTS;
  const most = Math.max(1, Math.min(MOST_TANGENTS, fitting));
  return Math.ceil(dim / Math.ceil(dim / most));
}

/** Passes through a network, of a sample or a tangent, that the loss of one sample takes. */
export function passesOf(objective: Matching, dim: number, panelBytes = 0): number {
  const tangents = tangentsOf(objective, dim, panelBytes);
  return objective === 'implicit' ? Math.ceil(dim / tangents) * (1 + tangents) : 2;
}

/**
 * Parts of a batch of a new run, of a panel or more, and panels of samples in the blocks in which one is computed: such that with
 * their tangents they are as many as other objectives have, or one.
 */
export function matchingSums(
  { plan }: PlannedNetwork,
  objective: Matching,
  samples: number,
): { leaves: number; panels: number } {
  const { leafMultiplyAdds, input } = plan;
  const panelBytes = panelActivationBytes(plan);
  const multiplyAdds = passesOf(objective, input.size, panelBytes) * plan.multiplyAdds;
  const leaves = leavesOf(samples, { multiplyAdds, leafMultiplyAdds });
  // Whole panels are computed: a leaf of fewer samples would waste the rest.
  const whole = 1 << (31 - Math.clz32(Math.max(1, samples / LANES)));
  const tangents = tangentsOf(objective, input.size, panelBytes);
  return {
    leaves: Math.min(leaves, whole),
    panels: Math.max(1, Math.floor(panelsOf(plan) / (1 + tangents))),
  };
}

const FIELDS = {
  plan: u32(At.PLAN),
  dim: u32(At.D),
  rows: u32(At.ROWS),
  numbers: u32(At.NUMBERS),
  parameters: u32(At.PARAMETERS),
  parameterCount: u32(At.PARAMETER_COUNT),
  panels: u32(At.PANELS),
  input: u32(At.INPUT),
  inputStride: u32(At.INPUT_STRIDE),
  output: u32(At.OUTPUT),
  outputStride: u32(At.OUTPUT_STRIDE),
  dOutput: u32(At.D_OUTPUT),
  dOutputStride: u32(At.D_OUTPUT_STRIDE),
  laneStep: u32(At.LANE_STEP),
  coordinateStep: u32(At.COORDINATE_STEP),
  noise: u32(At.NOISE),
  noiseStride: u32(At.NOISE_STRIDE),
  levels: u32(At.LEVELS),
  labels: u32(At.LABELS),
  partitionable: u32(At.PARTITIONABLE),
  objective: u32(At.OBJECTIVE),
  isSign: u32(At.IS_SIGN),
  scale: f32(At.SCALE),
  scratch: u32(At.SCRATCH),
};

export interface MatchingConfig {
  /** Points of a batch. */
  batch: number;
  /** Noisy copies of each point. Default: 1. */
  rows?: number;
  layout: Layout;
  objective: Matching;
  projections: Projections;
  /** Panels of samples in a block, without those of their tangents. */
  panels: number;
  /** Calls that may be made at the same time in one memory. Default: 1. */
  rooms?: number;
}

/** A noisy copy of a point without its coordinates: with y = x + sigma z, its score is point y + out F(in y). */
export interface MatchedSample {
  /** Of the noise z, row `row` of normal(key, [rows, dim]). */
  key: Key;
  /** Of the projection, in the same way; none where there is no projection. */
  projectionKey?: Key;
  row?: number;
  sigma: number;
  in?: number;
  point?: number;
  out: number;
  weight: number;
  /** What the network is told of its noise and class. */
  level?: number;
  label?: number;
  numbers?: Float32Array;
}

/** Score matching without targets, as `assembly/training/matching.ts` computes it, of any network that tangents can go through. */
export class ScoreMatching implements BatchObjective {
  readonly pointWords: number;
  /** Words of a noisy copy of a point: the fields of `MatchedField`, the numbers of its noise, and the clean point [dim]. */
  readonly #sampleWords: number;
  /** Of each room. */
  readonly #pointers: number[] = [];
  readonly #lease: Lease;

  /** @throws RangeError on a network with an operation that tangents cannot go through */
  constructor(caller: string, network: PlannedNetwork, config: MatchingConfig) {
    const { batch, rows = 1, layout, objective, projections, panels, rooms = 1 } = config;
    const { core, plan } = network;
    const { memory } = core;
    if (!takesTangents(plan))
      throw new RangeError(
        `${caller}: network must be one whose layers tangents go through for objective '${objective}', got one with others, such as an energyNetwork; train it by denoising`,
      );
    const dim = plan.input.size;
    const numbers = plan.noise?.size ?? 0;
    const block = panels * LANES;
    const inPanels = plan.input.form === 'panels';
    const tangents = tangentsOf(objective, dim, panelActivationBytes(plan));
    const placement = new TrainingPlacement(plan, panels * (1 + tangents));
    this.#sampleWords = MATCHED_BYTES / 4 + numbers + dim;
    this.pointWords = rows * this.#sampleWords;
    this.#lease = new Lease(memory, (lease) => {
      network.beginTraining();
      lease.atEnd(() => network.endTraining());
      for (let room = 0; room < rooms; room++) {
        const pointer = lease.take(MATCHING_BYTES);
        this.#pointers.push(pointer);
        const levels = lease.take(8 * block);
        const labels = levels + 4 * block;
        const scratch = lease.take(8 * block * dim);
        const training = lease.take(placement.bytes);
        const placed = placement.place(training, network, { levels, labels });
        writeTangents(plan, placed.list, tangents);
        writeFields(memory, pointer, FIELDS, {
          ...{ plan: placed.list, dim, rows, numbers, panels, levels, labels, scratch },
          ...{ parameters: network.pointer, parameterCount: network.count },
          ...{ input: placed.input, inputStride: placed.inputStride },
          ...{ output: placed.output, outputStride: placed.outputStride },
          ...{ dOutput: placed.dOutput, dOutputStride: placed.dOutputStride },
          ...{ noise: placed.noise, noiseStride: placed.noiseStride },
          laneStep: inPanels ? 4 : 4 * dim,
          coordinateStep: inPanels ? LANE_BYTES : 4,
          partitionable: layoutCode(caller, layout),
          objective: CODES[objective],
          isSign: projections === 'sign' ? 1 : 0,
          scale: 1 / (batch * rows * dim),
        });
      }
    });
  }

  /**
   * Writes a noisy copy of a point, except for its coordinates, which follow as f32 [dim].
   *
   * @param words of the batch
   * @param index of the copy in the batch: those of a point follow one another
   * @returns where its coordinates stand, to be written
   */
  writeSample(words: Uint32Array, index: number, sample: MatchedSample): Float32Array {
    const { row = 0, level = 0, label = 0, numbers = [], point = 0 } = sample;
    const at = index * this.#sampleWords;
    const floats = new Float32Array(words.buffer, words.byteOffset + 4 * at, this.#sampleWords);
    words.set(sample.key, at + MatchedField.KEY / 4);
    words.set(sample.projectionKey ?? [], at + MatchedField.PROJECTION_KEY / 4);
    words[at + MatchedField.ROW / 4] = row;
    words[at + MatchedField.LEVEL / 4] = level;
    words[at + MatchedField.LABEL / 4] = label;
    floats[MatchedField.SIGMA / 4] = sample.sigma;
    floats[MatchedField.IN / 4] = sample.in ?? 1;
    floats[MatchedField.POINT / 4] = point;
    floats[MatchedField.OUT / 4] = sample.out;
    floats[MatchedField.WEIGHT / 4] = sample.weight;
    floats.set(numbers, MATCHED_BYTES / 4);
    return floats.subarray(MATCHED_BYTES / 4 + numbers.length);
  }

  spans(): Span[] {
    return this.#lease.spans();
  }

  call(points: number, count: number, gradient: number, loss: number, room = 0): Call {
    return ['matchingGradient', this.#pointers[room], points, count, gradient, loss];
  }

  dispose(): void {
    this.#lease.end();
  }
}

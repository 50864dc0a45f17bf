import {
  NetworkScoreField as At,
  NETWORK,
  NETWORK_SCORE_BYTES,
  NETWORK_SCORE_PANELS,
} from '../abi/scores.js';
import { f32, u32, writeFields } from '../core/fields.js';
import { FusedScore, type OpenScore } from '../core/fusedScore.js';
import { Lease } from '../core/memory.js';
import type { Span } from '../core/segments.js';
import { SamplingPlacement } from './placement.js';
import type { PlannedNetwork } from './planned.js';

/**
 * A noise between two levels of a network: `fraction` of the way from `level` to the next one, and the factor `scale` that
 * turns the output into a score there.
 */
export interface Noise {
  level: number;
  fraction: number;
  scale: number;
}

const FIELDS = {
  dim: u32(At.D),
  panels: u32(At.PANELS),
  row: u32(At.ROW),
  input: u32(At.INPUT),
  inputStride: u32(At.INPUT_STRIDE),
  output: u32(At.OUTPUT),
  outputStride: u32(At.OUTPUT_STRIDE),
  rowInput: u32(At.ROW_INPUT),
  rowOutput: u32(At.ROW_OUTPUT),
  level: u32(At.LEVEL),
  fraction: f32(At.FRACTION),
  scale: f32(At.SCALE),
};

/**
 * The score of a network at one noise. Whatever depends on the noise alone is computed once. It changes with the network
 * while that trains; a sampler's run uses a copy, made by `open`.
 */
export class NetworkScore extends FusedScore {
  readonly #network: PlannedNetwork;
  readonly #noise: Noise;
  readonly #placement: SamplingPlacement;
  #version = -1;

  constructor(network: PlannedNetwork, noise: Noise) {
    const { core, plan } = network;
    const placement = new SamplingPlacement(plan, NETWORK_SCORE_PANELS);
    super(core, plan.input.size, NETWORK, NETWORK_SCORE_BYTES + placement.bytes, (at) =>
      write(at, network, noise, placement),
    );
    this.#network = network;
    this.#noise = noise;
    this.#placement = placement;
  }

  override spans(): Span[] {
    return [...super.spans(), this.core.memory.span(this.#network.pointer)];
  }

  override prepare(): void {
    super.prepare();
    this.#network.check();
    if (this.#version === this.#network.version) return;
    this.core.wasm.networkScorePack(this.pointer);
    this.#version = this.#network.version;
  }

  /** The score of a copy of the network, which `dispose` frees. */
  override open(rooms: number): OpenScore {
    this.prepare();
    const { memory } = this.core;
    const span = memory.span(this.pointer);
    const network = this.#network.copy();
    try {
      const lease = new Lease(memory, (taken) => {
        for (let room = 0; room < rooms; room++) {
          const pointer = taken.take(span.bytes);
          // The copy has what was computed for the noise. Header and lists hold addresses, so they are written anew.
          memory.copy(span, pointer);
          write(pointer, network, this.#noise, this.#placement);
        }
      });
      return {
        pointers: lease.spans().map(({ at }) => at),
        spans: () => [...lease.spans(), memory.span(network.pointer)],
        dispose() {
          lease.end();
          network.dispose();
        },
      };
    } catch (error) {
      network.dispose();
      throw error;
    }
  }
}

/** Writes a descriptor at `at`, but for its first word, and the operation lists behind it. */
function write(at: number, network: PlannedNetwork, noise: Noise, placement: SamplingPlacement): void {
  const { row, panels = row } = placement.place(at + NETWORK_SCORE_BYTES, network, {
    noise: at + At.LEVEL,
  });
  writeFields(network.core.memory, at, FIELDS, {
    dim: network.plan.input.size,
    panels: panels.list,
    row: row.list,
    input: panels.input,
    inputStride: panels.inputStride,
    output: panels.output,
    outputStride: panels.outputStride,
    rowInput: row.input,
    rowOutput: row.output,
    ...noise,
  });
}

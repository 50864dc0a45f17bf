import { NetworkScoreField as At, NETWORK, NETWORK_SCORE_BYTES } from '../abi/scores.js';
import { f32, u32, writeFields } from '../core/fields.js';
import { FusedScore, type OpenScore } from '../core/fusedScore.js';
import type { Span } from '../core/segments.js';
import { SamplingPlacement } from './placement.js';
import type { PlannedNetwork } from './planned.js';

/** A noise that a network knows: a level, how far it is on the way to the next one, and what outputs are multiplied by. */
export interface Noise {
  level: number;
  part: number;
  scale: number;
}

const FIELDS = {
  dim: u32(At.D),
  panels: u32(At.PANELS),
  row: u32(At.ROW),
  input: u32(At.INPUT),
  output: u32(At.OUTPUT),
  rowInput: u32(At.ROW_INPUT),
  rowOutput: u32(At.ROW_OUTPUT),
  level: u32(At.LEVEL),
  part: f32(At.PART),
  scale: f32(At.SCALE),
};

/**
 * A network at one noise, with everything computed that depends on the noise alone. It follows the network while that
 * trains; a sampler's run takes the network as it is at the start of the run.
 */
export class NetworkScore extends FusedScore {
  readonly #network: PlannedNetwork;
  readonly #noise: Noise;
  #version = -1;

  constructor(network: PlannedNetwork, noise: Noise) {
    const { core, plan } = network;
    const placement = new SamplingPlacement(plan);
    super(core, plan.input.size, NETWORK, NETWORK_SCORE_BYTES + placement.bytes, (at) =>
      write(at, network, noise, placement),
    );
    this.#network = network;
    this.#noise = noise;
  }

  override spans(): Span[] {
    return [...super.spans(), this.core.memory.span(this.#network.pointer)];
  }

  override check(): void {
    super.check();
    this.#network.check();
  }

  override prepare(): void {
    super.prepare();
    if (this.#version === this.#network.version) return;
    this.core.wasm.networkScorePack(this.pointer);
    this.#version = this.#network.version;
  }

  /** The score of a copy of the network. */
  override open(): OpenScore {
    this.prepare();
    const network = this.#network.copy();
    try {
      const score = new NetworkScore(network, this.#noise);
      // What is computed for the noise comes over, but lists and the head hold addresses.
      this.core.memory.copy(this.core.memory.span(this.pointer), score.pointer);
      write(score.pointer, network, this.#noise, new SamplingPlacement(network.plan));
      return {
        pointer: score.pointer,
        spans: () => score.spans(),
        dispose() {
          score.dispose();
          network.dispose();
        },
      };
    } catch (error) {
      network.dispose();
      throw error;
    }
  }
}

/** Writes a descriptor after its first word, with the lists of operations behind it. */
function write(
  at: number,
  { plan, pointer }: PlannedNetwork,
  noise: Noise,
  placement: SamplingPlacement,
): void {
  const { panels, row } = placement.place(at + NETWORK_SCORE_BYTES, pointer, at + At.LEVEL);
  writeFields(plan.core.memory, at, FIELDS, {
    dim: plan.input.size,
    panels: panels.list,
    row: row.list,
    input: panels.input,
    output: panels.output,
    rowInput: row.input,
    rowOutput: row.output,
    ...noise,
  });
}

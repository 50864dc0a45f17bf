import { NETWORK, NETWORK_SCORE_BYTES, NetworkScoreField } from '../core/abi.js';
import { FusedScore } from '../core/fusedScore.js';
import type { Span } from '../core/job.js';
import { SamplingPlacement } from './placement.js';
import type { PlannedNetwork } from './planned.js';

/** A noise that a network knows: a level, how far it is on the way to the next one, and what outputs are multiplied by. */
export interface Noise {
  level: number;
  part: number;
  scale: number;
}

/** A network at one noise, of which everything is computed that depends on the noise alone; follows the network. */
export class NetworkScore extends FusedScore {
  readonly #network: PlannedNetwork;
  #version = -1;

  constructor(network: PlannedNetwork, { level, part, scale }: Noise) {
    const { core, plan, pointer } = network;
    const placement = new SamplingPlacement(plan);
    const dim = plan.input.size;
    super(core, dim, NETWORK, NETWORK_SCORE_BYTES + placement.bytes, (at) => {
      const At = NetworkScoreField;
      const { panels, row } = placement.place(at + NETWORK_SCORE_BYTES, pointer, at + At.LEVEL);
      const words = core.memory.u32(at, NETWORK_SCORE_BYTES / 4);
      words[At.D / 4] = dim;
      words[At.PANELS / 4] = panels.list;
      words[At.ROW / 4] = row.list;
      words[At.INPUT / 4] = panels.input;
      words[At.OUTPUT / 4] = panels.output;
      words[At.ROW_INPUT / 4] = row.input;
      words[At.ROW_OUTPUT / 4] = row.output;
      words[At.LEVEL / 4] = level;
      const numbers = core.memory.f32(at, NETWORK_SCORE_BYTES / 4);
      numbers[At.PART / 4] = part;
      numbers[At.SCALE / 4] = scale;
    });
    this.#network = network;
  }

  override spans(): Span[] {
    return [...super.spans(), this.core.memory.span(this.#network.pointer)];
  }

  override prepare(): void {
    super.prepare();
    if (this.#version === this.#network.version) return;
    this.core.wasm.networkScorePack(this.pointer);
    this.#version = this.#network.version;
  }
}

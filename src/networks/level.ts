import { NETWORK } from '../core/abi.js';
import { FusedScore, type OpenScore } from '../core/fusedScore.js';
import type { Span } from '../core/job.js';
import type { Network } from './network.js';

/** A noise between two levels: the part of the way to the next one, and what the output is multiplied by. */
export interface Between {
  part: number;
  scale: number;
}

/**
 * A network at one noise level, or between it and the next, alpha and beta folded into its first layer. It follows the
 * network while that trains; a sampler's run takes the network as it is at the start of the run.
 */
export class LevelScore extends FusedScore {
  readonly #network: Network;
  readonly #level: number;
  readonly #between?: Between;
  #version = -1;

  constructor(network: Network, level: number, between?: Between) {
    const { wasm } = network.core;
    super(network.core, network.config.dim, NETWORK, wasm.levelLayout(0, network.pointer), (at) => {
      wasm.levelLayout(at, network.pointer);
    });
    this.#network = network;
    this.#level = level;
    this.#between = between;
  }

  override spans(): Span[] {
    return [...super.spans(), this.core.memory.span(this.#network.pointer)];
  }

  /** The score of a copy of the network. */
  override open(): OpenScore {
    this.prepare();
    const network = this.#network.copy();
    try {
      const score = new LevelScore(network, this.#level, this.#between);
      score.#foldedAs(this);
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

  /** Takes what another score of the same shape folded from its network. */
  #foldedAs(other: LevelScore): void {
    const { memory, wasm } = this.core;
    memory.copy(memory.span(other.pointer), this.pointer);
    // The header holds addresses.
    wasm.levelLayout(this.pointer, this.#network.pointer);
  }

  override prepare(): void {
    super.prepare();
    if (this.#version === this.#network.version) return;
    const { wasm } = this.core;
    wasm.levelFold(this.pointer, this.#level);
    if (this.#between) wasm.levelBlend(this.pointer, this.#level, this.#between.part, this.#between.scale);
    this.#version = this.#network.version;
  }
}

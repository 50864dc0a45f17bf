import type { Span } from '../core/job.js';
import { FusedScore, KIND } from './fused.js';
import type { Network } from './network.js';

/** A network at one noise level, alpha and beta folded into its first layer; follows the network while it trains. */
export class LevelScore extends FusedScore {
  readonly #network: Network;
  readonly #level: number;
  #version = -1;

  constructor(network: Network, level: number) {
    const { wasm } = network.core;
    super(network.core, network.config.dim, KIND.level, wasm.levelLayout(0, network.pointer), (at) => {
      wasm.levelLayout(at, network.pointer);
    });
    this.#network = network;
    this.#level = level;
  }

  override spans(): Span[] {
    return [...super.spans(), this.core.memory.span(this.#network.pointer)];
  }

  override prepare(): void {
    super.prepare();
    if (this.#version === this.#network.version) return;
    this.core.wasm.levelFold(this.pointer, this.#level);
    this.#version = this.#network.version;
  }
}

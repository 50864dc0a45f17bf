import { geomspace, type NetworkConfig } from '../../index.js';
import type { Page } from './page.js';
import type { State } from './state.js';

/** The network the worker holds, as the page knows it. */
export interface Learned {
  config: NetworkConfig;
  /** Training steps behind it. */
  step: number;
  sigmas: Float32Array;
}

/** Where a network comes from: the state it was trained with, or a file of weights. */
export type Origin = { state: Readonly<State> } | { file: string };

/** Keeps what the page knows of the network, and the noise levels there would be without one. */
export class LearnedState {
  readonly #page: Page;
  network?: Learned;
  origin?: Origin;

  constructor(page: Page) {
    this.#page = page;
  }

  async refresh(): Promise<void> {
    this.network = await this.#page.client.call('network', {});
    this.#page.tell('network');
  }

  get sigmas(): Float32Array {
    return this.network?.sigmas ?? geomspace(1e-4, 1, this.#page.store.get('levels'));
  }

  /** A level there is. */
  level(wanted: number): number {
    return Math.min(wanted, this.sigmas.length - 1);
  }
}

import { geomspace, type NetworkConfig } from '../../index.js';
import type { Page } from './page.js';
import type { State } from './state.js';

/** What the page knows of the worker's network. */
export interface Learned {
  config: NetworkConfig;
  /** Training steps of the network. */
  step: number;
  sigmas: Float32Array;
}

/** Where a network came from: training with a state, or a file of weights. */
export type Origin = { state: Readonly<State> } | { file: string };

/** The page's knowledge of the network. Before there is one, `sigmas` are the levels it would have. */
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

  /** The nearest level to `wanted` that exists. */
  level(wanted: number): number {
    return Math.min(wanted, this.sigmas.length - 1);
  }
}

import { geomspace, type NetworkConfig } from '../../index.js';
import type { Client } from '../calls/rpc.js';
import type { PageVerbs } from '../worker/pageVerbs.js';
import type { State } from './state.js';
import type { Store } from './store.js';

/** What the page knows of the worker's network. */
export interface Learned {
  config: NetworkConfig;
  /** Training steps of the network. */
  step: number;
  sigmas: Float32Array;
}

/** Where a network came from: training with a state, or a file of weights. */
export type Origin = { state: Readonly<State> } | { file: string };

/** What of the page it needs. */
interface Known {
  store: Store;
  client: Client<PageVerbs>;
  tell(news: 'network'): void;
}

/** The page's knowledge of the network. Before there is one, `sigmas` are the levels it would have. */
export class LearnedState {
  readonly #page: Known;
  network?: Learned;
  origin?: Origin;

  constructor(page: Known) {
    this.#page = page;
  }

  async refresh(): Promise<void> {
    this.network = await this.#page.client.call('network', {});
    this.#page.tell('network');
  }

  get sigmas(): Float32Array {
    return this.network?.sigmas ?? geomspace(1e-4, 1, this.#page.store.get('levels'));
  }

  /** The level whose noise is nearest to sigma, by their ratio. */
  nearest(sigma: number): number {
    let best = 0;
    for (let l = 1; l < this.sigmas.length; l++) {
      const far = (level: number) => Math.abs(Math.log(this.sigmas[level] / sigma));
      if (far(l) < far(best)) best = l;
    }
    return best;
  }

  /** The nearest level to `wanted` that exists. */
  level(wanted: number): number {
    return Math.min(wanted, this.sigmas.length - 1);
  }
}

import { nearestLevel } from '../../apps/nearestLevel.js';
import { geomspace, type NetworkConfig } from '../../index.js';
import type { Client } from '../calls/rpc.js';
import { comingWeights } from '../weights/coming.js';
import type { PageVerbs } from '../worker/pageVerbs.js';
import { initialState, type State } from './state.js';
import type { Store } from './store.js';

/** What the page knows of the worker's network. */
export interface Learned {
  config: NetworkConfig;
  /** Training steps of the network. */
  step: number;
  sigmas: Float32Array;
}

/**
 * Where a network came from: training with a state, in the page (the first screen's own is a sketch) or before it was built
 * (`isComing`), or a file of weights.
 */
export type Origin = { state: Readonly<State>; isComing?: true; isSketch?: boolean } | { file: string };

/** What of the page it needs. */
interface Known {
  store: Store;
  client: Client<PageVerbs>;
  fail(error: unknown): void;
  on(news: 'picture', listener: () => void): void;
  tell(news: 'network'): void;
}

/**
 * The page's knowledge of the network. For a built-in picture it begins with the weights that come with the page; a network that
 * the reader trained or opened is kept. Before there is any, `sigmas` are the levels it would have.
 */
export class LearnedState {
  readonly #page: Known;
  network?: Learned;
  origin?: Origin;

  constructor(page: Known) {
    this.#page = page;
    page.on('picture', () => this.#follow().catch(page.fail));
  }

  /** Whether the network is one that came with the page. */
  get isComing(): boolean {
    return this.origin !== undefined && 'state' in this.origin && this.origin.isComing === true;
  }

  /** Takes the weights of the present picture; for a picture of the reader's own there are none, and another's do not fit. */
  async #follow(): Promise<void> {
    const { store, client } = this.#page;
    const isOwn = () => {
      const { origin } = this;
      return origin !== undefined && !this.isComing && !('state' in origin && origin.isSketch);
    };
    if (isOwn()) return;
    const picture = store.get('picture');
    if (typeof picture !== 'string') {
      if (!this.isComing) return;
      this.origin = undefined;
      await client.call('forgetNetwork', {});
    } else {
      const before = this.origin;
      const file = await comingWeights(picture);
      // The reader may have begun to train meanwhile, a sketch too, or chosen another picture.
      if (this.origin !== before || store.get('picture') !== picture) return;
      this.origin = { state: { ...initialState(), picture }, isComing: true };
      await client.call('takeWeights', { file, name: picture });
    }
    await this.refresh();
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
    return nearestLevel(this.sigmas, sigma);
  }

  /** The nearest level to `wanted` that exists. */
  level(wanted: number): number {
    return Math.min(wanted, this.sigmas.length - 1);
  }
}

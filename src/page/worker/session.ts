import {
  type Core,
  type CoreOptions,
  dataScores,
  empirical,
  type GreyImage,
  imageDistribution,
  loadCore,
  type Network,
  networkScores,
  type PointSet,
  type ScoreFamily,
} from '../../index.js';
import { Lent } from './lent.js';
import {
  type OpenScore,
  type PlainRequest,
  plainScore,
  type ScoreSource,
  tempered,
  toDispose,
} from './scores.js';

/** Names a score: `network` and `exact` are those of the session's present network and picture. */
export type ScoreRequest =
  | PlainRequest
  | { kind: 'network'; level: number }
  | { kind: 'exact'; sigma: number };

/** What the worker keeps between calls: two cores, a picture and a network. */
export class Session implements ScoreSource<ScoreRequest> {
  /** A core of one thread, which is ready at once; for all small work. */
  readonly core: Core;
  readonly #threaded: Promise<Core>;
  #lend!: (core: Core | Promise<Core>) => void;
  readonly #options: CoreOptions;
  /** Freed when it is replaced and the last call that uses it has ended. */
  #current?: Lent<Network>;
  data?: PointSet;
  /** Training steps of the network. */
  step = 0;
  /** Grows by one with every new network. */
  version = 0;

  /** @param options what `loadCore` takes beside the threads for one more core */
  constructor(core: Core, options: CoreOptions = {}) {
    this.core = core;
    this.#options = options;
    this.#threaded = new Promise((resolve) => {
      this.#lend = resolve;
    });
  }

  /** A core of all processors, for training and scores of the network, once the page has lent threads; else the first core. */
  threadedCore(): Promise<Core> {
    return this.#threaded;
  }

  /** Takes the threads that the page has started: a worker of Firefox may freeze when it starts its own. */
  takeThreads(ports: readonly MessagePort[]): void {
    const { kernel } = this.core;
    const load = (threads: CoreOptions['threads']) => loadCore({ kernel, ...this.#options, threads });
    if (ports.length === 0) this.#lend(this.core);
    // Chromium cannot lend threads in a page from a file; there it starts them here.
    else
      this.#lend(
        load(ports)
          .catch(() => load('auto'))
          .catch(() => this.core),
      );
  }

  setImage(image: GreyImage): PointSet {
    this.data = imageDistribution(image);
    return this.data;
  }

  /** The picture's point set. @throws Error if there is no picture yet */
  points(): PointSet {
    if (!this.data) throw new Error('there is no picture yet');
    return this.data;
  }

  get network(): Network | undefined {
    return this.#current?.value;
  }

  /** The network. @throws Error if there is none yet */
  trained(): Network {
    if (!this.#current) throw new Error('there is no network yet: train one first');
    return this.#current.value;
  }

  replaceNetwork(network: Network, step: number): void {
    this.forgetNetwork();
    this.#current = new Lent(network);
    this.step = step;
  }

  /** Leaves the session without a network. */
  forgetNetwork(): void {
    this.#current?.retire();
    this.#current = undefined;
    this.step = 0;
    this.version++;
  }

  /** Keeps the present network from being freed until the caller calls the returned function. */
  keepNetwork(): () => void {
    return this.#current?.use() ?? (() => {});
  }

  openScore(request: ScoreRequest, temperature = 1): OpenScore {
    return tempered(this.#make(request), temperature);
  }

  /** The scores under every noise: the network's for its requests, else the picture's. Keep the network while in use. */
  family(request: ScoreRequest): ScoreFamily {
    return request.kind === 'network' ? networkScores(this.trained()) : dataScores(this.core, this.points());
  }

  #make(request: ScoreRequest): OpenScore {
    if (request.kind === 'network') {
      const network = this.trained();
      // The page may not know yet that this network took the place of one with more levels; when it does, it asks again.
      const score = network.at(Math.min(request.level, network.sigmas.length - 1));
      const releaseNetwork = this.keepNetwork();
      return {
        score,
        release() {
          score.dispose();
          releaseNetwork();
        },
      };
    }
    if (request.kind === 'exact') return toDispose(empirical(this.core, this.points(), request.sigma));
    return toDispose(plainScore(this.core, request));
  }
}

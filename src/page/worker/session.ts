import {
  type Core,
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
import {
  type OpenScore,
  type PlainRequest,
  plainScore,
  type ScoreSource,
  tempered,
  toDispose,
} from './scores.js';

/** A score as the page asks for it; pictures and networks are the worker's present ones. */
export type ScoreRequest =
  | PlainRequest
  | { kind: 'network'; level: number }
  | { kind: 'exact'; sigma: number };

/** A network and how many runs use it: one replaced while they do is freed after the last. */
interface SharedNetwork {
  network: Network;
  users: number;
  isRetired: boolean;
}

/** Longest wait for threads to start. */
const START_MS = 10_000;

/** What the worker holds between calls: two cores, a picture, a network. */
export class Session implements ScoreSource<ScoreRequest> {
  /** One thread, there at once: everything small. */
  readonly core: Core;
  #threaded?: Promise<Core>;
  readonly #threads: URL | undefined;
  #current?: SharedNetwork;
  data?: PointSet;
  /** Training steps behind the network. */
  step = 0;
  /** Grows with every new network. */
  version = 0;

  constructor(core: Core, threads: URL | undefined) {
    this.core = core;
    this.#threads = threads;
  }

  /** All processors: training, and scores of the network. Where threads cannot be started, one. */
  threadedCore(): Promise<Core> {
    this.#threaded ??= this.#startThreads().catch(() => this.core);
    return this.#threaded;
  }

  /** A reader must never wait for a browser that does not start them: after ten seconds, one thread does all. */
  async #startThreads(): Promise<Core> {
    const { kernel } = this.core;
    const started = loadCore({ kernel, threads: 'auto', worker: this.#threads });
    const late = new Promise<undefined>((resolve) => setTimeout(resolve, START_MS));
    const core = await Promise.race([started, late]);
    if (core) return core;
    started.then((unused) => unused.dispose()).catch(() => {});
    return this.core;
  }

  setImage(image: GreyImage): PointSet {
    this.data = imageDistribution(image);
    return this.data;
  }

  /** @throws Error before there is a picture */
  points(): PointSet {
    if (!this.data) throw new Error('there is no picture yet');
    return this.data;
  }

  get network(): Network | undefined {
    return this.#current?.network;
  }

  /** @throws Error before there is a network */
  trained(): Network {
    if (!this.#current) throw new Error('there is no network yet: train one first');
    return this.#current.network;
  }

  replaceNetwork(network: Network, step: number): void {
    const old = this.#current;
    this.#current = { network, users: 0, isRetired: false };
    this.step = step;
    this.version++;
    if (old) {
      old.isRetired = true;
      freeUnused(old);
    }
  }

  /** Keeps the present network from being freed until the function returned is called. */
  keepNetwork(): () => void {
    const shared = this.#current;
    if (!shared) return () => {};
    shared.users++;
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      shared.users--;
      freeUnused(shared);
    };
  }

  openScore(request: ScoreRequest, temperature = 1): OpenScore {
    return tempered(this.#make(request), temperature);
  }

  /** The scores at every noise that belong to one of the network's or the picture's; hold the network meanwhile. */
  family(request: ScoreRequest): ScoreFamily {
    return request.kind === 'network' ? networkScores(this.trained()) : dataScores(this.core, this.points());
  }

  #make(request: ScoreRequest): OpenScore {
    if (request.kind === 'network') {
      const score = this.trained().at(request.level);
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

function freeUnused(shared: SharedNetwork): void {
  if (shared.isRetired && shared.users === 0) shared.network.dispose();
}

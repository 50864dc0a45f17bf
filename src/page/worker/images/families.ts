import {
  type Core,
  type DenoiserWeights,
  dataScores,
  decodeDenoiserWeights,
  denoiserScores,
  imageMoments,
  key,
  type LearnedDenoiser,
  learnedDenoiser,
  loadDenoiser,
  localScores,
  type ScoreFamily,
  unet,
} from '../../../index.js';
import type { WeightsFile } from '../../weights/coming.js';
import { unpackWeights } from '../../weights/unpack.js';
import { Lent } from '../lent.js';
import type { Session } from '../session.js';
import { DIM, PATCHES, SIZE } from './numbers.js';
import { momentsOf, type Pictures, type Source, type Stock } from './stock.js';

/**
 * Who denoises: the U-Net that comes with the page, the one trained in it, patches of the data (local scores), or the data
 * themselves (the exact score).
 */
export type Who = 'unet' | 'trained' | 'local' | 'exact';

/** What a family is asked for. */
export interface Wish {
  who: Who;
  source: Source;
  /** The class to draw, where the network knows classes; null: any. */
  label: number | null;
  guidance: number;
}

/** The networks of the chapter on images, and the scores of all that denoise. */
export class Families {
  readonly #session: Session;
  readonly #stock: Stock;
  /** The file of the U-Net that comes with the page, and that network in each core that asked for it. */
  #file?: Uint8Array;
  readonly #coming = new Map<Core, LearnedDenoiser>();
  readonly #local = new WeakMap<Pictures, Map<Core, ScoreFamily>>();
  #trained?: Lent<LearnedDenoiser>;

  constructor(session: Session, stock: Stock) {
    this.#session = session;
    this.#stock = stock;
  }

  /** Takes the file of the U-Net that comes with the page. */
  take(file: WeightsFile): void {
    this.#file ??= unpackWeights(file, 'digits');
  }

  /** The file of the U-Net that comes with the page, unpacked, as a copy. @throws Error before it has come */
  file(): Uint8Array {
    if (!this.#file) throw new Error('the weights of the digits’ network have not come yet');
    return this.#file.slice();
  }

  /** The U-Net that comes with the page, in a core. @throws Error before its file has come */
  coming(core: Core): LearnedDenoiser {
    const made =
      this.#coming.get(core) ?? loadDenoiser(core, decodeDenoiserWeights(this.file()), { averaged: false });
    this.#coming.set(core, made);
    return made;
  }

  /** Puts a network in the place of the one trained before; it is kept until the returned function is called. */
  replace(denoiser: LearnedDenoiser): () => void {
    this.#trained?.retire();
    this.#trained = new Lent(denoiser);
    return this.#trained.use();
  }

  /** A new small U-Net for pictures of a source, which the caller disposes of. */
  async untrained(source: Source, seed: number): Promise<LearnedDenoiser> {
    const core = await this.#session.threadedCore();
    const { training } = this.#stock.of(source);
    const shape = { height: SIZE, width: SIZE, channels: 1 };
    const net = unet(core, shape, { channels: [8, 16, 16], groups: 4, key: key(seed) });
    // Pictures that are all alike have no deviation.
    return learnedDenoiser(net, { sigmaData: imageMoments(training).sd || 0.1 });
  }

  /** A network of 20 x 20 grey pictures by its weights, which the caller disposes of. @throws Error if it is of other pictures */
  async opened(weights: DenoiserWeights): Promise<LearnedDenoiser> {
    const denoiser = loadDenoiser(await this.#session.threadedCore(), weights);
    if (denoiser.dim !== DIM) {
      denoiser.dispose();
      throw new Error(`These weights are of pictures of ${denoiser.dim} numbers; here pictures have ${DIM}.`);
    }
    return denoiser;
  }

  /** The network of the page, in the core of one thread, or the one trained in it. @throws Error where there is none yet */
  network(who: 'unet' | 'trained'): LearnedDenoiser {
    return who === 'unet' ? this.coming(this.#session.core) : this.#own().value;
  }

  /** Keeps a network from being replaced until the caller calls the returned function. */
  keep(who: 'unet' | 'trained'): () => void {
    return who === 'unet' ? () => {} : this.#own().use();
  }

  #own(): Lent<LearnedDenoiser> {
    if (!this.#trained) throw new Error('No network is trained yet: press Train first.');
    return this.#trained;
  }

  /** The scores that `who` gives, on all threads, until `release` is called. @throws Error where there is no such network yet */
  async family(wish: Wish): Promise<{ family: ScoreFamily; release: () => void }> {
    const core = await this.#session.threadedCore();
    if (wish.who !== 'trained') return { family: this.#lasting(core, wish), release: () => {} };
    const own = this.#own();
    const moments = momentsOf(this.#stock.of(wish.source));
    return { family: denoiserScores(own.value, { moments }), release: own.use() };
  }

  #lasting(core: Core, { who, source, label, guidance }: Wish): ScoreFamily {
    const pictures = this.#stock.of(source);
    if (who === 'exact') return dataScores(core, pictures.points);
    if (who === 'local') return this.local(core, source);
    const chosen = label === null ? {} : { label, guidance };
    return denoiserScores(this.coming(core), { ...chosen, moments: momentsOf(pictures) });
  }

  /** The local scores of a source's pictures. */
  local(core: Core, source: Source): ScoreFamily {
    const pictures = this.#stock.of(source);
    const made = this.#local.get(pictures) ?? new Map<Core, ScoreFamily>();
    this.#local.set(pictures, made);
    const family = made.get(core) ?? localScores(core, pictures.few, { patch: PATCHES });
    made.set(core, family);
    return family;
  }
}

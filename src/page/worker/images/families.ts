import {
  type Core,
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
import { momentsOf, type Pictures, SIZE, type Source, type Stock } from './stock.js';

/**
 * Who denoises: the U-Net that comes with the page, the one trained in it, patches of the data (local scores), or the data
 * themselves (the exact score).
 */
export type Who = 'unet' | 'trained' | 'local' | 'exact';

/** Sizes of patches for pictures of 20 x 20, those of the library for 28 x 28 scaled down. */
const PATCHES = [
  { below: 0.2, size: 3 },
  { below: 0.45, size: 5 },
  { below: 0.85, size: 7 },
  { below: 1.4, size: 9 },
  { below: 2.6, size: 15 },
  { below: Infinity, size: Infinity },
];

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

  /** The U-Net that comes with the page, in a core. @throws Error before its file has come */
  coming(core: Core): LearnedDenoiser {
    if (!this.#file) throw new Error('the weights of the digits’ network have not come yet');
    const made =
      this.#coming.get(core) ?? loadDenoiser(core, decodeDenoiserWeights(this.#file), { averaged: false });
    this.#coming.set(core, made);
    return made;
  }

  /** A new small U-Net for pictures of a source, in place of the one trained before; kept until `release` is called. */
  async anew(source: Source, seed: number): Promise<{ denoiser: LearnedDenoiser; release: () => void }> {
    const core = await this.#session.threadedCore();
    const { training } = this.#stock.of(source);
    const shape = { height: SIZE, width: SIZE, channels: 1 };
    const net = unet(core, shape, { channels: [8, 16, 16], groups: 4, key: key(seed) });
    // Pictures that are all alike have no deviation.
    const denoiser = learnedDenoiser(net, { sigmaData: imageMoments(training).sd || 0.1 });
    this.#trained?.retire();
    this.#trained = new Lent(denoiser);
    return { denoiser, release: this.#trained.use() };
  }

  /** The scores that `who` gives, on all threads, until `release` is called. @throws Error where there is no such network yet */
  async family(wish: Wish): Promise<{ family: ScoreFamily; release: () => void }> {
    const core = await this.#session.threadedCore();
    if (wish.who !== 'trained') return { family: this.#lasting(core, wish), release: () => {} };
    if (!this.#trained) throw new Error('No network is trained yet: press Train first.');
    const moments = momentsOf(this.#stock.of(wish.source));
    return { family: denoiserScores(this.#trained.value, { moments }), release: this.#trained.use() };
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

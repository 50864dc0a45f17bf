import { type Denoiser, denoiser, empirical, imageMoments, key, normal, takeImages } from '../../../index.js';
import type { Session } from '../session.js';
import type { Families } from './families.js';
import { DIM } from './numbers.js';
import type { Stock } from './stock.js';

/** Digits under noise that are shown, and how many classes there are. */
const SHOWN = 9;
const CLASSES = 10;

/** The means of the digits of each class, [10, DIM], and of all, [DIM]. */
export interface MeanDigits {
  classes: Float32Array;
  all: Float32Array;
}

/** Held-out digits under noise and what two denoisers take them for, [9, DIM]; how far a pixel of these is from the mean of all. */
export interface Averaged {
  noisy: Float32Array;
  unet: Float32Array;
  exact: Float32Array;
  /** Root mean square differences a pixel from the mean of all digits. */
  unetAway: number;
  exactAway: number;
}

/** A digit as three numbers, from which its norm about the mean follows at every noise. */
interface Parts {
  /** |x - mean|^2, (x - mean) z and |z|^2. */
  digit: number;
  product: number;
  noise: number;
}

/** Means and norms of the digits that the denoisers without a network are made of. */
export class MeanFigures {
  readonly #session: Session;
  readonly #stock: Stock;
  readonly #families: Families;
  #means?: MeanDigits;
  #parts?: Parts[];

  constructor(session: Session, stock: Stock, families: Families) {
    this.#session = session;
    this.#stock = stock;
    this.#families = families;
  }

  means(): MeanDigits {
    this.#means ??= this.#makeMeans();
    return this.#means;
  }

  /** Denoises held-out digits under noise, by the network of the page and by the exact score. */
  averaged({ sigma, seed }: { sigma: number; seed: number }): Averaged {
    const { core } = this.#session;
    const { points, heldOut } = this.#stock.of('digits');
    const clean = heldOut.subarray(0, SHOWN * DIM);
    const z = normal(core, key(seed), [clean.length]);
    const noisy = clean.map((x, i) => x + sigma * z[i]);
    const { all } = this.means();
    const score = empirical(core, points, sigma);
    const network = this.#families.coming(core).at(sigma);
    try {
      const by = (one: Denoiser) => one.denoise(noisy).slice();
      const [unet, exact] = [by(network), by(denoiser(score, sigma))];
      const away = (x: Float32Array) =>
        Math.sqrt(x.reduce((sum, value, i) => sum + (value - all[i % DIM]) ** 2, 0) / x.length);
      return { noisy, unet, exact, unetAway: away(unet), exactAway: away(exact) };
    } finally {
      score.dispose();
      network.dispose?.();
    }
  }

  /** How far each digit with noise, y = x + sigma z, is from the mean of all digits: |y - mean|, [n]. */
  norms({ sigma }: { sigma: number }): Float32Array {
    this.#parts ??= this.#makeParts();
    return Float32Array.from(this.#parts, ({ digit, product, noise }) =>
      Math.sqrt(Math.max(0, digit + 2 * sigma * product + sigma * sigma * noise)),
    );
  }

  #makeMeans(): MeanDigits {
    const { few } = this.#stock.of('digits');
    const { labels = [] } = few;
    const classes = new Float32Array(CLASSES * DIM);
    for (let c = 0; c < CLASSES; c++) {
      const own = Array.from(labels).flatMap((label, i) => (label === c ? [i] : []));
      classes.set(imageMoments(takeImages(few, own)).mean, c * DIM);
    }
    return { classes, all: Float32Array.from(imageMoments(few).mean) };
  }

  #makeParts(): Parts[] {
    const { points } = this.#stock.of('digits').points;
    const { all } = this.means();
    const z = normal(this.#session.core, key(5), [points.length]);
    return Array.from({ length: points.length / DIM }, (_, n) => {
      const parts = { digit: 0, product: 0, noise: 0 };
      for (let i = 0; i < DIM; i++) {
        const [x, noise] = [points[n * DIM + i] - all[i], z[n * DIM + i]];
        parts.digit += x * x;
        parts.product += x * noise;
        parts.noise += noise * noise;
      }
      return parts;
    });
  }
}

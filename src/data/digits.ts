import { integer } from '../core/check.js';
import type { Core } from '../core/instantiate.js';
import { bits, checkKey, foldIn, type Key } from '../core/random.js';
import { drawInk } from './digitInk.js';
import { type Hand, writeDigit } from './digitPath.js';
import { DIGIT_STYLES } from './digitStrokes.js';
import { type ImageSet, imageSet } from './imageSet.js';

/** Random words of an image: more than the longest style takes. */
const WORDS = 64;

/** Bytes of the largest array that every engine gives. */
const MAX_BYTES = 2 ** 31 - 1;

/** The random numbers of one image, in the order in which they are asked for: at most WORDS. */
class WordHand implements Hand {
  readonly #words: Uint32Array;
  #next = 0;

  constructor(words: Uint32Array) {
    this.#words = words;
  }

  #word(): number {
    return this.#words[this.#next++];
  }

  uniform(): number {
    return this.#word() / 2 ** 32;
  }

  bell(): number {
    const word = this.#word();
    // Four bytes, each of variance (256^2 - 1) / 12.
    const sum = (word & 255) + ((word >>> 8) & 255) + ((word >>> 16) & 255) + (word >>> 24);
    return (sum - 510) / Math.sqrt((256 * 256 - 1) / 3);
  }
}

/**
 * n handwritten-looking digits with their labels, drawn by this library: `size` x `size` grey bytes, white on black. As in MNIST,
 * a digit is 20/28 of the picture in height or width and its centre of mass is in the middle; labels are uniform from 0 to 9.
 *
 * Image i depends on foldIn(key, i) and the size alone, so a smaller set is the beginning of a larger one. Only words of random
 * bits and operations that IEEE 754 rounds exactly (+, -, x, / and square roots) make an image, so that every engine and kernel
 * gives the same bytes.
 *
 * @param core the core that `loadCore` gave
 * @param key the same key gives the same numbers
 * @param n digits to draw
 * @param options size: pixels of a side, 8 to 512; default: 28
 * @throws TypeError on a bad key; RangeError unless size is an integer from 8 to 512, and n one from 1 to as many
 *   images as are below 2 GiB.
 */
export function digits(core: Core, key: Key, n: number, { size = 28 }: { size?: number } = {}): ImageSet {
  checkKey('digits', key);
  integer('digits', 'size', size, 8, 512);
  integer('digits', 'n', n, 1, Math.floor(MAX_BYTES / (size * size)));
  const pixels = new Uint8Array(n * size * size);
  const labels = new Uint16Array(n);
  for (let i = 0; i < n; i++) {
    const hand = new WordHand(bits(core, foldIn(key, i), [WORDS]));
    labels[i] = Math.floor(hand.uniform() * DIGIT_STYLES.length);
    const strokes = writeDigit(hand, DIGIT_STYLES[labels[i]]);
    drawInk(strokes, pixels.subarray(i * size * size, (i + 1) * size * size), size);
  }
  return imageSet({ height: size, width: size, pixels, labels, classes: DIGIT_STYLES.length });
}

import { integer, show } from './check.js';
import type { Core } from './instantiate.js';
import { checkKey, type DrawOptions, type Key, layoutCode } from './random.js';

/**
 * How categories are drawn. `gumbel`: as jax.random.categorical, each that of the largest logit plus Gumbel, in a time that grows
 * with their number. `alias`: from a table (Walker 1977; Vose 1991), in a time that does not; each draw depends on the key and its
 * place alone, and `layout` does not matter.
 */
export type Drawing = 'gumbel' | 'alias';

/** @throws TypeError unless it is a way to draw categories. */
export function checkDrawing(caller: string, drawing: Drawing): void {
  if (drawing !== 'gumbel' && drawing !== 'alias')
    throw new TypeError(`${caller}: drawing must be 'gumbel' or 'alias', got ${show(drawing)}`);
}

/** Options of {@link categorical}. */
export interface CategoricalOptions extends DrawOptions {
  /** Default: `gumbel`. */
  drawing?: Drawing;
}

/** A categorical distribution in memory, for many draws; {@link categorical} is for one. */
export class Categorical {
  readonly #core: Core;
  readonly #size: number;
  readonly #drawing: Drawing;
  /** Of `gumbel`: the logits that are finite, their number and, behind them, their indices. */
  #count = 0;
  #logits = 0;
  #indices = 0;
  /** Of `alias`: the table. */
  #table = 0;

  /**
   * @param logits [N], not normalised; an index with -Infinity is never drawn
   *
   * @throws RangeError unless one or more are finite, TypeError on another way to draw
   */
  constructor(core: Core, logits: Float32Array, drawing: Drawing = 'gumbel') {
    checkDrawing('categorical', drawing);
    this.#core = core;
    this.#size = logits.length;
    this.#drawing = drawing;
    const { memory, wasm } = core;
    logits.forEach((logit, i) => {
      if (Number.isNaN(logit) || logit === Infinity) {
        throw new RangeError(`categorical: logits must be finite or -Infinity, got ${logit} at index ${i}`);
      }
      if (logit !== -Infinity) this.#count++;
    });
    if (this.#count === 0) throw new RangeError('categorical: logits must have a finite one, got none');
    if (drawing === 'alias') {
      const all = memory.take(4 * this.#size);
      try {
        this.#table = memory.take(wasm.aliasBytes(this.#size));
        memory.f32(all, this.#size).set(logits);
        wasm.aliasTable(this.#table, all, this.#size);
      } finally {
        memory.give(all);
      }
      return;
    }
    const padded = Math.ceil(this.#count / 16) * 16;
    this.#logits = memory.take(8 * padded);
    this.#indices = this.#logits + 4 * padded;
    const finite = memory.f32(this.#logits, padded).fill(-Infinity);
    const indices = memory.u32(this.#indices, padded);
    let to = 0;
    logits.forEach((logit, i) => {
      if (logit === -Infinity) return;
      finite[to] = logit;
      indices[to++] = i;
    });
  }

  /**
   * n indices, [n].
   *
   * @throws TypeError on a bad key or layout, RangeError on a bad n, or of `gumbel` if n x N is 2^32 or more
   */
  draw(from: Key, n: number, { layout = 'original' }: DrawOptions = {}): Uint32Array {
    integer('categorical', 'n', n, 0);
    const [key0, key1] = checkKey('categorical', from);
    const code = layoutCode('categorical', layout);
    const isAlias = this.#drawing === 'alias';
    if (!isAlias && n * this.#size >= 2 ** 32) {
      throw new RangeError(
        `categorical: n times the number of logits must be below 2^32, got ${n} times ${this.#size}; draw by 'alias'`,
      );
    }
    const { wasm, memory } = this.#core;
    // Behind n padded to 16 numbers, `aliasDraw` keeps a key schedule of 384 bytes.
    const out = memory.take(4 * n + 448);
    if (isAlias) wasm.aliasDraw(out, n, this.#table, this.#size, key0, key1);
    else wasm.categorical(out, n, this.#logits, this.#indices, this.#count, this.#size, key0, key1, code);
    const drawn = memory.u32(out, n).slice();
    memory.give(out);
    return drawn;
  }

  dispose(): void {
    this.#core.memory.give(this.#logits);
    this.#core.memory.give(this.#table);
  }
}

/**
 * n indices, [n], jax.random.categorical(key, logits, shape=(n,)): each that of the largest logit plus Gumbel. With `drawing` of
 * `alias` other ones, not JAX's, in a time that does not grow with the number of logits but for reading them once.
 *
 * @param logits [N], not normalised; an index with -Infinity is never drawn
 * @param core the core that `loadCore` gave
 * @param key the same key gives the same numbers
 * @param n indices to draw
 * @throws TypeError on a bad key, layout or drawing, RangeError on bad logits or n, or of `gumbel` if n x N is 2^32 or more
 */
export function categorical(
  core: Core,
  key: Key,
  logits: Float32Array,
  n: number,
  { drawing, ...options }: CategoricalOptions = {},
): Uint32Array {
  const distribution = new Categorical(core, logits, drawing);
  try {
    return distribution.draw(key, n, options);
  } finally {
    distribution.dispose();
  }
}

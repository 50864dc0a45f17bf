import { integer } from '../core/check.js';
import { log } from '../core/elementary.js';
import type { Core } from '../core/instantiate.js';
import { bits, type DrawOptions, type Key, split } from '../core/random.js';

/**
 * The integers from 0 to n - 1 in random order, [n], jax.random.permutation(key, n). Equal to JAX's.
 *
 * They are sorted by random words, as often as makes two equal words in one place unlikely (`_shuffle` in
 * jax/_src/random.py).
 *
 * @param core the core that `loadCore` gave
 * @param key the same key gives the same numbers
 * @param n how many numbers
 * @throws TypeError on a bad key or layout, RangeError unless n is a positive integer
 */
export function permutation(core: Core, key: Key, n: number, options: DrawOptions = {}): Uint32Array {
  integer('permutation', 'n', n, 1, 2 ** 32 - 1);
  let order = Uint32Array.from({ length: n }, (_, i) => i);
  const rounds = Math.ceil((3 * log(n)) / log(2 ** 32 - 1));
  let next = key;
  for (let round = 0; round < rounds; round++) {
    const [rest, drawn] = split(next, 2, options);
    next = rest;
    const words = bits(core, drawn, [n], options);
    const places = Uint32Array.from({ length: n }, (_, i) => i);
    // Equal words keep their order, as in JAX.
    places.sort((a, b) => words[a] - words[b] || a - b);
    order = places.map((place) => order[place]);
  }
  return order;
}

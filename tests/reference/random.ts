import { erfInv } from './erf.js';

/** How counters are laid out over an array: jax_threefry_partitionable False or True. */
export type Layout = 'original' | 'partitionable';

const ROTATIONS = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
];

/** One threefry2x32 block of 20 rounds, words as unsigned integers (Salmon et al., SC 2011). */
export function threefry2x32(key: ArrayLike<number>, counter: ArrayLike<number>): [number, number] {
  const keys = [key[0], key[1], key[0] ^ key[1] ^ 0x1bd11bda];
  let x = (counter[0] + keys[0]) | 0;
  let y = (counter[1] + keys[1]) | 0;
  for (let group = 0; group < 5; group++) {
    for (const r of ROTATIONS[group % 2]) {
      x = (x + y) | 0;
      y = ((y << r) | (y >>> (32 - r))) ^ x;
    }
    x = (x + keys[(group + 1) % 3]) | 0;
    y = (y + keys[(group + 2) % 3] + group + 1) | 0;
  }
  return [x >>> 0, y >>> 0];
}

/** jax.random.bits: n words; a shape only matters by its product. */
export function randomBits(key: ArrayLike<number>, n: number, layout: Layout = 'original'): Uint32Array {
  const out = new Uint32Array(n);
  if (layout === 'partitionable') {
    for (let i = 0; i < n; i++) {
      const [a, b] = threefry2x32(key, [0, i]);
      out[i] = a ^ b;
    }
    return out;
  }
  // The counters 0 ... n - 1, with a 0 behind them if n is odd, are cut in two halves;
  // block i takes the i-th of each half and fills the same two places.
  const half = Math.ceil(n / 2);
  for (let i = 0; i < half; i++) {
    const second = half + i;
    const [a, b] = threefry2x32(key, [i, second < n ? second : 0]);
    out[i] = a;
    if (second < n) out[second] = b;
  }
  return out;
}

/** jax.random.split: n keys. */
export function splitKey(key: ArrayLike<number>, n: number, layout: Layout = 'original'): [number, number][] {
  const index = Array.from({ length: n }, (_, i) => i);
  if (layout === 'partitionable') return index.map((i) => threefry2x32(key, [0, i]));
  const words = randomBits(key, 2 * n);
  return index.map((i) => [words[2 * i], words[2 * i + 1]]);
}

/** jax.random.fold_in: the same in both layouts; data is an unsigned 32-bit integer. */
export function foldInKey(key: ArrayLike<number>, data: number): [number, number] {
  return threefry2x32(key, [0, data]);
}

/** A word's leading 23 bits as a number in [0, 1), as jax.random.uniform makes it (exact). */
export function unitFromBits(bits: number): number {
  return (bits >>> 9) / 2 ** 23;
}

/** jax.random.uniform on [minval, maxval) from bits [n]. */
export function uniformFromBits(bits: Uint32Array, minval = 0, maxval = 1): Float64Array {
  return Float64Array.from(bits, (b) => unitFromBits(b) * (maxval - minval) + minval);
}

/**
 * jax.random.normal from bits [n]: sqrt(2) erfinv(u), where every u, from
 * 2^-24 - 1 to 1 - 3 * 2^-24 in steps of 2^-22, is exact in float32 too.
 */
export function normalFromBits(bits: Uint32Array): Float64Array {
  return Float64Array.from(bits, (b) => Math.SQRT2 * erfInv(2 * unitFromBits(b) - 1 + 2 ** -24));
}

/** jax.random.gumbel from bits [n]: -log(-log(u)), where a u of 0 becomes the least normal float32. */
export function gumbelFromBits(bits: Uint32Array): Float64Array {
  return Float64Array.from(bits, (b) => -Math.log(-Math.log(unitFromBits(b) || 2 ** -126)));
}

/** jax.random.normal of n numbers. */
export function randomNormal(key: ArrayLike<number>, n: number, layout: Layout = 'original'): Float64Array {
  return normalFromBits(randomBits(key, n, layout));
}

/** jax.random.categorical: n indices into logits [N], each the argmax of logits + gumbel. */
export function randomCategorical(
  key: ArrayLike<number>,
  logits: ArrayLike<number>,
  n: number,
  layout: Layout = 'original',
): number[] {
  const size = logits.length;
  const gumbel = gumbelFromBits(randomBits(key, n * size, layout));
  return Array.from({ length: n }, (_, draw) => {
    let best = 0;
    for (let i = 1; i < size; i++) {
      if (logits[i] + gumbel[draw * size + i] > logits[best] + gumbel[draw * size + best]) best = i;
    }
    return best;
  });
}

/** The probability of each category under an alias table u32 [N][2] of thresholds, in units of 2^-32, and aliases. */
export function aliasProbabilities(table: ArrayLike<number>): Float64Array {
  const N = table.length / 2;
  const p = new Float64Array(N);
  for (let i = 0; i < N; i++) {
    p[i] += table[2 * i] / 2 ** 32 / N;
    p[table[2 * i + 1]] += (2 ** 32 - table[2 * i]) / 2 ** 32 / N;
  }
  return p;
}

/** n draws by an alias table: draw j from the 64 bits of the encrypted pair (0, j). */
export function aliasDraws(key: ArrayLike<number>, n: number, table: ArrayLike<number>): Uint32Array {
  return Uint32Array.from({ length: n }, (_, j) => {
    const [high, low] = threefry2x32(key, [0, j]);
    const place = (((BigInt(high) << 32n) | BigInt(low)) * BigInt(table.length / 2)) >> 32n;
    const cell = Number(place >> 32n);
    return Number(place & 0xffffffffn) < table[2 * cell] ? cell : table[2 * cell + 1];
  });
}

import { integer, show } from './check.js';
import type { Core } from './instantiate.js';

/** A key of jax.random: two 32-bit words. Draw with a key once only; derive others with {@link split} and {@link foldIn}. */
export type Key = Uint32Array;

/**
 * Which counter each element of a random array has: `original` as JAX has it with `jax_threefry_partitionable=False` (the
 * article's), `partitionable` as newer JAX has it by default.
 */
export type Layout = 'original' | 'partitionable';

/** Options of {@link bits}, {@link uniform}, {@link normal}, {@link gumbel} and {@link permutation}. */
export interface DrawOptions {
  /** Default: `original`. */
  layout?: Layout;
}

/**
 * The argument `partitionable` of the wasm ABI: 1 for `partitionable`, 0 for `original`.
 *
 * @throws TypeError for anything else
 */
export function layoutCode(caller: string, layout: Layout): number {
  if (layout === 'original') return 0;
  if (layout === 'partitionable') return 1;
  throw new TypeError(`${caller}: layout must be 'original' or 'partitionable', got ${show(layout)}`);
}

/** Returns the value. @throws TypeError unless it is a key. */
export function checkKey(caller: string, value: Key): Key {
  if (value instanceof Uint32Array && value.length === 2) return value;
  throw new TypeError(
    `${caller}: key must be a Uint32Array of 2 words, as key(seed) makes it, got ${show(value)}`,
  );
}

/**
 * The key of a seed, jax.random.PRNGKey(seed): its upper and its lower 32 bits. JAX keeps only the lower ones, and 0 for the
 * upper, unless `jax_enable_x64` is set; the key of a negative seed is JAX's without it.
 *
 * @param seed an integer from -2^31 to 2^53 - 1
 * @throws RangeError for any other seed
 */
export function key(seed: number): Key {
  integer('key', 'seed', seed, -(2 ** 31));
  return Uint32Array.of(Math.max(0, seed / 2 ** 32), seed >>> 0);
}

const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24];

/** Threefry-2x32 with 20 rounds on one pair of words. Only keys are derived here; arrays are drawn in WebAssembly. */
function threefry(k: Key, x0: number, x1: number): [number, number] {
  const keySchedule = [k[0], k[1], k[0] ^ k[1] ^ 0x1bd11bda];
  let a = (x0 + k[0]) | 0;
  let b = (x1 + k[1]) | 0;
  for (let round = 0; round < 20; round++) {
    const left = ROTATIONS[round & 7];
    a = (a + b) | 0;
    b = ((b << left) | (b >>> (32 - left))) ^ a;
    if ((round & 3) === 3) {
      const injection = (round + 1) >> 2;
      a = (a + keySchedule[injection % 3]) | 0;
      b = (b + keySchedule[(injection + 1) % 3] + injection) | 0;
    }
  }
  return [a >>> 0, b >>> 0];
}

/**
 * n new keys, jax.random.split(key, n).
 *
 * @param from the key, which should not be used again
 * @param n keys to make; default: 2
 * @throws TypeError on a bad key or layout, RangeError unless n is a positive integer
 */
export function split(from: Key, n = 2, { layout = 'original' }: DrawOptions = {}): Key[] {
  checkKey('split', from);
  integer('split', 'n', n);
  if (layoutCode('split', layout) === 1) {
    return Array.from({ length: n }, (_, i) => Uint32Array.from(threefry(from, 0, i)));
  }
  const words = new Uint32Array(2 * n);
  for (let i = 0; i < n; i++) [words[i], words[i + n]] = threefry(from, i, i + n);
  return Array.from({ length: n }, (_, i) => words.slice(2 * i, 2 * i + 2));
}

/**
 * A new key from a key and an integer, jax.random.fold_in(key, data).
 *
 * @param from the key
 * @param data an integer from 0 to 2^32 - 1
 * @throws TypeError on a bad key, RangeError on bad data
 */
export function foldIn(from: Key, data: number): Key {
  checkKey('foldIn', from);
  integer('foldIn', 'data', data, 0, 2 ** 32 - 1);
  return Uint32Array.from(threefry(from, 0, data));
}

/**
 * Elements of an array of this shape.
 *
 * @throws RangeError if a size is not an integer >= 0, or there are 2^32 elements or more.
 */
function count(caller: string, shape: readonly number[]): number {
  let n = 1;
  for (const size of shape) n *= integer(caller, 'shape', size, 0);
  if (n >= 2 ** 32)
    throw new RangeError(`${caller}: shape must have fewer than 2^32 elements, got ${n}; draw in parts`);
  return n;
}

/** Writes random bits of an array of this shape into memory, and returns what `read` makes of them: a copy. */
function draw<T extends Float32Array | Uint32Array>(
  caller: string,
  core: Core,
  from: Key,
  shape: readonly number[],
  layout: Layout,
  read: (at: number, n: number) => T,
): T {
  const n = count(caller, shape);
  const code = layoutCode(caller, layout);
  const [key0, key1] = checkKey(caller, from);
  // Kernels go over whole blocks of sixteen numbers, and `normal` works in up to 64 behind them.
  const at = core.memory.take(4 * n + 320);
  try {
    core.wasm.bits(at, n, key0, key1, code);
    return read(at, n);
  } finally {
    core.memory.give(at);
  }
}

/**
 * Random 32-bit words, jax.random.bits(key, shape): flat, in row-major order. Equal to JAX's.
 *
 * @param core the core that `loadCore` gave
 * @param key the same key gives the same numbers
 * @param shape lengths of the axes; [] for one number
 * @throws TypeError on a bad key or layout, RangeError on a bad shape
 */
export function bits(
  core: Core,
  key: Key,
  shape: readonly number[],
  { layout = 'original' }: DrawOptions = {},
): Uint32Array {
  return draw('bits', core, key, shape, layout, (at, n) => core.memory.u32(at, n).slice());
}

/**
 * Uniform on [minval, maxval), jax.random.uniform: flat float32, in row-major order. Equal to JAX's.
 *
 * @param core the core that `loadCore` gave
 * @param key the same key gives the same numbers
 * @param shape lengths of the axes; [] for one number
 * @param options minval (default 0) and maxval (1), of which maxval is never drawn; layout of the counters
 * @throws TypeError on a bad key or layout, RangeError on a bad shape or limits that are not finite
 */
export function uniform(
  core: Core,
  key: Key,
  shape: readonly number[],
  { minval = 0, maxval = 1, layout = 'original' }: DrawOptions & { minval?: number; maxval?: number } = {},
): Float32Array {
  if (
    typeof minval !== 'number' ||
    typeof maxval !== 'number' ||
    ![minval, maxval, maxval - minval].every((x) => Number.isFinite(Math.fround(x)))
  ) {
    throw new RangeError(
      `uniform: minval and maxval must be finite, and their difference in float32, got ${show(minval)} and ${show(maxval)}`,
    );
  }
  return draw('uniform', core, key, shape, layout, (at, n) => {
    core.wasm.uniform(at, n, minval, maxval);
    return core.memory.f32(at, n).slice();
  });
}

/**
 * Standard normal, jax.random.normal: flat float32, in row-major order, within 2 ulp of JAX's. Errors as {@link bits}.
 *
 * @param core the core that `loadCore` gave
 * @param key the same key gives the same numbers
 * @param shape lengths of the axes; [] for one number
 */
export function normal(
  core: Core,
  key: Key,
  shape: readonly number[],
  { layout = 'original' }: DrawOptions = {},
): Float32Array {
  return draw('normal', core, key, shape, layout, (at, n) => {
    core.wasm.normal(at, n);
    return core.memory.f32(at, n).slice();
  });
}

/**
 * Standard Gumbel, jax.random.gumbel: flat float32, in row-major order. Errors as {@link bits}.
 *
 * @param core the core that `loadCore` gave
 * @param key the same key gives the same numbers
 * @param shape lengths of the axes; [] for one number
 */
export function gumbel(
  core: Core,
  key: Key,
  shape: readonly number[],
  { layout = 'original' }: DrawOptions = {},
): Float32Array {
  return draw('gumbel', core, key, shape, layout, (at, n) => {
    core.wasm.gumbel(at, n);
    return core.memory.f32(at, n).slice();
  });
}

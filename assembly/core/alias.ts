// Draws from N categories in a time that does not grow with N, by an alias table (Walker 1977; Vose, "A linear algorithm for
// generating random numbers with a given distribution", 1991). Weights are scaled to a mean of 1. Each category has a cell of
// size 1, which its own weight fills up to a threshold and another category, its alias, from there on.
import { exp64 } from './exp64';
import { writeKeySchedule } from './random';
import { pairs } from './scratch';
import { addWords } from './simd';
import { PAIRS, threefry } from './threefry';

/** Bytes of a cell: its threshold in units of 2^-32, u32, and its alias, u32. */
const CELL: usize = 8;

/** Bytes from the first words of sixteen pairs to the second words. */
const WORDS: usize = (<usize>PAIRS) << 2;

/** Bytes of a table of N cells. */
export function aliasBytes(N: u32): usize {
  return <usize>N * CELL;
}

/** The weight of category i, over the mean one: exp(logit - largest) times `scale`. */
function weightOf(logits: usize, i: u32, largest: f64, scale: f64): f64 {
  return exp64(<f64>load<f32>(logits + ((<usize>i) << 2)) - largest) * scale;
}

/** The first category from i on that is heavier than the mean; N if there is none. */
function nextHeavy(logits: usize, i: u32, N: u32, largest: f64, scale: f64): u32 {
  while (i < N && weightOf(logits, i, largest, scale) <= 1) i++;
  return i;
}

/** Lets category i have `weight` of its cell, and `alias` the rest. With a weight of 1 or more the cell stays as it is, whole. */
function divide(table: usize, i: u32, weight: f64, alias: u32): void {
  const threshold = <u64>(max<f64>(weight, 0) * 4294967296.0 + 0.5);
  if (threshold > 0xffffffff) return;
  const cell = table + <usize>i * CELL;
  store<u32>(cell, <u32>threshold);
  store<u32>(cell, alias, 4);
}

/**
 * Fills the table of N categories in one sweep without lists (Huebschle-Schneider and Sanders, "Parallel weighted random
 * sampling", 2019): one place runs over light categories, of weight 1 or less, another over heavy ones, whose surplus fills the
 * cells of light ones. All thresholds together are rounded by less than 2^-32 of the whole; a category of weight 0 is never drawn.
 * table: aliasBytes(N), overwritten; logits: f32 [N], not normalised, none NaN and the largest finite.
 */
export function aliasTable(table: usize, logits: usize, N: u32): void {
  let largest: f32 = -Infinity;
  for (let i: usize = 0; i < <usize>N; i++) largest = max(largest, load<f32>(logits + (i << 2)));
  let total: f64 = 0;
  for (let i: u32 = 0; i < N; i++) {
    total += weightOf(logits, i, largest, 1);
    // A whole cell: what lies beyond the threshold is the category itself again.
    store<u32>(table + <usize>i * CELL, 0xffffffff);
    store<u32>(table + <usize>i * CELL, i, 4);
  }
  const scale = <f64>N / total;
  let heavy = nextHeavy(logits, 0, N, largest, scale);
  // All weights are the mean.
  if (heavy == N) return;
  let rest = weightOf(logits, heavy, largest, scale);
  for (let light: u32 = 0; light <= N; light++) {
    // The last turn, behind all light categories, only divides the cells of heavy ones.
    const weight: f64 = light < N ? weightOf(logits, light, largest, scale) : 0;
    if (weight > 1) continue;
    // A heavy category that has no surplus left keeps the rest, and the next one fills its cell.
    while (rest <= 1) {
      const next = nextHeavy(logits, heavy + 1, N, largest, scale);
      // By rounding, the last one may have too little for the last light ones.
      if (next == N) break;
      divide(table, heavy, rest, next);
      rest += weightOf(logits, next, largest, scale) - 1;
      heavy = next;
    }
    if (light < N) divide(table, light, weight, heavy);
    rest += weight - 1;
  }
}

/**
 * n draws from the N categories of a table. Draw j takes 64 random bits, both words of the encrypted pair (0, j): times N, their
 * whole part is a cell and the next 32 bits a place in it. Neither n nor other draws change it.
 * out: u32 [n], overwritten, padded to a multiple of 16, and room for a key schedule behind it, SCHEDULE_BYTES.
 * key0, key1: the words of the key.
 */
export function aliasDraw(out: usize, n: u32, table: usize, N: u32, key0: u32, key1: u32): void {
  const scratch = pairs();
  const schedule = out + (((<usize>n + PAIRS - 1) & ~(<usize>PAIRS - 1)) << 2);
  writeKeySchedule(key0, key1, schedule);
  for (let j: u32 = 0; out < schedule; j += PAIRS) {
    let low = addWords(i32x4.splat(j), i32x4(0, 1, 2, 3));
    for (let i: usize = 0; i < WORDS; i += 16) {
      v128.store(scratch + i, i32x4.splat(0));
      v128.store(scratch + i, low, WORDS);
      low = addWords(low, i32x4.splat(4));
    }
    threefry(schedule, scratch);
    for (let i: usize = 0; i < WORDS; i += 4) {
      const low = <u64>load<u32>(scratch + i, WORDS) * N;
      const place = <u64>load<u32>(scratch + i) * N + (low >> 32);
      const own = <u32>(place >> 32);
      const cell = load<u64>(table + <usize>own * CELL);
      store<u32>(out, select<u32>(own, <u32>(cell >> 32), <u32>place < <u32>cell));
      out += 4;
    }
  }
}

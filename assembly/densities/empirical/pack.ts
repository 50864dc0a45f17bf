// Points of an empirical density as its kernels read them. For differences, tiles [N / 4][D][4]. For products, points less a shift, in
// the K coordinates that are not the same in all points: dense tiles, [N / 6][width][6], or, where enough coordinates are 0,
// sparse ones (see `sparse.ts`), each in room for [D][4].
import { LANE_BYTES } from '../../../src/abi/panels';
import {
  centredOf,
  countOf,
  DENSE,
  DIFFERENCES,
  dimOf,
  ENTRY_BYTES,
  empiricalPoints,
  halvesOf,
  placesOf,
  SPARSE,
  setWay,
  shiftOf,
  TILE,
  TILE_BYTES,
  tileAt,
  tileOf,
  varyingOf,
  wayOf,
  widthOf,
} from './record';

/** Sparse tiles are taken if their coordinates are at most so much of all: they must save more than their places cost. */
const FULL: f32 = 0.75;

/**
 * Packs the N points, f32 [N][D], in place.
 *
 * For products, a coordinate that has one sign in all points is shifted by its mean, rounded, if no point's difference from it is
 * rounded: what is added back is then the point. That takes away an offset that is larger than the data.
 */
export function empiricalPack(score: usize, N: usize): void {
  const D = dimOf(score);
  if (wayOf(score) == DIFFERENCES)
    for (let d: usize = 0; d < D; d++) store<u32>(placesOf(score) + (d << 2), d * LANE_BYTES);
  else choose(score, N, D);
  const tile = tileOf(score);
  const whole = countOf(score);
  // In an order that overwrites no row too early.
  if (widthOf(score) <= D) for (let n: usize = 0; n < whole; n += tile) packTile(score, n, tile, N, D);
  else for (let n = whole; n > 0; n -= tile) packTile(score, n - tile, tile, N, D);
}

/** Chooses the coordinates to keep, their shifts, and the way. */
function choose(score: usize, N: usize, D: usize): void {
  const points = empiricalPoints(score);
  const shift = shiftOf(score);
  const places = placesOf(score);
  // Least and largest value and the sum of each coordinate, f64 [3][D], in scratch.
  const least = centredOf(score);
  const most = least + (D << 3);
  const sums = most + (D << 3);
  for (let n: usize = 0, at = points; n < N; n++) {
    for (let i: usize = 0; i < D << 3; i += 8) {
      const v: f64 = load<f32>(at);
      store<f64>(least + i, n == 0 ? v : min<f64>(load<f64>(least + i), v));
      store<f64>(most + i, n == 0 ? v : max<f64>(load<f64>(most + i), v));
      store<f64>(sums + i, n == 0 ? v : load<f64>(sums + i) + v);
      at += 4;
    }
  }
  let K: usize = 0;
  for (let d: usize = 0; d < D; d++) {
    const low = load<f64>(least + (d << 3));
    const high = load<f64>(most + (d << 3));
    // The spacing of numbers as large as the largest: of a mean rounded to it, differences have the fewest bits.
    const largest = reinterpret<u32>(<f32>max<f64>(-low, high));
    const spacing = <f64>reinterpret<f32>(largest & 0x7f800000) * 2 ** -23;
    const mean = nearest<f64>(load<f64>(sums + (d << 3)) / <f64>N / spacing) * spacing;
    store<f32>(shift + (d << 2), <f32>(low == high ? low : low > 0 || high < 0 ? mean : 0));
    if (low == high) continue;
    store<u32>(places + (K << 2), d * LANE_BYTES);
    K++;
  }
  for (let n: usize = 0, at = points; n < N; n++) {
    for (let to = shift; to < shift + (D << 2); to += 4) {
      const v = load<f32>(at);
      const m = load<f32>(to);
      if (m != 0 && <f64>v - <f64>m != <f64>(v - m)) store<f32>(to, 0);
      at += 4;
    }
  }
  setWay(score, DENSE, K, N);
  if (isSparse(score, N, D)) setWay(score, SPARSE, K, N);
}

/** Whether sparse tiles pay, and each of them has room. */
function isSparse(score: usize, N: usize, D: usize): bool {
  const K = varyingOf(score);
  let sum: f32 = 0;
  for (let n: usize = 0; n < N; n += TILE) {
    const count = entries(score, empiricalPoints(score) + ((n * D) << 2), min<usize>(TILE, N - n), D, 0);
    if (count * ENTRY_BYTES + 4 > D * TILE_BYTES) return false;
    sum += <f32>count;
  }
  return sum * <f32>TILE < FULL * <f32>K * <f32>N;
}

/**
 * Counts the coordinates in which one of `count` points, rows of D numbers, is not its shift; writes them as the entries of a
 * sparse tile to `to`, unless that is 0.
 */
function entries(score: usize, rows: usize, count: usize, D: usize, to: usize): usize {
  const places = placesOf(score);
  let found: usize = 0;
  for (let k: usize = 0; k < varyingOf(score); k++) {
    const at = load<usize>(places + (k << 2)) >> 3;
    const m = load<f32>(shiftOf(score) + at);
    let any = false;
    for (let row = rows + at, end = row + ((count * D) << 2); row < end; row += D << 2) {
      if (load<f32>(row) != m) any = true;
    }
    if (!any) continue;
    found++;
    if (to == 0) continue;
    store<u32>(to, k * LANE_BYTES);
    for (let i: usize = 0; i < count; i++)
      store<f32>(to + (i << 2), load<f32>(rows + at + ((i * D) << 2)) - m, 4);
    for (let i = count; i < TILE; i++) store<f32>(to + (i << 2), 0, 4);
    to += ENTRY_BYTES;
  }
  return found;
}

/** Packs the points n ... n + tile - 1, and writes half of the square of each one's length. */
function packTile(score: usize, n: usize, tile: usize, N: usize, D: usize): void {
  const rows = centredOf(score);
  const places = placesOf(score);
  const shift = shiftOf(score);
  const K = varyingOf(score);
  const count = min<usize>(tile, N - n);
  const out = tileAt(score, n);
  const isSparse = wayOf(score) == SPARSE;
  memory.copy(rows, empiricalPoints(score) + ((n * D) << 2), (count * D) << 2);
  if (isSparse) store<u32>(out, entries(score, rows, count, D, out + 4));
  else memory.fill(out, 0, (tile * widthOf(score)) << 2);
  for (let i: usize = 0; i < count; i++) {
    const row = rows + ((i * D) << 2);
    let to = out + (i << 2);
    let squares: f64 = 0;
    for (let k: usize = 0; k < K; k++) {
      const at = load<usize>(places + (k << 2)) >> 3;
      const v: f32 = load<f32>(row + at) - load<f32>(shift + at);
      squares += <f64>v * <f64>v;
      if (isSparse) continue;
      store<f32>(to, v);
      to += tile << 2;
    }
    store<f32>(halvesOf(score) + ((n + i) << 2), <f32>(squares / 2));
  }
}

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
  const places = placesOf(score);
  const shift = shiftOf(score);
  // Least and largest values, f32 [D] each and room for three more, in scratch.
  const least = centredOf(score);
  const most = least + ((D + 3) << 2);
  extremes(score, N, D, least, most);
  let K: usize = 0;
  for (let i: usize = 0; i < D << 2; i += 4) {
    const low = load<f32>(least + i);
    const high = load<f32>(most + i);
    store<f32>(
      shift + i,
      low == high ? low : low > 0 || high < 0 ? shiftFor(score, N, i, max<f32>(-low, high)) : 0,
    );
    if (low == high) continue;
    store<u32>(places + (K << 2), i << 3);
    K++;
  }
  setWay(score, isSparse(score, N, D, K) ? SPARSE : DENSE, K, N);
}

/** Writes the least and the largest value of each coordinate. */
function extremes(score: usize, N: usize, D: usize, least: usize, most: usize): void {
  let row = empiricalPoints(score);
  memory.copy(least, row, D << 2);
  memory.copy(most, row, D << 2);
  for (let n: usize = 0; n < N; n++) {
    for (let i: usize = 0; i < D << 2; i += 16) {
      const v = v128.load(row + i);
      v128.store(least + i, f32x4.pmin(v128.load(least + i), v));
      v128.store(most + i, f32x4.pmax(v128.load(most + i), v));
    }
    row += D << 2;
  }
}

/** The rounded mean of the coordinate i bytes behind the first, or 0 if a difference from it is rounded. largest: of |p|. */
function shiftFor(score: usize, N: usize, i: usize, largest: f32): f32 {
  const stride = dimOf(score) << 2;
  const first = empiricalPoints(score) + i;
  let sum: f64 = 0;
  for (let n: usize = 0, at = first; n < N; n++, at += stride) sum += load<f32>(at);
  // Rounded to the spacing of numbers as large as the largest, so that differences have the fewest bits.
  const spacing = <f64>reinterpret<f32>(reinterpret<u32>(largest) & 0x7f800000) * 2 ** -23;
  const mean = <f32>(nearest<f64>(sum / <f64>N / spacing) * spacing);
  for (let n: usize = 0, at = first; n < N; n++, at += stride) {
    const v = load<f32>(at);
    if (<f64>v - <f64>mean != <f64>(v - mean)) return 0;
  }
  return mean;
}

/** Whether sparse tiles pay, where K coordinates vary, and each of them has room. */
function isSparse(score: usize, N: usize, D: usize, K: usize): bool {
  const shift = shiftOf(score);
  let row = empiricalPoints(score);
  let sum: f32 = 0;
  for (let n: usize = 0; n < N; n += TILE) {
    const end = row + ((min<usize>(TILE, N - n) * D) << 2);
    let count: usize = 0;
    for (let i: usize = 0; i < D << 2; i += 16) {
      const m = v128.load(shift + i);
      let any = f32x4.splat(0);
      for (let at = row + i; at < end; at += D << 2) any = v128.or(any, f32x4.ne(v128.load(at), m));
      // Of the last vector, what belongs to the next row does not count.
      const lanes = min<usize>(4, D - (i >> 2));
      count += <usize>popcnt<i32>(i32x4.bitmask(any) & ((1 << (<i32>lanes)) - 1));
    }
    if (count * ENTRY_BYTES + 4 > D * TILE_BYTES) return false;
    sum += <f32>count;
    row = end;
  }
  return sum * <f32>TILE < FULL * <f32>K * <f32>N;
}

/** Packs the points n ... n + tile - 1, and writes half of the square of each one's length. */
function packTile(score: usize, n: usize, tile: usize, N: usize, D: usize): void {
  const rows = centredOf(score);
  const count = min<usize>(tile, N - n);
  const out = tileAt(score, n);
  memory.copy(rows, empiricalPoints(score) + ((n * D) << 2), (count * D) << 2);
  if (wayOf(score) == SPARSE) packSparse(score, rows, count, D, out);
  else packDense(score, rows, count, D, out, tile);
  const halves = halvesOf(score) + (n << 2);
  for (let i: usize = 0; i < count; i++) {
    let sum: f64 = 0;
    for (let d: usize = 0; d < D; d++) {
      const v = load<f32>(rows + ((i * D + d) << 2)) - load<f32>(shiftOf(score) + (d << 2));
      sum += <f64>v * <f64>v;
    }
    store<f32>(halves + (i << 2), <f32>(sum / 2));
  }
}

/** Writes a dense tile, or one of differences. rows: [count][D]; out: [width][tile]. */
function packDense(score: usize, rows: usize, count: usize, D: usize, out: usize, tile: usize): void {
  const places = placesOf(score);
  memory.fill(out, 0, (tile * widthOf(score)) << 2);
  for (let i: usize = 0; i < count; i++) {
    let to = out + (i << 2);
    for (let k: usize = 0; k < varyingOf(score); k++) {
      const at = load<usize>(places + (k << 2)) >> 3;
      store<f32>(to, load<f32>(rows + ((i * D) << 2) + at) - load<f32>(shiftOf(score) + at));
      to += tile << 2;
    }
  }
}

/** Writes a sparse tile. rows: [count][D]. */
function packSparse(score: usize, rows: usize, count: usize, D: usize, out: usize): void {
  const places = placesOf(score);
  const stride = D << 2;
  let to = out + 4;
  for (let k: usize = 0; k < varyingOf(score); k++) {
    const at = load<usize>(places + (k << 2)) >> 3;
    const m = load<f32>(shiftOf(score) + at);
    let any = false;
    for (let row = rows + at, end = row + count * stride; row < end; row += stride) {
      if (load<f32>(row) != m) any = true;
    }
    if (!any) continue;
    store<u32>(to, k * LANE_BYTES);
    v128.store(to, f32x4.splat(0), 4);
    for (let i: usize = 0; i < count; i++)
      store<f32>(to + (i << 2), load<f32>(rows + at + i * stride) - m, 4);
    to += ENTRY_BYTES;
  }
  store<u32>(out, (to - out) / ENTRY_BYTES);
}

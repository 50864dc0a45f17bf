// Points of an empirical density as its kernels read them: in tiles, and, for products, shifted and without the coordinates that
// are the same in all points.
import { LANE_BYTES } from '../../../src/abi/panels';
import {
  centredOf,
  countOf,
  dimOf,
  empiricalPoints,
  halvesOf,
  isByProducts,
  placesOf,
  setVarying,
  shiftOf,
  tileOf,
  varyingOf,
  widthOf,
} from './record';

/**
 * Packs the N points, f32 [N][D], in place.
 *
 * For products, a coordinate is shifted by its mean, rounded, where no point's difference from it is rounded: what is added back
 * is then the point. That takes away an offset that is larger than the data, and leaves other coordinates as they are.
 */
export function empiricalPack(score: usize, N: usize): void {
  const D = dimOf(score);
  if (isByProducts(score)) choose(score, N, D);
  else for (let d: usize = 0; d < D; d++) store<u32>(placesOf(score) + (d << 2), d * LANE_BYTES);
  packPoints(score, N, D);
}

/** Chooses the coordinates to keep and their shifts. */
function choose(score: usize, N: usize, D: usize): void {
  const points = empiricalPoints(score);
  const shift = shiftOf(score);
  const places = placesOf(score);
  // Least and largest value and the sum of each coordinate, f64 [3][D], in scratch.
  const least = centredOf(score);
  const most = least + (D << 3);
  const sums = most + (D << 3);
  for (let n: usize = 0, at = points; n < N; n++) {
    for (let d: usize = 0; d < D; d++) {
      const v: f64 = load<f32>(at);
      const i = d << 3;
      store<f64>(least + i, n == 0 ? v : min<f64>(load<f64>(least + i), v));
      store<f64>(most + i, n == 0 ? v : max<f64>(load<f64>(most + i), v));
      store<f64>(sums + i, n == 0 ? v : load<f64>(sums + i) + v);
      at += 4;
    }
  }
  for (let d: usize = 0; d < D; d++) {
    const i = d << 3;
    const largest = max<f64>(-load<f64>(least + i), load<f64>(most + i));
    // The spacing of numbers as large as the largest: of a mean rounded to it, differences have the fewest bits.
    const spacing = <f64>reinterpret<f32>(reinterpret<u32>(<f32>largest) & 0x7f800000) * 2 ** -23;
    const mean = nearest<f64>(load<f64>(sums + i) / <f64>N / spacing) * spacing;
    const isSame = load<f64>(least + i) == load<f64>(most + i);
    store<f32>(shift + (d << 2), <f32>(isSame ? load<f64>(least + i) : mean));
  }
  for (let n: usize = 0, at = points; n < N; n++) {
    for (let to = shift; to < shift + (D << 2); to += 4) {
      const v = load<f32>(at);
      const m = load<f32>(to);
      if (m != 0 && <f64>v - <f64>m != <f64>(v - m)) store<f32>(to, 0);
      at += 4;
    }
  }
  let K: usize = 0;
  for (let d: usize = 0; d < D; d++) {
    if (load<f64>(least + (d << 3)) == load<f64>(most + (d << 3))) continue;
    store<u32>(places + (K << 2), d * LANE_BYTES);
    K++;
  }
  setVarying(score, K);
}

/** Shifts the points, leaves out coordinates, and transposes tile after tile, in an order that overwrites no row too early. */
function packPoints(score: usize, N: usize, D: usize): void {
  const tile = tileOf(score);
  const whole = countOf(score);
  if (widthOf(score) <= D) for (let n: usize = 0; n < whole; n += tile) packTile(score, n, tile, N, D);
  else for (let n = whole; n > 0; n -= tile) packTile(score, n - tile, tile, N, D);
}

/** Packs the points n ... n + tile - 1. */
function packTile(score: usize, n: usize, tile: usize, N: usize, D: usize): void {
  const rows = centredOf(score);
  const places = placesOf(score);
  const shift = shiftOf(score);
  const points = empiricalPoints(score);
  const K = varyingOf(score);
  const width = widthOf(score);
  const count = min<usize>(tile, N - n);
  memory.copy(rows, points + ((n * D) << 2), (count * D) << 2);
  memory.fill(points + ((n * width) << 2), 0, (tile * width) << 2);
  for (let i: usize = 0; i < count; i++) {
    const row = rows + ((i * D) << 2);
    let to = points + ((n * width + i) << 2);
    let squares: f64 = 0;
    for (let k: usize = 0; k < K; k++) {
      const at = load<u32>(places + (k << 2)) >> 3;
      const v: f32 = load<f32>(row + at) - load<f32>(shift + at);
      store<f32>(to, v);
      squares += <f64>v * <f64>v;
      to += tile << 2;
    }
    store<f32>(halvesOf(score) + ((n + i) << 2), <f32>(squares / 2));
  }
}

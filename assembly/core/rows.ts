// Products of rows, [row][number], by matrices packed in strips of eight columns. Rows are read where they stand: a row is a
// place in memory, from which it goes on in runs of numbers, such as the lines of a patch of a picture. Micro-kernels sum over
// the numbers in order, so that neither the tile nor the edge changes a bit. Each is called twice, for tiles that fit and
// for edges: Binaryen puts a function with one caller into its loop, where V8 unrolls it (see `rowTiles.ts`).
import { LANE_BYTES, LANES } from '../../src/abi/panels';
import { tileOuter4x8, tileOuter6x8, tileRows4x8, tileRows6x8 } from './rowTiles';
import { edgePlaces, edgeTile } from './scratch';
import { isFused } from './simd';

/** Rows of the large and of the small tile. Twelve sums, two vectors and one number fill the registers. */
const TALL: usize = 6;
const SHORT: usize = 4;

/** Rows of the next tile where `left` are left. Without fused products only the small tile fits the registers. */
function tileRows(left: usize): usize {
  // Seven and eight rows are two small tiles.
  return isFused() && left > SHORT && left != 7 && left != 8 ? TALL : SHORT;
}

/** Bytes of a matrix of K rows and N columns in strips. */
export function stripBytes(K: usize, N: usize): usize {
  return ((N + LANES - 1) / LANES) * K * LANE_BYTES;
}

/**
 * Packs a matrix of K rows and N columns into strips of eight columns, [strip][K][8], `strip` bytes from one to the next. Columns
 * that fill up the last strip are zero.
 * W: element (k, n) is at W + 4 (k rowStride + n columnStride).
 */
export function packStrips(
  out: usize,
  strip: usize,
  W: usize,
  K: usize,
  N: usize,
  rowStride: usize,
  columnStride: usize,
): void {
  for (let n: usize = 0; n < N; n += LANES) {
    const columns = min<usize>(LANES, N - n);
    let to = out;
    let from = W + ((n * columnStride) << 2);
    const isWhole = columns == LANES && columnStride == 1;
    for (let k: usize = 0; k < K; k++) {
      if (isWhole) {
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
      } else {
        for (let j: usize = 0; j < LANES; j++)
          store<f32>(to + (j << 2), j < columns ? load<f32>(from + ((j * columnStride) << 2)) : 0);
      }
      to += LANE_BYTES;
      from += rowStride << 2;
    }
    out += strip;
  }
}

/**
 * y = x W + start for R rows and N columns.
 * places: u32 [R], bytes from `base` to the first of a row's runs; there are `runs` of them, of K numbers each, `runBytes` apart.
 * W: strips [ceil(N / 8)][runs K][8]; start: f32 [N rounded up to 8], what each column's sums start from;
 * y: rows `stride` bytes apart, overwritten.
 */
export function rowsProduct(
  R: usize,
  N: usize,
  K: usize,
  runs: usize,
  runBytes: usize,
  places: usize,
  base: usize,
  W: usize,
  start: usize,
  y: usize,
  stride: usize,
): void {
  const edge = edgeTile();
  const fewPlaces = edgePlaces();
  const isShort = R < SHORT;
  if (isShort) {
    for (let i: usize = 0; i < SHORT; i++)
      store<u32>(fewPlaces + (i << 2), load<u32>(places + (min<usize>(i, R - 1) << 2)));
  }
  for (let n: usize = 0; n < N; n += LANES) {
    const columns = min<usize>(LANES, N - n);
    const isWhole = !isShort && columns == LANES;
    for (let r: usize = 0; r < R; ) {
      const rows = tileRows(R - r);
      // The last tile computes some rows once more.
      const first = !isShort ? min<usize>(r, R - rows) : 0;
      const at = !isShort ? places + (first << 2) : fewPlaces;
      const to = y + first * stride + (n << 2);
      const from = start + (n << 2);
      if (isWhole) {
        if (rows == TALL) tileRows6x8(K, runs, runBytes, at, base, W, from, to, stride);
        else tileRows4x8(K, runs, runBytes, at, base, W, from, to, stride);
      } else {
        if (rows == TALL) tileRows6x8(K, runs, runBytes, at, base, W, from, edge, LANE_BYTES);
        else tileRows4x8(K, runs, runBytes, at, base, W, from, edge, LANE_BYTES);
        copyEdge(to, stride, edge, LANE_BYTES, min<usize>(rows, R), columns);
      }
      r += rows;
    }
    W += runs * K * LANE_BYTES;
  }
}

/**
 * dW += x^T dy, summed over R rows: M rows of N columns.
 * places: u32 [R], bytes from x to the M numbers of a row; dy: rows `dyStride` bytes apart; dW: rows `stride` bytes apart.
 */
export function rowsGradient(
  R: usize,
  M: usize,
  N: usize,
  places: usize,
  x: usize,
  dy: usize,
  dyStride: usize,
  dW: usize,
  stride: usize,
): void {
  const edge = edgeTile();
  for (let m: usize = 0; m < M; ) {
    const tile = tileRows(M - m);
    const rows = min<usize>(tile, M - m);
    for (let n: usize = 0; n < N; n += LANES) {
      const columns = min<usize>(LANES, N - n);
      const to = dW + m * stride + (n << 2);
      const row = x + (m << 2);
      const d = dy + (n << 2);
      if (rows == tile && columns == LANES) {
        if (tile == TALL) tileOuter6x8(R, places, row, d, dyStride, to, stride);
        else tileOuter4x8(R, places, row, d, dyStride, to, stride);
      } else {
        copyEdge(edge, LANE_BYTES, to, stride, rows, columns);
        if (tile == TALL) tileOuter6x8(R, places, row, d, dyStride, edge, LANE_BYTES);
        else tileOuter4x8(R, places, row, d, dyStride, edge, LANE_BYTES);
        copyEdge(to, stride, edge, LANE_BYTES, rows, columns);
      }
    }
    m += tile;
  }
}

/** Copies some columns of some rows, strides in bytes. */
function copyEdge(
  to: usize,
  toStride: usize,
  from: usize,
  fromStride: usize,
  rows: usize,
  columns: usize,
): void {
  for (let i: usize = 0; i < rows; i++) {
    for (let j: usize = 0; j < columns << 2; j += 4)
      store<f32>(to + i * toStride + j, load<f32>(from + i * fromStride + j));
  }
}

// Products of rows, [row][number], by matrices packed in strips of STRIP columns. Rows are read where they stand: a row is a
// place in memory, from which it goes on in runs of numbers, such as the lines of a patch of a picture. Micro-kernels sum over
// the numbers in order, so that neither the tile nor the edge changes a bit. Each is called twice, for tiles that fit and
// for edges: Binaryen puts a function with one caller into its loop, where V8 unrolls it (see `rowTiles.ts`).
import { tileOuter4x8, tileOuter6x8, tileRows4x8, tileRows6x8 } from './rowTiles';
import { tileOuter4x16, tileOuter5x16, tileRows4x16, tileRows5x16 } from './rowTilesWide';
import { edgePlaces, edgeTile } from './scratch';
import { isFused } from './simd';

/** Columns of a strip: two vectors, which the engine of the wide binary joins to one, so that there are two of those. */
export const STRIP: usize = WIDE ? 16 : 8;
const STRIP_BYTES: usize = STRIP << 2;
/**
 * Rows of the large and of the small tile. Twelve sums, two vectors and one number fill the registers; of wide vectors, ten
 * sums, since the sixth row does not fit.
 */
const TALL: usize = WIDE ? 5 : 6;
const SHORT: usize = 4;

/** Rows of the next tile where `left` are left, so that few are computed twice. */
function tileRows(left: usize): usize {
  if (WIDE) return left % TALL == 0 ? TALL : SHORT;
  // Without fused products only the small tile fits the registers. Seven and eight rows are two small tiles.
  return isFused() && left > SHORT && left != 7 && left != 8 ? TALL : SHORT;
}

/** N, rounded up to whole strips. */
export function packedColumns(N: usize): usize {
  return ((N + STRIP - 1) / STRIP) * STRIP;
}

/** Bytes of a matrix of K rows and N columns in strips. */
export function stripBytes(K: usize, N: usize): usize {
  return (packedColumns(N) * K) << 2;
}

/**
 * Packs a matrix of K rows and N columns into strips, [strip][K][STRIP], `strip` bytes from one to the next. Columns that fill up the last strip are zero.
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
  for (let n: usize = 0; n < N; n += STRIP) {
    const columns = min<usize>(STRIP, N - n);
    let to = out;
    let from = W + ((n * columnStride) << 2);
    const isWhole = columns == STRIP && columnStride == 1;
    for (let k: usize = 0; k < K; k++) {
      if (isWhole) {
        for (let j: usize = 0; j < STRIP_BYTES; j += 16) v128.store(to + j, v128.load(from + j));
      } else {
        for (let j: usize = 0; j < STRIP; j++)
          store<f32>(to + (j << 2), j < columns ? load<f32>(from + ((j * columnStride) << 2)) : 0);
      }
      to += STRIP_BYTES;
      from += rowStride << 2;
    }
    out += strip;
  }
}

/**
 * y = x W + start for R rows and N columns.
 * places: u32 [R], bytes from `base` to the first of a row's runs; there are `runs` of them, of K numbers each, `runBytes` apart.
 * W: strips [ceil(N / STRIP)][runs K][STRIP]; start: f32 [N rounded up to STRIP], what each column's sums start from;
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
  for (let n: usize = 0; n < N; n += STRIP) {
    const columns = min<usize>(STRIP, N - n);
    const isWhole = !isShort && columns == STRIP;
    for (let r: usize = 0; r < R; ) {
      // The last tile computes some rows once more: there must be as many.
      const rows = R < TALL ? SHORT : tileRows(R - r);
      const first = !isShort ? min<usize>(r, R - rows) : 0;
      const at = !isShort ? places + (first << 2) : fewPlaces;
      const to = y + first * stride + (n << 2);
      const from = start + (n << 2);
      if (isWhole) {
        if (rows == TALL) tallRows(K, runs, runBytes, at, base, W, from, to, stride);
        else shortRows(K, runs, runBytes, at, base, W, from, to, stride);
      } else {
        if (rows == TALL) tallRows(K, runs, runBytes, at, base, W, from, edge, STRIP_BYTES);
        else shortRows(K, runs, runBytes, at, base, W, from, edge, STRIP_BYTES);
        copyEdge(to, stride, edge, STRIP_BYTES, min<usize>(rows, R), columns);
      }
      r += rows;
    }
    W += runs * K * STRIP_BYTES;
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
    for (let n: usize = 0; n < N; n += STRIP) {
      const columns = min<usize>(STRIP, N - n);
      const to = dW + m * stride + (n << 2);
      const row = x + (m << 2);
      const d = dy + (n << 2);
      if (rows == tile && columns == STRIP) {
        if (tile == TALL) tallOuter(R, places, row, d, dyStride, to, stride);
        else shortOuter(R, places, row, d, dyStride, to, stride);
      } else {
        copyEdge(edge, STRIP_BYTES, to, stride, rows, columns);
        if (tile == TALL) tallOuter(R, places, row, d, dyStride, edge, STRIP_BYTES);
        else shortOuter(R, places, row, d, dyStride, edge, STRIP_BYTES);
        copyEdge(to, stride, edge, STRIP_BYTES, rows, columns);
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

/** The large tile of a product. */
function tallRows(
  K: usize,
  runs: usize,
  runBytes: usize,
  places: usize,
  base: usize,
  w: usize,
  start: usize,
  c: usize,
  stride: usize,
): void {
  if (WIDE) tileRows5x16(K, runs, runBytes, places, base, w, start, c, stride);
  else tileRows6x8(K, runs, runBytes, places, base, w, start, c, stride);
}

/** The small tile of a product. */
function shortRows(
  K: usize,
  runs: usize,
  runBytes: usize,
  places: usize,
  base: usize,
  w: usize,
  start: usize,
  c: usize,
  stride: usize,
): void {
  if (WIDE) tileRows4x16(K, runs, runBytes, places, base, w, start, c, stride);
  else tileRows4x8(K, runs, runBytes, places, base, w, start, c, stride);
}

/** The large tile of a gradient. */
function tallOuter(
  R: usize,
  places: usize,
  x: usize,
  dy: usize,
  dyStride: usize,
  c: usize,
  stride: usize,
): void {
  if (WIDE) tileOuter5x16(R, places, x, dy, dyStride, c, stride);
  else tileOuter6x8(R, places, x, dy, dyStride, c, stride);
}

/** The small tile of a gradient. */
function shortOuter(
  R: usize,
  places: usize,
  x: usize,
  dy: usize,
  dyStride: usize,
  c: usize,
  stride: usize,
): void {
  if (WIDE) tileOuter4x16(R, places, x, dy, dyStride, c, stride);
  else tileOuter4x8(R, places, x, dy, dyStride, c, stride);
}

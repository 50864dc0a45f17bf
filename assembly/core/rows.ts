// Products of rows, [row][number], by matrices packed in strips of eight columns. Rows are read where they stand: a row is a
// place in memory, from which it goes on in runs of numbers, such as the lines of a patch of a picture. Micro-kernels sum over
// the numbers in order, so that neither the tile nor the edge changes a bit.
import { LANE_BYTES, LANES } from '../../src/abi/panels';
import { madd } from './simd';

/** Rows of a tile: twelve sums, two vectors and one number fill the registers. */
const TILE_ROWS: usize = 6;
/** A tile that does not fit its destination: [6][8]. */
const edge = memory.data(192, 16);
/** Places of a tile with fewer rows: u32 [6]. */
const edgePlaces = memory.data(24, 16);

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
  const isShort = R < TILE_ROWS;
  if (isShort) {
    for (let i: usize = 0; i < TILE_ROWS; i++)
      store<u32>(edgePlaces + (i << 2), load<u32>(places + (min<usize>(i, R - 1) << 2)));
  }
  for (let n: usize = 0; n < N; n += LANES) {
    const columns = min<usize>(LANES, N - n);
    const isWhole = !isShort && columns == LANES;
    for (let r: usize = 0; r < R; r += TILE_ROWS) {
      // The last tile computes some rows once more.
      const first = !isShort ? min<usize>(r, R - TILE_ROWS) : 0;
      const at = !isShort ? places + (first << 2) : edgePlaces;
      const to = y + first * stride + (n << 2);
      const c = isWhole ? to : edge;
      tileRows6x8(K, runs, runBytes, at, base, W, start + (n << 2), c, isWhole ? stride : LANE_BYTES);
      if (!isWhole) copyEdge(to, stride, edge, LANE_BYTES, min<usize>(TILE_ROWS, R), columns);
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
  for (let m: usize = 0; m < M; m += TILE_ROWS) {
    const rows = min<usize>(TILE_ROWS, M - m);
    for (let n: usize = 0; n < N; n += LANES) {
      const columns = min<usize>(LANES, N - n);
      const to = dW + m * stride + (n << 2);
      const isWhole = rows == TILE_ROWS && columns == LANES;
      if (!isWhole) copyEdge(edge, LANE_BYTES, to, stride, rows, columns);
      const c = isWhole ? to : edge;
      tileOuter6x8(R, places, x + (m << 2), dy + (n << 2), dyStride, c, isWhole ? stride : LANE_BYTES);
      if (!isWhole) copyEdge(to, stride, edge, LANE_BYTES, rows, columns);
    }
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

/** c = x W + start for the six rows at `places` and the eight columns of one strip. c: rows `stride` bytes apart. */
function tileRows6x8(
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
  let x0 = base + load<u32>(places);
  let x1 = base + load<u32>(places, 4);
  let x2 = base + load<u32>(places, 8);
  let x3 = base + load<u32>(places, 12);
  let x4 = base + load<u32>(places, 16);
  let x5 = base + load<u32>(places, 20);
  let a00 = v128.load(start);
  let a01 = v128.load(start, 16);
  let a10 = a00;
  let a11 = a01;
  let a20 = a00;
  let a21 = a01;
  let a30 = a00;
  let a31 = a01;
  let a40 = a00;
  let a41 = a01;
  let a50 = a00;
  let a51 = a01;
  const skip = runBytes - (K << 2);
  for (let r = runs; r > 0; r--) {
    for (const end = w + K * LANE_BYTES; w < end; w += LANE_BYTES) {
      const w0 = v128.load(w);
      const w1 = v128.load(w, 16);
      let s = v128.load32_splat(x0);
      a00 = madd(s, w0, a00);
      a01 = madd(s, w1, a01);
      x0 += 4;
      s = v128.load32_splat(x1);
      a10 = madd(s, w0, a10);
      a11 = madd(s, w1, a11);
      x1 += 4;
      s = v128.load32_splat(x2);
      a20 = madd(s, w0, a20);
      a21 = madd(s, w1, a21);
      x2 += 4;
      s = v128.load32_splat(x3);
      a30 = madd(s, w0, a30);
      a31 = madd(s, w1, a31);
      x3 += 4;
      s = v128.load32_splat(x4);
      a40 = madd(s, w0, a40);
      a41 = madd(s, w1, a41);
      x4 += 4;
      s = v128.load32_splat(x5);
      a50 = madd(s, w0, a50);
      a51 = madd(s, w1, a51);
      x5 += 4;
    }
    x0 += skip;
    x1 += skip;
    x2 += skip;
    x3 += skip;
    x4 += skip;
    x5 += skip;
  }
  v128.store(c, a00);
  v128.store(c, a01, 16);
  c += stride;
  v128.store(c, a10);
  v128.store(c, a11, 16);
  c += stride;
  v128.store(c, a20);
  v128.store(c, a21, 16);
  c += stride;
  v128.store(c, a30);
  v128.store(c, a31, 16);
  c += stride;
  v128.store(c, a40);
  v128.store(c, a41, 16);
  c += stride;
  v128.store(c, a50);
  v128.store(c, a51, 16);
}

/** c[i][j] += sum over R rows of x[i] dy[j], for six i and eight j. c: rows `stride` bytes apart. */
function tileOuter6x8(
  R: usize,
  places: usize,
  x: usize,
  dy: usize,
  dyStride: usize,
  c: usize,
  stride: usize,
): void {
  const c1 = c + stride;
  const c2 = c1 + stride;
  const c3 = c2 + stride;
  const c4 = c3 + stride;
  const c5 = c4 + stride;
  let a00 = v128.load(c);
  let a01 = v128.load(c, 16);
  let a10 = v128.load(c1);
  let a11 = v128.load(c1, 16);
  let a20 = v128.load(c2);
  let a21 = v128.load(c2, 16);
  let a30 = v128.load(c3);
  let a31 = v128.load(c3, 16);
  let a40 = v128.load(c4);
  let a41 = v128.load(c4, 16);
  let a50 = v128.load(c5);
  let a51 = v128.load(c5, 16);
  for (const end = places + (R << 2); places < end; places += 4) {
    const row = x + load<u32>(places);
    const d0 = v128.load(dy);
    const d1 = v128.load(dy, 16);
    dy += dyStride;
    let s = v128.load32_splat(row);
    a00 = madd(s, d0, a00);
    a01 = madd(s, d1, a01);
    s = v128.load32_splat(row, 4);
    a10 = madd(s, d0, a10);
    a11 = madd(s, d1, a11);
    s = v128.load32_splat(row, 8);
    a20 = madd(s, d0, a20);
    a21 = madd(s, d1, a21);
    s = v128.load32_splat(row, 12);
    a30 = madd(s, d0, a30);
    a31 = madd(s, d1, a31);
    s = v128.load32_splat(row, 16);
    a40 = madd(s, d0, a40);
    a41 = madd(s, d1, a41);
    s = v128.load32_splat(row, 20);
    a50 = madd(s, d0, a50);
    a51 = madd(s, d1, a51);
  }
  v128.store(c, a00);
  v128.store(c, a01, 16);
  v128.store(c1, a10);
  v128.store(c1, a11, 16);
  v128.store(c2, a20);
  v128.store(c2, a21, 16);
  v128.store(c3, a30);
  v128.store(c3, a31, 16);
  v128.store(c4, a40);
  v128.store(c4, a41, 16);
  v128.store(c5, a50);
  v128.store(c5, a51, 16);
}

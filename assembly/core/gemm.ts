// Matrix products: the loops around the micro-kernels, and the edges.

import { LANE_BYTES, LANES } from '../../src/abi/panels';
import { ROW_TILE, TILE, TILE_BYTES, WIDE_TILE, wideEnd } from './pack';
import { edgeTile } from './scratch';
import { madd } from './simd';
import { tile4x8, tile6x8, tile24x1 } from './tiles';
import { tile4x16, tile5x16, tile10x8 } from './wideTiles';

/**
 * y = W x for `panels` panels. W: as packTiles lays it out, N outputs, K inputs; x: panels [K][8], xStride bytes
 * apart; y: panels [padded(N)][8], yStride bytes apart, overwritten.
 */
export function gemm(
  N: usize,
  K: usize,
  W: usize,
  x: usize,
  xStride: usize,
  y: usize,
  yStride: usize,
  panels: usize,
): void {
  const wide = wideEnd(N);
  // A tile of weights stays in the first-level cache while it meets all panels, which stay in the second.
  const pairs = WIDE ? panels & ~1 : 0;
  if (WIDE && pairs < panels) lastPanel(N, K, W, x + pairs * xStride, y + pairs * yStride);
  let n: usize = 0;
  for (; n < wide; n += WIDE_TILE) {
    const to = y + n * LANE_BYTES;
    if (WIDE) {
      for (let p: usize = 0; p < pairs; p += 2) {
        const from = x + p * xStride;
        const c = to + p * yStride;
        tile5x16(K, W, from, from + xStride, c, c + yStride, LANE_BYTES, false);
      }
    } else {
      for (let p: usize = 0; p < panels; p++)
        tile6x8(K, W, x + p * xStride, to + p * yStride, LANE_BYTES, false);
    }
    W += (K * WIDE_TILE) << 2;
  }
  for (; n < N; n += TILE) {
    const to = y + n * LANE_BYTES;
    if (WIDE) {
      for (let p: usize = 0; p < pairs; p += 2) {
        const from = x + p * xStride;
        const c = to + p * yStride;
        tile4x16(K, W, from, from + xStride, c, c + yStride, LANE_BYTES, false);
      }
    } else {
      for (let p: usize = 0; p < panels; p++)
        tile4x8(K, W, x + p * xStride, to + p * yStride, LANE_BYTES, false);
    }
    W += K * TILE_BYTES;
  }
}

/** y = W x for one panel that has no other to be computed with, in the wide binary. Arguments as {@link gemm} has them. */
function lastPanel(N: usize, K: usize, W: usize, x: usize, y: usize): void {
  const wide = wideEnd(N);
  const bytes = (K * WIDE_TILE) << 2;
  let n: usize = 0;
  for (; n + 2 * WIDE_TILE <= wide; n += 2 * WIDE_TILE) {
    const c = y + n * LANE_BYTES;
    tile10x8(K, W, W + bytes, x, c, c + WIDE_TILE * LANE_BYTES, LANE_BYTES);
    W += 2 * bytes;
  }
  if (n < wide) {
    const c = y + n * LANE_BYTES;
    tile5x16(K, W, x, x, c, c, LANE_BYTES, false);
    W += bytes;
    n += WIDE_TILE;
  }
  for (; n < N; n += TILE) {
    const c = y + n * LANE_BYTES;
    tile4x16(K, W, x, x, c, c, LANE_BYTES, false);
    W += K * TILE_BYTES;
  }
}

/**
 * dW[n][k] (+)= sum over rows of delta[n] x[k]: the gradient of a layer's weights.
 * delta: as packDeltas lays it out; x: [ceil(K / 8)][rows][8] (see packRows); dW: rows `ldw` floats apart, accumulated if
 * `add`, else overwritten, with the bits of a sum that begins at zero.
 */
export function gemmGradient(
  N: usize,
  K: usize,
  rows: usize,
  delta: usize,
  x: usize,
  dW: usize,
  ldw: usize,
  add: bool,
): void {
  const wide = wideEnd(N);
  // Along the rows of dW, so that its lines are read and written once.
  let n: usize = 0;
  for (; n < wide; n += WIDE_TILE) {
    gradientStrip(WIDE_TILE, N - n, K, rows, delta, x, dW, ldw << 2, add);
    delta += (rows * WIDE_TILE) << 2;
    dW += (WIDE_TILE * ldw) << 2;
  }
  for (; n < N; n += TILE) {
    gradientStrip(TILE, N - n, K, rows, delta, x, dW, ldw << 2, add);
    delta += rows * TILE_BYTES;
    dW += (TILE * ldw) << 2;
  }
}

/**
 * Rows of dW: those of one tile of `width` outputs, WIDE_TILE or TILE, where `left` outputs are left.
 * dW: rows `stride` bytes apart, accumulated if `add`, else overwritten; others as {@link gemmGradient} has them.
 * A tile that does not fit is summed in a copy like any other, so that which tiles there are changes no bit.
 */
function gradientStrip(
  width: usize,
  left: usize,
  K: usize,
  rows: usize,
  delta: usize,
  x: usize,
  dW: usize,
  stride: usize,
  add: bool,
): void {
  const edge = edgeTile();
  let k: usize = 0;
  if (WIDE && width <= left) {
    for (; k + 2 * LANES <= K; k += 2 * LANES) {
      const next = x + rows * LANE_BYTES;
      if (width == TILE) tile4x16(rows, delta, x, next, dW, dW + LANE_BYTES, stride, add);
      else tile5x16(rows, delta, x, next, dW, dW + LANE_BYTES, stride, add);
      x += 2 * rows * LANE_BYTES;
      dW += 2 * LANE_BYTES;
    }
  }
  for (; k < K; k += LANES) {
    const isWhole = width <= left && k + LANES <= K;
    const c = isWhole ? dW : edge;
    const cStride = isWhole ? stride : LANE_BYTES;
    if (!isWhole) copyRows(edge, LANE_BYTES, dW, stride, min<usize>(width, left), min<usize>(LANES, K - k));
    if (WIDE) {
      if (width == TILE) tile4x16(rows, delta, x, x, c, c, cStride, add);
      else tile5x16(rows, delta, x, x, c, c, cStride, add);
    } else if (width == TILE) tile4x8(rows, delta, x, c, cStride, add);
    else tile6x8(rows, delta, x, c, cStride, add);
    if (!isWhole) copyRows(dW, stride, edge, LANE_BYTES, min<usize>(width, left), min<usize>(LANES, K - k));
    x += rows * LANE_BYTES;
    dW += LANE_BYTES;
  }
}

/** Copies some columns of some rows, strides in bytes. */
function copyRows(
  to: usize,
  toStride: usize,
  from: usize,
  fromStride: usize,
  rows: usize,
  columns: usize,
): void {
  for (let i: usize = 0; i < rows; i++) {
    for (let j: usize = 0; j < columns << 2; j += 4) {
      store<f32>(to + i * toStride + j, load<f32>(from + i * fromStride + j));
    }
  }
}

/** y = W x for one row. W: as packRowTiles lays it out; x: [K]; y: room for N rounded up to 4; overwritten. */
export function gemv(N: usize, K: usize, W: usize, x: usize, y: usize): void {
  const end = y + (N << 2);
  for (const wide = y + (((N / ROW_TILE) * ROW_TILE) << 2); y < wide; y += ROW_TILE << 2) {
    tile24x1(K, W, x, y);
    W += (K * ROW_TILE) << 2;
  }
  for (; y < end; y += TILE_BYTES) {
    let a = f32x4.splat(0);
    for (let k: usize = 0; k < K; k++) {
      a = madd(v128.load32_splat(x + (k << 2)), v128.load(W), a);
      W += TILE_BYTES;
    }
    v128.store(y, a);
  }
}

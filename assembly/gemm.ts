// Matrix products. The micro-kernels know only their tile; they sum over k in order, one product at
// a time, so every tile, and the one-row kernel too, gives the same bits for the same element.
import { madd } from './simd';
import { LANES, LANE_BYTES, ROW_TILE, TILE, TILE_BYTES } from './pack';

/** One tile that does not fit its destination, before its valid part is copied: 4 x 8 floats. */
const edge = memory.data(128, 16);

/**
 * c[n][i] (+)= sum over k of w[k][n] x[k][i], for 4 outputs n and 8 columns i.
 * w: [K][4]; x: [K][8]; c: rows `stride` bytes apart, overwritten or, if `add`, accumulated.
 */
function tile4x8(K: usize, w: usize, x: usize, c: usize, stride: usize, add: bool): void {
  const c1 = c + stride;
  const c2 = c1 + stride;
  const c3 = c2 + stride;
  let a00 = f32x4.splat(0), a01 = f32x4.splat(0);
  let a10 = f32x4.splat(0), a11 = f32x4.splat(0);
  let a20 = f32x4.splat(0), a21 = f32x4.splat(0);
  let a30 = f32x4.splat(0), a31 = f32x4.splat(0);
  if (add) {
    a00 = v128.load(c); a01 = v128.load(c, 16);
    a10 = v128.load(c1); a11 = v128.load(c1, 16);
    a20 = v128.load(c2); a21 = v128.load(c2, 16);
    a30 = v128.load(c3); a31 = v128.load(c3, 16);
  }
  for (const end = w + K * TILE_BYTES; w < end; w += TILE_BYTES) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    x += LANE_BYTES;
    let s = v128.load32_splat(w);
    a00 = madd(s, x0, a00); a01 = madd(s, x1, a01);
    s = v128.load32_splat(w, 4);
    a10 = madd(s, x0, a10); a11 = madd(s, x1, a11);
    s = v128.load32_splat(w, 8);
    a20 = madd(s, x0, a20); a21 = madd(s, x1, a21);
    s = v128.load32_splat(w, 12);
    a30 = madd(s, x0, a30); a31 = madd(s, x1, a31);
  }
  v128.store(c, a00); v128.store(c, a01, 16);
  v128.store(c1, a10); v128.store(c1, a11, 16);
  v128.store(c2, a20); v128.store(c2, a21, 16);
  v128.store(c3, a30); v128.store(c3, a31, 16);
}

/**
 * y = W x for `panels` panels. W: tiles [ceil(N / 4)][K][4]; x: panels [K][8], xStride bytes apart;
 * y: panels [N rounded up to 4][8], yStride bytes apart, overwritten.
 */
export function gemm(N: usize, K: usize, W: usize, x: usize, xStride: usize, y: usize, yStride: usize, panels: usize): void {
  const wStride = K * TILE_BYTES;
  for (let p: usize = 0; p < panels; p++) {
    let w = W;
    let c = y;
    for (const end = y + N * LANE_BYTES; c < end; c += TILE * LANE_BYTES) {
      tile4x8(K, w, x, c, LANE_BYTES, false);
      w += wStride;
    }
    x += xStride;
    y += yStride;
  }
}

/**
 * dW[n][k] += sum over rows of delta[n] x[k]: the gradient of a layer's weights.
 * delta: [ceil(N / 4)][rows][4]; x: [ceil(K / 8)][rows][8] (see packRows); dW: rows `ldw` floats apart.
 */
export function gemmGradient(N: usize, K: usize, rows: usize, delta: usize, x: usize, dW: usize, ldw: usize): void {
  const stride = ldw << 2;
  for (let k: usize = 0; k < K; k += LANES) {
    let d = delta;
    for (let n: usize = 0; n < N; n += TILE) {
      const c = dW + ((n * ldw + k) << 2);
      if (n + TILE <= N && k + LANES <= K) {
        tile4x8(rows, d, x, c, stride, true);
      } else {
        tile4x8(rows, d, x, edge, LANE_BYTES, false);
        addEdge(c, stride, min<usize>(TILE, N - n), min<usize>(LANES, K - k));
      }
      d += rows * TILE_BYTES;
    }
    x += rows * LANE_BYTES;
  }
}

/** Adds the valid part of the edge tile to its destination. */
function addEdge(c: usize, stride: usize, rows: usize, columns: usize): void {
  for (let i: usize = 0; i < rows; i++) {
    for (let j: usize = 0; j < columns; j++) {
      const to = c + i * stride + (j << 2);
      store<f32>(to, load<f32>(to) + load<f32>(edge + i * LANE_BYTES + (j << 2)));
    }
  }
}

/** y = W x for one row. W: as packRowTiles lays it out; x: [K]; y: room for N rounded up to 4; overwritten. */
export function gemv(N: usize, K: usize, W: usize, x: usize, y: usize): void {
  const end = y + (N << 2);
  for (const wide = y + (N / ROW_TILE * ROW_TILE << 2); y < wide; y += ROW_TILE << 2) {
    tile24x1(K, W, x, y);
    W += K * ROW_TILE << 2;
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

/** One tile of {@link gemv}: w [K][24]. */
function tile24x1(K: usize, w: usize, x: usize, y: usize): void {
  let a0 = f32x4.splat(0), a1 = f32x4.splat(0), a2 = f32x4.splat(0), a3 = f32x4.splat(0);
  let a4 = f32x4.splat(0), a5 = f32x4.splat(0);
  for (const end = x + (K << 2); x < end; x += 4) {
    const s = v128.load32_splat(x);
    a0 = madd(s, v128.load(w), a0);
    a1 = madd(s, v128.load(w, 16), a1);
    a2 = madd(s, v128.load(w, 32), a2);
    a3 = madd(s, v128.load(w, 48), a3);
    a4 = madd(s, v128.load(w, 64), a4);
    a5 = madd(s, v128.load(w, 80), a5);
    w += ROW_TILE << 2;
  }
  v128.store(y, a0); v128.store(y, a1, 16); v128.store(y, a2, 32); v128.store(y, a3, 48);
  v128.store(y, a4, 64); v128.store(y, a5, 80);
}

// Micro-kernels of matrix products, which know nothing but their tile. Each output is summed over k in order, one product at a
// time, so that every kernel gives an output the same bits. Unrolled by hand: the sums must stay in registers.

import { LANE_BYTES } from '../../src/abi/panels';
import { ROW_TILE } from './pack';
import { madd } from './simd';

/**
 * c[n][i] (+)= sum over k of w[k][n] x[k][i], for 6 outputs n and 8 columns i.
 * w: [K][6]; x: [K][8]; c: rows `stride` bytes apart, overwritten or, if `add`, accumulated.
 */
export function tile6x8(K: usize, w: usize, x: usize, c: usize, stride: usize, add: bool): void {
  const c1 = c + stride;
  const c2 = c1 + stride;
  const c3 = c2 + stride;
  const c4 = c3 + stride;
  const c5 = c4 + stride;
  let a00 = f32x4.splat(0);
  let a01 = f32x4.splat(0);
  let a10 = f32x4.splat(0);
  let a11 = f32x4.splat(0);
  let a20 = f32x4.splat(0);
  let a21 = f32x4.splat(0);
  let a30 = f32x4.splat(0);
  let a31 = f32x4.splat(0);
  let a40 = f32x4.splat(0);
  let a41 = f32x4.splat(0);
  let a50 = f32x4.splat(0);
  let a51 = f32x4.splat(0);
  if (add) {
    a00 = v128.load(c);
    a01 = v128.load(c, 16);
    a10 = v128.load(c1);
    a11 = v128.load(c1, 16);
    a20 = v128.load(c2);
    a21 = v128.load(c2, 16);
    a30 = v128.load(c3);
    a31 = v128.load(c3, 16);
    a40 = v128.load(c4);
    a41 = v128.load(c4, 16);
    a50 = v128.load(c5);
    a51 = v128.load(c5, 16);
  }
  for (const end = w + K * 24; w < end; w += 24) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    x += LANE_BYTES;
    let s = v128.load32_splat(w);
    a00 = madd(s, x0, a00);
    a01 = madd(s, x1, a01);
    s = v128.load32_splat(w, 4);
    a10 = madd(s, x0, a10);
    a11 = madd(s, x1, a11);
    s = v128.load32_splat(w, 8);
    a20 = madd(s, x0, a20);
    a21 = madd(s, x1, a21);
    s = v128.load32_splat(w, 12);
    a30 = madd(s, x0, a30);
    a31 = madd(s, x1, a31);
    s = v128.load32_splat(w, 16);
    a40 = madd(s, x0, a40);
    a41 = madd(s, x1, a41);
    s = v128.load32_splat(w, 20);
    a50 = madd(s, x0, a50);
    a51 = madd(s, x1, a51);
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

/**
 * c[n][i] (+)= sum over k of w[k][n] x[k][i], for 4 outputs n and 8 columns i.
 * w: [K][4]; x: [K][8]; c: rows `stride` bytes apart, overwritten or, if `add`, accumulated.
 */
export function tile4x8(K: usize, w: usize, x: usize, c: usize, stride: usize, add: bool): void {
  const c1 = c + stride;
  const c2 = c1 + stride;
  const c3 = c2 + stride;
  let a00 = f32x4.splat(0);
  let a01 = f32x4.splat(0);
  let a10 = f32x4.splat(0);
  let a11 = f32x4.splat(0);
  let a20 = f32x4.splat(0);
  let a21 = f32x4.splat(0);
  let a30 = f32x4.splat(0);
  let a31 = f32x4.splat(0);
  if (add) {
    a00 = v128.load(c);
    a01 = v128.load(c, 16);
    a10 = v128.load(c1);
    a11 = v128.load(c1, 16);
    a20 = v128.load(c2);
    a21 = v128.load(c2, 16);
    a30 = v128.load(c3);
    a31 = v128.load(c3, 16);
  }
  for (const end = w + K * 16; w < end; w += 16) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    x += LANE_BYTES;
    let s = v128.load32_splat(w);
    a00 = madd(s, x0, a00);
    a01 = madd(s, x1, a01);
    s = v128.load32_splat(w, 4);
    a10 = madd(s, x0, a10);
    a11 = madd(s, x1, a11);
    s = v128.load32_splat(w, 8);
    a20 = madd(s, x0, a20);
    a21 = madd(s, x1, a21);
    s = v128.load32_splat(w, 12);
    a30 = madd(s, x0, a30);
    a31 = madd(s, x1, a31);
  }
  v128.store(c, a00);
  v128.store(c, a01, 16);
  v128.store(c1, a10);
  v128.store(c1, a11, 16);
  v128.store(c2, a20);
  v128.store(c2, a21, 16);
  v128.store(c3, a30);
  v128.store(c3, a31, 16);
}

/** y[n] = sum over k of w[k][n] x[k], for 24 outputs n of one sample. w: [K][24]; x: [K]; y: [24], overwritten. */
export function tile24x1(K: usize, w: usize, x: usize, y: usize): void {
  let a0 = f32x4.splat(0),
    a1 = f32x4.splat(0),
    a2 = f32x4.splat(0),
    a3 = f32x4.splat(0);
  let a4 = f32x4.splat(0),
    a5 = f32x4.splat(0);
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
  v128.store(y, a0);
  v128.store(y, a1, 16);
  v128.store(y, a2, 32);
  v128.store(y, a3, 48);
  v128.store(y, a4, 64);
  v128.store(y, a5, 80);
}

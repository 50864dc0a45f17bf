// Micro-kernels of matrix products for engines that join pairs of vectors, as those of `tiles.ts`: they give the same bits.

import { LANE_BYTES } from '../../src/abi/panels';
import { madd } from './simd';

/**
 * Two tiles at once: c[n][i] (+)= sum over k of w[k][n] x[k][i], and likewise d of y, for 5 outputs n and 8 columns i each.
 * For engines that join the two vectors of a row: of their sixteen registers ten hold sums, and an input is loaded for so many
 * products that both multiply-add units are busy. Elsewhere it does not fit the registers.
 * w: [K][5]; x, y: [K][8], y may be x if d is c; c, d: rows `stride` bytes apart, overwritten or, if `add`, accumulated.
 */
export function tile5x16(
  K: usize,
  w: usize,
  x: usize,
  y: usize,
  c: usize,
  d: usize,
  stride: usize,
  add: bool,
): void {
  // Masked, not chosen: in two branches, V8 finds one pair of sums that it cannot join.
  const keep = i32x4.splat(0 - <i32>add);
  let a00 = v128.and(v128.load(c), keep);
  let a01 = v128.and(v128.load(c, 16), keep);
  let b00 = v128.and(v128.load(d), keep);
  let b01 = v128.and(v128.load(d, 16), keep);
  let from = c + stride;
  let other = d + stride;
  let a10 = v128.and(v128.load(from), keep);
  let a11 = v128.and(v128.load(from, 16), keep);
  let b10 = v128.and(v128.load(other), keep);
  let b11 = v128.and(v128.load(other, 16), keep);
  from += stride;
  other += stride;
  let a20 = v128.and(v128.load(from), keep);
  let a21 = v128.and(v128.load(from, 16), keep);
  let b20 = v128.and(v128.load(other), keep);
  let b21 = v128.and(v128.load(other, 16), keep);
  from += stride;
  other += stride;
  let a30 = v128.and(v128.load(from), keep);
  let a31 = v128.and(v128.load(from, 16), keep);
  let b30 = v128.and(v128.load(other), keep);
  let b31 = v128.and(v128.load(other, 16), keep);
  from += stride;
  other += stride;
  let a40 = v128.and(v128.load(from), keep);
  let a41 = v128.and(v128.load(from, 16), keep);
  let b40 = v128.and(v128.load(other), keep);
  let b41 = v128.and(v128.load(other, 16), keep);
  for (const end = w + K * 20; w < end; w += 20) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    const y0 = v128.load(y);
    const y1 = v128.load(y, 16);
    x += LANE_BYTES;
    y += LANE_BYTES;
    let s = v128.load32_splat(w);
    a00 = madd(s, x0, a00);
    a01 = madd(s, x1, a01);
    b00 = madd(s, y0, b00);
    b01 = madd(s, y1, b01);
    s = v128.load32_splat(w, 4);
    a10 = madd(s, x0, a10);
    a11 = madd(s, x1, a11);
    b10 = madd(s, y0, b10);
    b11 = madd(s, y1, b11);
    s = v128.load32_splat(w, 8);
    a20 = madd(s, x0, a20);
    a21 = madd(s, x1, a21);
    b20 = madd(s, y0, b20);
    b21 = madd(s, y1, b21);
    s = v128.load32_splat(w, 12);
    a30 = madd(s, x0, a30);
    a31 = madd(s, x1, a31);
    b30 = madd(s, y0, b30);
    b31 = madd(s, y1, b31);
    s = v128.load32_splat(w, 16);
    a40 = madd(s, x0, a40);
    a41 = madd(s, x1, a41);
    b40 = madd(s, y0, b40);
    b41 = madd(s, y1, b41);
  }
  v128.store(c, a00);
  v128.store(c, a01, 16);
  v128.store(d, b00);
  v128.store(d, b01, 16);
  c += stride;
  d += stride;
  v128.store(c, a10);
  v128.store(c, a11, 16);
  v128.store(d, b10);
  v128.store(d, b11, 16);
  c += stride;
  d += stride;
  v128.store(c, a20);
  v128.store(c, a21, 16);
  v128.store(d, b20);
  v128.store(d, b21, 16);
  c += stride;
  d += stride;
  v128.store(c, a30);
  v128.store(c, a31, 16);
  v128.store(d, b30);
  v128.store(d, b31, 16);
  c += stride;
  d += stride;
  v128.store(c, a40);
  v128.store(c, a41, 16);
  v128.store(d, b40);
  v128.store(d, b41, 16);
}

/**
 * Two tiles at once: c[n][i] (+)= sum over k of w[k][n] x[k][i], and likewise d of y, for 4 outputs n and 8 columns i each.
 * w: [K][4]; x, y: [K][8], y may be x if d is c; c, d: rows `stride` bytes apart, overwritten or, if `add`, accumulated.
 */
export function tile4x16(
  K: usize,
  w: usize,
  x: usize,
  y: usize,
  c: usize,
  d: usize,
  stride: usize,
  add: bool,
): void {
  // Masked, not chosen: in two branches, V8 finds one pair of sums that it cannot join.
  const keep = i32x4.splat(0 - <i32>add);
  let a00 = v128.and(v128.load(c), keep);
  let a01 = v128.and(v128.load(c, 16), keep);
  let b00 = v128.and(v128.load(d), keep);
  let b01 = v128.and(v128.load(d, 16), keep);
  let from = c + stride;
  let other = d + stride;
  let a10 = v128.and(v128.load(from), keep);
  let a11 = v128.and(v128.load(from, 16), keep);
  let b10 = v128.and(v128.load(other), keep);
  let b11 = v128.and(v128.load(other, 16), keep);
  from += stride;
  other += stride;
  let a20 = v128.and(v128.load(from), keep);
  let a21 = v128.and(v128.load(from, 16), keep);
  let b20 = v128.and(v128.load(other), keep);
  let b21 = v128.and(v128.load(other, 16), keep);
  from += stride;
  other += stride;
  let a30 = v128.and(v128.load(from), keep);
  let a31 = v128.and(v128.load(from, 16), keep);
  let b30 = v128.and(v128.load(other), keep);
  let b31 = v128.and(v128.load(other, 16), keep);
  for (const end = w + K * 16; w < end; w += 16) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    const y0 = v128.load(y);
    const y1 = v128.load(y, 16);
    x += LANE_BYTES;
    y += LANE_BYTES;
    let s = v128.load32_splat(w);
    a00 = madd(s, x0, a00);
    a01 = madd(s, x1, a01);
    b00 = madd(s, y0, b00);
    b01 = madd(s, y1, b01);
    s = v128.load32_splat(w, 4);
    a10 = madd(s, x0, a10);
    a11 = madd(s, x1, a11);
    b10 = madd(s, y0, b10);
    b11 = madd(s, y1, b11);
    s = v128.load32_splat(w, 8);
    a20 = madd(s, x0, a20);
    a21 = madd(s, x1, a21);
    b20 = madd(s, y0, b20);
    b21 = madd(s, y1, b21);
    s = v128.load32_splat(w, 12);
    a30 = madd(s, x0, a30);
    a31 = madd(s, x1, a31);
    b30 = madd(s, y0, b30);
    b31 = madd(s, y1, b31);
  }
  v128.store(c, a00);
  v128.store(c, a01, 16);
  v128.store(d, b00);
  v128.store(d, b01, 16);
  c += stride;
  d += stride;
  v128.store(c, a10);
  v128.store(c, a11, 16);
  v128.store(d, b10);
  v128.store(d, b11, 16);
  c += stride;
  d += stride;
  v128.store(c, a20);
  v128.store(c, a21, 16);
  v128.store(d, b20);
  v128.store(d, b21, 16);
  c += stride;
  d += stride;
  v128.store(c, a30);
  v128.store(c, a31, 16);
  v128.store(d, b30);
  v128.store(d, b31, 16);
}

/**
 * Two tiles of ten outputs and 8 columns i: c[n][i] = sum over k of w[k][n] x[k][i], and d likewise of v, for 5 outputs n each.
 * w, v: [K][5]; x: [K][8]; c, d: rows `stride` bytes apart, overwritten.
 */
export function tile10x8(K: usize, w: usize, v: usize, x: usize, c: usize, d: usize, stride: usize): void {
  let a00 = f32x4.splat(0);
  let a01 = f32x4.splat(0);
  let b00 = f32x4.splat(0);
  let b01 = f32x4.splat(0);
  let a10 = f32x4.splat(0);
  let a11 = f32x4.splat(0);
  let b10 = f32x4.splat(0);
  let b11 = f32x4.splat(0);
  let a20 = f32x4.splat(0);
  let a21 = f32x4.splat(0);
  let b20 = f32x4.splat(0);
  let b21 = f32x4.splat(0);
  let a30 = f32x4.splat(0);
  let a31 = f32x4.splat(0);
  let b30 = f32x4.splat(0);
  let b31 = f32x4.splat(0);
  let a40 = f32x4.splat(0);
  let a41 = f32x4.splat(0);
  let b40 = f32x4.splat(0);
  let b41 = f32x4.splat(0);
  for (const end = w + K * 20; w < end; w += 20) {
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
    s = v128.load32_splat(v);
    b00 = madd(s, x0, b00);
    b01 = madd(s, x1, b01);
    s = v128.load32_splat(v, 4);
    b10 = madd(s, x0, b10);
    b11 = madd(s, x1, b11);
    s = v128.load32_splat(v, 8);
    b20 = madd(s, x0, b20);
    b21 = madd(s, x1, b21);
    s = v128.load32_splat(v, 12);
    b30 = madd(s, x0, b30);
    b31 = madd(s, x1, b31);
    s = v128.load32_splat(v, 16);
    b40 = madd(s, x0, b40);
    b41 = madd(s, x1, b41);
    v += 20;
  }
  v128.store(c, a00);
  v128.store(c, a01, 16);
  v128.store(d, b00);
  v128.store(d, b01, 16);
  c += stride;
  d += stride;
  v128.store(c, a10);
  v128.store(c, a11, 16);
  v128.store(d, b10);
  v128.store(d, b11, 16);
  c += stride;
  d += stride;
  v128.store(c, a20);
  v128.store(c, a21, 16);
  v128.store(d, b20);
  v128.store(d, b21, 16);
  c += stride;
  d += stride;
  v128.store(c, a30);
  v128.store(c, a31, 16);
  v128.store(d, b30);
  v128.store(d, b31, 16);
  c += stride;
  d += stride;
  v128.store(c, a40);
  v128.store(c, a41, 16);
  v128.store(d, b40);
  v128.store(d, b41, 16);
}

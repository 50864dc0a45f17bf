// Micro-kernels for two panels, where the engine joins vectors: a tile of one panel has too few sums for them. Elsewhere they are empty.
// Each gives a panel the bits of the kernel for one panel.
import { LANE_BYTES } from '../../../src/abi/panels';
import { madd } from '../../core/simd';
import { ENTRY_BYTES } from './record';

/**
 * c[i][lane] = sum over k of w[k][i] x[k][lane], for 6 points i. w: [K][6]; x: two panels, `next` bytes apart, [K][8]; c: [6][8] twice,
 * `apart` bytes apart, overwritten.
 */
export function product6x16(K: usize, w: usize, x: usize, next: usize, c: usize, apart: usize): void {
  if (!WIDE) return;
  let a00 = f32x4.splat(0);
  let a01 = f32x4.splat(0);
  let a02 = f32x4.splat(0);
  let a03 = f32x4.splat(0);
  let a10 = f32x4.splat(0);
  let a11 = f32x4.splat(0);
  let a12 = f32x4.splat(0);
  let a13 = f32x4.splat(0);
  let a20 = f32x4.splat(0);
  let a21 = f32x4.splat(0);
  let a22 = f32x4.splat(0);
  let a23 = f32x4.splat(0);
  let a30 = f32x4.splat(0);
  let a31 = f32x4.splat(0);
  let a32 = f32x4.splat(0);
  let a33 = f32x4.splat(0);
  let a40 = f32x4.splat(0);
  let a41 = f32x4.splat(0);
  let a42 = f32x4.splat(0);
  let a43 = f32x4.splat(0);
  let a50 = f32x4.splat(0);
  let a51 = f32x4.splat(0);
  let a52 = f32x4.splat(0);
  let a53 = f32x4.splat(0);
  let y = x + next;
  for (const end = w + K * 24; w < end; w += 24) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    const x2 = v128.load(y);
    const x3 = v128.load(y, 16);
    x += LANE_BYTES;
    y += LANE_BYTES;
    let v = v128.load32_splat(w);
    a00 = madd(x0, v, a00);
    a01 = madd(x1, v, a01);
    a02 = madd(x2, v, a02);
    a03 = madd(x3, v, a03);
    v = v128.load32_splat(w, 4);
    a10 = madd(x0, v, a10);
    a11 = madd(x1, v, a11);
    a12 = madd(x2, v, a12);
    a13 = madd(x3, v, a13);
    v = v128.load32_splat(w, 8);
    a20 = madd(x0, v, a20);
    a21 = madd(x1, v, a21);
    a22 = madd(x2, v, a22);
    a23 = madd(x3, v, a23);
    v = v128.load32_splat(w, 12);
    a30 = madd(x0, v, a30);
    a31 = madd(x1, v, a31);
    a32 = madd(x2, v, a32);
    a33 = madd(x3, v, a33);
    v = v128.load32_splat(w, 16);
    a40 = madd(x0, v, a40);
    a41 = madd(x1, v, a41);
    a42 = madd(x2, v, a42);
    a43 = madd(x3, v, a43);
    v = v128.load32_splat(w, 20);
    a50 = madd(x0, v, a50);
    a51 = madd(x1, v, a51);
    a52 = madd(x2, v, a52);
    a53 = madd(x3, v, a53);
  }
  const d = c + apart;
  v128.store(c, a00);
  v128.store(c, a01, 16);
  v128.store(d, a02);
  v128.store(d, a03, 16);
  v128.store(c, a10, 32);
  v128.store(c, a11, 48);
  v128.store(d, a12, 32);
  v128.store(d, a13, 48);
  v128.store(c, a20, 64);
  v128.store(c, a21, 80);
  v128.store(d, a22, 64);
  v128.store(d, a23, 80);
  v128.store(c, a30, 96);
  v128.store(c, a31, 112);
  v128.store(d, a32, 96);
  v128.store(d, a33, 112);
  v128.store(c, a40, 128);
  v128.store(c, a41, 144);
  v128.store(d, a42, 128);
  v128.store(d, a43, 144);
  v128.store(c, a50, 160);
  v128.store(c, a51, 176);
  v128.store(d, a52, 160);
  v128.store(d, a53, 176);
}

/**
 * As `pull6x8`. w, end: of the first panel, the other's weights are `apart` bytes further; s: [6][8] twice, `next` bytes apart,
 * accumulated.
 */
export function pull6x16(
  p: usize,
  stride: usize,
  w: usize,
  end: usize,
  apart: usize,
  s: usize,
  next: usize,
): void {
  if (!WIDE) return;
  const t = s + next;
  let u = w + apart;
  const skip = stride - 24;
  let stop = p + 24;
  let a00 = v128.load(s);
  let a01 = v128.load(s, 16);
  let a02 = v128.load(t);
  let a03 = v128.load(t, 16);
  let a10 = v128.load(s, 32);
  let a11 = v128.load(s, 48);
  let a12 = v128.load(t, 32);
  let a13 = v128.load(t, 48);
  let a20 = v128.load(s, 64);
  let a21 = v128.load(s, 80);
  let a22 = v128.load(t, 64);
  let a23 = v128.load(t, 80);
  let a30 = v128.load(s, 96);
  let a31 = v128.load(s, 112);
  let a32 = v128.load(t, 96);
  let a33 = v128.load(t, 112);
  let a40 = v128.load(s, 128);
  let a41 = v128.load(s, 144);
  let a42 = v128.load(t, 128);
  let a43 = v128.load(t, 144);
  let a50 = v128.load(s, 160);
  let a51 = v128.load(s, 176);
  let a52 = v128.load(t, 160);
  let a53 = v128.load(t, 176);
  for (; w < end; w += LANE_BYTES) {
    const w0 = v128.load(w);
    const w1 = v128.load(w, 16);
    const w2 = v128.load(u);
    const w3 = v128.load(u, 16);
    u += LANE_BYTES;
    let v = v128.load32_splat(p);
    a00 = madd(w0, v, a00);
    a01 = madd(w1, v, a01);
    a02 = madd(w2, v, a02);
    a03 = madd(w3, v, a03);
    v = v128.load32_splat(p, 24);
    a10 = madd(w0, v, a10);
    a11 = madd(w1, v, a11);
    a12 = madd(w2, v, a12);
    a13 = madd(w3, v, a13);
    v = v128.load32_splat(p, 48);
    a20 = madd(w0, v, a20);
    a21 = madd(w1, v, a21);
    a22 = madd(w2, v, a22);
    a23 = madd(w3, v, a23);
    v = v128.load32_splat(p, 72);
    a30 = madd(w0, v, a30);
    a31 = madd(w1, v, a31);
    a32 = madd(w2, v, a32);
    a33 = madd(w3, v, a33);
    v = v128.load32_splat(p, 96);
    a40 = madd(w0, v, a40);
    a41 = madd(w1, v, a41);
    a42 = madd(w2, v, a42);
    a43 = madd(w3, v, a43);
    v = v128.load32_splat(p, 120);
    a50 = madd(w0, v, a50);
    a51 = madd(w1, v, a51);
    a52 = madd(w2, v, a52);
    a53 = madd(w3, v, a53);
    p += 4;
    if (p == stop) {
      p += skip;
      stop += stride;
    }
  }
  v128.store(s, a00);
  v128.store(s, a01, 16);
  v128.store(t, a02);
  v128.store(t, a03, 16);
  v128.store(s, a10, 32);
  v128.store(s, a11, 48);
  v128.store(t, a12, 32);
  v128.store(t, a13, 48);
  v128.store(s, a20, 64);
  v128.store(s, a21, 80);
  v128.store(t, a22, 64);
  v128.store(t, a23, 80);
  v128.store(s, a30, 96);
  v128.store(s, a31, 112);
  v128.store(t, a32, 96);
  v128.store(t, a33, 112);
  v128.store(s, a40, 128);
  v128.store(s, a41, 144);
  v128.store(t, a42, 128);
  v128.store(t, a43, 144);
  v128.store(s, a50, 160);
  v128.store(s, a51, 176);
  v128.store(t, a52, 160);
  v128.store(t, a53, 176);
}

/** As `product4x8`. c: two panels, `next` bytes apart; out: [4][8] twice, `apart` bytes apart, overwritten. */
export function product4x16(p: usize, end: usize, c: usize, next: usize, out: usize, apart: usize): void {
  if (!WIDE) return;
  let a00 = f32x4.splat(0);
  let a01 = f32x4.splat(0);
  let a02 = f32x4.splat(0);
  let a03 = f32x4.splat(0);
  let a10 = f32x4.splat(0);
  let a11 = f32x4.splat(0);
  let a12 = f32x4.splat(0);
  let a13 = f32x4.splat(0);
  let a20 = f32x4.splat(0);
  let a21 = f32x4.splat(0);
  let a22 = f32x4.splat(0);
  let a23 = f32x4.splat(0);
  let a30 = f32x4.splat(0);
  let a31 = f32x4.splat(0);
  let a32 = f32x4.splat(0);
  let a33 = f32x4.splat(0);
  for (; p < end; p += ENTRY_BYTES) {
    const x = c + load<usize>(p);
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    const y = x + next;
    const x2 = v128.load(y);
    const x3 = v128.load(y, 16);
    let v = v128.load32_splat(p, 4);
    a00 = madd(x0, v, a00);
    a01 = madd(x1, v, a01);
    a02 = madd(x2, v, a02);
    a03 = madd(x3, v, a03);
    v = v128.load32_splat(p, 8);
    a10 = madd(x0, v, a10);
    a11 = madd(x1, v, a11);
    a12 = madd(x2, v, a12);
    a13 = madd(x3, v, a13);
    v = v128.load32_splat(p, 12);
    a20 = madd(x0, v, a20);
    a21 = madd(x1, v, a21);
    a22 = madd(x2, v, a22);
    a23 = madd(x3, v, a23);
    v = v128.load32_splat(p, 16);
    a30 = madd(x0, v, a30);
    a31 = madd(x1, v, a31);
    a32 = madd(x2, v, a32);
    a33 = madd(x3, v, a33);
  }
  const other = out + apart;
  v128.store(out, a00);
  v128.store(out, a01, 16);
  v128.store(other, a02);
  v128.store(other, a03, 16);
  v128.store(out, a10, 32);
  v128.store(out, a11, 48);
  v128.store(other, a12, 32);
  v128.store(other, a13, 48);
  v128.store(out, a20, 64);
  v128.store(out, a21, 80);
  v128.store(other, a22, 64);
  v128.store(other, a23, 80);
  v128.store(out, a30, 96);
  v128.store(out, a31, 112);
  v128.store(other, a32, 96);
  v128.store(other, a33, 112);
}

/** As `pull4x8`. w: [4][8] twice, `apart` bytes apart; s: [K][8] twice, `next` bytes apart, accumulated. */
export function pull4x16(p: usize, end: usize, w: usize, apart: usize, s: usize, next: usize): void {
  if (!WIDE) return;
  const u = w + apart;
  const w00 = v128.load(w);
  const w01 = v128.load(w, 16);
  const w02 = v128.load(u);
  const w03 = v128.load(u, 16);
  const w10 = v128.load(w, 32);
  const w11 = v128.load(w, 48);
  const w12 = v128.load(u, 32);
  const w13 = v128.load(u, 48);
  const w20 = v128.load(w, 64);
  const w21 = v128.load(w, 80);
  const w22 = v128.load(u, 64);
  const w23 = v128.load(u, 80);
  const w30 = v128.load(w, 96);
  const w31 = v128.load(w, 112);
  const w32 = v128.load(u, 96);
  const w33 = v128.load(u, 112);
  for (; p < end; p += ENTRY_BYTES) {
    const to = s + load<usize>(p);
    const too = to + next;
    let v = v128.load32_splat(p, 4);
    let s0 = madd(w00, v, v128.load(to));
    let s1 = madd(w01, v, v128.load(to, 16));
    let s2 = madd(w02, v, v128.load(too));
    let s3 = madd(w03, v, v128.load(too, 16));
    v = v128.load32_splat(p, 8);
    s0 = madd(w10, v, s0);
    s1 = madd(w11, v, s1);
    s2 = madd(w12, v, s2);
    s3 = madd(w13, v, s3);
    v = v128.load32_splat(p, 12);
    s0 = madd(w20, v, s0);
    s1 = madd(w21, v, s1);
    s2 = madd(w22, v, s2);
    s3 = madd(w23, v, s3);
    v = v128.load32_splat(p, 16);
    s0 = madd(w30, v, s0);
    s1 = madd(w31, v, s1);
    s2 = madd(w32, v, s2);
    s3 = madd(w33, v, s3);
    v128.store(to, s0);
    v128.store(to, s1, 16);
    v128.store(too, s2);
    v128.store(too, s3, 16);
  }
}

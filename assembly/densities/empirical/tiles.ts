// Micro-kernels of empirical densities, which know nothing but their tile of points and one panel. Dense tiles are of 6 points, as in
// `tile6x8`; sparse ones (see `sparse.ts`) are of 4.
import { LANE_BYTES } from '../../../src/abi/panels';
import { madd } from '../../core/simd';
import { ENTRY_BYTES } from './record';

/**
 * s[k][lane] += sum over points i of w[i][lane] p[i][k], for 6 coordinates k. p: the first of these coordinates in tiles of 6 points,
 * [6][6], `stride` bytes apart; w: from the first tile's weights [8] to `end`; s: [6][8], accumulated. Sums stay in
 * registers: with weights there, V8 loads all coordinates of a turn before it uses one, and spills.
 */
export function pull6x8(p: usize, stride: usize, w: usize, end: usize, s: usize): void {
  const skip = stride - 24;
  let stop = p + 24;
  let a00 = v128.load(s);
  let a01 = v128.load(s, 16);
  let a10 = v128.load(s, 32);
  let a11 = v128.load(s, 48);
  let a20 = v128.load(s, 64);
  let a21 = v128.load(s, 80);
  let a30 = v128.load(s, 96);
  let a31 = v128.load(s, 112);
  let a40 = v128.load(s, 128);
  let a41 = v128.load(s, 144);
  let a50 = v128.load(s, 160);
  let a51 = v128.load(s, 176);
  for (; w < end; w += LANE_BYTES) {
    const w0 = v128.load(w);
    const w1 = v128.load(w, 16);
    let v = v128.load32_splat(p);
    a00 = madd(w0, v, a00);
    a01 = madd(w1, v, a01);
    v = v128.load32_splat(p, 24);
    a10 = madd(w0, v, a10);
    a11 = madd(w1, v, a11);
    v = v128.load32_splat(p, 48);
    a20 = madd(w0, v, a20);
    a21 = madd(w1, v, a21);
    v = v128.load32_splat(p, 72);
    a30 = madd(w0, v, a30);
    a31 = madd(w1, v, a31);
    v = v128.load32_splat(p, 96);
    a40 = madd(w0, v, a40);
    a41 = madd(w1, v, a41);
    v = v128.load32_splat(p, 120);
    a50 = madd(w0, v, a50);
    a51 = madd(w1, v, a51);
    p += 4;
    if (p == stop) {
      p += skip;
      stop += stride;
    }
  }
  v128.store(s, a00);
  v128.store(s, a01, 16);
  v128.store(s, a10, 32);
  v128.store(s, a11, 48);
  v128.store(s, a20, 64);
  v128.store(s, a21, 80);
  v128.store(s, a30, 96);
  v128.store(s, a31, 112);
  v128.store(s, a40, 128);
  v128.store(s, a41, 144);
  v128.store(s, a50, 160);
  v128.store(s, a51, 176);
}

/**
 * c.q of a tile: out[i][lane] = sum over its entries of p[i] c[place][lane]. p, end: its entries; c: a panel, [K][8]; out: [4][8],
 * overwritten.
 */
export function product4x8(p: usize, end: usize, c: usize, out: usize): void {
  let a00 = f32x4.splat(0);
  let a01 = f32x4.splat(0);
  let a10 = f32x4.splat(0);
  let a11 = f32x4.splat(0);
  let a20 = f32x4.splat(0);
  let a21 = f32x4.splat(0);
  let a30 = f32x4.splat(0);
  let a31 = f32x4.splat(0);
  for (; p < end; p += ENTRY_BYTES) {
    const x = c + load<usize>(p);
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    let v = v128.load32_splat(p, 4);
    a00 = madd(x0, v, a00);
    a01 = madd(x1, v, a01);
    v = v128.load32_splat(p, 8);
    a10 = madd(x0, v, a10);
    a11 = madd(x1, v, a11);
    v = v128.load32_splat(p, 12);
    a20 = madd(x0, v, a20);
    a21 = madd(x1, v, a21);
    v = v128.load32_splat(p, 16);
    a30 = madd(x0, v, a30);
    a31 = madd(x1, v, a31);
  }
  v128.store(out, a00);
  v128.store(out, a01, 16);
  v128.store(out, a10, 32);
  v128.store(out, a11, 48);
  v128.store(out, a20, 64);
  v128.store(out, a21, 80);
  v128.store(out, a30, 96);
  v128.store(out, a31, 112);
}

/**
 * s[place][lane] += sum over the four points i of a tile of w[i][lane] p[i], for each of its entries. p, end: the entries; w: [4][8];
 * s: [K][8], accumulated. Four points leave registers for all that V8 loads at once.
 */
export function pull4x8(p: usize, end: usize, w: usize, s: usize): void {
  const w00 = v128.load(w);
  const w01 = v128.load(w, 16);
  const w10 = v128.load(w, 32);
  const w11 = v128.load(w, 48);
  const w20 = v128.load(w, 64);
  const w21 = v128.load(w, 80);
  const w30 = v128.load(w, 96);
  const w31 = v128.load(w, 112);
  for (; p < end; p += ENTRY_BYTES) {
    const to = s + load<usize>(p);
    let v = v128.load32_splat(p, 4);
    let s0 = madd(w00, v, v128.load(to));
    let s1 = madd(w01, v, v128.load(to, 16));
    v = v128.load32_splat(p, 8);
    s0 = madd(w10, v, s0);
    s1 = madd(w11, v, s1);
    v = v128.load32_splat(p, 12);
    s0 = madd(w20, v, s0);
    s1 = madd(w21, v, s1);
    v = v128.load32_splat(p, 16);
    s0 = madd(w30, v, s0);
    s1 = madd(w31, v, s1);
    v128.store(to, s0);
    v128.store(to, s1, 16);
  }
}

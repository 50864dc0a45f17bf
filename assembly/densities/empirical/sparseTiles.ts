// Micro-kernels of sparse tiles (see `sparse.ts`), which know nothing but their tile. Four points leave room in registers for all that
// V8 loads at once, when weights and not sums are what stays in registers.
import { madd } from '../../core/simd';
import { ENTRY_BYTES } from './record';

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
 * The same for two panels, `next` bytes apart, for engines that join vectors (elsewhere empty). out: [4][8] twice, `apart` bytes apart, overwritten.
 */
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

/**
 * s[place][lane] += sum over the four points i of a tile of w[i][lane] p[i], for each of its entries. p, end: the entries; w: [4][8];
 * s: [K][8], accumulated.
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

/**
 * The same for two panels, for engines that join vectors (elsewhere empty). w: [4][8] twice, `apart` bytes apart; s: [K][8] twice, `next` bytes apart.
 */
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

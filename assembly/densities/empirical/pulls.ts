// Micro-kernels of the weighted sum of points, which know nothing but their tile. Sums stay in registers while they pass over the
// points: with weights in registers and sums in memory, V8 loads all coordinates of a turn before it uses one, and spills.
import { LANE_BYTES } from '../../../src/abi/panels';
import { madd } from '../../core/simd';

/**
 * s[k][lane] += sum over points i of w[i][lane] p[i][k], for 6 coordinates k. p: the first of these coordinates in tiles of 6 points,
 * [6][6], `stride` bytes apart; w: from the first tile's weights [8] to `end`; s: [6][8], accumulated.
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
 * The same for 8 coordinates and tiles of 8 points, [8][8], for engines that join the two vectors of a row. s: [8][8], accumulated.
 */
export function pull8x8(p: usize, stride: usize, w: usize, end: usize, s: usize): void {
  const skip = stride - 32;
  let stop = p + 32;
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
  let a60 = v128.load(s, 192);
  let a61 = v128.load(s, 208);
  let a70 = v128.load(s, 224);
  let a71 = v128.load(s, 240);
  for (; w < end; w += LANE_BYTES) {
    const w0 = v128.load(w);
    const w1 = v128.load(w, 16);
    let v = v128.load32_splat(p);
    a00 = madd(w0, v, a00);
    a01 = madd(w1, v, a01);
    v = v128.load32_splat(p, 32);
    a10 = madd(w0, v, a10);
    a11 = madd(w1, v, a11);
    v = v128.load32_splat(p, 64);
    a20 = madd(w0, v, a20);
    a21 = madd(w1, v, a21);
    v = v128.load32_splat(p, 96);
    a30 = madd(w0, v, a30);
    a31 = madd(w1, v, a31);
    v = v128.load32_splat(p, 128);
    a40 = madd(w0, v, a40);
    a41 = madd(w1, v, a41);
    v = v128.load32_splat(p, 160);
    a50 = madd(w0, v, a50);
    a51 = madd(w1, v, a51);
    v = v128.load32_splat(p, 192);
    a60 = madd(w0, v, a60);
    a61 = madd(w1, v, a61);
    v = v128.load32_splat(p, 224);
    a70 = madd(w0, v, a70);
    a71 = madd(w1, v, a71);
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
  v128.store(s, a60, 192);
  v128.store(s, a61, 208);
  v128.store(s, a70, 224);
  v128.store(s, a71, 240);
}

// Micro-kernels of the weighted sum of points: a tile of points, with its weights in registers, passes over all coordinates.
import { LANE_BYTES } from '../../../src/abi/panels';
import { madd } from '../../core/simd';

/** s[k][lane] += sum over 6 points i of w[i][lane] p[k][i]. p: [K][6]; w: [6][8]; s: [K][8], accumulated. */
export function pull6x8(K: usize, p: usize, w: usize, s: usize): void {
  const w00 = v128.load(w);
  const w01 = v128.load(w, 16);
  const w10 = v128.load(w, 32);
  const w11 = v128.load(w, 48);
  const w20 = v128.load(w, 64);
  const w21 = v128.load(w, 80);
  const w30 = v128.load(w, 96);
  const w31 = v128.load(w, 112);
  const w40 = v128.load(w, 128);
  const w41 = v128.load(w, 144);
  const w50 = v128.load(w, 160);
  const w51 = v128.load(w, 176);
  for (const end = p + K * 24; p < end; p += 24) {
    let v = v128.load32_splat(p);
    let s0 = madd(w00, v, v128.load(s));
    let s1 = madd(w01, v, v128.load(s, 16));
    v = v128.load32_splat(p, 4);
    s0 = madd(w10, v, s0);
    s1 = madd(w11, v, s1);
    v = v128.load32_splat(p, 8);
    s0 = madd(w20, v, s0);
    s1 = madd(w21, v, s1);
    v = v128.load32_splat(p, 12);
    s0 = madd(w30, v, s0);
    s1 = madd(w31, v, s1);
    v = v128.load32_splat(p, 16);
    s0 = madd(w40, v, s0);
    s1 = madd(w41, v, s1);
    v = v128.load32_splat(p, 20);
    s0 = madd(w50, v, s0);
    s1 = madd(w51, v, s1);
    v128.store(s, s0);
    v128.store(s, s1, 16);
    s += LANE_BYTES;
  }
}

/** The same of 8 points, for engines that join the two vectors of a row. p: [K][8]; w: [8][8]; s: [K][8], accumulated. */
export function pull8x8(K: usize, p: usize, w: usize, s: usize): void {
  const w00 = v128.load(w);
  const w01 = v128.load(w, 16);
  const w10 = v128.load(w, 32);
  const w11 = v128.load(w, 48);
  const w20 = v128.load(w, 64);
  const w21 = v128.load(w, 80);
  const w30 = v128.load(w, 96);
  const w31 = v128.load(w, 112);
  const w40 = v128.load(w, 128);
  const w41 = v128.load(w, 144);
  const w50 = v128.load(w, 160);
  const w51 = v128.load(w, 176);
  const w60 = v128.load(w, 192);
  const w61 = v128.load(w, 208);
  const w70 = v128.load(w, 224);
  const w71 = v128.load(w, 240);
  for (const end = p + K * 32; p < end; p += 32) {
    let v = v128.load32_splat(p);
    let s0 = madd(w00, v, v128.load(s));
    let s1 = madd(w01, v, v128.load(s, 16));
    v = v128.load32_splat(p, 4);
    s0 = madd(w10, v, s0);
    s1 = madd(w11, v, s1);
    v = v128.load32_splat(p, 8);
    s0 = madd(w20, v, s0);
    s1 = madd(w21, v, s1);
    v = v128.load32_splat(p, 12);
    s0 = madd(w30, v, s0);
    s1 = madd(w31, v, s1);
    v = v128.load32_splat(p, 16);
    s0 = madd(w40, v, s0);
    s1 = madd(w41, v, s1);
    v = v128.load32_splat(p, 20);
    s0 = madd(w50, v, s0);
    s1 = madd(w51, v, s1);
    v = v128.load32_splat(p, 24);
    s0 = madd(w60, v, s0);
    s1 = madd(w61, v, s1);
    v = v128.load32_splat(p, 28);
    s0 = madd(w70, v, s0);
    s1 = madd(w71, v, s1);
    v128.store(s, s0);
    v128.store(s, s1, 16);
    s += LANE_BYTES;
  }
}

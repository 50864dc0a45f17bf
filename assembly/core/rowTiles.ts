// Micro-kernels of products of rows, which know nothing but their tile; `rows.ts` says what a row is. Each sum is formed in
// order, so that which tile is used changes no bit.
//
// Each kernel is one loop, of a function of its own. V8 unrolls a loop within a loop, and in Node 20 it then loads all operands
// of a turn before it uses the first, which takes twice as many registers as there are and half of the speed. For the same reason
// one pointer moves and each row has a constant distance to it: a pointer for each row is scheduled as badly.
import { LANE_BYTES } from '../../src/abi/panels';
import { madd } from './simd';

/**
 * c = x W + start for six rows and the eight columns of one strip. For fused products: elsewhere its sums, operands and
 * products do not fit sixteen registers. Arguments as in `rowsProduct`; places: u32 [6]; c: rows `stride` bytes apart,
 * overwritten.
 */
export function tileRows6x8(
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
  const x0 = load<u32>(places);
  const x1 = load<u32>(places, 4);
  const x2 = load<u32>(places, 8);
  const x3 = load<u32>(places, 12);
  const x4 = load<u32>(places, 16);
  const x5 = load<u32>(places, 20);
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
  const run = K << 2;
  const skip = runBytes - run;
  let stop = base + run;
  for (const end = w + runs * K * LANE_BYTES; w < end; w += LANE_BYTES) {
    const w0 = v128.load(w);
    const w1 = v128.load(w, 16);
    let s = v128.load32_splat(base + x0);
    a00 = madd(s, w0, a00);
    a01 = madd(s, w1, a01);
    s = v128.load32_splat(base + x1);
    a10 = madd(s, w0, a10);
    a11 = madd(s, w1, a11);
    s = v128.load32_splat(base + x2);
    a20 = madd(s, w0, a20);
    a21 = madd(s, w1, a21);
    s = v128.load32_splat(base + x3);
    a30 = madd(s, w0, a30);
    a31 = madd(s, w1, a31);
    s = v128.load32_splat(base + x4);
    a40 = madd(s, w0, a40);
    a41 = madd(s, w1, a41);
    s = v128.load32_splat(base + x5);
    a50 = madd(s, w0, a50);
    a51 = madd(s, w1, a51);
    base += 4;
    if (base == stop) {
      base += skip;
      stop += runBytes;
    }
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

/**
 * c = x W + start for four rows and the eight columns of one strip.
 * Arguments as in `rowsProduct`; places: u32 [4]; c: rows `stride` bytes apart, overwritten.
 */
export function tileRows4x8(
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
  const x0 = load<u32>(places);
  const x1 = load<u32>(places, 4);
  const x2 = load<u32>(places, 8);
  const x3 = load<u32>(places, 12);
  let a00 = v128.load(start);
  let a01 = v128.load(start, 16);
  let a10 = a00;
  let a11 = a01;
  let a20 = a00;
  let a21 = a01;
  let a30 = a00;
  let a31 = a01;
  const run = K << 2;
  const skip = runBytes - run;
  let stop = base + run;
  for (const end = w + runs * K * LANE_BYTES; w < end; w += LANE_BYTES) {
    const w0 = v128.load(w);
    const w1 = v128.load(w, 16);
    let s = v128.load32_splat(base + x0);
    a00 = madd(s, w0, a00);
    a01 = madd(s, w1, a01);
    s = v128.load32_splat(base + x1);
    a10 = madd(s, w0, a10);
    a11 = madd(s, w1, a11);
    s = v128.load32_splat(base + x2);
    a20 = madd(s, w0, a20);
    a21 = madd(s, w1, a21);
    s = v128.load32_splat(base + x3);
    a30 = madd(s, w0, a30);
    a31 = madd(s, w1, a31);
    base += 4;
    if (base == stop) {
      base += skip;
      stop += runBytes;
    }
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
}

/**
 * c[i][j] += sum over R rows of x[i] dy[j], for six i and eight j.
 * Arguments as in `rowsGradient`; c: rows `stride` bytes apart.
 */
export function tileOuter6x8(
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

/**
 * c[i][j] += sum over R rows of x[i] dy[j], for four i and eight j.
 * Arguments as in `rowsGradient`; c: rows `stride` bytes apart.
 */
export function tileOuter4x8(
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
  let a00 = v128.load(c);
  let a01 = v128.load(c, 16);
  let a10 = v128.load(c1);
  let a11 = v128.load(c1, 16);
  let a20 = v128.load(c2);
  let a21 = v128.load(c2, 16);
  let a30 = v128.load(c3);
  let a31 = v128.load(c3, 16);
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

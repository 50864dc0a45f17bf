// Micro-kernels of products of rows for the wide binary, whose engine joins two vectors to one: sixteen columns are two of
// those. Both are loaded before either is stored, or it does not. Otherwise as `rowTiles.ts`.
import { madd } from './simd';

/**
 * c = x W + start for five rows and the sixteen columns of one strip.
 * Arguments as in `rowsProduct`; places: u32 [5]; c: rows `stride` bytes apart, overwritten.
 */
export function tileRows5x16(
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
  let a00 = v128.load(start);
  let a01 = v128.load(start, 16);
  let a02 = v128.load(start, 32);
  let a03 = v128.load(start, 48);
  let a10 = a00;
  let a11 = a01;
  let a12 = a02;
  let a13 = a03;
  let a20 = a00;
  let a21 = a01;
  let a22 = a02;
  let a23 = a03;
  let a30 = a00;
  let a31 = a01;
  let a32 = a02;
  let a33 = a03;
  let a40 = a00;
  let a41 = a01;
  let a42 = a02;
  let a43 = a03;
  const run = K << 2;
  const skip = runBytes - run;
  let stop = base + run;
  for (const end = w + runs * K * 64; w < end; w += 64) {
    const w0 = v128.load(w);
    const w1 = v128.load(w, 16);
    const w2 = v128.load(w, 32);
    const w3 = v128.load(w, 48);
    let s = v128.load32_splat(base + x0);
    a00 = madd(s, w0, a00);
    a01 = madd(s, w1, a01);
    a02 = madd(s, w2, a02);
    a03 = madd(s, w3, a03);
    s = v128.load32_splat(base + x1);
    a10 = madd(s, w0, a10);
    a11 = madd(s, w1, a11);
    a12 = madd(s, w2, a12);
    a13 = madd(s, w3, a13);
    s = v128.load32_splat(base + x2);
    a20 = madd(s, w0, a20);
    a21 = madd(s, w1, a21);
    a22 = madd(s, w2, a22);
    a23 = madd(s, w3, a23);
    s = v128.load32_splat(base + x3);
    a30 = madd(s, w0, a30);
    a31 = madd(s, w1, a31);
    a32 = madd(s, w2, a32);
    a33 = madd(s, w3, a33);
    s = v128.load32_splat(base + x4);
    a40 = madd(s, w0, a40);
    a41 = madd(s, w1, a41);
    a42 = madd(s, w2, a42);
    a43 = madd(s, w3, a43);
    base += 4;
    if (base == stop) {
      base += skip;
      stop += runBytes;
    }
  }
  v128.store(c, a00);
  v128.store(c, a01, 16);
  v128.store(c, a02, 32);
  v128.store(c, a03, 48);
  c += stride;
  v128.store(c, a10);
  v128.store(c, a11, 16);
  v128.store(c, a12, 32);
  v128.store(c, a13, 48);
  c += stride;
  v128.store(c, a20);
  v128.store(c, a21, 16);
  v128.store(c, a22, 32);
  v128.store(c, a23, 48);
  c += stride;
  v128.store(c, a30);
  v128.store(c, a31, 16);
  v128.store(c, a32, 32);
  v128.store(c, a33, 48);
  c += stride;
  v128.store(c, a40);
  v128.store(c, a41, 16);
  v128.store(c, a42, 32);
  v128.store(c, a43, 48);
}

/**
 * c = x W + start for four rows and the sixteen columns of one strip.
 * Arguments as in `rowsProduct`; places: u32 [4]; c: rows `stride` bytes apart, overwritten.
 */
export function tileRows4x16(
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
  let a02 = v128.load(start, 32);
  let a03 = v128.load(start, 48);
  let a10 = a00;
  let a11 = a01;
  let a12 = a02;
  let a13 = a03;
  let a20 = a00;
  let a21 = a01;
  let a22 = a02;
  let a23 = a03;
  let a30 = a00;
  let a31 = a01;
  let a32 = a02;
  let a33 = a03;
  const run = K << 2;
  const skip = runBytes - run;
  let stop = base + run;
  for (const end = w + runs * K * 64; w < end; w += 64) {
    const w0 = v128.load(w);
    const w1 = v128.load(w, 16);
    const w2 = v128.load(w, 32);
    const w3 = v128.load(w, 48);
    let s = v128.load32_splat(base + x0);
    a00 = madd(s, w0, a00);
    a01 = madd(s, w1, a01);
    a02 = madd(s, w2, a02);
    a03 = madd(s, w3, a03);
    s = v128.load32_splat(base + x1);
    a10 = madd(s, w0, a10);
    a11 = madd(s, w1, a11);
    a12 = madd(s, w2, a12);
    a13 = madd(s, w3, a13);
    s = v128.load32_splat(base + x2);
    a20 = madd(s, w0, a20);
    a21 = madd(s, w1, a21);
    a22 = madd(s, w2, a22);
    a23 = madd(s, w3, a23);
    s = v128.load32_splat(base + x3);
    a30 = madd(s, w0, a30);
    a31 = madd(s, w1, a31);
    a32 = madd(s, w2, a32);
    a33 = madd(s, w3, a33);
    base += 4;
    if (base == stop) {
      base += skip;
      stop += runBytes;
    }
  }
  v128.store(c, a00);
  v128.store(c, a01, 16);
  v128.store(c, a02, 32);
  v128.store(c, a03, 48);
  c += stride;
  v128.store(c, a10);
  v128.store(c, a11, 16);
  v128.store(c, a12, 32);
  v128.store(c, a13, 48);
  c += stride;
  v128.store(c, a20);
  v128.store(c, a21, 16);
  v128.store(c, a22, 32);
  v128.store(c, a23, 48);
  c += stride;
  v128.store(c, a30);
  v128.store(c, a31, 16);
  v128.store(c, a32, 32);
  v128.store(c, a33, 48);
}

/**
 * c[i][j] += sum over R rows of x[i] dy[j], for five i and sixteen j.
 * Arguments as in `rowsGradient`; c: rows `stride` bytes apart.
 */
export function tileOuter5x16(
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
  let a00 = v128.load(c);
  let a01 = v128.load(c, 16);
  let a02 = v128.load(c, 32);
  let a03 = v128.load(c, 48);
  let a10 = v128.load(c1);
  let a11 = v128.load(c1, 16);
  let a12 = v128.load(c1, 32);
  let a13 = v128.load(c1, 48);
  let a20 = v128.load(c2);
  let a21 = v128.load(c2, 16);
  let a22 = v128.load(c2, 32);
  let a23 = v128.load(c2, 48);
  let a30 = v128.load(c3);
  let a31 = v128.load(c3, 16);
  let a32 = v128.load(c3, 32);
  let a33 = v128.load(c3, 48);
  let a40 = v128.load(c4);
  let a41 = v128.load(c4, 16);
  let a42 = v128.load(c4, 32);
  let a43 = v128.load(c4, 48);
  for (const end = places + (R << 2); places < end; places += 4) {
    const row = x + load<u32>(places);
    const d0 = v128.load(dy);
    const d1 = v128.load(dy, 16);
    const d2 = v128.load(dy, 32);
    const d3 = v128.load(dy, 48);
    dy += dyStride;
    let s = v128.load32_splat(row);
    a00 = madd(s, d0, a00);
    a01 = madd(s, d1, a01);
    a02 = madd(s, d2, a02);
    a03 = madd(s, d3, a03);
    s = v128.load32_splat(row, 4);
    a10 = madd(s, d0, a10);
    a11 = madd(s, d1, a11);
    a12 = madd(s, d2, a12);
    a13 = madd(s, d3, a13);
    s = v128.load32_splat(row, 8);
    a20 = madd(s, d0, a20);
    a21 = madd(s, d1, a21);
    a22 = madd(s, d2, a22);
    a23 = madd(s, d3, a23);
    s = v128.load32_splat(row, 12);
    a30 = madd(s, d0, a30);
    a31 = madd(s, d1, a31);
    a32 = madd(s, d2, a32);
    a33 = madd(s, d3, a33);
    s = v128.load32_splat(row, 16);
    a40 = madd(s, d0, a40);
    a41 = madd(s, d1, a41);
    a42 = madd(s, d2, a42);
    a43 = madd(s, d3, a43);
  }
  v128.store(c, a00);
  v128.store(c, a01, 16);
  v128.store(c, a02, 32);
  v128.store(c, a03, 48);
  v128.store(c1, a10);
  v128.store(c1, a11, 16);
  v128.store(c1, a12, 32);
  v128.store(c1, a13, 48);
  v128.store(c2, a20);
  v128.store(c2, a21, 16);
  v128.store(c2, a22, 32);
  v128.store(c2, a23, 48);
  v128.store(c3, a30);
  v128.store(c3, a31, 16);
  v128.store(c3, a32, 32);
  v128.store(c3, a33, 48);
  v128.store(c4, a40);
  v128.store(c4, a41, 16);
  v128.store(c4, a42, 32);
  v128.store(c4, a43, 48);
}

/**
 * c[i][j] += sum over R rows of x[i] dy[j], for four i and sixteen j.
 * Arguments as in `rowsGradient`; c: rows `stride` bytes apart.
 */
export function tileOuter4x16(
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
  let a02 = v128.load(c, 32);
  let a03 = v128.load(c, 48);
  let a10 = v128.load(c1);
  let a11 = v128.load(c1, 16);
  let a12 = v128.load(c1, 32);
  let a13 = v128.load(c1, 48);
  let a20 = v128.load(c2);
  let a21 = v128.load(c2, 16);
  let a22 = v128.load(c2, 32);
  let a23 = v128.load(c2, 48);
  let a30 = v128.load(c3);
  let a31 = v128.load(c3, 16);
  let a32 = v128.load(c3, 32);
  let a33 = v128.load(c3, 48);
  for (const end = places + (R << 2); places < end; places += 4) {
    const row = x + load<u32>(places);
    const d0 = v128.load(dy);
    const d1 = v128.load(dy, 16);
    const d2 = v128.load(dy, 32);
    const d3 = v128.load(dy, 48);
    dy += dyStride;
    let s = v128.load32_splat(row);
    a00 = madd(s, d0, a00);
    a01 = madd(s, d1, a01);
    a02 = madd(s, d2, a02);
    a03 = madd(s, d3, a03);
    s = v128.load32_splat(row, 4);
    a10 = madd(s, d0, a10);
    a11 = madd(s, d1, a11);
    a12 = madd(s, d2, a12);
    a13 = madd(s, d3, a13);
    s = v128.load32_splat(row, 8);
    a20 = madd(s, d0, a20);
    a21 = madd(s, d1, a21);
    a22 = madd(s, d2, a22);
    a23 = madd(s, d3, a23);
    s = v128.load32_splat(row, 12);
    a30 = madd(s, d0, a30);
    a31 = madd(s, d1, a31);
    a32 = madd(s, d2, a32);
    a33 = madd(s, d3, a33);
  }
  v128.store(c, a00);
  v128.store(c, a01, 16);
  v128.store(c, a02, 32);
  v128.store(c, a03, 48);
  v128.store(c1, a10);
  v128.store(c1, a11, 16);
  v128.store(c1, a12, 32);
  v128.store(c1, a13, 48);
  v128.store(c2, a20);
  v128.store(c2, a21, 16);
  v128.store(c2, a22, 32);
  v128.store(c2, a23, 48);
  v128.store(c3, a30);
  v128.store(c3, a31, 16);
  v128.store(c3, a32, 32);
  v128.store(c3, a33, 48);
}

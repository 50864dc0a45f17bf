// A 3x3 kernel among the points of Winograd's convolution: U = G g G^T for each input and output channel, and the adjoint
// dg = G^T dU G for its gradient. G stands in `core/winograd.ts`. The 36 numbers of a pair of channels are in 36 matrices.
import { packedColumns, STRIP } from '../core/rows';
import { madd } from '../core/simd';

const SIDE: usize = 6;
/** Between the matrices, so that they are no power of two apart: they would share few sets of a cache. */
const GAP: usize = 192;

/** Bytes from one matrix of [K][N] to the next, N rounded up to whole strips. */
export function matrixBytes(K: usize, N: usize): usize {
  return ((K * packedColumns(N)) << 2) + GAP;
}

/** Bytes of all matrices. */
export function winogradKernelBytes(K: usize, N: usize): usize {
  return SIDE * SIDE * matrixBytes(K, N);
}

/**
 * Transforms a kernel of K inputs and N outputs into matrices of strips, [N / STRIP][K][STRIP] each (`core/rows.ts`). Columns that
 * fill up the last strip are zero.
 * g: element (tap, k, n) is at g + tap tapStep + 4 (k rowStride + n columnStride), tap from 0 to 8; K and N multiples of 4.
 */
export function transformKernel(
  U: usize,
  g: usize,
  tapStep: isize,
  K: usize,
  N: usize,
  rowStride: usize,
  columnStride: usize,
): void {
  const matrix = matrixBytes(K, N);
  const line = SIDE * matrix;
  for (let n: usize = 0; n < packedColumns(N); n += STRIP) {
    // Down the columns of the kernel, into the first three matrices of each line; then across, in place.
    for (let x: usize = 0; x < 3; x++) {
      for (let j: usize = 0; j < STRIP; j += 4) {
        const to = U + x * matrix + ((n * K + j) << 2);
        const from = g + x * tapStep + (((n + j) * columnStride) << 2);
        if (n + j < N) spreadDown(to, line, from, 3 * tapStep, K, rowStride << 2, columnStride << 2);
        else for (let k: usize = 0; k < K; k++) zeroes(to + k * (STRIP << 2), line);
      }
    }
    for (let y: usize = 0; y < SIDE; y++)
      spreadAcross(U + y * line + ((n * K) << 2), matrix, (K * STRIP) << 2);
  }
}

/** Zero in each of the lines. */
function zeroes(to: usize, line: usize): void {
  for (let i: usize = 0; i < SIDE; i++) v128.store(to + i * line, f32x4.splat(0));
}

/** G g for four columns of K rows. g: rows `rowBytes` apart, columns `columnBytes`, taps `tap`; to: rows of a strip. */
function spreadDown(
  to: usize,
  line: usize,
  g: usize,
  tap: isize,
  K: usize,
  rowBytes: usize,
  columnBytes: usize,
): void {
  for (let k: usize = 0; k < K; k++) {
    spread(
      to,
      line,
      gather(g, columnBytes),
      gather(g + tap, columnBytes),
      gather(g + tap + tap, columnBytes),
    );
    g += rowBytes;
    to += STRIP << 2;
  }
}

/** The same across, from the first three matrices of a line into all six. */
function spreadAcross(to: usize, matrix: usize, bytes: usize): void {
  for (const end = to + bytes; to < end; to += 16)
    spread(to, matrix, v128.load(to), v128.load(to + matrix), v128.load(to + 2 * matrix));
}

/** G g, `step` bytes apart. */
function spread(to: usize, step: usize, g0: v128, g1: v128, g2: v128): void {
  const third = f32x4.splat(-1.0 / 6);
  const even = f32x4.mul(f32x4.add(g0, g2), third);
  const odd = f32x4.mul(g1, third);
  const outer = f32x4.mul(madd(g2, f32x4.splat(4), g0), f32x4.splat(1.0 / 24));
  const inner = f32x4.mul(g1, f32x4.splat(1.0 / 12));
  v128.store(to, f32x4.mul(g0, f32x4.splat(0.25)));
  v128.store(to + step, f32x4.add(even, odd));
  v128.store(to + 2 * step, f32x4.sub(even, odd));
  v128.store(to + 3 * step, f32x4.add(outer, inner));
  v128.store(to + 4 * step, f32x4.sub(outer, inner));
  v128.store(to + 5 * step, g2);
}

/** Four numbers, `step` bytes apart. */
function gather(at: usize, step: usize): v128 {
  if (step == 4) return v128.load(at);
  let v = v128.load32_zero(at);
  v = v128.load32_lane(at + step, v, 1);
  v = v128.load32_lane(at + 2 * step, v, 2);
  return v128.load32_lane(at + 3 * step, v, 3);
}

/**
 * dg += G^T dU G. dU: matrices of rows [K][N rounded up to whole strips], overwritten; dg: f32 [9][K][N], N a multiple of 4.
 */
export function addKernelGradient(dU: usize, dg: usize, K: usize, N: usize): void {
  const matrix = matrixBytes(K, N);
  const line = SIDE * matrix;
  const tap = (K * N) << 2;
  const row = N << 2;
  for (let k: usize = 0; k < K; k++) {
    for (let x: usize = 0; x < SIDE; x++) foldDown(dU + x * matrix, line, row);
    for (let y: usize = 0; y < 3; y++) foldAcross(dU + y * line, matrix, dg + 3 * y * tap, tap, row);
    dU += packedColumns(N) << 2;
    dg += row;
  }
}

/** G^T of six runs of numbers, `step` bytes apart, into the first three of them. */
function foldDown(m: usize, step: usize, bytes: usize): void {
  for (const end = m + bytes; m < end; m += 16) {
    const m0 = v128.load(m);
    const m1 = v128.load(m + step);
    const m2 = v128.load(m + 2 * step);
    const m3 = v128.load(m + 3 * step);
    const m4 = v128.load(m + 4 * step);
    const m5 = v128.load(m + 5 * step);
    const even = evenPart(m1, m2);
    const outer = outerPart(m3, m4);
    v128.store(m, firstTap(m0, even, outer));
    v128.store(m + step, secondTap(m1, m2, m3, m4));
    v128.store(m + 2 * step, thirdTap(even, outer, m5));
  }
}

/** g += G^T of six runs of numbers, `step` bytes apart. g: the taps of a line, `tap` bytes apart. */
function foldAcross(m: usize, step: usize, g: usize, tap: usize, bytes: usize): void {
  for (const end = m + bytes; m < end; m += 16) {
    const m0 = v128.load(m);
    const m1 = v128.load(m + step);
    const m2 = v128.load(m + 2 * step);
    const m3 = v128.load(m + 3 * step);
    const m4 = v128.load(m + 4 * step);
    const m5 = v128.load(m + 5 * step);
    const even = evenPart(m1, m2);
    const outer = outerPart(m3, m4);
    v128.store(g, f32x4.add(v128.load(g), firstTap(m0, even, outer)));
    v128.store(g + tap, f32x4.add(v128.load(g + tap), secondTap(m1, m2, m3, m4)));
    v128.store(g + 2 * tap, f32x4.add(v128.load(g + 2 * tap), thirdTap(even, outer, m5)));
    g += 16;
  }
}

function evenPart(m1: v128, m2: v128): v128 {
  return f32x4.mul(f32x4.add(m1, m2), f32x4.splat(-1.0 / 6));
}
function outerPart(m3: v128, m4: v128): v128 {
  return f32x4.mul(f32x4.add(m3, m4), f32x4.splat(1.0 / 24));
}
function firstTap(m0: v128, even: v128, outer: v128): v128 {
  return f32x4.add(madd(m0, f32x4.splat(0.25), even), outer);
}
function secondTap(m1: v128, m2: v128, m3: v128, m4: v128): v128 {
  const odd = f32x4.mul(f32x4.sub(m1, m2), f32x4.splat(-1.0 / 6));
  return madd(f32x4.sub(m3, m4), f32x4.splat(1.0 / 12), odd);
}
function thirdTap(even: v128, outer: v128, m5: v128): v128 {
  return f32x4.add(madd(outer, f32x4.splat(4), even), m5);
}

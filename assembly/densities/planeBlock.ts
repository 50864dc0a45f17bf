// Many weighted points of the plane, sorted by the cells of a grid, row by row, so that those of neighbouring cells of a row are
// one stretch.
import { exp64 } from '../core/exp64';
import { log } from '../core/math';

// Fields of a block of points: their number; rows and columns of cells; pointers to the first point of each cell and, behind the
// last, their number, u32; to both coordinates, the log-weights and the weights of the points, f32; the corner of the first cell, the side of
// all, and the size of the rectangle that holds the points, f64; scratch, the sum of weights and of weights times p - x, f64 [3].
export const COUNT_AT: usize = 0;
export const ROWS_AT: usize = 4;
export const COLUMNS_AT: usize = 8;
export const STARTS_AT: usize = 12;
export const P0_AT: usize = 16;
export const P1_AT: usize = 20;
export const LOG_WEIGHTS_AT: usize = 24;
export const WEIGHTS_AT: usize = 28;
export const LOW0_AT: usize = 32;
export const LOW1_AT: usize = 40;
export const SIDE_AT: usize = 48;
export const SIZE0_AT: usize = 56;
export const SIZE1_AT: usize = 64;
export const SUM_AT: usize = 72;
export const PULL0_AT: usize = 80;
export const PULL1_AT: usize = 88;
const DATA_AT: usize = 96;

/** Bytes of n words and of the three beyond them that a vector may read: whole vectors. */
function words(n: usize): usize {
  return ((n + 6) & ~3) << 2;
}

/** Bytes of a block of so many points in so many cells. */
export function planeBytes(count: u32, cells: u32): usize {
  return DATA_AT + words(<usize>cells + 1) + 4 * words(count);
}

/** Writes the fields of a block but for the size of its rectangle. */
export function open(
  block: usize,
  count: u32,
  rows: u32,
  columns: u32,
  low0: f64,
  low1: f64,
  side: f64,
): void {
  store<u32>(block, count, COUNT_AT);
  store<u32>(block, rows, ROWS_AT);
  store<u32>(block, columns, COLUMNS_AT);
  store<f64>(block, low0, LOW0_AT);
  store<f64>(block, low1, LOW1_AT);
  store<f64>(block, side, SIDE_AT);
  const p0 = block + DATA_AT + words(<usize>rows * columns + 1);
  store<usize>(block, block + DATA_AT, STARTS_AT);
  store<usize>(block, p0, P0_AT);
  store<usize>(block, p0 + words(count), P1_AT);
  store<usize>(block, p0 + 2 * words(count), LOG_WEIGHTS_AT);
  store<usize>(block, p0 + 3 * words(count), WEIGHTS_AT);
}

/** log x for x >= 1 in float64: one step of Newton's method from the float32 one. */
function log64(x: f64): f64 {
  const y = <f64>logOf(<f32>x);
  return y + x * exp64(-y) - 1;
}

export function logOf(x: f32): f32 {
  return f32x4.extract_lane(log(f32x4.splat(x)), 0);
}

/** The row or column that x is in, of n; the nearest one beyond the grid. */
export function cellOf(x: f64, low: f64, side: f64, n: u32): u32 {
  const at = (x - low) / side;
  return at > 0 ? <u32>min(at, <f64>(n - 1)) : 0;
}

/**
 * Sorts points by cells of which each holds four, if they fill their rectangle. block: planeBytes(N, N) of zeros, N >= 4,
 * overwritten; points: f32 [N][2]; logits: f32 [N], not normalised, one or more finite; points with -Infinity are left out.
 */
export function planeSort(block: usize, points: usize, logits: usize, N: u32): void {
  let count: u32 = 0;
  let largest: f32 = -Infinity;
  let low0: f32 = Infinity;
  let low1: f32 = Infinity;
  let high0: f32 = -Infinity;
  let high1: f32 = -Infinity;
  for (let i: usize = 0; i < <usize>N; i++) {
    const logit = load<f32>(logits + (i << 2));
    if (logit == -Infinity) continue;
    count++;
    largest = max(largest, logit);
    const x0 = load<f32>(points + (i << 3));
    const x1 = load<f32>(points + (i << 3), 4);
    low0 = min(low0, x0);
    low1 = min(low1, x1);
    high0 = max(high0, x0);
    high1 = max(high1, x1);
  }
  let total: f64 = 0;
  for (let i: usize = 0; i < <usize>N; i++) total += exp64(<f64>load<f32>(logits + (i << 2)) - largest);
  const shift = <f64>largest + log64(total);
  const size0 = <f64>high0 - low0;
  const size1 = <f64>high1 - low1;
  let side = max(2 * sqrt((size0 * size1) / <f64>count), (4 * max(size0, size1)) / <f64>count);
  if (side == 0) side = 1;
  const rows = <u32>(size0 / side) + 1;
  const columns = <u32>(size1 / side) + 1;
  open(block, count, rows, columns, low0, low1, side);
  store<f64>(block, size0, SIZE0_AT);
  store<f64>(block, size1, SIZE1_AT);
  const starts = load<usize>(block, STARTS_AT);
  // A counting sort: numbers of points, then the end of each cell, from which its points are written backwards.
  for (let i: usize = 0; i < <usize>N; i++) {
    if (load<f32>(logits + (i << 2)) == -Infinity) continue;
    const cell = starts + ((<usize>indexOf(block, points + (i << 3))) << 2);
    store<u32>(cell, load<u32>(cell) + 1);
  }
  let end: u32 = 0;
  const last = starts + ((<usize>rows * columns) << 2);
  for (let cell = starts; cell < last; cell += 4) {
    end += load<u32>(cell);
    store<u32>(cell, end);
  }
  store<u32>(last, count);
  for (let i = <usize>N; i > 0; ) {
    i--;
    const logit = load<f32>(logits + (i << 2));
    if (logit == -Infinity) continue;
    const point = points + (i << 3);
    const cell = starts + ((<usize>indexOf(block, point)) << 2);
    const at = load<u32>(cell) - 1;
    store<u32>(cell, at);
    const to = (<usize>at) << 2;
    store<f32>(load<usize>(block, P0_AT) + to, load<f32>(point));
    store<f32>(load<usize>(block, P1_AT) + to, load<f32>(point, 4));
    store<f32>(load<usize>(block, LOG_WEIGHTS_AT) + to, <f32>(<f64>logit - shift));
    store<f32>(load<usize>(block, WEIGHTS_AT) + to, <f32>exp64(<f64>logit - shift));
  }
}

/** The index of the cell of a point, f32 [2]. */
function indexOf(block: usize, point: usize): u32 {
  const side = load<f64>(block, SIDE_AT);
  const columns = load<u32>(block, COLUMNS_AT);
  const row = cellOf(load<f32>(point), load<f64>(block, LOW0_AT), side, load<u32>(block, ROWS_AT));
  return row * columns + cellOf(load<f32>(point, 4), load<f64>(block, LOW1_AT), side, columns);
}

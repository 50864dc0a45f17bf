// The density of many weighted points p_i of the plane under noise, and its score, in a time that hardly grows with their number:
//
//   p(x) = sum_i weight_i N(x; p_i, sigma^2 I),   score(x) = (sum_i softmax(e)_i p_i - x) / sigma^2,
//   e_i = log weight_i - |x - p_i|^2 / (2 sigma^2).
//
// Points lie sorted by the cells of a grid, row by row, so that those of neighbouring cells of a row are one stretch. Only the
// cells around x are read. Since all weights sum to 1, those left out, further away than R, are less than exp(-R^2 / (2 sigma^2)):
// if that is more than LEFT_OUT of what was summed, the sum is made anew over as many cells as it takes.
//
// Under much noise the points are first spread over the nodes of a coarser grid, `planeSpread`.
import { exp64 } from '../core/alias';
import { expDown, log } from '../core/math';
import { madd } from '../core/simd';

// Fields of a block of points: their number; rows and columns of cells; pointers to the first point of each cell and, behind the
// last, their number, u32; to both coordinates and the log-weights of the points, f32; the corner of the first cell and the side
// of all, f64; scratch, the sum of weights and of weights times p - x, f64 [3].
const COUNT_AT: usize = 0;
const ROWS_AT: usize = 4;
const COLUMNS_AT: usize = 8;
const STARTS_AT: usize = 12;
const P0_AT: usize = 16;
const P1_AT: usize = 20;
const LOG_WEIGHTS_AT: usize = 24;
const LOW0_AT: usize = 32;
const LOW1_AT: usize = 40;
const SIDE_AT: usize = 48;
const SUM_AT: usize = 56;
const PULL0_AT: usize = 64;
const PULL1_AT: usize = 72;
const DATA_AT: usize = 80;

/** -log of the part of the density that may be left out, 1e-7. */
const LEFT_OUT: f64 = 16.2;
/** The exponent of a point that has no part, above -Infinity so that differences are numbers. */
const NONE: f32 = -3e38;

/** Bytes of n words and of the three beyond them that a vector may read: whole vectors. */
function words(n: usize): usize {
  return ((n + 6) & ~3) << 2;
}

/** Bytes of a block of so many points in so many cells. */
export function planeBytes(count: u32, cells: u32): usize {
  return DATA_AT + words(<usize>cells + 1) + 3 * words(count);
}

/** Writes the fields of a block. */
function open(block: usize, count: u32, rows: u32, columns: u32, low0: f64, low1: f64, side: f64): void {
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
}

/** The row or column that x is in, of n; the nearest one beyond the grid. */
function cellOf(x: f64, low: f64, side: f64, n: u32): u32 {
  const at = (x - low) / side;
  return at > 0 ? <u32>min(at, <f64>(n - 1)) : 0;
}

/**
 * Sorts points by cells. block: planeBytes(count, rows x columns) of zeros, overwritten; points: f32 [N][2]; logits: f32 [N], of
 * which `count` are not -Infinity; shift: what logits exceed log-weights by; low0, low1: the least coordinates; side: of a cell.
 */
export function planeSort(
  block: usize,
  points: usize,
  logits: usize,
  N: u32,
  shift: f64,
  count: u32,
  rows: u32,
  columns: u32,
  low0: f64,
  low1: f64,
  side: f64,
): void {
  open(block, count, rows, columns, low0, low1, side);
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
  }
}

/** The index of the cell of a point, f32 [2]. */
function indexOf(block: usize, point: usize): u32 {
  const side = load<f64>(block, SIDE_AT);
  const columns = load<u32>(block, COLUMNS_AT);
  const row = cellOf(load<f32>(point), load<f64>(block, LOW0_AT), side, load<u32>(block, ROWS_AT));
  return row * columns + cellOf(load<f32>(point, 4), load<f64>(block, LOW1_AT), side, columns);
}

/** Weight of node k of four, at distances 1 + t, t, 1 - t and 2 - t, of a cubic B-spline. */
function spline(k: u32, t: f64): f64 {
  if (k == 0 || k == 3) {
    const u = k == 0 ? 1 - t : t;
    return (u * u * u) / 6;
  }
  const u = k == 1 ? t : 1 - t;
  return 2.0 / 3.0 + u * u * (0.5 * u - 1);
}

/**
 * Spreads the weights of a block of points over the nodes (low0 + row step, low1 + column step) of a grid, by cubic B-splines: a
 * block of rows x columns points, one a cell. Spreading adds the variance step^2 / 3 to each coordinate, so that noise of
 * sigma^2 - step^2 / 3 over the nodes is noise of sigma^2 over the points. The means of both distributions are the same, and all
 * moments up to the third; with steps of sigma / 8, p(x) differs by less than 4e-6 of 1 / (2 pi sigma^2), its largest value of
 * one point.
 * to: planeBytes(rows columns, rows columns) of zeros, overwritten. Points lie a step or more from the first nodes and two from the last.
 */
export function planeSpread(
  from: usize,
  to: usize,
  step: f64,
  low0: f64,
  low1: f64,
  rows: u32,
  columns: u32,
): void {
  const nodes = rows * columns;
  open(to, nodes, rows, columns, low0, low1, step);
  // Weights are summed in float64 where both coordinates will stand.
  const sums = load<usize>(to, P0_AT);
  const P0 = load<usize>(from, P0_AT);
  const P1 = load<usize>(from, P1_AT);
  const logWeights = load<usize>(from, LOG_WEIGHTS_AT);
  for (let i: usize = 0, end = (<usize>load<u32>(from, COUNT_AT)) << 2; i < end; i += 4) {
    const weight = exp64(load<f32>(logWeights + i));
    const u0 = (<f64>load<f32>(P0 + i) - low0) / step;
    const u1 = (<f64>load<f32>(P1 + i) - low1) / step;
    const row = <u32>u0;
    const column = <u32>u1;
    const t0 = u0 - <f64>row;
    const t1 = u1 - <f64>column;
    const w0 = spline(0, t1);
    const w1 = spline(1, t1);
    const w2 = spline(2, t1);
    const w3 = spline(3, t1);
    let at = sums + ((<usize>(row - 1) * columns + column - 1) << 3);
    for (let k: u32 = 0; k < 4; k++) {
      const w = weight * spline(k, t0);
      store<f64>(at, load<f64>(at) + w * w0);
      store<f64>(at, load<f64>(at, 8) + w * w1, 8);
      store<f64>(at, load<f64>(at, 16) + w * w2, 16);
      store<f64>(at, load<f64>(at, 24) + w * w3, 24);
      at += (<usize>columns) << 3;
    }
  }
  const logs = load<usize>(to, LOG_WEIGHTS_AT);
  for (let i: usize = 0; i < <usize>nodes; i++) {
    store<f32>(logs + (i << 2), <f32>load<f64>(sums + (i << 3)));
    store<u32>(load<usize>(to, STARTS_AT) + (i << 2), <u32>i);
  }
  store<u32>(load<usize>(to, STARTS_AT) + ((<usize>nodes) << 2), nodes);
  for (let at = logs, end = logs + ((<usize>nodes) << 2); at < end; at += 16)
    v128.store(at, log(v128.load(at)));
  // What vectors read beyond the last node must be numbers.
  memory.fill(sums, 0, (<usize>nodes) << 3);
  for (let row: u32 = 0, i: usize = 0; row < rows; row++) {
    for (let column: u32 = 0; column < columns; column++, i += 4) {
      store<f32>(sums + i, <f32>(low0 + <f64>row * step));
      store<f32>(load<usize>(to, P1_AT) + i, <f32>(low1 + <f64>column * step));
    }
  }
}

/** Exponents of the points from `at` on, 4 of them; of those from `end` on NONE. at, end: indices times 4. */
function exponents(block: usize, at: usize, end: usize, x0: v128, x1: v128, scale: v128): v128 {
  const d0 = f32x4.sub(x0, v128.load(load<usize>(block, P0_AT) + at));
  const d1 = f32x4.sub(x1, v128.load(load<usize>(block, P1_AT) + at));
  const squares = madd(d0, d0, f32x4.mul(d1, d1));
  const e = madd(scale, squares, v128.load(load<usize>(block, LOG_WEIGHTS_AT) + at));
  const isIn = i32x4.lt_s(i32x4(0, 4, 8, 12), i32x4.splat(<i32>(end - at)));
  return v128.bitselect(f32x4.pmax(e, f32x4.splat(NONE)), f32x4.splat(NONE), isIn);
}

function largestLane(v: v128): f32 {
  const pair = f32x4.pmax(v, i32x4.shuffle(v, v, 2, 3, 0, 1));
  return max(f32x4.extract_lane(pair, 0), f32x4.extract_lane(pair, 1));
}

function sumLanes(v: v128): f64 {
  return (
    <f64>f32x4.extract_lane(v, 0) +
    f32x4.extract_lane(v, 1) +
    (<f64>f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
  );
}

/**
 * Sums over the cells of rows row0 ... row1 and columns column0 ... column1: returns the largest exponent, NONE if there is no
 * point, and leaves the sums of exp(e - largest) and of that times p - x in the block.
 */
function sumCells(
  block: usize,
  row0: u32,
  row1: u32,
  column0: u32,
  column1: u32,
  x0: v128,
  x1: v128,
  scale: v128,
): f32 {
  const starts = load<usize>(block, STARTS_AT);
  const columns = load<u32>(block, COLUMNS_AT);
  let vTop = f32x4.splat(NONE);
  for (let row = row0; row <= row1; row++) {
    const first = starts + ((<usize>(row * columns)) << 2);
    const end = (<usize>load<u32>(first + ((<usize>column1 + 1) << 2))) << 2;
    for (let at = (<usize>load<u32>(first + ((<usize>column0) << 2))) << 2; at < end; at += 16) {
      vTop = f32x4.pmax(vTop, exponents(block, at, end, x0, x1, scale));
    }
  }
  const largest = largestLane(vTop);
  const top = f32x4.splat(largest);
  let sum: f64 = 0;
  let pull0: f64 = 0;
  let pull1: f64 = 0;
  for (let row = row0; row <= row1; row++) {
    const first = starts + ((<usize>(row * columns)) << 2);
    const end = (<usize>load<u32>(first + ((<usize>column1 + 1) << 2))) << 2;
    let vSum = f32x4.splat(0);
    let vPull0 = vSum;
    let vPull1 = vSum;
    for (let at = (<usize>load<u32>(first + ((<usize>column0) << 2))) << 2; at < end; at += 16) {
      const w = expDown(f32x4.sub(exponents(block, at, end, x0, x1, scale), top));
      vSum = f32x4.add(vSum, w);
      vPull0 = madd(w, f32x4.sub(v128.load(load<usize>(block, P0_AT) + at), x0), vPull0);
      vPull1 = madd(w, f32x4.sub(v128.load(load<usize>(block, P1_AT) + at), x1), vPull1);
    }
    sum += sumLanes(vSum);
    pull0 += sumLanes(vPull0);
    pull1 += sumLanes(vPull1);
  }
  store<f64>(block, sum, SUM_AT);
  store<f64>(block, pull0, PULL0_AT);
  store<f64>(block, pull1, PULL1_AT);
  return largest;
}

/**
 * Scores and log-densities of n places. x: f32 [n][2]; out: f32 [n][3], overwritten with both coordinates of the score and log
 * p(x); radius: how far the first sum reaches at least.
 */
export function planeScores(block: usize, x: usize, out: usize, n: u32, sigma: f64, radius: f64): void {
  const rows = load<u32>(block, ROWS_AT);
  const columns = load<u32>(block, COLUMNS_AT);
  const side = load<f64>(block, SIDE_AT);
  const precision = 1 / (sigma * sigma);
  const scale = f32x4.splat(<f32>(-0.5 * precision));
  const constant = f32x4.extract_lane(log(f32x4.splat(<f32>(precision / 6.283185307179586))), 0);
  for (const end = x + ((<usize>n) << 3); x < end; x += 8) {
    const row = cellOf(load<f32>(x), load<f64>(block, LOW0_AT), side, rows);
    const column = cellOf(load<f32>(x, 4), load<f64>(block, LOW1_AT), side, columns);
    const x0 = v128.load32_splat(x);
    const x1 = v128.load32_splat(x, 4);
    let reach = <u32>min(radius / side + 1, 1e9);
    let logSum: f32 = 0;
    for (;;) {
      const row0 = row - min(row, reach);
      const column0 = column - min(column, reach);
      const row1 = min(row + reach, rows - 1);
      const column1 = min(column + reach, columns - 1);
      const isAll = row0 == 0 && column0 == 0 && row1 == rows - 1 && column1 == columns - 1;
      const largest = sumCells(block, row0, row1, column0, column1, x0, x1, scale);
      logSum = largest + f32x4.extract_lane(log(f32x4.splat(<f32>load<f64>(block, SUM_AT))), 0);
      if (isAll) break;
      if (largest == NONE) {
        reach *= 2;
        continue;
      }
      const needed = sigma * sqrt(2 * max<f64>(LEFT_OUT - logSum, 0));
      if (<f64>reach * side >= needed) break;
      reach = max(reach, <u32>min(needed / side, 1e9)) + 1;
    }
    const factor = precision / load<f64>(block, SUM_AT);
    store<f32>(out, <f32>(load<f64>(block, PULL0_AT) * factor));
    store<f32>(out, <f32>(load<f64>(block, PULL1_AT) * factor), 4);
    store<f32>(out, logSum + constant, 8);
    out += 12;
  }
}

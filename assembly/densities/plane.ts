// The density of many weighted points p_i of the plane under noise, and its score, in a time that hardly grows with their number:
//
//   p(x) = sum_i weight_i N(x; p_i, sigma^2 I),   score(x) = (sum_i softmax(e)_i p_i - x) / sigma^2,
//   e_i = log weight_i - |x - p_i|^2 / (2 sigma^2).
//
// Points lie sorted by cells, and only the cells around x are read. Since all weights sum to 1, those left out, further away than
// R, are less than exp(-R^2 / (2 sigma^2)): if that is more than 1e-7 of what was summed, the sum is made anew over as many cells
// as it takes.
//
// Under much noise the points are first spread over the nodes of a coarser grid: `spread`.
import { expDown } from '../core/math';
import { madd } from '../core/simd';
import {
  COLUMNS_AT,
  cellOf,
  LOG_WEIGHTS_AT,
  LOW0_AT,
  LOW1_AT,
  logOf,
  P0_AT,
  P1_AT,
  PULL0_AT,
  PULL1_AT,
  ROWS_AT,
  SIDE_AT,
  SIZE0_AT,
  SIZE1_AT,
  STARTS_AT,
  SUM_AT,
} from './planeBlock';
import { spread } from './planeNodes';

/** -log of the part of the density that may be left out, 1e-7. */
const LEFT_OUT: f64 = 16.2;
/** The exponent of a point that has no part, above -Infinity so that differences are numbers. */
const NONE: f32 = -3e38;
/** 2 pi. */
const TURN: f64 = 6.283185307179586;

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

/** The log-density at x, f32 [2], of the points of a block under noise. s: f32 [2], the score; radius: that the first sum reaches. */
function scoreAt(block: usize, x: usize, s: usize, sigma: f64, radius: f64): f32 {
  const rows = load<u32>(block, ROWS_AT);
  const columns = load<u32>(block, COLUMNS_AT);
  const side = load<f64>(block, SIDE_AT);
  const precision = 1 / (sigma * sigma);
  const scale = f32x4.splat(<f32>(-0.5 * precision));
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
    const largest = sumCells(block, row0, row1, column0, column1, x0, x1, scale);
    logSum = largest + logOf(<f32>load<f64>(block, SUM_AT));
    if (row0 == 0 && column0 == 0 && row1 == rows - 1 && column1 == columns - 1) break;
    if (largest == NONE) {
      reach *= 2;
      continue;
    }
    const needed = sigma * sqrt(2 * max<f64>(LEFT_OUT - logSum, 0));
    if (<f64>reach * side >= needed) break;
    reach = max(reach, <u32>min(needed / side, 1e9)) + 1;
  }
  const factor = precision / load<f64>(block, SUM_AT);
  store<f32>(s, <f32>(load<f64>(block, PULL0_AT) * factor));
  store<f32>(s, <f32>(load<f64>(block, PULL1_AT) * factor), 4);
  return logSum + logOf(<f32>(precision / TURN));
}

/**
 * Scores and log-densities of n places under noise of sigma. x: f32 [n][2]; s: f32 [n][2], overwritten; logp: f32 [n], overwritten;
 * coarse: for the nodes, planeBytes(m, m) of zeros with m = planeNodes(block, sigma), overwritten; 0 if that is 0.
 */
export function planeScores(
  block: usize,
  coarse: usize,
  x: usize,
  s: usize,
  logp: usize,
  n: u32,
  sigma: f64,
): void {
  // Where points are even, what lies beyond is 1e-7 of p(x) there.
  const area = (load<f64>(block, SIZE0_AT) + sigma) * (load<f64>(block, SIZE1_AT) + sigma);
  const radius = sigma * sqrt(2 * (18 - min<f64>(0, logOf(<f32>((TURN * sigma * sigma) / area)))));
  let noise = sigma;
  if (coarse != 0) {
    noise = spread(block, coarse, sigma);
    block = coarse;
  }
  for (const end = x + ((<usize>n) << 3); x < end; x += 8) {
    store<f32>(logp, scoreAt(block, x, s, noise, radius));
    logp += 4;
    s += 8;
  }
}

// Many points of the plane under much noise: their weights are spread over the fewer nodes of a coarser grid.
import { log } from '../core/math';
import {
  COUNT_AT,
  LOG_WEIGHTS_AT,
  LOW0_AT,
  LOW1_AT,
  open,
  P0_AT,
  P1_AT,
  SIZE0_AT,
  SIZE1_AT,
  STARTS_AT,
  WEIGHTS_AT,
} from './planeBlock';

/** Steps of the coarse grid in a sigma. */
const STEPS: f64 = 8;

/** Weight of a cubic B-spline at the distance 1 + t of its middle, at 2 - t for 1 - t. */
function outerWeight(t: f64): f64 {
  const u = 1 - t;
  return u * u * u * (1.0 / 6.0);
}

/** Weight of a cubic B-spline at the distance t of its middle. */
function innerWeight(t: f64): f64 {
  return 2.0 / 3.0 + t * t * (0.5 * t - 1);
}

/** at[0 ... 3] += w times the weights of four columns. at: f64 [4], accumulated. */
function addRow(at: usize, w: f64, left: v128, right: v128): void {
  const v = f64x2.splat(w);
  v128.store(at, f64x2.add(v128.load(at), f64x2.mul(v, left)));
  v128.store(at, f64x2.add(v128.load(at, 16), f64x2.mul(v, right)), 16);
}

/** Nodes of the coarse grid of a noise, along an axis of this size. */
function nodesAlong(size: f64, sigma: f64): f64 {
  return floor((size * STEPS) / sigma) + 4;
}

/** Nodes of the coarse grid of a noise; 0 if the sum over them is not shorter than that over the points of a block. */
export function planeNodes(block: usize, sigma: f64): u32 {
  const nodes = nodesAlong(load<f64>(block, SIZE0_AT), sigma) * nodesAlong(load<f64>(block, SIZE1_AT), sigma);
  return nodes < 0.5 * <f64>load<u32>(block, COUNT_AT) ? <u32>nodes : 0;
}

/**
 * Spreads the weights of a block of points over the nodes of a grid with steps of sigma / 8, by cubic B-splines: a block of its
 * own, one node a cell. Spreading adds the variance step^2 / 3 to each coordinate, so that noise of variance sigma^2 - step^2 / 3
 * over the nodes, whose square root is returned, stands for noise of sigma over the points. All moments up to the third are then
 * the same; p(x) differs by less than 4e-6 of 1 / (2 pi sigma^2), the largest value of one point.
 * to: planeBytes(n, n) of zeros for n = planeNodes(from, sigma), overwritten.
 */
export function spread(from: usize, to: usize, sigma: f64): f64 {
  const step = sigma / STEPS;
  const perStep = STEPS / sigma;
  const rows = <u32>nodesAlong(load<f64>(from, SIZE0_AT), sigma);
  const columns = <u32>nodesAlong(load<f64>(from, SIZE1_AT), sigma);
  // A spline reaches two nodes to either side.
  const low0 = load<f64>(from, LOW0_AT) - step;
  const low1 = load<f64>(from, LOW1_AT) - step;
  const nodes = rows * columns;
  open(to, nodes, rows, columns, low0, low1, step);
  // Weights are summed in float64 where both coordinates will stand.
  const sums = load<usize>(to, P0_AT);
  const P0 = load<usize>(from, P0_AT);
  const P1 = load<usize>(from, P1_AT);
  const weights = load<usize>(from, WEIGHTS_AT);
  const stride = (<usize>columns) << 3;
  for (let i: usize = 0, end = (<usize>load<u32>(from, COUNT_AT)) << 2; i < end; i += 4) {
    const weight = <f64>load<f32>(weights + i);
    const u0 = (<f64>load<f32>(P0 + i) - low0) * perStep;
    const u1 = (<f64>load<f32>(P1 + i) - low1) * perStep;
    const row = <u32>u0;
    const column = <u32>u1;
    const t0 = u0 - <f64>row;
    const t1 = u1 - <f64>column;
    const left = f64x2.replace_lane(f64x2.splat(outerWeight(t1)), 1, innerWeight(t1));
    const right = f64x2.replace_lane(f64x2.splat(innerWeight(1 - t1)), 1, outerWeight(1 - t1));
    const at = sums + ((<usize>(row - 1) * columns + column - 1) << 3);
    addRow(at, weight * outerWeight(t0), left, right);
    addRow(at + stride, weight * innerWeight(t0), left, right);
    addRow(at + 2 * stride, weight * innerWeight(1 - t0), left, right);
    addRow(at + 3 * stride, weight * outerWeight(1 - t0), left, right);
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
  return sqrt(sigma * sigma - (step * step) / 3);
}

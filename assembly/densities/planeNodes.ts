// Many points of the plane under much noise: their weights are spread over the fewer nodes of a coarser grid.
import { exp64 } from '../core/exp64';
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
} from './planeBlock';

/** Steps of the coarse grid in a sigma. */
const STEPS: f64 = 8;

/** Weight of node k of four, at distances 1 + t, t, 1 - t and 2 - t, of a cubic B-spline. */
function spline(k: u32, t: f64): f64 {
  if (k == 0 || k == 3) {
    const u = k == 0 ? 1 - t : t;
    return (u * u * u) / 6;
  }
  const u = k == 1 ? t : 1 - t;
  return 2.0 / 3.0 + u * u * (0.5 * u - 1);
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
  return sqrt(sigma * sigma - (step * step) / 3);
}

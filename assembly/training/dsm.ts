// Denoising score matching over all noise levels (Vincent, "A connection between score matching and
// denoising autoencoders", 2011; Song and Ermon, "Generative modeling by estimating gradients of the
// data distribution", 2019, equations 5 and 6 with lambda(sigma) = sigma^2):
//
//   loss = mean over batch, levels and coordinates of sigma_l^2 (s(x + sigma_l z, l) - target)^2,
//   target = -((x + sigma_l z) - x) / sigma_l^2
//
// or, as least-squares denoising has it, of |xhat(y) - x|^2 with xhat(y) = y + sigma_l^2 s(y, l) and y = x + sigma_l z,
// which is lambda(sigma) = sigma^4.

import { LANE_BYTES, LANES } from '../../src/core/abi';
import { panelBytes } from '../core/panels';
import { scratch as block, elementBits, normal } from '../core/random';
import { addWords } from '../core/simd';
import { SCHEDULE_BYTES, writeKeySchedules } from '../core/threefry';
import { finishGradient, mlpBackward, mlpForward, startGradient } from '../plan/mlp';
import { dimension, levels, networkCount, networkScales, networkSigmas, networkTheta } from '../plan/network';
import {
  BLOCK,
  coordinates,
  deltaPanel,
  outputPanel,
  rowAlphas,
  rowBetas,
  rowLevels,
  rowScratch,
} from '../plan/workspace';

const DENOISER: i32 = 1;

const ROWS_BYTES: usize = BLOCK * LANES * 4;

/**
 * The loss of `samples` data points, each seen at every level, and its gradient.
 * x: f32 [samples][D]; keys: u32 [samples][2], one a data point, its noise normal(key, [L, D]);
 * rows: batch times levels of the whole step, what the mean is over; gradient: f32 [P], overwritten;
 * objective: 0 for the score's, DENOISER for the denoiser's.
 * Returns the sum over rows of the row losses divided by `rows`.
 */
export function dsmGradient(
  net: usize,
  work: usize,
  x: usize,
  keys: usize,
  samples: usize,
  rows: f32,
  layout: i32,
  gradient: usize,
  objective: i32,
): f64 {
  const D = dimension(net);
  const theta = networkTheta(net);
  startGradient(net, work, gradient, networkCount(net));
  const all = samples * levels(net);
  let loss: f64 = 0;
  for (let first: usize = 0; first < all; first += BLOCK * LANES) {
    const count = min<usize>(BLOCK * LANES, all - first);
    const panels = (count + LANES - 1) / LANES;
    gatherRows(net, work, x, keys, first, count, panels);
    for (let p: usize = 0; p < panels; p++) perturb(net, work, p, layout);
    mlpForward(net, work, panels);
    for (let p: usize = 0; p < panels; p++)
      loss += lossPanel(net, work, p, count, 1 / (rows * <f32>D), objective);
    mlpBackward(net, work, panels, theta, gradient);
  }
  finishGradient(net, work, theta, gradient);
  return loss / (<f64>rows * <f64>D);
}

/** Level, alpha, beta, sigma, key and clean coordinates of each row of a block; row r of the batch is (r / L, r % L). */
function gatherRows(
  net: usize,
  work: usize,
  x: usize,
  keys: usize,
  first: usize,
  count: usize,
  panels: usize,
): void {
  const L = levels(net);
  const D = dimension(net);
  const theta = networkTheta(net);
  const sigma = rowScratch(work);
  for (let r: usize = 0; r < panels * LANES; r++) {
    // Rows past the end repeat the last one; their gradient is set to zero.
    const row = first + min<usize>(r, count - 1);
    const sample = row / L;
    const level = row - sample * L;
    const at = r << 2;
    store<u32>(rowLevels(work) + at, level);
    store<f32>(rowAlphas(work) + at, load<f32>(theta + (level << 2)));
    store<f32>(rowBetas(work) + at, load<f32>(theta + ((L + level) << 2)));
    store<f32>(sigma + at, load<f32>(networkSigmas(net) + (level << 2)));
    store<f32>(sigma + ROWS_BYTES + at, load<f32>(networkScales(net) + (level << 2)));
    store<u32>(sigma + 2 * ROWS_BYTES + at, load<u32>(keys + (sample << 3)));
    store<u32>(sigma + 3 * ROWS_BYTES + at, load<u32>(keys + (sample << 3), 4));
    const to = coordinates(net, work, r / LANES) + ((r & (LANES - 1)) << 2);
    for (let d: usize = 0; d < D; d++)
      store<f32>(to + d * LANE_BYTES, load<f32>(x + ((sample * D + d) << 2)));
  }
}

/** Targets of a panel: [D][8]. */
function targetPanel(net: usize, work: usize, p: usize): usize {
  return rowScratch(work) + 4 * ROWS_BYTES + p * panelBytes(dimension(net));
}

/** Room for the schedules of a panel's keys, four a half. */
const keys = memory.data(384, 16);

/** Adds noise to a panel's coordinates, centres them, and keeps the target. */
function perturb(net: usize, work: usize, p: usize, layout: i32): void {
  const D = dimension(net);
  const total = levels(net) * D;
  const scratch = rowScratch(work) + p * LANE_BYTES;
  const words = scratch + 2 * ROWS_BYTES;
  for (let i: usize = 0; i < 2; i++) {
    const half = i << 4;
    const to = keys + i * SCHEDULE_BYTES;
    writeKeySchedules(v128.load(words + half), v128.load(words + ROWS_BYTES + half), to);
  }
  const level = rowLevels(work) + p * LANE_BYTES;
  let x = coordinates(net, work, p);
  let target = targetPanel(net, work, p);
  for (let d: usize = 0; d < D; d += 2) {
    memory.fill(block, 0, 64);
    v128.store(block, element(level, d, D), 64);
    v128.store(block, element(level + 16, d, D), 80);
    v128.store(block, element(level, d + 1, D), 96);
    v128.store(block, element(level + 16, d + 1, D), 112);
    elementBits(keys, SCHEDULE_BYTES, block, <u32>total, layout);
    normal(block, 16);
    const end = min<usize>(2, D - d) * LANE_BYTES;
    for (let i: usize = 0; i < end; i += 16) {
      const sigma = v128.load(scratch + (i & 16));
      const clean = v128.load(x);
      // Never fused: the target is the noise that float32 coordinates really received.
      const noisy = f32x4.add(clean, f32x4.mul(v128.load(block + i), sigma));
      v128.store(target, f32x4.div(f32x4.sub(clean, noisy), f32x4.mul(sigma, sigma)));
      v128.store(x, f32x4.sub(noisy, f32x4.splat(0.5)));
      x += 16;
      target += 16;
    }
  }
}

/** Elements [level, d] of an array [L, D], for four rows' levels. */
function element(level: usize, d: usize, D: usize): v128 {
  return addWords(i32x4.mul(v128.load(level), i32x4.splat(<i32>D)), i32x4.splat(<i32>d));
}

/** Sum of a panel's row losses, and the loss's gradient at the output; `scale` = 1 / (rows D). */
function lossPanel(net: usize, work: usize, p: usize, count: usize, scale: f32, objective: i32): f64 {
  const D = dimension(net);
  const scratch = rowScratch(work) + p * LANE_BYTES;
  let loss: f64 = 0;
  for (let half: usize = 0; half < LANE_BYTES; half += 16) {
    const sigma = v128.load(scratch + half);
    const outputScale = v128.load(scratch + ROWS_BYTES + half);
    const row = addWords(i32x4.splat(<i32>(p * LANES + (half >> 2))), i32x4(0, 1, 2, 3));
    const present = v128.lt<i32>(row, i32x4.splat(<i32>count));
    let weight = v128.and(f32x4.mul(sigma, sigma), present);
    if (objective == DENOISER) weight = f32x4.mul(f32x4.mul(sigma, sigma), weight);
    const step = f32x4.mul(f32x4.mul(f32x4.splat(2 * scale), weight), outputScale);
    let y = outputPanel(net, work, p) + half;
    let target = targetPanel(net, work, p) + half;
    let delta = deltaPanel(net, work, p) + half;
    let sum = f32x4.splat(0);
    for (let d: usize = 0; d < D; d++) {
      const difference = f32x4.sub(f32x4.mul(v128.load(y), outputScale), v128.load(target));
      sum = f32x4.add(sum, f32x4.mul(difference, difference));
      v128.store(delta, f32x4.mul(step, difference));
      y += LANE_BYTES;
      target += LANE_BYTES;
      delta += LANE_BYTES;
    }
    sum = f32x4.mul(sum, weight);
    loss += <f64>f32x4.extract_lane(sum, 0) + <f64>f32x4.extract_lane(sum, 1);
    loss += <f64>f32x4.extract_lane(sum, 2) + <f64>f32x4.extract_lane(sum, 3);
  }
  return loss;
}

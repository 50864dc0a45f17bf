// Denoising score matching over all noise levels (Vincent, "A connection between score matching and
// denoising autoencoders", 2011; Song and Ermon, "Generative modeling by estimating gradients of the
// data distribution", 2019, equations 5 and 6 with lambda(sigma) = sigma^2):
//
//   loss = mean over batch, levels and coordinates of sigma_l^2 (s(x + sigma_l z, l) - target)^2,
//   target = -((x + sigma_l z) - x) / sigma_l^2
//
// or, as least-squares denoising has it, of |xhat(y) - x|^2 with xhat(y) = y + sigma_l^2 s(y, l) and y = x + sigma_l z,
// which is lambda(sigma) = sigma^4. The network is any plan: it is handed noisy points and levels, and gives outputs that
// a number of the level turns into scores.
import { LANE_BYTES, LANES } from '../../src/abi/panels';
import { BACKWARD, FINISH, FORWARD, START } from '../../src/abi/plan';
import { DenoisingField as Objective, WEIGHT_DENOISER } from '../../src/abi/training';
import { normal } from '../core/normal';
import { panelBytes } from '../core/panels';
import { elementBits } from '../core/random';
import { pairs, schedules } from '../core/scratch';
import { addWords } from '../core/simd';
import { writeKeySchedules } from '../core/threefry';
import { walk } from '../plan/walk';
import { clearGradient } from './clear';

// A block's room: of each sample sigma f32, scale f32 and the two words of its key; then targets, panels [D][8].

/** Bytes of the room for a block of so many panels. */
export function denoisingBytes(panels: usize, D: usize): usize {
  return panels * (4 * LANE_BYTES + panelBytes(D));
}

function sigmas(objective: usize): usize {
  return load<usize>(objective, Objective.SCRATCH);
}
/** Bytes of one number of each sample of a block. */
function rowBytes(objective: usize): usize {
  return load<usize>(objective, Objective.PANELS) * LANE_BYTES;
}
function scales(objective: usize): usize {
  return sigmas(objective) + rowBytes(objective);
}
function noiseKeys(objective: usize): usize {
  return sigmas(objective) + 2 * rowBytes(objective);
}
/** Targets of a panel: [D][8]. */
function targets(objective: usize, p: usize): usize {
  return sigmas(objective) + 4 * rowBytes(objective) + p * panelBytes(load<usize>(objective, Objective.D));
}
/** Points of a panel: [D][8]. */
function points(objective: usize, p: usize): usize {
  return load<usize>(objective, Objective.INPUT) + p * load<usize>(objective, Objective.INPUT_STRIDE);
}

/**
 * The loss of `count` data points, each seen at every level, and its gradient.
 * points: for each, x f32 [D] and a key u32 [2], its noise being normal(key, [L, D]); gradient: f32 [P] with room for P rounded
 * up to 4, overwritten; loss: f64, overwritten with the sum of the samples' losses divided by SAMPLES.
 */
export function denoisingGradient(
  objective: usize,
  points: usize,
  count: usize,
  gradient: usize,
  loss: usize,
): void {
  const plan = load<usize>(objective, Objective.PLAN);
  const most = load<usize>(objective, Objective.PANELS) * LANES;
  const samples = count * load<usize>(objective, Objective.LEVEL_COUNT);
  const parameters = load<usize>(objective, Objective.PARAMETERS);
  const gradients = gradient - parameters;
  const terms = load<f32>(objective, Objective.SAMPLES) * <f32>load<u32>(objective, Objective.D);
  clearGradient(plan, parameters, gradient, load<usize>(objective, Objective.PARAMETER_COUNT), count);
  walk(plan, START, 0, 0, false);
  let sum: f64 = 0;
  for (let first: usize = 0; first < samples; first += most) {
    const n = min<usize>(most, samples - first);
    const panels = (n + LANES - 1) / LANES;
    loadBlock(objective, points, first, n, panels);
    for (let p: usize = 0; p < panels; p++) perturb(objective, p);
    walk(plan, FORWARD, n, 0, false);
    for (let p: usize = 0; p < panels; p++) sum += lossPanel(objective, p, n, 1 / terms);
    walk(plan, BACKWARD, n, gradients, first == 0);
  }
  walk(plan, FINISH, 0, gradients, false);
  store<f64>(
    loss,
    sum / (<f64>load<f32>(objective, Objective.SAMPLES) * <f64>load<u32>(objective, Objective.D)),
  );
}

/** Level, sigma, scale, key and clean point of each sample of a block; sample r of all is at level r % L of point r / L. */
function loadBlock(objective: usize, batch: usize, first: usize, count: usize, panels: usize): void {
  const L = load<usize>(objective, Objective.LEVEL_COUNT);
  const D = load<usize>(objective, Objective.D);
  const words = noiseKeys(objective);
  for (let r: usize = 0; r < panels * LANES; r++) {
    // Lanes past the end repeat the last sample; their gradient is set to zero.
    const row = first + min<usize>(r, count - 1);
    const point = row / L;
    const level = row - point * L;
    const at = r << 2;
    store<u32>(load<usize>(objective, Objective.LEVELS) + at, level);
    const sigma = load<f32>(load<usize>(objective, Objective.SIGMAS) + (level << 2));
    store<f32>(sigmas(objective) + at, sigma);
    const scale = load<f32>(load<usize>(objective, Objective.SCALES) + (level << 2));
    store<f32>(scales(objective) + at, scale);
    const x = batch + ((point * (D + 2)) << 2);
    const key = x + (D << 2);
    store<u32>(words + at, load<u32>(key));
    store<u32>(words + rowBytes(objective) + at, load<u32>(key, 4));
    const to = points(objective, r / LANES) + ((r & (LANES - 1)) << 2);
    for (let d: usize = 0; d < D; d++) store<f32>(to + d * LANE_BYTES, load<f32>(x + (d << 2)));
  }
}

/** Adds noise to a panel's points, and keeps the targets. */
function perturb(objective: usize, p: usize): void {
  const D = load<usize>(objective, Objective.D);
  const total = load<u32>(objective, Objective.LEVEL_COUNT) * <u32>D;
  const sigmaOf = sigmas(objective) + p * LANE_BYTES;
  const words = noiseKeys(objective) + p * LANE_BYTES;
  const keySchedules = schedules();
  const scratch = pairs();
  for (let half: usize = 0; half < LANE_BYTES; half += 16) {
    const second = v128.load(words + rowBytes(objective) + half);
    writeKeySchedules(v128.load(words + half), second, keySchedules + half);
  }
  const level = load<usize>(objective, Objective.LEVELS) + p * LANE_BYTES;
  let x = points(objective, p);
  let target = targets(objective, p);
  for (let d: usize = 0; d < D; d += 2) {
    memory.fill(scratch, 0, 64);
    v128.store(scratch, element(level, d, D), 64);
    v128.store(scratch, element(level + 16, d, D), 80);
    v128.store(scratch, element(level, d + 1, D), 96);
    v128.store(scratch, element(level + 16, d + 1, D), 112);
    elementBits(keySchedules, scratch, total, load<i32>(objective, Objective.PARTITIONABLE));
    normal(scratch, 16);
    const end = min<usize>(2, D - d) * LANE_BYTES;
    for (let i: usize = 0; i < end; i += 16) {
      const sigma = v128.load(sigmaOf + (i & 16));
      const clean = v128.load(x);
      // Never fused: the target is the noise that float32 coordinates really received.
      const noisy = f32x4.add(clean, f32x4.mul(v128.load(scratch + i), sigma));
      v128.store(target, f32x4.div(f32x4.sub(clean, noisy), f32x4.mul(sigma, sigma)));
      v128.store(x, noisy);
      x += 16;
      target += 16;
    }
  }
}

/** Elements [level, d] of an array [L, D], for four samples' levels. */
function element(level: usize, d: usize, D: usize): v128 {
  return addWords(i32x4.mul(v128.load(level), i32x4.splat(<i32>D)), i32x4.splat(<i32>d));
}

/** Sum of a panel's losses, `count` samples being in its block, and the gradient at its outputs; scale = 1 / (samples D). */
function lossPanel(objective: usize, p: usize, count: usize, scale: f32): f64 {
  const D = load<usize>(objective, Objective.D);
  const isDenoiser = load<u32>(objective, Objective.WEIGHT) == WEIGHT_DENOISER;
  const output =
    load<usize>(objective, Objective.OUTPUT) + p * load<usize>(objective, Objective.OUTPUT_STRIDE);
  const dOutput =
    load<usize>(objective, Objective.D_OUTPUT) + p * load<usize>(objective, Objective.D_OUTPUT_STRIDE);
  let loss: f64 = 0;
  for (let half: usize = 0; half < LANE_BYTES; half += 16) {
    const sigma = v128.load(sigmas(objective) + p * LANE_BYTES + half);
    const outputScale = v128.load(scales(objective) + p * LANE_BYTES + half);
    const sample = addWords(i32x4.splat(<i32>(p * LANES + (half >> 2))), i32x4(0, 1, 2, 3));
    const present = v128.lt<i32>(sample, i32x4.splat(<i32>count));
    let weight = v128.and(f32x4.mul(sigma, sigma), present);
    if (isDenoiser) weight = f32x4.mul(f32x4.mul(sigma, sigma), weight);
    const step = f32x4.mul(f32x4.mul(f32x4.splat(2 * scale), weight), outputScale);
    let y = output + half;
    let target = targets(objective, p) + half;
    let dy = dOutput + half;
    let sum = f32x4.splat(0);
    for (let d: usize = 0; d < D; d++) {
      const difference = f32x4.sub(f32x4.mul(v128.load(y), outputScale), v128.load(target));
      sum = f32x4.add(sum, f32x4.mul(difference, difference));
      v128.store(dy, f32x4.mul(step, difference));
      y += LANE_BYTES;
      target += LANE_BYTES;
      dy += LANE_BYTES;
    }
    sum = f32x4.mul(sum, weight);
    loss += <f64>f32x4.extract_lane(sum, 0) + <f64>f32x4.extract_lane(sum, 1);
    loss += <f64>f32x4.extract_lane(sum, 2) + <f64>f32x4.extract_lane(sum, 3);
  }
  return loss;
}

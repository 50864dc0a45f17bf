// Least-squares denoising with a noise of its own for each point (Vincent 2011; Karras and others, "Elucidating the design
// space of diffusion-based generative models", 2022, equation 8):
//
//   loss = mean over points and coordinates of w |D(y) - x|^2,   D(y) = skip y + out F(in y, noise),   y = x + sigma z
//
// The network F is any plan of rows: it is handed in y and numbers that describe the noise. Everything that follows from the
// noise (in, skip, out, w and the numbers) comes with each point.
import { LANE_BYTES, LANES } from '../../src/abi/panels';
import { BACKWARD, FINISH, FORWARD, START } from '../../src/abi/plan';
import { RegressionField as Objective, POINT_BYTES, PointField as Point } from '../../src/abi/training';
import { normal16 } from '../core/normal';
import { writeKeySchedule } from '../core/random';
import { pairs, schedules } from '../core/scratch';
import { walk } from '../plan/walk';
import { clearGradient } from './clear';

/**
 * The loss of `count` points and its gradient.
 * points: as {@link Point} has them; gradient: f32 [P] with room for P rounded up to 8, overwritten; loss: f64, overwritten
 * with these points' share of the batch's loss.
 */
export function regressionGradient(
  objective: usize,
  points: usize,
  count: usize,
  gradient: usize,
  loss: usize,
): void {
  const plan = load<usize>(objective, Objective.PLAN);
  const most = load<usize>(objective, Objective.BLOCK);
  const bytes =
    POINT_BYTES + ((load<usize>(objective, Objective.NUMBERS) + load<usize>(objective, Objective.D)) << 2);
  const parameters = load<usize>(objective, Objective.PARAMETERS);
  const gradients = gradient - parameters;
  clearGradient(plan, parameters, gradient, load<usize>(objective, Objective.PARAMETER_COUNT), count);
  walk(plan, START, 0, 0, false);
  let sum: f64 = 0;
  for (let first: usize = 0; first < count; first += most) {
    const n = min<usize>(most, count - first);
    for (let s: usize = 0; s < n; s++) loadPoint(objective, points + (first + s) * bytes, s);
    walk(plan, FORWARD, n, 0, false);
    for (let s: usize = 0; s < n; s++) sum += pointLoss(objective, points + (first + s) * bytes, s);
    walk(plan, BACKWARD, n, gradients, first == 0);
  }
  walk(plan, FINISH, 0, gradients, false);
  store<f64>(loss, sum * <f64>load<f32>(objective, Objective.SCALE));
}

/** Writes what the network reads of sample s of a block, and its target x - skip y. */
function loadPoint(objective: usize, point: usize, s: usize): void {
  const D = load<usize>(objective, Objective.D);
  const numbers = load<usize>(objective, Objective.NUMBERS);
  store<u32>(load<usize>(objective, Objective.LEVELS) + (s << 2), load<u32>(point, Point.LEVEL));
  store<u32>(load<usize>(objective, Objective.LABELS) + (s << 2), load<u32>(point, Point.LABEL));
  const noise =
    load<usize>(objective, Objective.NOISE) +
    (s / LANES) * load<usize>(objective, Objective.NOISE_STRIDE) +
    ((s & (LANES - 1)) << 2);
  for (let i: usize = 0; i < numbers; i++)
    store<f32>(noise + i * LANE_BYTES, load<f32>(point + POINT_BYTES + (i << 2)));
  const keySchedule = schedules();
  const scratch = pairs();
  writeKeySchedule(load<u32>(point, Point.KEY), load<u32>(point, Point.KEY + 4), keySchedule);
  const sigma = v128.load32_splat(point, Point.SIGMA);
  const scale = v128.load32_splat(point, Point.IN);
  const skip = v128.load32_splat(point, Point.SKIP);
  const x = point + POINT_BYTES + (numbers << 2);
  const input = load<usize>(objective, Objective.INPUT) + ((s * D) << 2);
  const target = load<usize>(objective, Objective.TARGETS);
  const partitionable = load<i32>(objective, Objective.PARTITIONABLE);
  for (let j: usize = 0; j < D; j += 16) {
    normal16(keySchedule, j, 1, 8, scratch, <u32>D, partitionable);
    for (let i: usize = 0; i < 64; i += 16) {
      const at = (j << 2) + i;
      const clean = v128.load(x + at);
      // Never fused: the noise is what float32 coordinates really received.
      const y = f32x4.add(clean, f32x4.mul(v128.load(scratch + i), sigma));
      v128.store(scratch + i, f32x4.mul(y, scale));
      v128.store(target + ((s * D) << 2) + at, f32x4.sub(clean, f32x4.mul(y, skip)));
    }
    memory.copy(input + (j << 2), scratch, min<usize>(16, D - j) << 2);
  }
}

/** The weighted squared error of sample s, summed over coordinates, and the gradient at its outputs. */
function pointLoss(objective: usize, point: usize, s: usize): f64 {
  const D = load<usize>(objective, Objective.D);
  const at = (s * D) << 2;
  const output = load<usize>(objective, Objective.OUTPUT) + at;
  const target = load<usize>(objective, Objective.TARGETS) + at;
  const dOutput = load<usize>(objective, Objective.D_OUTPUT) + at;
  const out = load<f32>(point, Point.OUT);
  const weight = load<f32>(point, Point.WEIGHT);
  const vOut = f32x4.splat(out);
  const vStep = f32x4.splat(2 * weight * out * load<f32>(objective, Objective.SCALE));
  const whole = (D << 2) & ~15;
  let loss: f64 = 0;
  for (let i: usize = 0; i < whole; i += 16) {
    const difference = f32x4.sub(f32x4.mul(v128.load(output + i), vOut), v128.load(target + i));
    v128.store(dOutput + i, f32x4.mul(vStep, difference));
    const square = f32x4.mul(difference, difference);
    const pairs = f64x2.add(
      f64x2.promote_low_f32x4(square),
      f64x2.promote_low_f32x4(i32x4.shuffle(square, square, 2, 3, 0, 1)),
    );
    loss += f64x2.extract_lane(pairs, 0) + f64x2.extract_lane(pairs, 1);
  }
  for (let i = whole; i < D << 2; i += 4) {
    const difference = load<f32>(output + i) * out - load<f32>(target + i);
    store<f32>(dOutput + i, f32x4.extract_lane(vStep, 0) * difference);
    loss += <f64>(difference * difference);
  }
  return loss * <f64>weight;
}

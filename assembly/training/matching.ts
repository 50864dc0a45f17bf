// Score matching without targets, of any plan of a network F whose score is s(y) = point y + out F(in y), at noisy points
// y = x + sigma z or, with sigma 0, at the points themselves. With weights w, the loss is the mean over samples of
//
//   implicit:  w (tr grad s + |s|^2 / 2) / D                (Hyvarinen 2005, theorem 1)
//   sliced:    w (v' (grad s) v + (v' s)^2 / 2) / D         (Song and others, "Sliced score matching", 2019, equation 7)
//   reduced:   w (v' (grad s) v + |s|^2 / 2) / D            (equation 8, for projections with E v v' = I)
//
// v' (grad s) v = point |v|^2 + out in v' (grad F) v, and grad F v is the tangent of F along v: of the trace, v is each unit
// vector in turn, some of them at a time, so that a block stays small.
import { LANES } from '../../src/abi/panels';
import { DUAL_BACKWARD, DUAL_FORWARD, FINISH, LIST_TANGENTS, START } from '../../src/abi/plan';
import {
  MATCH_IMPLICIT,
  MATCH_SLICED,
  MATCHED_BYTES,
  MatchingField as Objective,
  MatchedField as Sample,
} from '../../src/abi/training';
import { normal16 } from '../core/normal';
import { bits16, writeKeySchedule } from '../core/random';
import { pairs, schedules } from '../core/scratch';
import { walk } from '../plan/walk';
import { clearGradient } from './clear';

/**
 * The loss of `count` points and its gradient.
 * samples: ROWS for each point, as {@link Sample} has them; gradient: f32 [P] with room for P rounded up to 8, overwritten;
 * loss: f64, overwritten with these points' share of the batch's loss.
 */
export function matchingGradient(
  objective: usize,
  samples: usize,
  count: usize,
  gradient: usize,
  loss: usize,
): void {
  const plan = load<usize>(objective, Objective.PLAN);
  const D = load<usize>(objective, Objective.D);
  const most = load<usize>(objective, Objective.PANELS) * LANES;
  const bytes = MATCHED_BYTES + ((load<usize>(objective, Objective.NUMBERS) + D) << 2);
  const parameters = load<usize>(objective, Objective.PARAMETERS);
  const gradients = gradient - parameters;
  const total = count * load<usize>(objective, Objective.ROWS);
  const isImplicit = load<u32>(objective, Objective.OBJECTIVE) == MATCH_IMPLICIT;
  const directions: usize = isImplicit ? D : 1;
  const tangents = load<usize>(plan, LIST_TANGENTS);
  clearGradient(plan, parameters, gradient, load<usize>(objective, Objective.PARAMETER_COUNT), count);
  walk(plan, START, 0, 0, false);
  let sum: f64 = 0;
  for (let first: usize = 0; first < total; first += most) {
    const n = min<usize>(most, total - first);
    const lanes = (n + LANES - 1) & ~(LANES - 1);
    const block = samples + first * bytes;
    for (let s: usize = 0; s < n; s++) draw(objective, block + s * bytes, s);
    for (let direction: usize = 0; direction < directions; direction += tangents) {
      for (let s: usize = 0; s < lanes; s++) {
        // Lanes past the end repeat the last sample; their gradient is zero.
        const row = min<usize>(s, n - 1);
        enter(objective, block + row * bytes, row, s, lanes, direction);
      }
      walk(plan, DUAL_FORWARD, lanes, 0, false);
      for (let s: usize = 0; s < lanes; s++) {
        const row = min<usize>(s, n - 1);
        sum += leave(objective, block + row * bytes, row, s, lanes, direction);
      }
      walk(plan, DUAL_BACKWARD, lanes, gradients, first == 0 && direction == 0);
    }
  }
  walk(plan, FINISH, 0, gradients, false);
  store<f64>(loss, sum * <f64>load<f32>(objective, Objective.SCALE));
}

/** The noisy point of sample s of a block. */
function noisy(objective: usize, s: usize): usize {
  return load<usize>(objective, Objective.SCRATCH) + ((s * load<usize>(objective, Objective.D)) << 2);
}

/** The projection of sample s. */
function projection(objective: usize, s: usize): usize {
  return noisy(objective, load<usize>(objective, Objective.PANELS) * LANES + s);
}

/** Adds noise to sample s of a block, and draws its projection. */
function draw(objective: usize, sample: usize, s: usize): void {
  const D = load<usize>(objective, Objective.D);
  const x = sample + MATCHED_BYTES + (load<usize>(objective, Objective.NUMBERS) << 2);
  const y = noisy(objective, s);
  const sigma = load<f32>(sample, Sample.SIGMA);
  drawRow(objective, sample + Sample.KEY, load<usize>(sample, Sample.ROW), y, false);
  for (let d: usize = 0; d < D << 2; d += 4) store<f32>(y + d, load<f32>(x + d) + load<f32>(y + d) * sigma);
  if (load<u32>(objective, Objective.OBJECTIVE) == MATCH_IMPLICIT) return;
  const isSign = load<u32>(objective, Objective.IS_SIGN) != 0;
  const key = sample + Sample.PROJECTION_KEY;
  drawRow(objective, key, load<usize>(sample, Sample.ROW), projection(objective, s), isSign);
}

/**
 * out <- a row of normal(key, [ROWS, D]), or of signs as jax.random.rademacher draws them: 1 where a uniform is below 1/2, which
 * is where the first of its bits is 0. out: f32 [D].
 */
function drawRow(objective: usize, key: usize, row: usize, out: usize, isSign: bool): void {
  const D = load<usize>(objective, Objective.D);
  const total = <u32>(load<usize>(objective, Objective.ROWS) * D);
  const partitionable = load<i32>(objective, Objective.PARTITIONABLE);
  const keySchedule = schedules();
  const scratch = pairs();
  writeKeySchedule(load<u32>(key), load<u32>(key, 4), keySchedule);
  for (let j: usize = 0; j < D; j += 16) {
    if (isSign) {
      bits16(keySchedule, row * D + j, 1, 8, scratch, total, partitionable);
      for (let i: usize = 0; i < 64; i += 4) store<f32>(scratch + i, load<i32>(scratch + i) < 0 ? -1 : 1);
    } else normal16(keySchedule, row * D + j, 1, 8, scratch, total, partitionable);
    memory.copy(out + (j << 2), scratch, min<usize>(16, D - j) << 2);
  }
}

/** Where coordinate 0 of a lane of samples stands, whose address and stride are the fields `at` and `at` + 4. */
function lane(objective: usize, at: usize, s: usize): usize {
  return (
    load<usize>(objective + at) +
    (s / LANES) * load<usize>(objective + at, 4) +
    (s & (LANES - 1)) * load<usize>(objective, Objective.LANE_STEP)
  );
}

/** Writes what the network reads of lane s, sample `row` of a block, and its tangents along the directions from `direction` on. */
function enter(objective: usize, sample: usize, row: usize, s: usize, lanes: usize, direction: usize): void {
  const D = load<usize>(objective, Objective.D);
  const step = load<usize>(objective, Objective.COORDINATE_STEP);
  const numbers = load<usize>(objective, Objective.NUMBERS);
  const isImplicit = load<u32>(objective, Objective.OBJECTIVE) == MATCH_IMPLICIT;
  store<u32>(load<usize>(objective, Objective.LEVELS) + (s << 2), load<u32>(sample, Sample.LEVEL));
  store<u32>(load<usize>(objective, Objective.LABELS) + (s << 2), load<u32>(sample, Sample.LABEL));
  const noise =
    load<usize>(objective, Objective.NOISE) +
    (s / LANES) * load<usize>(objective, Objective.NOISE_STRIDE) +
    ((s & (LANES - 1)) << 2);
  for (let i: usize = 0; i < numbers; i++)
    store<f32>(noise + ((i * LANES) << 2), load<f32>(sample + MATCHED_BYTES + (i << 2)));
  const input = lane(objective, Objective.INPUT, s);
  const scale = load<f32>(sample, Sample.IN);
  const y = noisy(objective, row);
  for (let d: usize = 0; d < D; d++) store<f32>(input + d * step, load<f32>(y + (d << 2)) * scale);
  const tangents = load<usize>(load<usize>(objective, Objective.PLAN), LIST_TANGENTS);
  for (let k: usize = 0; k < tangents; k++) {
    const tangent = lane(objective, Objective.INPUT, (k + 1) * lanes + s);
    for (let d: usize = 0; d < D; d++) {
      const along: f32 = isImplicit
        ? d == direction + k
          ? 1
          : 0
        : load<f32>(projection(objective, row) + (d << 2));
      store<f32>(tangent + d * step, along);
    }
  }
}

/**
 * The loss of lane s along the directions from `direction` on, times D, and the gradient at its outputs and its tangents'. Its
 * part of s itself goes with the first of them. A lane that holds no sample, but repeats `row`, has neither.
 */
function leave(objective: usize, sample: usize, row: usize, s: usize, lanes: usize, direction: usize): f64 {
  const D = load<usize>(objective, Objective.D);
  const step = load<usize>(objective, Objective.COORDINATE_STEP);
  const kind = load<u32>(objective, Objective.OBJECTIVE);
  const tangents = load<usize>(load<usize>(objective, Objective.PLAN), LIST_TANGENTS);
  const scale = load<f32>(objective, Objective.SCALE);
  const isPresent = s == row;
  const weight: f32 = isPresent ? load<f32>(sample, Sample.WEIGHT) : 0;
  const point = load<f32>(sample, Sample.POINT);
  const out = load<f32>(sample, Sample.OUT);
  const along = out * load<f32>(sample, Sample.IN);
  const output = lane(objective, Objective.OUTPUT, s);
  const dOutput = lane(objective, Objective.D_OUTPUT, s);
  const y = noisy(objective, row);
  const v = projection(objective, row);
  const first = direction == 0 && isPresent;
  let loss: f64 = 0;
  // v' s, of sliced score matching.
  let projected: f32 = 0;
  if (first) {
    for (let d: usize = 0; d < D; d++) {
      const score = point * load<f32>(y + (d << 2)) + out * load<f32>(output + d * step);
      if (kind == MATCH_SLICED) projected += load<f32>(v + (d << 2)) * score;
      else loss += 0.5 * <f64>score * <f64>score;
    }
    if (kind == MATCH_SLICED) loss = 0.5 * <f64>projected * <f64>projected;
  }
  for (let d: usize = 0; d < D; d++) {
    let slope: f32 = 0;
    if (first && kind == MATCH_SLICED) slope = projected * load<f32>(v + (d << 2));
    else if (first) slope = point * load<f32>(y + (d << 2)) + out * load<f32>(output + d * step);
    store<f32>(dOutput + d * step, scale * weight * out * slope);
  }
  for (let k: usize = 0; k < tangents; k++) {
    const tangent = lane(objective, Objective.OUTPUT, (k + 1) * lanes + s);
    const dTangent = lane(objective, Objective.D_OUTPUT, (k + 1) * lanes + s);
    for (let d: usize = 0; d < D; d++) {
      const u: f32 = kind == MATCH_IMPLICIT ? (d == direction + k ? 1 : 0) : load<f32>(v + (d << 2));
      store<f32>(dTangent + d * step, scale * weight * along * u);
      if (isPresent && u != 0) loss += <f64>u * <f64>(point * u + along * load<f32>(tangent + d * step));
    }
  }
  return loss * <f64>weight;
}

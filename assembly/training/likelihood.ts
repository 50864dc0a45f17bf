// Maximum likelihood with the normaliser by quadrature: for a density q = e^E that need not integrate to 1,
//
//   loss = - mean of E over data points + sum over nodes of (cell size) e^E
//
// which is KL(p | q) + integral of q, up to the entropy of the data: it is least where q = p, and so integrates to 1 (minus log u
// >= 1 - u at u = integral of q, so that loss - 1 is never below the mean of -log of the normalised q). The network is a plan of
// rows that gives one number phi, and E = BASE + GAIN phi. Beyond CAP, which no density of data with noise exceeds, e^E is continued
// by its tangent: a network that overshoots gives a large loss then, and none that is not finite.
import { LANE_BYTES, LANES } from '../../src/abi/panels';
import { BACKWARD, FINISH, FORWARD, START } from '../../src/abi/plan';
import {
  LIKELIHOOD_POINT_BYTES,
  LikelihoodField as Objective,
  LikelihoodPointField as Point,
} from '../../src/abi/training';
import { exp } from '../core/math';
import { walk } from '../plan/walk';
import { clearGradient } from './clear';

/**
 * The loss of `count` points and its gradient.
 * points: as {@link Point} has them; gradient: f32 [P] with room for P rounded up to 8, overwritten; loss: f64, overwritten with
 * these points' share of the batch's loss.
 */
export function likelihoodGradient(
  objective: usize,
  points: usize,
  count: usize,
  gradient: usize,
  loss: usize,
): void {
  const plan = load<usize>(objective, Objective.PLAN);
  const most = load<usize>(objective, Objective.BLOCK);
  const D = load<usize>(objective, Objective.D) << 2;
  const bytes = LIKELIHOOD_POINT_BYTES + D;
  const parameters = load<usize>(objective, Objective.PARAMETERS);
  const gradients = gradient - parameters;
  clearGradient(plan, parameters, gradient, load<usize>(objective, Objective.PARAMETER_COUNT), count);
  walk(plan, START, 0, 0, false);
  let sum: f64 = 0;
  for (let first: usize = 0; first < count; first += most) {
    const n = min<usize>(most, count - first);
    const block = points + first * bytes;
    for (let s: usize = 0; s < n; s++)
      memory.copy(
        load<usize>(objective, Objective.INPUT) + s * D,
        block + s * bytes + LIKELIHOOD_POINT_BYTES,
        D,
      );
    writeNoise(objective, (n + LANES - 1) / LANES);
    walk(plan, FORWARD, n, 0, false);
    for (let s: usize = 0; s < n; s++) sum += pointLoss(objective, block + s * bytes, s << 2);
    walk(plan, BACKWARD, n, gradients, first == 0);
  }
  walk(plan, FINISH, 0, gradients, false);
  store<f64>(loss, sum);
}

/** Writes the numbers of the noise for all lanes of a block: its memory may have been used since. */
function writeNoise(objective: usize, panels: usize): void {
  const numbers = load<usize>(objective, Objective.NUMBERS_AT);
  const count = load<usize>(objective, Objective.NUMBERS);
  for (let p: usize = 0; p < panels; p++) {
    const to = load<usize>(objective, Objective.NOISE) + p * load<usize>(objective, Objective.NOISE_STRIDE);
    for (let i: usize = 0; i < count; i++) {
      const v = v128.load32_splat(numbers + (i << 2));
      v128.store(to + i * LANE_BYTES, v);
      v128.store(to + i * LANE_BYTES, v, 16);
    }
  }
}

/** The share of one point, whose output is `at` bytes from the first, and the gradient at that output. */
function pointLoss(objective: usize, point: usize, at: usize): f64 {
  const gain = load<f32>(objective, Objective.GAIN);
  const weight = load<f32>(point, Point.WEIGHT);
  const phi = load<f32>(load<usize>(objective, Objective.OUTPUT) + at);
  const E = load<f32>(point, Point.BASE) + gain * phi;
  const isNode = load<u32>(point, Point.IS_NODE) != 0;
  const cap = load<f32>(objective, Objective.CAP);
  const mass = weight * f32x4.extract_lane(exp(f32x4.splat(min<f32>(E, cap))), 0);
  store<f32>(load<usize>(objective, Objective.D_OUTPUT) + at, (isNode ? mass : -weight) * gain);
  return <f64>(isNode ? mass * (1 + max<f32>(E - cap, 0)) : -weight * E);
}

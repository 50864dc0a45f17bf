// Curved densities, which are hard for samplers, in closed form (src/densities describes each).
//
//   banana   x_0 ~ N(0, sd^2), x_1 ~ N(bend (x_0^2 - sd^2), noise^2)
//   funnel   x_0 ~ N(0, sd^2), x_d ~ N(0, e^(x_0)) for d > 0
//   ring     |x| near a radius: log p(x) = constant - (|x| - radius)^2 / (2 sd^2), in two dimensions
import { LANE_BYTES } from '../../src/abi/panels';
import { BANANA, FUNNEL } from '../../src/abi/scores';
import { exp } from '../core/math';
import { madd, nmadd } from '../core/simd';

// Fields of the descriptor, behind its kind: D, u32, and the parameters, f32 [4], of which the last is the constant.
const D_AT: usize = 4;
const PARAMETERS_AT: usize = 16;
const CONSTANT_AT: usize = 28;
const BYTES: usize = 32;

/** Writes a descriptor's header at `score`, D, and returns the descriptor's bytes. With score = 0 it only returns them. */
export function curvedHeader(score: usize, D: usize): usize {
  if (score != 0) store<u32>(score, D, D_AT);
  return BYTES;
}

/**
 * Address of the parameters, f32 [4], which the caller writes: [1 / sd, bend, 1 / noise, constant] for a banana,
 * [1 / sd, 0, 0, constant] for a funnel, [1 / sd, radius, 0, constant] for a ring. The constant is that of log p.
 */
export function curvedParameters(score: usize): usize {
  return score + PARAMETERS_AT;
}

/**
 * Score and log-density of one panel. x: [D][8]; s: the score, [D][8], overwritten; logp: log p(x), [8], overwritten, unless
 * it is 0.
 */
export function curvedPanel(score: usize, x: usize, s: usize, logp: usize): void {
  const kind = load<u32>(score);
  if (kind == BANANA) {
    bananaPanel(score, x, s, logp);
    return;
  }
  for (let half: usize = 0; half < LANE_BYTES; half += 16) {
    const exponent = kind == FUNNEL ? funnel4(score, x + half, s + half) : ring4(score, x + half, s + half);
    if (logp != 0) v128.store(logp + half, f32x4.add(exponent, v128.load32_splat(score, CONSTANT_AT)));
  }
}

/** As {@link curvedPanel}, both halves side by side. */
function bananaPanel(score: usize, x: usize, s: usize, logp: usize): void {
  const inverse = v128.load32_splat(score, PARAMETERS_AT);
  const bend = v128.load32_splat(score, PARAMETERS_AT + 4);
  const inverseNoise = v128.load32_splat(score, PARAMETERS_AT + 8);
  const one = f32x4.splat(1);
  const twice = f32x4.add(bend, bend);
  // bend (x_0^2 - sd^2) = bend sd^2 (a^2 - 1)
  const scale = f32x4.div(bend, f32x4.mul(inverse, inverse));
  const x0 = v128.load(x);
  const y0 = v128.load(x, 16);
  const xa = f32x4.mul(x0, inverse);
  const ya = f32x4.mul(y0, inverse);
  const xMean = f32x4.mul(scale, f32x4.sub(f32x4.mul(xa, xa), one));
  const yMean = f32x4.mul(scale, f32x4.sub(f32x4.mul(ya, ya), one));
  const xb = f32x4.mul(f32x4.sub(v128.load(x, LANE_BYTES), xMean), inverseNoise);
  const yb = f32x4.mul(f32x4.sub(v128.load(x, LANE_BYTES + 16), yMean), inverseNoise);
  const xPull = f32x4.mul(xb, inverseNoise);
  const yPull = f32x4.mul(yb, inverseNoise);
  v128.store(s, f32x4.sub(f32x4.mul(f32x4.mul(twice, x0), xPull), f32x4.mul(xa, inverse)));
  v128.store(s, f32x4.sub(f32x4.mul(f32x4.mul(twice, y0), yPull), f32x4.mul(ya, inverse)), 16);
  v128.store(s, f32x4.neg(xPull), LANE_BYTES);
  v128.store(s, f32x4.neg(yPull), LANE_BYTES + 16);
  if (logp == 0) return;
  const constant = v128.load32_splat(score, CONSTANT_AT);
  const half = f32x4.splat(-0.5);
  v128.store(logp, f32x4.add(f32x4.mul(half, madd(xa, xa, f32x4.mul(xb, xb))), constant));
  v128.store(logp, f32x4.add(f32x4.mul(half, madd(ya, ya, f32x4.mul(yb, yb))), constant), 16);
}

/** Writes four samples' scores to s and returns log p(x) less the constant. x, s: half a panel, rows LANE_BYTES apart. */
function funnel4(score: usize, x: usize, s: usize): v128 {
  const D = load<usize>(score, D_AT);
  const inverse = v128.load32_splat(score, PARAMETERS_AT);
  const v = v128.load(x);
  // e^(-x_0) is capped at e^80, before it overflows: for sd <= 2, p is below e^(-800) there.
  const precision = exp(f32x4.min(f32x4.neg(v), f32x4.splat(80)));
  let square = f32x4.splat(0);
  for (let i = LANE_BYTES, end = D * LANE_BYTES; i < end; i += LANE_BYTES) {
    const y = v128.load(x + i);
    const pull = f32x4.mul(y, precision);
    v128.store(s + i, f32x4.neg(pull));
    square = madd(pull, y, square);
  }
  const rest = f32x4.splat(<f32>(D - 1) * 0.5);
  const a = f32x4.mul(v, inverse);
  const half = f32x4.splat(0.5);
  v128.store(s, f32x4.sub(f32x4.sub(f32x4.mul(half, square), rest), f32x4.mul(a, inverse)));
  return nmadd(rest, v, f32x4.mul(f32x4.splat(-0.5), madd(a, a, square)));
}

/** As {@link funnel4}. */
function ring4(score: usize, x: usize, s: usize): v128 {
  const inverse = v128.load32_splat(score, PARAMETERS_AT);
  const radius = v128.load32_splat(score, PARAMETERS_AT + 4);
  const x0 = v128.load(x);
  const x1 = v128.load(x, LANE_BYTES);
  const r = f32x4.sqrt(madd(x0, x0, f32x4.mul(x1, x1)));
  const a = f32x4.mul(f32x4.sub(r, radius), inverse);
  // At the centre, where no direction is up, the score is 0.
  const pull = f32x4.div(f32x4.mul(a, inverse), f32x4.max(r, f32x4.splat(1e-30)));
  v128.store(s, f32x4.neg(f32x4.mul(pull, x0)));
  v128.store(s, f32x4.neg(f32x4.mul(pull, x1)), LANE_BYTES);
  return f32x4.mul(f32x4.splat(-0.5), f32x4.mul(a, a));
}

// Random features of samples with tangents: of gain cos(2 pi B x), ydot = -2 pi gain sin(2 pi B x) B xdot, and of the sine
// 2 pi gain cos(2 pi B x) B xdot. Inputs have no gradient, so there is no backward pass.
import { LANE_BYTES } from '../../src/abi/panels';
import { FeaturesField as At } from '../../src/abi/plan';
import { cosTurn, sinTurn } from '../core/math';
import { featuresForward, gainPanel } from './features';

const TURN: f32 = 6.283185307179586;

/** y of panels of samples, and of so many tangents of each behind them. x: panels [D][8]; y: panels [2F][8], overwritten. */
export function featuresDual(op: usize, panels: usize, tangents: usize): void {
  const features = load<usize>(op, At.FEATURES);
  const gains = load<usize>(op, At.GAINS);
  const xStride = load<usize>(op, At.X_STRIDE);
  const yStride = load<usize>(op, At.Y_STRIDE);
  featuresForward(op, panels);
  for (let p: usize = 0; p < panels; p++) {
    const x = load<usize>(op, At.X) + p * xStride;
    const y = load<usize>(op, At.Y) + p * yStride;
    for (let f: usize = 0; f < features; f++) {
      for (let half: usize = 0; half < LANE_BYTES; half += 16) {
        const slope = slopeOf(op, f, phase(op, f, x + half));
        for (let k: usize = 1; k <= tangents; k++) {
          const t = phase(op, f, x + k * panels * xStride + half);
          v128.store(y + k * panels * yStride + f * LANE_BYTES + half, f32x4.mul(slope, t));
        }
      }
    }
    if (gains == 0) continue;
    const level = load<usize>(load<usize>(op, At.LEVELS) + p * LANE_BYTES);
    for (let k: usize = 1; k <= tangents; k++)
      gainPanel(gains + (level << 2), load<usize>(op, At.GAIN_BYTES), features, y + k * panels * yStride);
  }
}

/** B x of feature f for four samples, in turns. */
function phase(op: usize, f: usize, x: usize): v128 {
  let t = f32x4.splat(0);
  let b = load<usize>(op, At.FREQUENCIES) + (f << 2);
  for (let d: usize = 0; d < load<usize>(op, At.D); d++) {
    t = f32x4.add(t, f32x4.mul(v128.load32_splat(b), v128.load(x + d * LANE_BYTES)));
    b += load<usize>(op, At.FEATURES) << 2;
  }
  return t;
}

/** The derivative of feature f by its phase in turns, without its gain. */
function slopeOf(op: usize, f: usize, t: v128): v128 {
  if (f < load<usize>(op, At.FEATURES) >> 1) return f32x4.mul(f32x4.splat(-TURN), sinTurn(t));
  return f32x4.mul(f32x4.splat(TURN), cosTurn(t));
}

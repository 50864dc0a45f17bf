// SiLU, in place: y <- y sigmoid(y), of panels or rows. Backward, with the slope that the forward pass keeps: dy <- dy slope.
import { LANE_BYTES } from '../../src/abi/panels';
import { SiluField as At } from '../../src/abi/plan';
import { silu, siluCurvature } from '../core/math';
import { curveBackward, slopeTangents } from './tangents';

/** y <- y sigmoid(y), and its slope into SLOPE unless that is 0. */
export function siluForward(op: usize, panels: usize): void {
  const bytes = load<usize>(op, At.N) * LANE_BYTES;
  const stride = load<usize>(op, At.Y_STRIDE);
  const kept = load<usize>(op, At.SLOPE);
  for (let p: usize = 0; p < panels; p++) {
    const y = load<usize>(op, At.Y) + p * stride;
    silu(y, y, kept != 0 ? kept + p * stride : 0, bytes);
  }
}

/** The same for one sample. y: [N], room for N rounded up to 8. */
export function siluRow(op: usize): void {
  const y = load<usize>(op, At.Y);
  silu(y, y, 0, load<usize>(op, At.N) << 2);
}

/** dy <- dy slope. */
export function siluBackward(op: usize, panels: usize): void {
  const bytes = load<usize>(op, At.N) * LANE_BYTES;
  for (let p: usize = 0; p < panels; p++) {
    const dy = load<usize>(op, At.DY) + p * load<usize>(op, At.DY_STRIDE);
    const slope = load<usize>(op, At.SLOPE) + p * load<usize>(op, At.Y_STRIDE);
    for (let at: usize = 0; at < bytes; at += 16)
      v128.store(dy + at, f32x4.mul(v128.load(dy + at), v128.load(slope + at)));
  }
}

/**
 * As {@link siluForward}, then the tangents' y <- slope y. Of a tangent, SLOPE keeps the second derivative times y as it was.
 */
export function siluDualForward(op: usize, panels: usize, tangents: usize): void {
  const bytes = load<usize>(op, At.N) * LANE_BYTES;
  const stride = load<usize>(op, At.Y_STRIDE);
  for (let p: usize = 0; p < panels; p++) {
    const y = load<usize>(op, At.Y) + p * stride;
    const slope = load<usize>(op, At.SLOPE) + p * stride;
    siluTangents(y, slope, panels * stride, bytes, tangents);
    silu(y, y, slope, bytes);
    slopeTangents(y + panels * stride, panels * stride, slope, bytes, tangents);
  }
}

/** Of each tangent of x, `stride` bytes apart behind it: bend <- SiLU''(x) xdot, as far behind `slope`. */
export function siluTangents(x: usize, slope: usize, stride: usize, bytes: usize, tangents: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    const curvature = siluCurvature(v128.load(x + at));
    for (let k: usize = 1; k <= tangents; k++)
      v128.store(slope + k * stride + at, f32x4.mul(curvature, v128.load(x + k * stride + at)));
  }
}

/** The gradients of y and of its tangents: see {@link curveBackward}. */
export function siluDualBackward(op: usize, panels: usize, tangents: usize): void {
  const bytes = load<usize>(op, At.N) * LANE_BYTES;
  const stride = load<usize>(op, At.DY_STRIDE);
  const bendStride = load<usize>(op, At.Y_STRIDE);
  for (let p: usize = 0; p < panels; p++) {
    const dy = load<usize>(op, At.DY) + p * stride;
    const slope = load<usize>(op, At.SLOPE) + p * bendStride;
    const bend = slope + panels * bendStride;
    const d = dy + panels * stride;
    curveBackward(dy, d, panels * stride, slope, bend, panels * bendStride, bytes, tangents);
  }
}

// SiLU, in place: y <- y sigmoid(y), of panels or rows. Backward, with the slope that the forward pass keeps: dy <- dy slope.
import { LANE_BYTES } from '../../src/abi/panels';
import { SiluField as At } from '../../src/abi/plan';
import { silu } from '../core/math';

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

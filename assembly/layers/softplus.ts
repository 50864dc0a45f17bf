// Softplus, in place, after the bias b of the layer before: y <- softplus(y + b) = log(1 + e^(y + b)). Backward, with the slope
// 1 / (1 + e^-(y + b)) that the forward pass keeps: dy <- dy slope, which is then dx, and db = dx summed over samples.
import { LANE_BYTES } from '../../src/abi/panels';
import { BiasField as At } from '../../src/abi/plan';
import { softplus, softplusValue } from '../core/math';
import { sumSamples } from './bias';

/** y <- softplus(y + b), and its slope into SLOPE. y, SLOPE: panels [N][8], Y_STRIDE bytes apart; b: [N]. */
export function softplusForward(op: usize, panels: usize): void {
  const stride = load<usize>(op, At.Y_STRIDE);
  const bias = load<usize>(op, At.B);
  const end = bias + (load<usize>(op, At.N) << 2);
  for (let p: usize = 0; p < panels; p++) {
    let y = load<usize>(op, At.Y) + p * stride;
    let slope = load<usize>(op, At.SLOPE) + p * stride;
    for (let at = bias; at < end; at += 4) {
      const b = v128.load32_splat(at);
      // Binaryen inlines a function of this size only where it has one call.
      for (const last = y + LANE_BYTES; y < last; y += 16) {
        softplus(f32x4.add(v128.load(y), b), y, slope);
        slope += 16;
      }
    }
  }
}

/**
 * dy <- dy slope, and db += its sum over the block's samples. dy: panels [N][8]; gradients: bytes from a parameter to its
 * gradient.
 */
export function softplusBackward(op: usize, panels: usize, gradients: usize): void {
  const N = load<usize>(op, At.N);
  const stride = load<usize>(op, At.DY_STRIDE);
  for (let p: usize = 0; p < panels; p++) {
    const d = load<usize>(op, At.DY) + p * stride;
    const slope = load<usize>(op, At.SLOPE) + p * load<usize>(op, At.Y_STRIDE);
    for (let at: usize = 0; at < N * LANE_BYTES; at += 16) {
      v128.store(d + at, f32x4.mul(v128.load(d + at), v128.load(slope + at)));
    }
  }
  sumSamples(N, load<usize>(op, At.DY), stride, panels, load<usize>(op, At.B) + gradients);
}

/** y <- softplus(y + b), without the slope. y: panels [N][8]; b: [N]. */
export function softplusFixed(op: usize, panels: usize): void {
  const stride = load<usize>(op, At.Y_STRIDE);
  const bias = load<usize>(op, At.B);
  const end = bias + (load<usize>(op, At.N) << 2);
  for (let p: usize = 0; p < panels; p++) {
    let y = load<usize>(op, At.Y) + p * stride;
    for (let at = bias; at < end; at += 4) {
      const b = v128.load32_splat(at);
      v128.store(y, softplusValue(f32x4.add(v128.load(y), b)));
      v128.store(y, softplusValue(f32x4.add(v128.load(y, 16), b)), 16);
      y += LANE_BYTES;
    }
  }
}

/** y <- softplus(y + b) for one sample. y, b: [N], padded to a multiple of 4. */
export function softplusRow(op: usize): void {
  const y = load<usize>(op, At.Y);
  const bias = load<usize>(op, At.B);
  for (let at: usize = 0, bytes = load<usize>(op, At.N) << 2; at < bytes; at += 16) {
    v128.store(y + at, softplusValue(f32x4.add(v128.load(y + at), v128.load(bias + at))));
  }
}

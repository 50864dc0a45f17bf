// SiLU in place and, as a value of its own, its slope: y <- y s and d = s (1 + y (1 - s)) with s = 1 / (1 + e^-y), for networks
// that write out the backward pass of a scalar. Backward, with SiLU's second derivative that the forward pass keeps:
// dy <- dy d + dd SiLU''.
import { LANE_BYTES } from '../../src/abi/panels';
import { SiluSlopeField as At } from '../../src/abi/plan';
import { expDown } from '../core/math';
import { madd } from '../core/simd';

/** y <- SiLU(y), d = its slope, and its second derivative into CURVATURE unless that is 0. All: panels [N][8]. */
export function siluSlopeForward(op: usize, panels: usize): void {
  const stride = load<usize>(op, At.Y_STRIDE);
  const kept = load<usize>(op, At.CURVATURE);
  for (let p: usize = 0; p < panels; p++)
    siluSlope(
      load<usize>(op, At.Y) + p * stride,
      load<usize>(op, At.D) + p * load<usize>(op, At.D_STRIDE),
      kept != 0 ? kept + p * stride : 0,
      load<usize>(op, At.N) * LANE_BYTES,
    );
}

/** The same for one sample. y, d: [N], room for N rounded up to 4. */
export function siluSlopeRow(op: usize): void {
  siluSlope(load<usize>(op, At.Y), load<usize>(op, At.D), 0, load<usize>(op, At.N) << 2);
}

/**
 * With e = e^-|x|, p = 1 / (1 + e) and q = e p: SiLU is x p or x q, and SiLU'' = p q (2 - |x| (p - q)), without a difference of
 * nearly equal numbers.
 */
function siluSlope(y: usize, d: usize, curvature: usize, bytes: usize): void {
  const one = f32x4.splat(1);
  const zero = f32x4.splat(0);
  for (const end = y + bytes; y < end; y += 16) {
    const x = v128.load(y);
    const size = f32x4.abs(x);
    const e = expDown(f32x4.neg(size));
    const p = f32x4.div(one, f32x4.add(one, e));
    const q = f32x4.mul(e, p);
    const isBelow = f32x4.lt(x, zero);
    const s = v128.bitselect(q, p, isBelow);
    const value = f32x4.mul(x, s);
    v128.store(y, value);
    v128.store(d, madd(value, v128.bitselect(p, q, isBelow), s));
    d += 16;
    if (curvature != 0) {
      const bend = f32x4.sub(f32x4.splat(2), f32x4.mul(size, f32x4.sub(p, q)));
      v128.store(curvature, f32x4.mul(f32x4.mul(p, q), bend));
      curvature += 16;
    }
  }
}

/** dy <- dy d + dd SiLU''. */
export function siluSlopeBackward(op: usize, panels: usize): void {
  const bytes = load<usize>(op, At.N) * LANE_BYTES;
  for (let p: usize = 0; p < panels; p++) {
    const dy = load<usize>(op, At.DY) + p * load<usize>(op, At.DY_STRIDE);
    const dd = load<usize>(op, At.DD) + p * load<usize>(op, At.DD_STRIDE);
    const d = load<usize>(op, At.D) + p * load<usize>(op, At.D_STRIDE);
    const curvature = load<usize>(op, At.CURVATURE) + p * load<usize>(op, At.Y_STRIDE);
    for (let at: usize = 0; at < bytes; at += 16) {
      const through = f32x4.mul(v128.load(dy + at), v128.load(d + at));
      v128.store(dy + at, madd(v128.load(dd + at), v128.load(curvature + at), through));
    }
  }
}

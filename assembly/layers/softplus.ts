// Softplus, in place, after the bias b of the layer before: y <- softplus(y + b) = log(1 + e^(y + b)). Backward, with the slope
// 1 / (1 + e^-(y + b)) that the forward pass keeps: dy <- dy slope, which is then dx, and db = dx summed over samples.
import { LANE_BYTES } from '../../src/abi/panels';
import { BiasField as At } from '../../src/abi/plan';
import { expDown, log1pUnit, softplusValue } from '../core/math';
import { sumSamples } from './bias';
import { curveBackward } from './tangents';

/** y <- softplus(y + b), and its slope into SLOPE. y, SLOPE: panels [N][8], Y_STRIDE bytes apart; b: [N]. */
export function softplusForward(op: usize, panels: usize): void {
  const N = load<usize>(op, At.N);
  const stride = load<usize>(op, At.Y_STRIDE);
  for (let p: usize = 0; p < panels; p++) {
    const y = load<usize>(op, At.Y) + p * stride;
    const slope = load<usize>(op, At.SLOPE) + p * stride;
    exponentials(y, load<usize>(op, At.B), slope, N);
    softplusAndSlopes(y, slope, y + N * LANE_BYTES);
  }
}

// Softplus is computed by two short loops over a panel: in one long one, few vectors would be under way at a time, each waiting
// for its last result. Both vectors of an output are loaded before one is stored, so that an engine can join them.

/** y <- y + b and e = e^-|y|, which never overflows, for one panel. y, e: [N][8]; b: [N]. */
function exponentials(y: usize, bias: usize, e: usize, N: usize): void {
  const sign = i32x4.splat(0x80000000);
  for (const end = bias + (N << 2); bias < end; bias += 4) {
    const b = v128.load32_splat(bias);
    const u = f32x4.add(v128.load(y), b);
    const v = f32x4.add(v128.load(y, 16), b);
    const f = expDown(v128.or(u, sign));
    const g = expDown(v128.or(v, sign));
    v128.store(y, u);
    v128.store(y, v, 16);
    v128.store(e, f);
    v128.store(e, g, 16);
    y += LANE_BYTES;
    e += LANE_BYTES;
  }
}

/** y <- max(y, 0) + log(1 + e), softplus of y. y, e: whole outputs, to `end`, where y ends. */
function softplusOf(y: usize, e: usize, end: usize): void {
  const zero = f32x4.splat(0);
  for (; y < end; y += LANE_BYTES) {
    const u = f32x4.add(f32x4.pmax(v128.load(y), zero), log1pUnit(v128.load(e)));
    const v = f32x4.add(f32x4.pmax(v128.load(y, 16), zero), log1pUnit(v128.load(e, 16)));
    v128.store(y, u);
    v128.store(y, v, 16);
    e += LANE_BYTES;
  }
}

/** As {@link softplusOf}, and e <- the slope 1 / (1 + e^-y): e / (1 + e) where y < 0, else 1 / (1 + e). */
function softplusAndSlopes(y: usize, e: usize, end: usize): void {
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  for (; y < end; y += LANE_BYTES) {
    let u = v128.load(y);
    let v = v128.load(y, 16);
    let f = v128.load(e);
    let g = v128.load(e, 16);
    // Since e <= 1, the larger of e and (0 or 1) selects the numerator.
    const p = f32x4.pmax(v128.andnot(one, i32x4.shr_s(u, 31)), f);
    const q = f32x4.pmax(v128.andnot(one, i32x4.shr_s(v, 31)), g);
    u = f32x4.add(f32x4.pmax(u, zero), log1pUnit(f));
    v = f32x4.add(f32x4.pmax(v, zero), log1pUnit(g));
    f = f32x4.div(p, f32x4.add(one, f));
    g = f32x4.div(q, f32x4.add(one, g));
    v128.store(y, u);
    v128.store(y, v, 16);
    v128.store(e, f);
    v128.store(e, g, 16);
    e += LANE_BYTES;
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
  const N = load<usize>(op, At.N);
  const e = load<usize>(op, At.ROOM);
  for (let p: usize = 0; p < panels; p++) {
    const y = load<usize>(op, At.Y) + p * load<usize>(op, At.Y_STRIDE);
    exponentials(y, load<usize>(op, At.B), e, N);
    softplusOf(y, e, y + N * LANE_BYTES);
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

/**
 * As {@link softplusForward}, then the tangents' y <- slope y. Of a tangent, SLOPE keeps the second derivative,
 * slope (1 - slope), times y as it was.
 */
export function softplusDualForward(op: usize, panels: usize, tangents: usize): void {
  const bytes = load<usize>(op, At.N) * LANE_BYTES;
  const stride = load<usize>(op, At.Y_STRIDE);
  softplusForward(op, panels);
  for (let p: usize = 0; p < panels; p++) {
    const slope = load<usize>(op, At.SLOPE) + p * stride;
    const y = load<usize>(op, At.Y) + p * stride;
    for (let k: usize = 1; k <= tangents; k++) {
      const tangent = k * panels * stride;
      for (let at: usize = 0; at < bytes; at += 16) {
        const s = v128.load(slope + at);
        const sy = f32x4.mul(s, v128.load(y + tangent + at));
        v128.store(y + tangent + at, sy);
        v128.store(slope + tangent + at, f32x4.mul(f32x4.sub(f32x4.splat(1), s), sy));
      }
    }
  }
}

/** The gradients of y, of its tangents and of b: see {@link curveBackward}. */
export function softplusDualBackward(op: usize, panels: usize, tangents: usize, gradients: usize): void {
  const N = load<usize>(op, At.N);
  const stride = load<usize>(op, At.DY_STRIDE);
  const bendStride = load<usize>(op, At.Y_STRIDE);
  for (let p: usize = 0; p < panels; p++) {
    const dy = load<usize>(op, At.DY) + p * stride;
    const slope = load<usize>(op, At.SLOPE) + p * bendStride;
    const bend = slope + panels * bendStride;
    const d = dy + panels * stride;
    curveBackward(dy, d, panels * stride, slope, bend, panels * bendStride, N * LANE_BYTES, tangents);
  }
  sumSamples(N, load<usize>(op, At.DY), stride, panels, load<usize>(op, At.B) + gradients);
}

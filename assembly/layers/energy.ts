// A scalar at the top of a network, e = w y + b with y = SiLU(a), where its backward pass begins: g = w d with d = SiLU'(a) is the
// gradient of e at a. Backward, of g alone: dd = dg w, dw += dg d summed over samples, and dy = 0.
import { LANE_BYTES } from '../../src/abi/panels';
import { EnergyField as At } from '../../src/abi/plan';
import { madd, sumLanes } from '../core/simd';

/** e = w y + b and g = w d, overwritten. y, d, g: panels [N][8]; e: panels [1][8]. */
export function energyForward(op: usize, panels: usize): void {
  const N = load<usize>(op, At.N);
  const bias = v128.load32_splat(load<usize>(op, At.B));
  for (let p: usize = 0; p < panels; p++) {
    let y = load<usize>(op, At.Y) + p * load<usize>(op, At.Y_STRIDE);
    let d = load<usize>(op, At.D) + p * load<usize>(op, At.D_STRIDE);
    let g = load<usize>(op, At.G) + p * load<usize>(op, At.G_STRIDE);
    let w = load<usize>(op, At.W);
    let e = bias;
    let f = bias;
    for (const end = w + (N << 2); w < end; w += 4) {
      const v = v128.load32_splat(w);
      e = madd(v, v128.load(y), e);
      f = madd(v, v128.load(y, 16), f);
      v128.store(g, f32x4.mul(v, v128.load(d)));
      v128.store(g, f32x4.mul(v, v128.load(d, 16)), 16);
      y += LANE_BYTES;
      d += LANE_BYTES;
      g += LANE_BYTES;
    }
    const to = load<usize>(op, At.E) + p * load<usize>(op, At.E_STRIDE);
    v128.store(to, e);
    v128.store(to, f, 16);
  }
}

/** The same for one sample, to the same bits. y, d, g: [N]; e: [1], room for 4. */
export function energyRow(op: usize): void {
  const y = load<usize>(op, At.Y);
  const d = load<usize>(op, At.D);
  const g = load<usize>(op, At.G);
  const w = load<usize>(op, At.W);
  let e = v128.load32_splat(load<usize>(op, At.B));
  for (let at: usize = 0, end = load<usize>(op, At.N) << 2; at < end; at += 4) {
    e = madd(v128.load32_splat(w + at), v128.load32_splat(y + at), e);
    store<f32>(g + at, load<f32>(w + at) * load<f32>(d + at));
  }
  store<f32>(load<usize>(op, At.E), f32x4.extract_lane(e, 0));
}

/** dd = dg w and dy = 0, overwritten, and dw += dg d summed over the block's samples. gradients: bytes from a parameter to its gradient. */
export function energyBackward(op: usize, panels: usize, gradients: usize): void {
  const N = load<usize>(op, At.N);
  const w = load<usize>(op, At.W);
  const zero = f32x4.splat(0);
  for (let n: usize = 0; n < N; n++) {
    const v = v128.load32_splat(w + (n << 2));
    let sum = zero;
    for (let p: usize = 0; p < panels; p++) {
      const row = n * LANE_BYTES;
      const dg = load<usize>(op, At.DG) + p * load<usize>(op, At.DG_STRIDE) + row;
      const d = load<usize>(op, At.D) + p * load<usize>(op, At.D_STRIDE) + row;
      const dd = load<usize>(op, At.DD) + p * load<usize>(op, At.DD_STRIDE) + row;
      const dy = load<usize>(op, At.DY) + p * load<usize>(op, At.DY_STRIDE) + row;
      const a = v128.load(dg);
      const b = v128.load(dg, 16);
      sum = madd(a, v128.load(d), sum);
      sum = madd(b, v128.load(d, 16), sum);
      v128.store(dd, f32x4.mul(a, v));
      v128.store(dd, f32x4.mul(b, v), 16);
      v128.store(dy, zero);
      v128.store(dy, zero, 16);
    }
    const to = w + gradients + (n << 2);
    store<f32>(to, load<f32>(to) + sumLanes(sum));
  }
}

// Bias, in place: y <- y + b. Backward: db = dy summed over samples; dx = dy, which stays in place.
import { LANE_BYTES } from '../../src/abi/panels';
import { BiasField as At } from '../../src/abi/plan';
import { sumLanes } from '../core/simd';

/** y <- y + b. y: panels [N][8]; b: [N]. */
export function biasForward(op: usize, panels: usize): void {
  const stride = load<usize>(op, At.Y_STRIDE);
  const bias = load<usize>(op, At.B);
  const end = bias + (load<usize>(op, At.N) << 2);
  for (let p: usize = 0; p < panels; p++) {
    let y = load<usize>(op, At.Y) + p * stride;
    for (let b = bias; b < end; b += 4) {
      const v = v128.load32_splat(b);
      v128.store(y, f32x4.add(v128.load(y), v));
      v128.store(y, f32x4.add(v128.load(y, 16), v), 16);
      y += LANE_BYTES;
    }
  }
}

/** db += sum of dy over the block's samples. dy: panels [N][8]; gradients: bytes from a parameter to its gradient. */
export function biasBackward(op: usize, panels: usize, gradients: usize): void {
  sumSamples(
    load<usize>(op, At.N),
    load<usize>(op, At.DY),
    load<usize>(op, At.DY_STRIDE),
    panels,
    load<usize>(op, At.B) + gradients,
  );
}

/** out += sum of dy over samples. dy: panels [N][8], `stride` bytes apart; out: [N], accumulated. */
export function sumSamples(N: usize, dy: usize, stride: usize, panels: usize, out: usize): void {
  for (let n: usize = 0; n < N; n++) {
    let sum = f32x4.splat(0);
    let d = dy + n * LANE_BYTES;
    for (let p: usize = 0; p < panels; p++) {
      sum = f32x4.add(sum, f32x4.add(v128.load(d), v128.load(d, 16)));
      d += stride;
    }
    store<f32>(out + (n << 2), load<f32>(out + (n << 2)) + sumLanes(sum));
  }
}

/** y <- y + b for one sample. y, b: [N], padded to a multiple of 4. */
export function biasRow(op: usize): void {
  const y = load<usize>(op, At.Y);
  const bias = load<usize>(op, At.B);
  for (let at: usize = 0, bytes = load<usize>(op, At.N) << 2; at < bytes; at += 16) {
    v128.store(y + at, f32x4.add(v128.load(y + at), v128.load(bias + at)));
  }
}

// The level-dependent layer over samples with tangents: ydot_k = alpha_l W_rf rfdot_k + W_x xdot_k, which has no beta. Samples
// come first, then as many panels for each tangent.
import { LANE_BYTES, LANES } from '../../src/abi/panels';
import { LevelDenseField as At } from '../../src/abi/plan';
import { gemm, gemmGradient } from '../core/gemm';
import { packDeltas, packRows } from '../core/pack';
import { panelBytes } from '../core/panels';
import { madd } from '../core/simd';
import { addLevels, gatherByLevel, inputs, levelsBackward, scatter } from './levelDense';

/** y of panels of samples and of their tangents; keeps u of all. */
export function levelDenseDualForward(op: usize, panels: usize, tangents: usize): void {
  const N = load<usize>(op, At.N);
  const features = load<usize>(op, At.FEATURES);
  const input = load<usize>(op, At.INPUT);
  const inputStride = load<usize>(op, At.INPUT_STRIDE);
  const y = load<usize>(op, At.Y);
  const yStride = load<usize>(op, At.Y_STRIDE);
  const u = load<usize>(op, At.U);
  const x = input + features * LANE_BYTES;
  const all = panels * (1 + tangents);
  gemm(N, features, load<usize>(op, At.FEATURE_TILES), input, inputStride, u, panelBytes(N), all);
  gemm(N, load<usize>(op, At.D), load<usize>(op, At.COORDINATE_TILES), x, inputStride, y, yStride, all);
  for (let p: usize = 0; p < panels; p++) addLevels(op, p, u + p * panelBytes(N), y + p * yStride);
  for (let q = panels; q < all; q++) addScaled(op, q % panels, u + q * panelBytes(N), y + q * yStride);
}

/** y + alpha u into y [N][8], for a tangent of the panel p. */
function addScaled(op: usize, p: usize, u: usize, y: usize): void {
  const levels = load<usize>(op, At.LEVELS) + p * LANE_BYTES;
  const a0 = gatherByLevel(load<usize>(op, At.ALPHA), levels);
  const a1 = gatherByLevel(load<usize>(op, At.ALPHA), levels + 16);
  for (let end = u + load<usize>(op, At.N) * LANE_BYTES; u < end; u += LANE_BYTES) {
    v128.store(y, madd(a0, v128.load(u), v128.load(y)));
    v128.store(y, madd(a1, v128.load(u, 16), v128.load(y, 16)), 16);
    y += LANE_BYTES;
  }
}

/** Adds the gradients of W, alpha and beta over a block, as `levelDenseBackward` does. dy: multiplied by alpha in place. */
export function levelDenseDualBackward(
  op: usize,
  panels: usize,
  tangents: usize,
  gradients: usize,
  isFirst: bool,
): void {
  const N = load<usize>(op, At.N);
  const D = load<usize>(op, At.D);
  const features = load<usize>(op, At.FEATURES);
  const K = inputs(op);
  const all = panels * (1 + tangents);
  const input = load<usize>(op, At.INPUT);
  const inputStride = load<usize>(op, At.INPUT_STRIDE);
  const dW = load<usize>(op, At.W) + gradients;
  const xPack = load<usize>(op, At.X_PACK);
  const dyPack = load<usize>(op, At.DY_PACK);
  const dy = load<usize>(op, At.DY);
  const dyStride = load<usize>(op, At.DY_STRIDE);
  packDeltas(dyPack, dy, all, N, dyStride);
  packRows(xPack, input + features * LANE_BYTES, all, D, inputStride);
  gemmGradient(N, D, all * LANES, dyPack, xPack, dW + (features << 2), K, !isFirst);
  levelsBackward(op, panels, gradients);
  for (let q = panels; q < all; q++) scaledBackward(op, q, q % panels, gradients);
  // dy now holds alpha dy.
  packDeltas(dyPack, dy, all, N, dyStride);
  packRows(xPack, input, all, features, inputStride);
  gemmGradient(N, features, all * LANES, dyPack, xPack, dW, K, !isFirst);
}

/** d alpha_l += sum of dy u over panel q, a tangent of panel p; dy <- alpha dy. */
function scaledBackward(op: usize, q: usize, p: usize, gradients: usize): void {
  const N = load<usize>(op, At.N);
  const alphas = load<usize>(op, At.ALPHA);
  for (let half: usize = 0; half < LANE_BYTES; half += 16) {
    const levels = load<usize>(op, At.LEVELS) + p * LANE_BYTES + half;
    const alpha = gatherByLevel(alphas, levels);
    let d = load<usize>(op, At.DY) + q * load<usize>(op, At.DY_STRIDE) + half;
    let u = load<usize>(op, At.U) + q * panelBytes(N) + half;
    let a = f32x4.splat(0);
    for (let n: usize = 0; n < N; n++) {
      const v = v128.load(d);
      a = madd(v, v128.load(u), a);
      v128.store(d, f32x4.mul(v, alpha));
      d += LANE_BYTES;
      u += LANE_BYTES;
    }
    scatter(alphas + gradients, levels, a);
  }
}

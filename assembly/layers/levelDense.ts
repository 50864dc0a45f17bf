// The first layer, whose features a level scales and shifts: y = W_rf (alpha_l rf + beta_l) + W_x x, without its bias.
//
// alpha and beta are one scalar a level: with u = W_rf rf, W_rf (alpha rf + beta) = alpha u + beta rowsum(W_rf), so that
// no product depends on the level, d alpha = dy . u and d beta = dy . rowsum(W_rf), and no gradient at the features is
// formed. At a fixed level alpha, beta and the features' gains fold into the weights:
// W' = [alpha W_rf gains, W_x], b' = b + beta rowsum(W_rf), and one product takes the whole input [2F + D].
import { LANE_BYTES, LANES } from '../../src/abi/panels';
import { LevelDenseField as At } from '../../src/abi/plan';
import { gemm, gemmGradient, gemv } from '../core/gemm';
import { packDeltas, packRows, packRowTiles, packTiles } from '../core/pack';
import { panelBytes } from '../core/panels';
import { madd, sumLanes } from '../core/simd';

export function inputs(op: usize): usize {
  return load<usize>(op, At.FEATURES) + load<usize>(op, At.D);
}

/** Packs W_rf and W_x apart, and sums the rows of W_rf. */
export function levelDensePack(op: usize): void {
  const N = load<usize>(op, At.N);
  const features = load<usize>(op, At.FEATURES);
  const K = inputs(op);
  const W = load<usize>(op, At.W);
  packTiles(load<usize>(op, At.FEATURE_TILES), W, N, features, K, 1);
  packTiles(load<usize>(op, At.COORDINATE_TILES), W + (features << 2), N, load<usize>(op, At.D), K, 1);
  for (let n: usize = 0; n < N; n++) {
    let sum: f64 = 0;
    for (let f: usize = 0; f < features; f++) sum += load<f32>(W + ((n * K + f) << 2));
    store<f32>(load<usize>(op, At.ROW_SUMS) + (n << 2), <f32>sum);
  }
}

/** y of panels [N][8] from INPUT, panels [2F + D][8], and LEVELS, u32 [samples]; keeps u. */
export function levelDenseForward(op: usize, panels: usize): void {
  const N = load<usize>(op, At.N);
  const features = load<usize>(op, At.FEATURES);
  const input = load<usize>(op, At.INPUT);
  const inputStride = load<usize>(op, At.INPUT_STRIDE);
  const y = load<usize>(op, At.Y);
  const yStride = load<usize>(op, At.Y_STRIDE);
  const u = load<usize>(op, At.U);
  const x = input + features * LANE_BYTES;
  gemm(N, features, load<usize>(op, At.FEATURE_TILES), input, inputStride, u, panelBytes(N), panels);
  gemm(N, load<usize>(op, At.D), load<usize>(op, At.COORDINATE_TILES), x, inputStride, y, yStride, panels);
  for (let p: usize = 0; p < panels; p++) addLevels(op, p, u + p * panelBytes(N), y + p * yStride);
}

/** The numbers of four samples' levels, from an array with one a level. */
export function gatherByLevel(values: usize, levels: usize): v128 {
  let v = f32x4.splat(0);
  v = v128.load32_lane(values + (load<usize>(levels) << 2), v, 0);
  v = v128.load32_lane(values + (load<usize>(levels, 4) << 2), v, 1);
  v = v128.load32_lane(values + (load<usize>(levels, 8) << 2), v, 2);
  return v128.load32_lane(values + (load<usize>(levels, 12) << 2), v, 3);
}

/** y + alpha u + beta rowsum(W_rf) into y [N][8], for the panel p. */
export function addLevels(op: usize, p: usize, u: usize, y: usize): void {
  const levels = load<usize>(op, At.LEVELS) + p * LANE_BYTES;
  const sums = load<usize>(op, At.ROW_SUMS);
  const a0 = gatherByLevel(load<usize>(op, At.ALPHA), levels);
  const a1 = gatherByLevel(load<usize>(op, At.ALPHA), levels + 16);
  const b0 = gatherByLevel(load<usize>(op, At.BETA), levels);
  const b1 = gatherByLevel(load<usize>(op, At.BETA), levels + 16);
  for (let at = sums, end = sums + (load<usize>(op, At.N) << 2); at < end; at += 4) {
    const sum = v128.load32_splat(at);
    v128.store(y, madd(a0, v128.load(u), madd(b0, sum, v128.load(y))));
    v128.store(y, madd(a1, v128.load(u, 16), madd(b1, sum, v128.load(y, 16))), 16);
    u += LANE_BYTES;
    y += LANE_BYTES;
  }
}

/**
 * Adds the gradients of W, alpha and beta over a block. dy: panels [N][8], multiplied by alpha in place. What beta adds to
 * every column of W_rf's gradient is accumulated in RANK_ONE [N] until {@link levelDenseFinish}.
 */
export function levelDenseBackward(op: usize, panels: usize, gradients: usize, isFirst: bool): void {
  const N = load<usize>(op, At.N);
  const D = load<usize>(op, At.D);
  const features = load<usize>(op, At.FEATURES);
  const K = inputs(op);
  const rows = panels * LANES;
  const input = load<usize>(op, At.INPUT);
  const inputStride = load<usize>(op, At.INPUT_STRIDE);
  const dW = load<usize>(op, At.W) + gradients;
  const xPack = load<usize>(op, At.X_PACK);
  const dyPack = load<usize>(op, At.DY_PACK);
  const dy = load<usize>(op, At.DY);
  const dyStride = load<usize>(op, At.DY_STRIDE);
  packDeltas(dyPack, dy, panels, N, dyStride);
  packRows(xPack, input + features * LANE_BYTES, panels, D, inputStride);
  gemmGradient(N, D, rows, dyPack, xPack, dW + (features << 2), K, !isFirst);
  levelsBackward(op, panels, gradients);
  // dy now holds alpha dy.
  packDeltas(dyPack, dy, panels, N, dyStride);
  packRows(xPack, input, panels, features, inputStride);
  gemmGradient(N, features, rows, dyPack, xPack, dW, K, !isFirst);
}

/**
 * d alpha_l += sum of dy u, d beta_l += sum of dy rowsum(W_rf) over the samples of level l; RANK_ONE += sum of beta dy;
 * dy <- alpha dy.
 */
export function levelsBackward(op: usize, panels: usize, gradients: usize): void {
  const N = load<usize>(op, At.N);
  const sums = load<usize>(op, At.ROW_SUMS);
  const rankOne = load<usize>(op, At.RANK_ONE);
  const alphas = load<usize>(op, At.ALPHA);
  const betas = load<usize>(op, At.BETA);
  for (let p: usize = 0; p < panels; p++) {
    for (let half: usize = 0; half < LANE_BYTES; half += 16) {
      const levels = load<usize>(op, At.LEVELS) + p * LANE_BYTES + half;
      const alpha = gatherByLevel(alphas, levels);
      const beta = gatherByLevel(betas, levels);
      let d = load<usize>(op, At.DY) + p * load<usize>(op, At.DY_STRIDE) + half;
      let u = load<usize>(op, At.U) + p * panelBytes(N) + half;
      let a = f32x4.splat(0);
      let b = a;
      for (let n: usize = 0; n < N; n++) {
        const v = v128.load(d);
        a = madd(v, v128.load(u), a);
        b = madd(v, v128.load32_splat(sums + (n << 2)), b);
        const r = rankOne + (n << 2);
        store<f32>(r, load<f32>(r) + sumLanes(f32x4.mul(v, beta)));
        v128.store(d, f32x4.mul(v, alpha));
        d += LANE_BYTES;
        u += LANE_BYTES;
      }
      scatter(alphas + gradients, levels, a);
      scatter(betas + gradients, levels, b);
    }
  }
}

/** out[levels[i]] += v[i] for the four lanes. */
export function scatter(out: usize, levels: usize, v: v128): void {
  const t0 = out + (load<usize>(levels) << 2);
  store<f32>(t0, load<f32>(t0) + f32x4.extract_lane(v, 0));
  const t1 = out + (load<usize>(levels, 4) << 2);
  store<f32>(t1, load<f32>(t1) + f32x4.extract_lane(v, 1));
  const t2 = out + (load<usize>(levels, 8) << 2);
  store<f32>(t2, load<f32>(t2) + f32x4.extract_lane(v, 2));
  const t3 = out + (load<usize>(levels, 12) << 2);
  store<f32>(t3, load<f32>(t3) + f32x4.extract_lane(v, 3));
}

/** Empties RANK_ONE. */
export function levelDenseStart(op: usize): void {
  memory.fill(load<usize>(op, At.RANK_ONE), 0, load<usize>(op, At.N) << 2);
}

/** Adds RANK_ONE to every column of W_rf's gradient. */
export function levelDenseFinish(op: usize, gradients: usize): void {
  const N = load<usize>(op, At.N);
  const K = inputs(op);
  const features = load<usize>(op, At.FEATURES);
  const dW = load<usize>(op, At.W) + gradients;
  const rankOne = load<usize>(op, At.RANK_ONE);
  for (let n: usize = 0; n < N; n++) {
    const r = load<f32>(rankOne + (n << 2));
    const row = dW + ((n * K) << 2);
    for (let f: usize = 0; f < features; f++) store<f32>(row + (f << 2), load<f32>(row + (f << 2)) + r);
  }
}

/**
 * Folds the alpha, the beta and the gains of NOISE, a level u32 and how far on the way to the next one it is f32, into
 * FIXED_W [N][2F + D] and FIXED_BIAS [N], and packs the weights for panels and for one sample.
 */
export function levelDenseFix(op: usize): void {
  const noise = load<usize>(op, At.NOISE);
  const level = load<usize>(noise);
  const fraction = load<f32>(noise, 4);
  const N = load<usize>(op, At.N);
  const K = inputs(op);
  const features = load<usize>(op, At.FEATURES);
  const L = load<usize>(op, At.LEVEL_COUNT);
  const alpha = interpolate(load<usize>(op, At.ALPHA), level, L, fraction);
  const beta = interpolate(load<usize>(op, At.BETA), level, L, fraction);
  const fixedW = load<usize>(op, At.FIXED_W);
  const gains = load<usize>(op, At.GAINS);
  const gainBytes = load<usize>(op, At.GAIN_BYTES);
  for (let n: usize = 0; n < N; n++) {
    const W = load<usize>(op, At.W) + ((n * K) << 2);
    const to = fixedW + ((n * K) << 2);
    for (let k: usize = 0; k < K; k++) {
      const w = load<f32>(W + (k << 2));
      let factor: f32 = 1;
      if (k < features) {
        factor = alpha;
        if (gains != 0) factor *= interpolate(gains + k * gainBytes, level, L, fraction);
      }
      store<f32>(to + (k << 2), factor * w);
    }
    const at = n << 2;
    const sum = load<f32>(load<usize>(op, At.ROW_SUMS) + at);
    store<f32>(load<usize>(op, At.FIXED_BIAS) + at, load<f32>(load<usize>(op, At.BIAS) + at) + beta * sum);
  }
  packTiles(load<usize>(op, At.FIXED_TILES), fixedW, N, K, K, 1);
  packRowTiles(load<usize>(op, At.ROW_TILES), fixedW, N, K, K, 1);
}

/** The number a `fraction` of the way from values[level] to the next one; with fraction 0, or at the last, that of the level. */
function interpolate(values: usize, level: usize, L: usize, fraction: f32): f32 {
  const here = load<f32>(values + (level << 2));
  const next = load<f32>(values + (min<usize>(level + 1, L - 1) << 2));
  return here + fraction * (next - here);
}

/** y of panels [N][8] at the fixed noise, from INPUT, panels [2F + D][8]. */
export function levelDenseFixed(op: usize, panels: usize): void {
  gemm(
    load<usize>(op, At.N),
    inputs(op),
    load<usize>(op, At.FIXED_TILES),
    load<usize>(op, At.INPUT),
    load<usize>(op, At.INPUT_STRIDE),
    load<usize>(op, At.Y),
    load<usize>(op, At.Y_STRIDE),
    panels,
  );
}

/** y [N] of one sample at the fixed noise, from INPUT [2F + D]. */
export function levelDenseRow(op: usize): void {
  gemv(
    load<usize>(op, At.N),
    inputs(op),
    load<usize>(op, At.ROW_TILES),
    load<usize>(op, At.INPUT),
    load<usize>(op, At.Y),
  );
}

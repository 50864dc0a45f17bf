// The network's forward and backward passes over a block of rows, as adjacent pairs. A block is small
// enough for its activations to stay in the second-level cache between the two.

import { LANE_BYTES, LANES } from '../../src/core/abi';
import { gemm, gemmGradient } from '../core/gemm';
import { softplus } from '../core/math';
import { packDeltas, packRows } from '../core/pack';
import { padded, panelBytes } from '../core/panels';
import { madd, sumLanes } from '../core/simd';
import { featuresPanel, gainPanel } from '../layers/features';
import {
  backwardTiles,
  biases,
  coordinateTiles,
  depth,
  dimension,
  featureCount,
  forwardTiles,
  gainBytes,
  inputs,
  levels,
  networkGains,
  networkTurns,
  outputs,
  rowSums,
} from './network';
import {
  coordinates,
  deltaPack,
  deltas,
  hidden,
  inputPack,
  inputPanel,
  nextDeltas,
  outputPanel,
  products,
  rankOneSums,
  rowAlphas,
  rowBetas,
  rowLevels,
  slope,
} from './workspace';

/** What depends on the level in layer 0: y + alpha u + beta rowsum(W_rf), into y [N][8]. */
function addFeatures(net: usize, work: usize, p: usize, y: usize): void {
  const N = outputs(net, 0);
  const sums = rowSums(net);
  let u = products(work) + p * panelBytes(N);
  const alpha = rowAlphas(work) + p * LANE_BYTES;
  const beta = rowBetas(work) + p * LANE_BYTES;
  const a0 = v128.load(alpha),
    a1 = v128.load(alpha, 16);
  const b0 = v128.load(beta),
    b1 = v128.load(beta, 16);
  for (let n: usize = 0; n < N; n++) {
    const sum = v128.load32_splat(sums + (n << 2));
    v128.store(y, madd(a0, v128.load(u), madd(b0, sum, v128.load(y))));
    v128.store(y, madd(a1, v128.load(u, 16), madd(b1, sum, v128.load(y, 16))), 16);
    u += LANE_BYTES;
    y += LANE_BYTES;
  }
}

/** Softplus of y + b into y [N][8], its slope into s. */
function activate(bias: usize, N: usize, y: usize, s: usize): void {
  for (let n: usize = 0; n < N; n++) {
    const b = v128.load32_splat(bias + (n << 2));
    // One call in the source, so that it is inlined.
    for (const end = y + LANE_BYTES; y < end; y += 16) {
      softplus(f32x4.add(v128.load(y), b), y, s);
      s += 16;
    }
  }
}

/** y + b, into y [N][8]. */
function addBias(bias: usize, N: usize, y: usize): void {
  for (let n: usize = 0; n < N; n++) {
    const b = v128.load32_splat(bias + (n << 2));
    v128.store(y, f32x4.add(v128.load(y), b));
    v128.store(y, f32x4.add(v128.load(y, 16), b), 16);
    y += LANE_BYTES;
  }
}

/** The network's output for a block whose coordinates, alphas, betas and levels are written, the levels consecutive. */
export function mlpForward(net: usize, work: usize, panels: usize): void {
  const D = dimension(net);
  const features = featureCount(net);
  const last = depth(net);
  const N0 = outputs(net, 0);
  const xStride = panelBytes(inputs(net, 0));
  const gains = networkGains(net);
  for (let p: usize = 0; p < panels; p++) {
    const input = inputPanel(net, work, p);
    featuresPanel(networkTurns(net), features, D, coordinates(net, work, p), input);
    if (gains == 0) continue;
    const level = load<usize>(rowLevels(work) + p * LANE_BYTES);
    gainPanel(gains + (level << 2), gainBytes(net), features, input);
  }
  gemm(
    N0,
    features,
    forwardTiles(net, 0),
    inputPanel(net, work, 0),
    xStride,
    products(work),
    panelBytes(N0),
    panels,
  );
  for (let i: usize = 0; i <= last; i++) {
    const N = outputs(net, i);
    const y = i < last ? hidden(work, i) : outputPanel(net, work, 0);
    const yStride = panelBytes(N);
    if (i == 0) gemm(N, D, coordinateTiles(net), coordinates(net, work, 0), xStride, y, yStride, panels);
    else
      gemm(N, inputs(net, i), forwardTiles(net, i), hidden(work, i - 1), panelBytes(N0), y, yStride, panels);
    for (let p: usize = 0; p < panels; p++) {
      const yp = y + p * yStride;
      if (i == 0) addFeatures(net, work, p, yp);
      if (i < last) activate(biases(net, i), N, yp, slope(work, i) + p * yStride);
      else addBias(biases(net, i), N, yp);
    }
  }
}

/**
 * Adds the gradient of the parameters over a block to `gradient`, laid out as theta. The gradient at
 * the output is in `deltaPanel`, zero in rows that are not there; the block's forward pass stands.
 * What beta's rank-one part adds to every column of W_rf is gathered for {@link finishGradient}.
 */
export function mlpBackward(net: usize, work: usize, panels: usize, theta: usize, gradient: usize): void {
  const rows = panels * LANES;
  const xPack = inputPack(work);
  const dPack = deltaPack(work);
  let delta = deltas(work);
  let next = nextDeltas(work);
  for (let i = depth(net); i > 0; i--) {
    const N = outputs(net, i);
    const K = inputs(net, i);
    const stride = panelBytes(K);
    biasBackward(N, delta, panels, biases(net, i) - theta + gradient);
    packDeltas(dPack, delta, panels, N, panelBytes(N));
    packRows(xPack, hidden(work, i - 1), panels, K, stride);
    gemmGradient(N, K, rows, dPack, xPack, weightsGradient(net, i, theta, gradient), K);
    gemm(K, N, backwardTiles(net, i), delta, panelBytes(N), next, stride, panels);
    for (let p: usize = 0; p < panels; p++) {
      const d = next + p * stride;
      const s = slope(work, i - 1) + p * stride;
      for (let at: usize = 0; at < K * LANE_BYTES; at += 16) {
        v128.store(d + at, f32x4.mul(v128.load(d + at), v128.load(s + at)));
      }
    }
    const t = delta;
    delta = next;
    next = t;
  }
  firstBackward(net, work, panels, delta, theta, gradient);
}

function weightsGradient(net: usize, i: usize, theta: usize, gradient: usize): usize {
  return biases(net, i) - ((outputs(net, i) * inputs(net, i)) << 2) - theta + gradient;
}

/** db += sum over rows of delta. */
function biasBackward(N: usize, delta: usize, panels: usize, db: usize): void {
  const stride = panelBytes(N);
  for (let n: usize = 0; n < N; n++) {
    let sum = f32x4.splat(0);
    let d = delta + n * LANE_BYTES;
    for (let p: usize = 0; p < panels; p++) {
      sum = f32x4.add(sum, f32x4.add(v128.load(d), v128.load(d, 16)));
      d += stride;
    }
    store<f32>(db + (n << 2), load<f32>(db + (n << 2)) + sumLanes(sum));
  }
}

/** Gradients of layer 0, alpha and beta. No gradient at the features is formed. */
function firstBackward(
  net: usize,
  work: usize,
  panels: usize,
  delta: usize,
  theta: usize,
  gradient: usize,
): void {
  const N = outputs(net, 0);
  const D = dimension(net);
  const features = featureCount(net);
  const K = inputs(net, 0);
  const rows = panels * LANES;
  const xStride = panelBytes(K);
  const dW = weightsGradient(net, 0, theta, gradient);
  const xPack = inputPack(work);
  const dPack = deltaPack(work);
  biasBackward(N, delta, panels, biases(net, 0) - theta + gradient);
  packDeltas(dPack, delta, panels, N, panelBytes(N));
  packRows(xPack, coordinates(net, work, 0), panels, D, xStride);
  gemmGradient(N, D, rows, dPack, xPack, dW + (features << 2), K);
  levelBackward(net, work, panels, delta, gradient);
  // delta now holds alpha delta.
  packDeltas(dPack, delta, panels, N, panelBytes(N));
  packRows(xPack, inputPanel(net, work, 0), panels, features, xStride);
  gemmGradient(N, features, rows, dPack, xPack, dW, K);
}

/**
 * d alpha_l += sum of delta u, d beta_l += sum of delta rowsum(W_rf) over the rows of level l; gathers
 * sum of beta delta, the same for every column of W_rf; multiplies delta by alpha in place.
 */
function levelBackward(net: usize, work: usize, panels: usize, delta: usize, gradient: usize): void {
  const N = outputs(net, 0);
  const stride = panelBytes(N);
  const sums = rowSums(net);
  const rankOne = rankOneSums(work);
  const dAlpha = gradient;
  const dBeta = gradient + (levels(net) << 2);
  for (let p: usize = 0; p < panels; p++) {
    for (let half: usize = 0; half < LANE_BYTES; half += 16) {
      const alpha = v128.load(rowAlphas(work) + p * LANE_BYTES + half);
      const beta = v128.load(rowBetas(work) + p * LANE_BYTES + half);
      let d = delta + p * stride + half;
      let u = products(work) + p * stride + half;
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
      const level = rowLevels(work) + p * LANE_BYTES + half;
      scatter(dAlpha, level, a);
      scatter(dBeta, level, b);
    }
  }
}

/** out[level[i]] += v[i] for the four lanes. */
function scatter(out: usize, level: usize, v: v128): void {
  const t0 = out + (load<usize>(level) << 2);
  store<f32>(t0, load<f32>(t0) + f32x4.extract_lane(v, 0));
  const t1 = out + (load<usize>(level, 4) << 2);
  store<f32>(t1, load<f32>(t1) + f32x4.extract_lane(v, 1));
  const t2 = out + (load<usize>(level, 8) << 2);
  store<f32>(t2, load<f32>(t2) + f32x4.extract_lane(v, 2));
  const t3 = out + (load<usize>(level, 12) << 2);
  store<f32>(t3, load<f32>(t3) + f32x4.extract_lane(v, 3));
}

/** Zeroes the gradient and what is gathered beside it. */
export function startGradient(net: usize, work: usize, gradient: usize, count: usize): void {
  memory.fill(gradient, 0, count << 2);
  memory.fill(rankOneSums(work), 0, padded(outputs(net, 0)) << 2);
}

/** Adds the gathered rank-one part to every column of W_rf. */
export function finishGradient(net: usize, work: usize, theta: usize, gradient: usize): void {
  const N = outputs(net, 0);
  const K = inputs(net, 0);
  const features = featureCount(net);
  const dW = weightsGradient(net, 0, theta, gradient);
  const rankOne = rankOneSums(work);
  for (let n: usize = 0; n < N; n++) {
    const r = load<f32>(rankOne + (n << 2));
    const row = dW + ((n * K) << 2);
    for (let f: usize = 0; f < features; f++) store<f32>(row + (f << 2), load<f32>(row + (f << 2)) + r);
  }
}

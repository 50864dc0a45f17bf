// A trained network at one noise level, as a score. alpha and beta are constants there and fold into
// layer 0, and so do the features' gains: W' = [alpha W_rf gains, W_x], b' = b + beta rowsum(W_rf). One product takes
// the whole input.

import { LANE_BYTES } from '../../src/core/abi';
import { gemm, gemv } from '../core/gemm';
import { softplusValue } from '../core/math';
import { packRowTiles, packTiles, tileBytes } from '../core/pack';
import { padded, panelBytes } from '../core/panels';
import { featuresPanel, featuresRow } from '../layers/features';
import {
  biases,
  depth,
  dimension,
  featureCount,
  forwardTiles,
  gainBytes,
  inputs,
  levels,
  networkGains,
  networkScales,
  networkTheta,
  networkTurns,
  outputs,
  rowSums,
  weights,
} from './network';

const D_AT: usize = 4;
const NET_AT: usize = 8;
const SCALE_AT: usize = 12;
const TILES_AT: usize = 16;
const BIAS_AT: usize = 20;
const INPUT_AT: usize = 24;
const A_AT: usize = 28;
const B_AT: usize = 32;
const FOLDED_AT: usize = 36;
// Then one word a layer: its weights for one-row products.
const ROWS_AT: usize = 64;

function rowTiles(score: usize, i: usize): usize {
  return load<usize>(score + ROWS_AT + (i << 2));
}

/** Writes the header of a score over `net` at `score`, and returns its bytes; with score = 0 only returns them. */
export function levelLayout(score: usize, net: usize): usize {
  const N = outputs(net, 0);
  const K = inputs(net, 0);
  const layers = depth(net);
  const widest = max<usize>(N, dimension(net));
  const tiles = (score + ROWS_AT + ((layers + 1) << 2) + 63) & ~63;
  const bias = tiles + tileBytes(N, K);
  const folded = bias + (padded(N) << 2);
  const input = folded + ((N * K) << 2);
  const a = input + panelBytes(K);
  const b = a + panelBytes(widest);
  let at = b + panelBytes(widest);
  for (let i: usize = 0; i <= layers; i++) {
    at = (at + 63) & ~63;
    if (score != 0) store<u32>(score + ROWS_AT + (i << 2), at);
    at += tileBytes(outputs(net, i), inputs(net, i));
  }
  if (score != 0) {
    store<u32>(score, dimension(net), D_AT);
    store<u32>(score, net, NET_AT);
    store<u32>(score, tiles, TILES_AT);
    store<u32>(score, bias, BIAS_AT);
    store<u32>(score, folded, FOLDED_AT);
    store<u32>(score, input, INPUT_AT);
    store<u32>(score, a, A_AT);
    store<u32>(score, b, B_AT);
  }
  return at - score;
}

/** Folds alpha, beta and the gains of a level into layer 0 and packs the weights, from the network as it is now. */
export function levelFold(score: usize, level: usize): void {
  const net = load<usize>(score, NET_AT);
  levelBlend(score, level, 0, load<f32>(networkScales(net) + (level << 2)));
  for (let i: usize = 1; i <= depth(net); i++) {
    packRowTiles(rowTiles(score, i), weights(net, i), outputs(net, i), inputs(net, i));
  }
}

/**
 * Folds an alpha, a beta and gains into layer 0 that lie a `part` of the way from a level's to the next one's, and sets the
 * scale of the output; the other layers stay as they were packed.
 */
export function levelBlend(score: usize, level: usize, part: f32, scale: f32): void {
  const net = load<usize>(score, NET_AT);
  const N = outputs(net, 0);
  const K = inputs(net, 0);
  const features = featureCount(net);
  const alpha = blend(networkTheta(net), level, levels(net), part);
  const beta = blend(networkTheta(net) + (levels(net) << 2), level, levels(net), part);
  store<f32>(score, scale, SCALE_AT);
  const folded = load<usize>(score, FOLDED_AT);
  const bias = load<usize>(score, BIAS_AT);
  const gains = networkGains(net);
  const stride = gainBytes(net);
  for (let n: usize = 0; n < N; n++) {
    const W = weights(net, 0) + ((n * K) << 2);
    const to = folded + ((n * K) << 2);
    for (let k: usize = 0; k < K; k++) {
      const w = load<f32>(W + (k << 2));
      let factor: f32 = 1;
      if (k < features) {
        factor = alpha;
        if (gains != 0) factor *= blend(gains + k * stride, level, levels(net), part);
      }
      store<f32>(to + (k << 2), factor * w);
    }
    const at = n << 2;
    store<f32>(bias + at, load<f32>(biases(net, 0) + at) + beta * load<f32>(rowSums(net) + at));
  }
  packTiles(load<usize>(score, TILES_AT), folded, N, K, K, 1);
  packRowTiles(rowTiles(score, 0), folded, N, K);
}

/** The number a `part` of the way from values[level] to the next one; with part 0, or at the last, that of the level. */
function blend(values: usize, level: usize, L: usize, part: f32): f32 {
  const here = load<f32>(values + (level << 2));
  const next = load<f32>(values + (min<usize>(level + 1, L - 1) << 2));
  return here + part * (next - here);
}

/** Score s [D][8] of one panel x [D][8]; overwritten. */
export function levelPanel(score: usize, x: usize, s: usize): void {
  const net = load<usize>(score, NET_AT);
  const D = dimension(net);
  const features = featureCount(net);
  const last = depth(net);
  const input = load<usize>(score, INPUT_AT);
  const centred = input + features * LANE_BYTES;
  for (let at: usize = 0; at < D * LANE_BYTES; at += 16) {
    v128.store(centred + at, f32x4.sub(v128.load(x + at), f32x4.splat(0.5)));
  }
  featuresPanel(networkTurns(net), features, D, centred, input);
  let from = input;
  let to = load<usize>(score, A_AT);
  let other = load<usize>(score, B_AT);
  for (let i: usize = 0; i <= last; i++) {
    const N = outputs(net, i);
    gemm(N, inputs(net, i), i == 0 ? load<usize>(score, TILES_AT) : forwardTiles(net, i), from, 0, to, 0, 1);
    const bias = i == 0 ? load<usize>(score, BIAS_AT) : biases(net, i);
    if (i < last) activatePanel(to, bias, N);
    from = to;
    to = other;
    other = from;
  }
  const scale = v128.load32_splat(score, SCALE_AT);
  const bias = last == 0 ? load<usize>(score, BIAS_AT) : biases(net, last);
  for (let d: usize = 0; d < D; d++) {
    const b = v128.load32_splat(bias + (d << 2));
    const at = d * LANE_BYTES;
    v128.store(s + at, f32x4.mul(f32x4.add(v128.load(from + at), b), scale));
    v128.store(s + at, f32x4.mul(f32x4.add(v128.load(from + at, 16), b), scale), 16);
  }
}

function activatePanel(y: usize, bias: usize, N: usize): void {
  for (let n: usize = 0; n < N; n++) {
    const b = v128.load32_splat(bias + (n << 2));
    v128.store(y, softplusValue(f32x4.add(v128.load(y), b)));
    v128.store(y, softplusValue(f32x4.add(v128.load(y, 16), b)), 16);
    y += LANE_BYTES;
  }
}

/**
 * Score of one row, the same bits as {@link levelPanel} gives it, by matrix-vector products.
 * x and s: [D] with `step` bytes from one dimension to the next; s is overwritten.
 */
export function levelRow(score: usize, x: usize, s: usize, step: usize): void {
  const net = load<usize>(score, NET_AT);
  const D = dimension(net);
  const features = featureCount(net);
  const last = depth(net);
  const input = load<usize>(score, INPUT_AT);
  let to = load<usize>(score, A_AT);
  let other = load<usize>(score, B_AT);
  // The coordinates go after the features, whose last vector may reach over them: kept in `other` first.
  for (let d: usize = 0; d < D; d++) store<f32>(other + (d << 2), load<f32>(x + d * step) - 0.5);
  featuresRow(networkTurns(net), features, D, other, input);
  memory.copy(input + (features << 2), other, D << 2);
  let from = input;
  for (let i: usize = 0; i <= last; i++) {
    const N = outputs(net, i);
    gemv(N, inputs(net, i), rowTiles(score, i), from, to);
    const bias = i == 0 ? load<usize>(score, BIAS_AT) : biases(net, i);
    if (i < last) {
      for (let at: usize = 0; at < N << 2; at += 16) {
        v128.store(to + at, softplusValue(f32x4.add(v128.load(to + at), v128.load(bias + at))));
      }
    }
    from = to;
    to = other;
    other = from;
  }
  const scale = load<f32>(score, SCALE_AT);
  const bias = last == 0 ? load<usize>(score, BIAS_AT) : biases(net, last);
  for (let d: usize = 0; d < D; d++) {
    store<f32>(s + d * step, (load<f32>(from + (d << 2)) + load<f32>(bias + (d << 2))) * scale);
  }
}

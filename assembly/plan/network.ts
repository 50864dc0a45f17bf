// The network in memory: a header, the frozen frequencies, the flat parameter vector, and the same
// weights packed for the kernels. TypeScript asks for the size, allocates, and lets `networkLayout`
// write the header; nothing else knows an offset.
//
//   turns [D][2F]   frequencies, F of the cosines then F of the sines, one row a dimension
//   theta [P]       alpha [L], beta [L], then W_i [out][in], b_i [out] for each layer i = 0 ... depth
//   gains [2F][L + 7]  what each feature is multiplied by at each level, if by anything
//   layer 0 takes [alpha_l rf + beta_l, x - 1/2] with 2F random features rf times their gains, the others H inputs
//
// Layer 0 is packed as two matrices, because alpha and beta are one scalar a level: with u = W_rf rf,
// W_rf (alpha rf + beta) = alpha u + beta rowsum(W_rf), and neither product depends on the level.
import { LANES } from '../../src/core/abi';
import { packTiles, tileBytes } from '../core/pack';
import { padded } from '../core/panels';

const D_AT: usize = 0;
const F_AT: usize = 4;
const H_AT: usize = 8;
const DEPTH_AT: usize = 12;
const L_AT: usize = 16;
const COUNT_AT: usize = 20;
const TURNS_AT: usize = 24;
const SIGMAS_AT: usize = 28;
const SCALES_AT: usize = 32;
const THETA_AT: usize = 36;
const COORDINATES_AT: usize = 40;
const ROW_SUMS_AT: usize = 44;
const GAINS_AT: usize = 48;
const LAYERS_AT: usize = 64;
const LAYER_BYTES: usize = 16;

export function dimension(net: usize): usize {
  return load<usize>(net, D_AT);
}
export function featureCount(net: usize): usize {
  return load<usize>(net, F_AT) << 1;
}
export function depth(net: usize): usize {
  return load<usize>(net, DEPTH_AT);
}
export function levels(net: usize): usize {
  return load<usize>(net, L_AT);
}
/** Parameters P. */
export function networkCount(net: usize): usize {
  return load<usize>(net, COUNT_AT);
}
/** f32 [D][2F], written by the caller. */
export function networkTurns(net: usize): usize {
  return load<usize>(net, TURNS_AT);
}
/** f32 [L], written by the caller. */
export function networkSigmas(net: usize): usize {
  return load<usize>(net, SIGMAS_AT);
}
/** f32 [L], what each level's output is multiplied by to give the score; written by the caller. */
export function networkScales(net: usize): usize {
  return load<usize>(net, SCALES_AT);
}
/** f32 [P], written by the caller, who then calls {@link networkPack}. */
export function networkTheta(net: usize): usize {
  return load<usize>(net, THETA_AT);
}
/**
 * What each feature is multiplied by at each level, or 0 if by nothing: f32 [2F][L + 7], row f's entry l that of level
 * l mod L, so that the eight rows of a panel, which have consecutive levels, are two loads. Written by the caller.
 */
export function networkGains(net: usize): usize {
  return load<usize>(net, GAINS_AT);
}
/** Bytes from one feature's gains to the next one's. */
export function gainBytes(net: usize): usize {
  return (levels(net) + LANES - 1) << 2;
}
/** Tiles of layer 0's columns for x - 1/2: [ceil(N / 4)][D][4]. */
export function coordinateTiles(net: usize): usize {
  return load<usize>(net, COORDINATES_AT);
}
/** Sums of the rows of W_rf: f32 [N]. */
export function rowSums(net: usize): usize {
  return load<usize>(net, ROW_SUMS_AT);
}

/** Outputs of layer i. */
export function outputs(net: usize, i: usize): usize {
  return i < depth(net) ? load<usize>(net, H_AT) : dimension(net);
}
/** Inputs of layer i. */
export function inputs(net: usize, i: usize): usize {
  return i == 0 ? featureCount(net) + dimension(net) : load<usize>(net, H_AT);
}

function layer(net: usize, i: usize): usize {
  return net + LAYERS_AT + i * LAYER_BYTES;
}
/** Weights of layer i: f32 [out][in]. */
export function weights(net: usize, i: usize): usize {
  return load<usize>(layer(net, i));
}
/** Biases of layer i: f32 [out]. */
export function biases(net: usize, i: usize): usize {
  return load<usize>(layer(net, i), 4);
}
/** Tiles of layer i, of its random features alone for i = 0. */
export function forwardTiles(net: usize, i: usize): usize {
  return load<usize>(layer(net, i), 8);
}
/** Tiles of the transposed weights of layer i > 0. */
export function backwardTiles(net: usize, i: usize): usize {
  return load<usize>(layer(net, i), 12);
}

function align(n: usize): usize {
  return (n + 63) & ~63;
}

/**
 * Writes the header of a network of D dimensions, F cosines and F sines, hidden layers `depth` of
 * width H and L levels at `net`, and returns the bytes it takes; with net = 0 only returns them.
 * hasGains: whether there is room for a gain of each feature at each level.
 */
export function networkLayout(
  net: usize,
  D: usize,
  F: usize,
  H: usize,
  depth: usize,
  L: usize,
  hasGains: bool,
): usize {
  const features = F << 1;
  const firstOutputs = depth > 0 ? H : D;
  let at = align(net + LAYERS_AT + (depth + 1) * LAYER_BYTES);
  const turns = at;
  at = align(at + ((D * features) << 2) + 16);
  const sigmas = at;
  at = align(at + (L << 2));
  const scales = at;
  at = align(at + (L << 2));
  const gains = at;
  if (hasGains) at = align(at + (features << 2) * (L + LANES - 1));
  const theta = at;
  let count: usize = 2 * L;
  for (let i: usize = 0; i <= depth; i++) {
    const N = i < depth ? H : D;
    const K = i == 0 ? features + D : H;
    count += N * K + N;
  }
  at = align(at + (count << 2) + 16);
  const coordinates = at;
  at = align(at + tileBytes(firstOutputs, D));
  const sums = at;
  at = align(at + (padded(firstOutputs) << 2));
  let W = theta + ((2 * L) << 2);
  for (let i: usize = 0; i <= depth; i++) {
    const N = i < depth ? H : D;
    const K = i == 0 ? features + D : H;
    const b = W + ((N * K) << 2);
    const forward = at;
    at = align(at + tileBytes(N, i == 0 ? features : K));
    const backward = at;
    if (i > 0) at = align(at + tileBytes(K, N));
    if (net != 0) {
      store<u32>(layer(net, i), W);
      store<u32>(layer(net, i), b, 4);
      store<u32>(layer(net, i), forward, 8);
      store<u32>(layer(net, i), backward, 12);
    }
    W = b + (N << 2);
  }
  if (net != 0) {
    store<u32>(net, D, D_AT);
    store<u32>(net, F, F_AT);
    store<u32>(net, H, H_AT);
    store<u32>(net, depth, DEPTH_AT);
    store<u32>(net, L, L_AT);
    store<u32>(net, count, COUNT_AT);
    store<u32>(net, turns, TURNS_AT);
    store<u32>(net, sigmas, SIGMAS_AT);
    store<u32>(net, scales, SCALES_AT);
    store<u32>(net, hasGains ? gains : 0, GAINS_AT);
    store<u32>(net, theta, THETA_AT);
    store<u32>(net, coordinates, COORDINATES_AT);
    store<u32>(net, sums, ROW_SUMS_AT);
  }
  return at - net;
}

/** Packs the weights anew, after the parameters changed. */
export function networkPack(net: usize): void {
  const features = featureCount(net);
  const K0 = inputs(net, 0);
  const N0 = outputs(net, 0);
  const W0 = weights(net, 0);
  packTiles(forwardTiles(net, 0), W0, N0, features, K0, 1);
  packTiles(coordinateTiles(net), W0 + (features << 2), N0, dimension(net), K0, 1);
  for (let n: usize = 0; n < N0; n++) {
    let sum: f64 = 0;
    for (let f: usize = 0; f < features; f++) sum += load<f32>(W0 + ((n * K0 + f) << 2));
    store<f32>(rowSums(net) + (n << 2), <f32>sum);
  }
  for (let i: usize = 1; i <= depth(net); i++) {
    const N = outputs(net, i);
    const K = inputs(net, i);
    packTiles(forwardTiles(net, i), weights(net, i), N, K, K, 1);
    packTiles(backwardTiles(net, i), weights(net, i), K, N, 1, K);
  }
}

// What the passes over a block of rows need in memory, and where in it each part stands: a header of pointers, then
// what they point to. Nothing else knows an offset.

import { LANE_BYTES, LANES } from '../../src/core/abi';
import { padded, panelBytes } from '../core/panels';
import { depth, dimension, featureCount, inputs, outputs } from './network';

/** Panels in a block. */
export const BLOCK: usize = 16;
const ROWS: usize = BLOCK * LANES;

// The workspace: pointers, then what they point to.
const INPUT_AT: usize = 0;
const U_AT: usize = 4;
const OUTPUT_AT: usize = 8;
const DELTA_AT: usize = 12;
const DELTA_NEXT_AT: usize = 16;
const X_PACK_AT: usize = 20;
const DELTA_PACK_AT: usize = 24;
const RANK_ONE_AT: usize = 28;
const ALPHA_AT: usize = 32;
const BETA_AT: usize = 36;
const LEVEL_AT: usize = 40;
const SCRATCH_AT: usize = 44;
const HIDDEN_AT: usize = 64;
const HIDDEN_BYTES: usize = 8;

/** Panels of layer 0's input: 2F features, then D centred coordinates, which the caller writes. */
export function inputPanel(net: usize, work: usize, p: usize): usize {
  return load<usize>(work, INPUT_AT) + p * panelBytes(inputs(net, 0));
}
/** Where the centred coordinates of a panel begin: [D][8]. */
export function coordinates(net: usize, work: usize, p: usize): usize {
  return inputPanel(net, work, p) + featureCount(net) * LANE_BYTES;
}
/** The output of the network: panels [D][8]. */
export function outputPanel(net: usize, work: usize, p: usize): usize {
  return load<usize>(work, OUTPUT_AT) + p * panelBytes(dimension(net));
}
/** The loss's gradient at the output: panels [D][8], which the caller writes. */
export function deltaPanel(net: usize, work: usize, p: usize): usize {
  return load<usize>(work, DELTA_AT) + p * panelBytes(dimension(net));
}
/** Level of each row of the block: u32 [rows], which the caller writes. */
export function rowLevels(work: usize): usize {
  return load<usize>(work, LEVEL_AT);
}
/** alpha and beta of each row of the block: f32 [rows], which the caller writes. */
export function rowAlphas(work: usize): usize {
  return load<usize>(work, ALPHA_AT);
}
export function rowBetas(work: usize): usize {
  return load<usize>(work, BETA_AT);
}
/** Four arrays [rows] and panels [D][8] for the loss. */
export function rowScratch(work: usize): usize {
  return load<usize>(work, SCRATCH_AT);
}

/** u = W_rf rf of the block: panels [N][8]. */
export function products(work: usize): usize {
  return load<usize>(work, U_AT);
}
/** Gradients at a layer's output, and room for those of the layer before: panels [N][8]. */
export function deltas(work: usize): usize {
  return load<usize>(work, DELTA_AT);
}
export function nextDeltas(work: usize): usize {
  return load<usize>(work, DELTA_NEXT_AT);
}
/** Room for the operands of a gradient product; see pack.ts. */
export function inputPack(work: usize): usize {
  return load<usize>(work, X_PACK_AT);
}
export function deltaPack(work: usize): usize {
  return load<usize>(work, DELTA_PACK_AT);
}
/** What beta's rank-one part adds to every column of W_rf: f32 [N]. */
export function rankOneSums(work: usize): usize {
  return load<usize>(work, RANK_ONE_AT);
}

/** Activations of hidden layer i, and after them their derivative's panels. */
export function hidden(work: usize, i: usize): usize {
  return load<usize>(work + HIDDEN_AT + i * HIDDEN_BYTES);
}
export function slope(work: usize, i: usize): usize {
  return load<usize>(work + HIDDEN_AT + i * HIDDEN_BYTES, 4);
}

function align(n: usize): usize {
  return (n + 63) & ~63;
}

/** Writes the header of a workspace for `net` at `work`, and returns its bytes; with work = 0 only returns them. */
export function workspaceLayout(work: usize, net: usize): usize {
  const D = dimension(net);
  const layers = depth(net);
  const K0 = inputs(net, 0);
  const N0 = outputs(net, 0);
  const widest = max<usize>(N0, D);
  let at = align(work + HIDDEN_AT + layers * HIDDEN_BYTES);
  const input = at;
  at = align(at + BLOCK * panelBytes(K0));
  const u = at;
  at = align(at + BLOCK * panelBytes(N0));
  const output = at;
  at = align(at + BLOCK * panelBytes(D));
  const delta = at;
  at = align(at + BLOCK * panelBytes(widest));
  const deltaNext = at;
  at = align(at + BLOCK * panelBytes(widest));
  const xPack = at;
  at = align(at + (max<usize>(K0, widest) + LANES) * ROWS * 4);
  const deltaPack = at;
  at = align(at + padded(widest) * ROWS * 4);
  const rankOne = at;
  at = align(at + (padded(N0) << 2));
  const alpha = at;
  at = align(at + ROWS * 4);
  const beta = at;
  at = align(at + ROWS * 4);
  const level = at;
  at = align(at + ROWS * 4);
  const scratch = at;
  at = align(at + ROWS * 4 * 4 + BLOCK * panelBytes(D));
  for (let i: usize = 0; i < layers; i++) {
    const h = at;
    at = align(at + BLOCK * panelBytes(N0));
    const s = at;
    at = align(at + BLOCK * panelBytes(N0));
    if (work != 0) {
      store<u32>(work + HIDDEN_AT + i * HIDDEN_BYTES, h);
      store<u32>(work + HIDDEN_AT + i * HIDDEN_BYTES, s, 4);
    }
  }
  if (work != 0) {
    store<u32>(work, input, INPUT_AT);
    store<u32>(work, u, U_AT);
    store<u32>(work, output, OUTPUT_AT);
    store<u32>(work, delta, DELTA_AT);
    store<u32>(work, deltaNext, DELTA_NEXT_AT);
    store<u32>(work, xPack, X_PACK_AT);
    store<u32>(work, deltaPack, DELTA_PACK_AT);
    store<u32>(work, rankOne, RANK_ONE_AT);
    store<u32>(work, alpha, ALPHA_AT);
    store<u32>(work, beta, BETA_AT);
    store<u32>(work, level, LEVEL_AT);
    store<u32>(work, scratch, SCRATCH_AT);
  }
  return at - work;
}

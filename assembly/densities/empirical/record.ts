// The descriptor of an empirical density, the exact score of N weighted points p_i convolved with N(0, sigma^2 I), and which way
// it is computed.
import { LANE_BYTES } from '../../../src/abi/panels';

// Fields, behind the kind: D; N rounded up to whole tiles; the points, f32 [N / T][width][T] in tiles of T points; log-weights [N];
// 1 / sigma^2 and -D/2 log(2 pi sigma^2), f32; the width of a packed point; T; and, for products, K <= D coordinates that are not the same in all points, their
// places [K], the shift of each coordinate [D], and half of the square of each point's length [N]. Everything else is scratch.
const D_AT: usize = 4;
const N_AT: usize = 8;
const POINTS_AT: usize = 12;
const LOG_WEIGHTS_AT: usize = 16;
const PRECISION_AT: usize = 20;
const CONSTANT_AT: usize = 24;
const K_AT: usize = 28;
const PLACES_AT: usize = 32;
const SHIFT_AT: usize = 36;
const HALVES_AT: usize = 40;
const BATCH_AT: usize = 44;
const CENTRED_AT: usize = 48;
const WIDTH_AT: usize = 52;
const TILE_AT: usize = 56;
const DATA_AT: usize = 64;

/** Most panels of a group: they all use a batch of points before the next batch is read. */
const GROUP: usize = 64;
/** Most bytes of a group's centred panels, unless one panel has more. */
const GROUP_BYTES: usize = 2 ** 19;
/** Most points of a batch: whole tiles of four and of six. */
export const BATCH: usize = 96;
// Rows of a panel's state, [8] each, in bytes.
/** The largest exponent so far. */
export const TOP: usize = 0;
/** The sum of weights, and of those of points that are not near. */
export const SUM: usize = 32;
export const FAR: usize = 64;
/** |c|^2 / 2. */
export const HALF: usize = 96;
/** Half of the square of the distance in coordinates that are the same in all points. */
export const SAME: usize = 128;
export const STATE_BYTES: usize = 160;

// Coordinates and points from which on products are faster than differences: with fewer coordinates the exponents take the time, and
// with fewer points those that are near (2026-11-26, an AMD EPYC: 1.0 to 0.6 times the time, at any noise).
const PRODUCT_DIM: usize = 32;
const PRODUCT_POINTS: usize = 400;
/** Points of a tile of differences, and of products. */
export const DIFFERENCE_TILE: usize = 4;
export const PRODUCT_TILE: usize = 6;
/** Panels that one tile multiplies, where the engine joins vectors. */
export const PANELS: usize = WIDE ? 2 : 1;

/** Whether distances are computed by products. */
export function isByProducts(score: usize): bool {
  return tileOf(score) == PRODUCT_TILE;
}

/** Points of a tile. */
export function tileOf(score: usize): usize {
  return load<usize>(score, TILE_AT);
}

/** Panels of a group. */
export function groupOf(D: usize): usize {
  return max<usize>(1, min<usize>(GROUP, GROUP_BYTES / (D * LANE_BYTES)));
}

/**
 * Writes the header of N points at `score`, D, N and pointers, and returns the descriptor's bytes. With score = 0 it only
 * returns them.
 */
export function empiricalHeader(score: usize, D: usize, N: usize): usize {
  const tile = D >= PRODUCT_DIM && N >= PRODUCT_POINTS ? PRODUCT_TILE : DIFFERENCE_TILE;
  const width = widthFor(tile, D);
  const group = groupOf(D);
  const whole = ((N + tile - 1) / tile) * tile;
  const batch = score + DATA_AT;
  // Of a batch: exponents at up to two panels; at one panel the weights of near points, and which these are. Then the panels' states.
  const centred = batch + 4 * BATCH * LANE_BYTES + group * STATE_BYTES;
  const points = centred + 2 * group * width * LANE_BYTES;
  const logWeights = points + ((whole * width) << 2);
  const halves = logWeights + (whole << 2);
  const places = halves + (whole << 2);
  const shift = places + (D << 2);
  if (score != 0) {
    store<u32>(score, D, D_AT);
    store<u32>(score, whole, N_AT);
    store<u32>(score, points, POINTS_AT);
    store<u32>(score, logWeights, LOG_WEIGHTS_AT);
    store<u32>(score, tile, TILE_AT);
    setVarying(score, D);
    store<u32>(score, places, PLACES_AT);
    store<u32>(score, shift, SHIFT_AT);
    store<u32>(score, halves, HALVES_AT);
    store<u32>(score, batch, BATCH_AT);
    store<u32>(score, centred, CENTRED_AT);
    for (let n = N; n < whole; n++) store<f32>(logWeights + (n << 2), -Infinity);
  }
  return shift + (D << 2) - score;
}

/** Coordinates of a packed point of which K vary: in products, whole tiles of as many as there are points; the surplus is zero. */
function widthFor(tile: usize, K: usize): usize {
  return tile == PRODUCT_TILE ? ((K + tile - 1) / tile) * tile : K;
}

/** Sets the noise: 1 / sigma^2 and -D/2 log(2 pi sigma^2). */
export function empiricalNoise(score: usize, precision: f32, constant: f32): void {
  store<f32>(score, precision, PRECISION_AT);
  store<f32>(score, constant, CONSTANT_AT);
}

/** Address of the points, f32 [N][D], which the caller writes before `empiricalPack`. */
export function empiricalPoints(score: usize): usize {
  return load<usize>(score, POINTS_AT);
}
/** Address of the normalised log-weights, f32 [N], which the caller writes. */
export function empiricalLogWeights(score: usize): usize {
  return load<usize>(score, LOG_WEIGHTS_AT);
}

/** Coordinates. */
export function dimOf(score: usize): usize {
  return load<usize>(score, D_AT);
}
/** Points, rounded up to whole tiles; the log-weights of surplus ones are -Infinity. */
export function countOf(score: usize): usize {
  return load<usize>(score, N_AT);
}
export function precisionOf(score: usize): v128 {
  return v128.load32_splat(score, PRECISION_AT);
}
export function constantOf(score: usize): v128 {
  return v128.load32_splat(score, CONSTANT_AT);
}
/** Coordinates in which points differ. */
export function varyingOf(score: usize): usize {
  return load<usize>(score, K_AT);
}
export function setVarying(score: usize, K: usize): void {
  store<u32>(score, K, K_AT);
  store<u32>(score, widthFor(tileOf(score), K), WIDTH_AT);
}
/** Coordinates of a packed point. */
export function widthOf(score: usize): usize {
  return load<usize>(score, WIDTH_AT);
}
/** Which coordinates these are, as distances in bytes within a panel, u32 [K], rising. */
export function placesOf(score: usize): usize {
  return load<usize>(score, PLACES_AT);
}
/** What was subtracted from each coordinate of all points, f32 [D]: in a coordinate that does not vary, its value. */
export function shiftOf(score: usize): usize {
  return load<usize>(score, SHIFT_AT);
}
/** Half of the square of each packed point's length, f32 [N]. */
export function halvesOf(score: usize): usize {
  return load<usize>(score, HALVES_AT);
}
/** Scratch of a batch of points at up to two panels, [BATCH][8] each: squared distances, exponents or weights. */
export function batchOf(score: usize): usize {
  return load<usize>(score, BATCH_AT);
}
/** Scratch: the weights of points near one panel, [BATCH][8]. */
export function nearWeightsOf(score: usize): usize {
  return batchOf(score) + 2 * BATCH * LANE_BYTES;
}
/** Scratch: which points of a batch are near one panel, all bits or none, [BATCH][8]. */
export function nearOf(score: usize): usize {
  return batchOf(score) + 3 * BATCH * LANE_BYTES;
}
/** States of a group's panels. */
export function statesOf(score: usize): usize {
  return batchOf(score) + 4 * BATCH * LANE_BYTES;
}
/** Scratch: the panels of a group, centred, [group][width][8]; behind them their sums, [group][width][8]. */
export function centredOf(score: usize): usize {
  return load<usize>(score, CENTRED_AT);
}

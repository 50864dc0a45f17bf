// The descriptor of an empirical density, the exact score of N weighted points p_i convolved with N(0, sigma^2 I), and which way
// it is computed.
import { LANE_BYTES } from '../../../src/abi/panels';

// Fields, behind the kind: D; N rounded up to whole tiles; the points (see `pack.ts`); log-weights [N]; 1 / sigma^2 and
// -D/2 log(2 pi sigma^2), f32; for products, K <= D coordinates that are not the same in all points, their places [K], the shift
// of each coordinate [D], and half of the square of each point's length [N]; bytes to scratch, to that for panels, and to its end;
// the width of a packed point; the way. What stands before the points each thread has for itself: it holds no address of its own.
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
const WAY_AT: usize = 56;
const OWN_AT: usize = 60;
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
// with fewer points those that are near (2026-11-26, an AMD EPYC: here 1.0 to 0.6 times the time, at any noise).
const PRODUCT_DIM: usize = 48;
const PRODUCT_POINTS: usize = 600;
/** The ways to compute a score: by differences, by products, and by products without coordinates that are 0. */
export const DIFFERENCES: usize = 0;
export const DENSE: usize = 1;
export const SPARSE: usize = 2;
/** Points of a dense tile, and of the others. */
export const DENSE_TILE: usize = 6;
export const TILE: usize = 4;
export const TILE_BYTES: usize = TILE << 2;
/** Points rounded up are whole tiles of either. */
const WHOLE: usize = 12;
/** Bytes of a coordinate in a sparse tile: its place, then the four points. */
export const ENTRY_BYTES: usize = 20;
/** Panels that one tile multiplies, where the engine joins vectors. */
export const PANELS: usize = WIDE ? 2 : 1;

/** How the score is computed. */
export function wayOf(score: usize): usize {
  return load<usize>(score, WAY_AT);
}

/** Points of a tile. */
export function tileOf(score: usize): usize {
  return wayOf(score) == DENSE ? DENSE_TILE : TILE;
}

/**
 * Most parts that points are in, a power of two. At small noise most points have no weight beside the nearest, which is in one part:
 * the others add what then vanishes, and eight parts would take a quarter more time.
 */
const PARTS: usize = 4;
/** The fewest points of a part, unless it is the only one. */
const PART_POINTS: usize = 512;

/** Parts of the points: 1, 2 or 4 (see `parts.ts`). */
export function partsOf(score: usize): usize {
  let parts: usize = wayOf(score) == DIFFERENCES ? 1 : PARTS;
  while (parts > 1 && parts * PART_POINTS > countOf(score)) parts >>= 1;
  return parts;
}

/** Panels of a group. */
export function groupOf(D: usize): usize {
  return max<usize>(1, min<usize>(GROUP, GROUP_BYTES / (D * LANE_BYTES)));
}

/** The way that sizes choose. */
function wayFor(D: usize, N: usize): usize {
  return D >= PRODUCT_DIM && N >= PRODUCT_POINTS ? DENSE : DIFFERENCES;
}

/** Coordinates of a packed point. */
function widthFor(D: usize, way: usize): usize {
  return way == DENSE ? roundUp(D, DENSE_TILE) : D;
}

// Bytes from a descriptor to its parts. First the states of a group's panels. Then, of a batch, exponents at a panel; for products,
// those at the next panel too, the weights of near points, and which these are.

function batchAt(D: usize): usize {
  return DATA_AT + groupOf(D) * STATE_BYTES;
}
function centredAt(D: usize, way: usize): usize {
  return batchAt(D) + (way == DENSE ? 4 : 1) * BATCH * LANE_BYTES;
}

/** Bytes of the descriptor of N points that each thread has for itself: its header and scratch. */
export function empiricalOwn(D: usize, N: usize): usize {
  const way = wayFor(D, N);
  // For products, the group's panels, centred, the three parts that a sum over four needs at once, and one sparse tile with all its
  // coordinates. At least room for a tile of points.
  const products = groupOf(D) * (4 * widthFor(D, way) * LANE_BYTES + 3 * STATE_BYTES) + D * TILE_BYTES;
  return centredAt(D, way) + (way == DENSE ? products : D * LANE_BYTES);
}

/**
 * Writes the header of N points at `score`, D, N and pointers, and returns the descriptor's bytes. With score = 0 it only
 * returns them.
 */
export function empiricalHeader(score: usize, D: usize, N: usize): usize {
  const way = wayFor(D, N);
  const whole = roundUp(N, way == DENSE ? WHOLE : TILE);
  const own = empiricalOwn(D, N);
  const points = score + own;
  const logWeights = points + ((whole * widthFor(D, way)) << 2);
  const halves = logWeights + (whole << 2);
  const places = halves + (whole << 2);
  const shift = places + (D << 2);
  if (score != 0) {
    store<u32>(score, D, D_AT);
    store<u32>(score, points, POINTS_AT);
    store<u32>(score, logWeights, LOG_WEIGHTS_AT);
    setWay(score, way, D, N);
    store<u32>(score, places, PLACES_AT);
    store<u32>(score, shift, SHIFT_AT);
    store<u32>(score, halves, HALVES_AT);
    store<u32>(score, batchAt(D), BATCH_AT);
    store<u32>(score, centredAt(D, way), CENTRED_AT);
    store<u32>(score, own, OWN_AT);
    for (let n = N; n < whole; n++) store<f32>(logWeights + (n << 2), -Infinity);
  }
  // The last shifts are read by whole vectors.
  return shift + ((D + 3) << 2) - score;
}

function roundUp(n: usize, by: usize): usize {
  return ((n + by - 1) / by) * by;
}

/** Sets how the score of N points is computed, and that K coordinates vary. */
export function setWay(score: usize, way: usize, K: usize, N: usize): void {
  store<u32>(score, way, WAY_AT);
  store<u32>(score, roundUp(N, tileOf(score)), N_AT);
  store<u32>(score, K, K_AT);
  store<u32>(score, widthFor(K, way), WIDTH_AT);
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
/** Coordinates of a packed point: where it is dense, whole tiles of as many as there are points; surplus ones are zero. */
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
  return score + load<usize>(score, BATCH_AT);
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
  return score + DATA_AT;
}
/** Scratch: a sparse tile with all its coordinates, [K][4]. */
export function expandedOf(score: usize): usize {
  return score + load<usize>(score, OWN_AT) - dimOf(score) * TILE_BYTES;
}
/** The tile that begins with point i. */
export function tileAt(score: usize, i: usize): usize {
  const numbers = wayOf(score) == SPARSE ? dimOf(score) : widthOf(score);
  return empiricalPoints(score) + ((i * numbers) << 2);
}
/** Scratch: the panels of a group, centred, [group][width][8]; behind them room for three parts (see `parts.ts`). */
export function centredOf(score: usize): usize {
  return score + load<usize>(score, CENTRED_AT);
}

/** Bytes from the exponents or weights of a batch at one panel to those at the next. */
export const SECOND: usize = BATCH * LANE_BYTES;

/** Whether any of the weights of a tile, `bytes` of them, is not zero, at one panel or also at the next. */
export function anyWeight(w: usize, bytes: usize, isPair: bool): bool {
  let any = v128.load(w);
  for (let i: usize = 16; i < bytes; i += 16) any = v128.or(any, v128.load(w + i));
  if (isPair) for (let i: usize = 0; i < bytes; i += 16) any = v128.or(any, v128.load(w + SECOND + i));
  return v128.any_true(any);
}

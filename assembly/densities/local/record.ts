// The descriptor of the local scores of N pictures, [height][width][channels] each: the posterior mean of each pixel by the patch
// around it. What stands before the pictures each thread has for itself: it holds no address of its own.
import { LANE_BYTES, LANES } from '../../../src/abi/panels';

// Fields, behind the kind: D = height width channels; the sizes; tiles of eight pictures, [tiles][D][8]; where they are; bytes before
// them; -1 / (2 sigma^2), f32; the radius of a patch, i32, below 0 the whole picture; how far a patch may be moved, i32; how far below
// the largest an exponent counts, f32.
const D_AT: usize = 4;
const HEIGHT_AT: usize = 8;
const WIDTH_AT: usize = 12;
const CHANNELS_AT: usize = 16;
const TILES_AT: usize = 20;
const PICTURES_AT: usize = 24;
const OWN_AT: usize = 28;
const SCALE_AT: usize = 32;
const RADIUS_AT: usize = 36;
const REACH_AT: usize = 40;
const DEPTH_AT: usize = 44;
const PLACES_AT: usize = 64;

/** Bytes of what is known of a pixel: the least squared distance so far, the sum of weights, both [4], then sums of each channel, [4]. */
export const LEAST: usize = 0;
export const SUM: usize = 16;
export const PULLS: usize = 32;

/** Bytes of one row of differences or of their sums, of a tile. */
export function rowBytes(width: usize): usize {
  return width * LANE_BYTES;
}

/** The widest patch that is not the whole picture from everywhere. */
function widest(height: usize, width: usize): usize {
  return 2 * max<usize>(height, width);
}

/** Bytes of one place: its coordinates y, [D], limits [pixels], and a record for each pixel. */
function placeBytes(pixels: usize, channels: usize): usize {
  const bytes = pixels * (channels << 2) + (pixels << 2) + pixels * (PULLS + (channels << 4));
  return (bytes + 15) & ~15;
}

/** Bytes of the descriptor that each thread has for itself: its header, eight places, and rows of sums. */
export function localOwn(height: usize, width: usize, channels: usize): usize {
  const rows = (widest(height, width) + 2) * rowBytes(width);
  return (PLACES_AT + LANES * placeBytes(height * width, channels) + rows + 63) & ~63;
}

/**
 * Writes the header of `count` pictures at `score`, and returns the descriptor's bytes. With score = 0 it only returns them.
 * reach: pixels by which patches may be moved; depth: an exponent so far below the largest has no weight.
 */
export function localHeader(
  score: usize,
  height: usize,
  width: usize,
  channels: usize,
  count: usize,
  reach: usize,
  depth: f32,
): usize {
  const own = localOwn(height, width, channels);
  const D = height * width * channels;
  const tiles = (count + LANES - 1) / LANES;
  if (score != 0) {
    store<u32>(score, D, D_AT);
    store<u32>(score, height, HEIGHT_AT);
    store<u32>(score, width, WIDTH_AT);
    store<u32>(score, channels, CHANNELS_AT);
    store<u32>(score, tiles, TILES_AT);
    store<u32>(score, score + own, PICTURES_AT);
    store<u32>(score, own, OWN_AT);
    store<u32>(score, reach, REACH_AT);
    store<f32>(score, depth, DEPTH_AT);
  }
  return own + tiles * D * LANE_BYTES;
}

/** Sets the noise: 1 / sigma^2, and the radius of the patches, below 0 for the whole picture. */
export function localNoise(score: usize, precision: f32, radius: i32): void {
  store<f32>(score, -0.5 * precision, SCALE_AT);
  store<i32>(score, radius, RADIUS_AT);
}

/** Address of the pictures, f32 [tiles][D][8], which the caller writes; surplus ones are so far away that they have no weight. */
export function localPictures(score: usize): usize {
  return load<usize>(score, PICTURES_AT);
}

export function dimOf(score: usize): usize {
  return load<usize>(score, D_AT);
}
export function heightOf(score: usize): usize {
  return load<usize>(score, HEIGHT_AT);
}
export function widthOf(score: usize): usize {
  return load<usize>(score, WIDTH_AT);
}
export function channelsOf(score: usize): usize {
  return load<usize>(score, CHANNELS_AT);
}
export function tilesOf(score: usize): usize {
  return load<usize>(score, TILES_AT);
}
export function radiusOf(score: usize): i32 {
  return load<i32>(score, RADIUS_AT);
}
export function reachOf(score: usize): i32 {
  return load<i32>(score, REACH_AT);
}
/** -1 / (2 sigma^2). */
export function scaleOf(score: usize): f32 {
  return load<f32>(score, SCALE_AT);
}
/** How much larger than the least a squared distance may be to have a weight. */
export function rangeOf(score: usize): f32 {
  return -load<f32>(score, DEPTH_AT) / load<f32>(score, SCALE_AT);
}
/** Bytes of a pixel's record. */
export function recordBytes(score: usize): usize {
  return PULLS + (channelsOf(score) << 4);
}
/** The place of one lane of a panel: its coordinates y, f32 [D]. */
export function placeOf(score: usize, lane: usize): usize {
  return score + PLACES_AT + lane * placeBytes(heightOf(score) * widthOf(score), channelsOf(score));
}
/** Of each pixel, the largest squared distance that has a weight, f32 [pixels]. */
export function limitsOf(score: usize, place: usize): usize {
  return place + (dimOf(score) << 2);
}
/** The records of the pixels of a place. */
export function recordsOf(score: usize, place: usize): usize {
  return limitsOf(score, place) + ((heightOf(score) * widthOf(score)) << 2);
}
/** Scratch: rows of a tile's sums, [width][8] each: below, above, and those of a block of rows. */
export function rowsOf(score: usize): usize {
  return placeOf(score, LANES);
}

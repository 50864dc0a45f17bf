// The descriptor of the local scores of N pictures, [height][width][channels] each: the posterior mean of each pixel by the patch
// around it. What stands before the pictures each thread has for itself: it holds no address of its own.
import { LANE_BYTES, LANES } from '../../../src/abi/panels';

// Fields, behind the kind: D = height width channels; the sizes; tiles of eight pictures, [tiles][D][8]; where these are; the bytes
// before them; -1 / (2 sigma^2), f32; the radius of a patch, i32, below 0 the whole picture; how far a patch may be moved, i32; how far
// below the largest an exponent counts, f32.
const D_AT: usize = 4;
const HEIGHT_AT: usize = 8;
const WIDTH_AT: usize = 12;
const CHANNELS_AT: usize = 16;
const TILES_AT: usize = 20;
const PICTURES_AT: usize = 24;
const OWN_AT: usize = 28;
const SLOPE_AT: usize = 32;
const RADIUS_AT: usize = 36;
const REACH_AT: usize = 40;
const DEPTH_AT: usize = 44;
const PLACES_AT: usize = 64;

/** No radius yet. */
const UNSET: i32 = -2;

/** Bytes of what is known of a pixel: the least squared distance so far, the sum of weights, both [4], then sums of each channel, [4]. */
export const LEAST: usize = 0;
export const SUM: usize = 16;
export const PULLS: usize = 32;

/** Bytes of a row's columns: the first, and the one behind the last, u16. */
export const SPAN_BYTES: usize = 4;

/** Bytes of one row of differences or of their sums, of a tile. */
export function rowBytes(width: usize): usize {
  return width * LANE_BYTES;
}

function whole(bytes: usize): usize {
  return (bytes + 63) & ~63;
}

/** Bytes of one place: its coordinates y, [D], limits [pixels], and a record for each pixel. */
function placeBytes(pixels: usize, channels: usize): usize {
  return whole(pixels * ((channels << 2) + 4 + PULLS + (channels << 4)));
}

/** Columns of zeros at each end of a row, for patches of 5 x 5 or less. */
export const MARGIN: usize = 2;
/** Rows of such patches, and one of zeros. */
const NARROW_ROWS: usize = 6;

/** Bytes of the rows of sums, for the widest patch that is not the whole picture from everywhere. */
function scratchBytes(height: usize, width: usize): usize {
  const widest: usize = 2 * max<usize>(height, width);
  const narrow = NARROW_ROWS * rowBytes(width + 2 * MARGIN);
  return rowBytes(2 * width + widest) + max<usize>(rowBytes(width * (widest + 1)), narrow);
}

/** Bytes of the spans of all rows of all tiles. */
function spanBytes(height: usize, count: usize): usize {
  return whole(tilesFor(count) * height * SPAN_BYTES);
}

function tilesFor(count: usize): usize {
  return (count + LANES - 1) / LANES;
}

/** Bytes of the descriptor of `count` pictures that each thread has for itself: its header, eight places, rows of sums and spans. */
export function localOwn(height: usize, width: usize, channels: usize, count: usize): usize {
  const pixels = height * width;
  const places = LANES * placeBytes(pixels, channels);
  return whole(
    PLACES_AT + places + scratchBytes(height, width) + whole(pixels << 2) + spanBytes(height, count),
  );
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
  const own = localOwn(height, width, channels, count);
  const D = height * width * channels;
  if (score != 0) {
    store<u32>(score, D, D_AT);
    store<u32>(score, height, HEIGHT_AT);
    store<u32>(score, width, WIDTH_AT);
    store<u32>(score, channels, CHANNELS_AT);
    store<u32>(score, tilesFor(count), TILES_AT);
    store<u32>(score, score + own, PICTURES_AT);
    store<u32>(score, own, OWN_AT);
    store<u32>(score, reach, REACH_AT);
    store<f32>(score, depth, DEPTH_AT);
    store<i32>(score, UNSET, RADIUS_AT);
  }
  return own + (tilesFor(count) + 1) * D * LANE_BYTES + spanBytes(height, count);
}

/** Sets -1 / (2 sigma^2) and the radius of the patches; returns whether that is another than before. */
export function setNoise(score: usize, slope: f32, radius: i32): bool {
  const isOther = radius != radiusOf(score);
  store<f32>(score, slope, SLOPE_AT);
  store<i32>(score, radius, RADIUS_AT);
  return isOther;
}

/** Address of the pictures, f32 [tiles][D][8], which the caller writes; surplus ones are so far away that they have no weight. */
export function localPictures(score: usize): usize {
  return load<usize>(score, PICTURES_AT);
}

/** Address of the background, f32 [D][8], of which the caller writes the first of eight pictures, and the others as surplus ones. */
export function localBackground(score: usize): usize {
  return localPictures(score) + tilesOf(score) * dimOf(score) * LANE_BYTES;
}
/** In each row of each tile, the columns in which a picture is not the background, u16 [tiles][height][2]. */
export function inksOf(score: usize): usize {
  return localBackground(score) + dimOf(score) * LANE_BYTES;
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
export function slopeOf(score: usize): f32 {
  return load<f32>(score, SLOPE_AT);
}
/** How much larger than the least a squared distance may be to have a weight. */
export function rangeOf(score: usize): f32 {
  return -load<f32>(score, DEPTH_AT) / slopeOf(score);
}
/** Bytes of a pixel's record. */
export function recordBytes(channels: usize): usize {
  return PULLS + (channels << 4);
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
/** Scratch: sums of columns, from as many columns before the picture as the radius on. */
export function sumsOf(score: usize): usize {
  return placeOf(score, LANES);
}
/** Scratch: squared distances of the patches of a row, [width][8]. */
export function squaresOf(score: usize): usize {
  return sumsOf(score) + rowBytes(widthOf(score) + 2 * max<usize>(heightOf(score), widthOf(score)));
}
/** Scratch: rows of differences, or of their sums. */
export function rowsOf(score: usize): usize {
  return squaresOf(score) + rowBytes(widthOf(score));
}
/** Fills the scratch with zeros. */
export function clearRows(score: usize): void {
  memory.fill(sumsOf(score), 0, scratchBytes(heightOf(score), widthOf(score)));
}
/** For each pixel, pictures in tiles that have background alone in its patch, f32 [pixels]. */
export function countsOf(score: usize): usize {
  return sumsOf(score) + scratchBytes(heightOf(score), widthOf(score));
}
/** In each row of each tile, the columns whose patches hold more than background, u16 [tiles][height][2]. */
export function spansOf(score: usize): usize {
  return countsOf(score) + whole((heightOf(score) * widthOf(score)) << 2);
}

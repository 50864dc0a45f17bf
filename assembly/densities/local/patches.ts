// Squared distances of patches, summed so that a patch of any size costs the same, and so that no sum is a difference of larger ones,
// which would lose digits (van Herk 1992): along each axis places are cut in blocks as long as a patch, and a patch is the end of one
// block and the beginning of the next.
import { LANE_BYTES } from '../../../src/abi/panels';
import { madd } from '../../core/simd';
import {
  channelsOf,
  heightOf,
  limitsOf,
  radiusOf,
  rangeOf,
  recordBytes,
  recordsOf,
  rowBytes,
  rowsOf,
  SPAN_BYTES,
  slopeOf,
  widthOf,
} from './record';
import { addWeights } from './weights';

/**
 * Adds a tile of eight pictures, moved by (dy, dx), to a place: at each pixel, the pixels (dy, dx) further of the pictures, weighted by
 * how much the patch around them resembles that around the pixel. A patch ends where the place's picture ends; where a picture, moved,
 * does not cover the patch, it adds nothing.
 * tile: [height][width][channels][8]; place: see `record.ts`; spans: the columns of each row to which it adds, u16 [height][2], or 0 for
 * all.
 */
export function addPatches(score: usize, tile: usize, place: usize, dy: i32, dx: i32, spans: usize): void {
  const height = <i32>heightOf(score);
  const width = <i32>widthOf(score);
  const r = radiusOf(score);
  const k = 2 * r + 1;
  // The moved picture's rows, and those whose patches it covers; columns likewise.
  let top = max<i32>(0, -dy);
  let bottom = height - max<i32>(0, dy);
  let first = dy < 0 ? top + r : 0;
  let end = dy > 0 ? bottom - r : height;
  let left = max<i32>(0, -dx);
  let right = width - max<i32>(0, dx);
  let from = dx < 0 ? left + r : 0;
  let to = dx > 0 ? right - r : width;
  if (spans != 0) {
    // Only what the spans' patches hold.
    while (first < end && isEmpty(spans, first)) first++;
    while (first < end && isEmpty(spans, end - 1)) end--;
    let least = to;
    let most = from;
    for (let row = first; row < end; row++) {
      if (isEmpty(spans, row)) continue;
      least = min<i32>(least, firstOf(spans, row));
      most = max<i32>(most, endOf(spans, row));
    }
    from = max<i32>(from, least);
    to = min<i32>(to, most);
    top = max<i32>(top, first - r);
    bottom = min<i32>(bottom, end + r);
    left = max<i32>(left, from - r);
    right = min<i32>(right, to + r);
  }
  if (first >= end || from >= to) return;

  const bytes = rowBytes(<usize>width);
  const sums = rowsOf(score);
  const above = sums + 2 * bytes;
  const slots = above + bytes;
  const count = right - left;
  const pixel = channelsOf(score) << 2;
  const y = place + <usize>left * pixel;
  const p = tile + <usize>(dy * width + left + dx) * (channelsOf(score) * LANE_BYTES);
  const yRow = <usize>width * pixel;
  const pRow = yRow * 8;
  for (let block = first - r; block + r < end; block += k) {
    const start = max<i32>(block, top);
    const last = min<i32>(block + k, bottom);
    // Differences of the block's rows, of which but the first block has all but the last; then sums from each row to the block's end.
    for (let row = block < first ? start : block + k - 1; row < last; row++) {
      const slot = slots + <usize>(row - block) * bytes;
      differences(score, p + <usize>row * pRow, y + <usize>row * yRow, slot, count);
    }
    for (let row = last - 2; row >= start; row--) addRow(slots + <usize>(row - block) * bytes, bytes, count);
    memory.fill(above, 0, bytes);
    for (let j = 0; j < k && block + r + j < end; j++) {
      const next = block + k + j - 1;
      const slot = slots + <usize>(max<i32>(block + j, start) - block) * bytes;
      if (j > 0 && next < bottom) {
        const free = slots + <usize>(j - 1) * bytes;
        differences(score, p + <usize>next * pRow, y + <usize>next * yRow, free, count);
        joinNew(free, above, slot, sums, count);
      } else join(above, slot, sums, count);
      const row = block + r + j;
      const column = spans == 0 ? from : max<i32>(from, firstOf(spans, row));
      const stop = spans == 0 ? to : min<i32>(to, endOf(spans, row));
      if (column < stop) addPixels(score, tile, place, row, dy, dx, left, right, column, stop);
    }
  }
}

function firstOf(spans: usize, row: i32): i32 {
  return load<u16>(spans + <usize>row * SPAN_BYTES);
}
function endOf(spans: usize, row: i32): i32 {
  return load<u16>(spans + <usize>row * SPAN_BYTES, 2);
}
function isEmpty(spans: usize, row: i32): bool {
  return firstOf(spans, row) >= endOf(spans, row);
}

/** Squared distances of `count` pixels, summed over channels. p: [count][channels][8]; y: [count][channels]; out: [count][8]. */
function differences(score: usize, p: usize, y: usize, out: usize, count: i32): void {
  const channels = channelsOf(score);
  const end = out + <usize>count * LANE_BYTES;
  if (channels == 1) {
    for (; out < end; out += LANE_BYTES) {
      const v = v128.load32_splat(y);
      const u0 = f32x4.sub(v128.load(p), v);
      const u1 = f32x4.sub(v128.load(p, 16), v);
      v128.store(out, f32x4.mul(u0, u0));
      v128.store(out, f32x4.mul(u1, u1), 16);
      p += LANE_BYTES;
      y += 4;
    }
    return;
  }
  for (; out < end; out += LANE_BYTES) {
    let s0 = f32x4.splat(0);
    let s1 = s0;
    for (const last = y + (channels << 2); y < last; y += 4) {
      const v = v128.load32_splat(y);
      const u0 = f32x4.sub(v128.load(p), v);
      const u1 = f32x4.sub(v128.load(p, 16), v);
      s0 = madd(u0, u0, s0);
      s1 = madd(u1, u1, s1);
      p += LANE_BYTES;
    }
    v128.store(out, s0);
    v128.store(out, s1, 16);
  }
}

/** Adds the row behind a row of a block to it. */
function addRow(slot: usize, bytes: usize, count: i32): void {
  for (const end = slot + <usize>count * LANE_BYTES; slot < end; slot += LANE_BYTES) {
    v128.store(slot, f32x4.add(v128.load(slot), v128.load(slot + bytes)));
    v128.store(slot, f32x4.add(v128.load(slot, 16), v128.load(slot + bytes, 16)), 16);
  }
}

/** above += next; out = above + slot. */
function joinNew(next: usize, above: usize, slot: usize, out: usize, count: i32): void {
  for (const end = out + <usize>count * LANE_BYTES; out < end; out += LANE_BYTES) {
    const s0 = f32x4.add(v128.load(above), v128.load(next));
    const s1 = f32x4.add(v128.load(above, 16), v128.load(next, 16));
    v128.store(above, s0);
    v128.store(above, s1, 16);
    v128.store(out, f32x4.add(s0, v128.load(slot)));
    v128.store(out, f32x4.add(s1, v128.load(slot, 16)), 16);
    above += LANE_BYTES;
    next += LANE_BYTES;
    slot += LANE_BYTES;
  }
}

/** out = above + slot. */
function join(above: usize, slot: usize, out: usize, count: i32): void {
  for (const end = out + <usize>count * LANE_BYTES; out < end; out += LANE_BYTES) {
    v128.store(out, f32x4.add(v128.load(above), v128.load(slot)));
    v128.store(out, f32x4.add(v128.load(above, 16), v128.load(slot, 16)), 16);
    above += LANE_BYTES;
    slot += LANE_BYTES;
  }
}

/** Sums a row of column sums, from the column `left` to `right`, over the columns of each patch, and adds the pixels `from` to `to`. */
function addPixels(
  score: usize,
  tile: usize,
  place: usize,
  row: i32,
  dy: i32,
  dx: i32,
  left: i32,
  right: i32,
  from: i32,
  to: i32,
): void {
  const r = radiusOf(score);
  const k = 2 * r + 1;
  const width = <i32>widthOf(score);
  // Of column c.
  const sums = rowsOf(score) - <usize>left * LANE_BYTES;
  const squares = rowsOf(score) + rowBytes(<usize>width);
  let out = squares;
  for (let block = from - r; block + r < to; block += k) {
    const start = max<i32>(block, left);
    const last = min<i32>(block + k, right);
    let s0 = f32x4.splat(0);
    let s1 = s0;
    const first = sums + <usize>start * LANE_BYTES;
    for (let at = sums + <usize>(last - 1) * LANE_BYTES; at >= first; at -= LANE_BYTES) {
      s0 = f32x4.add(s0, v128.load(at));
      s1 = f32x4.add(s1, v128.load(at, 16));
      v128.store(at, s0);
      v128.store(at, s1, 16);
    }
    s0 = f32x4.splat(0);
    s1 = s0;
    const stop = min<i32>(block + k, to - r);
    for (let j = block; j < stop; j++) {
      const next = j + k - 1;
      if (j > block && next < right) {
        const at = sums + <usize>next * LANE_BYTES;
        s0 = f32x4.add(s0, v128.load(at));
        s1 = f32x4.add(s1, v128.load(at, 16));
      }
      const at = sums + <usize>max<i32>(j, start) * LANE_BYTES;
      v128.store(out, f32x4.add(s0, v128.load(at)));
      v128.store(out, f32x4.add(s1, v128.load(at, 16)), 16);
      out += LANE_BYTES;
    }
  }
  const channels = channelsOf(score);
  const pixel = <usize>(row * width + from);
  const p = tile + <usize>((row + dy) * width + from + dx) * (channels * LANE_BYTES);
  addWeights(
    squares,
    to - from,
    p,
    place + ((pixel * channels) << 2),
    channels,
    recordsOf(score, place) + pixel * recordBytes(channels),
    limitsOf(score, place) + (pixel << 2),
    slopeOf(score),
    rangeOf(score),
  );
}

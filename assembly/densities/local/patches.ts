// Squared distances of patches, summed so that a patch of any size costs the same, and so that no sum is a difference of larger ones,
// which would lose digits (van Herk 1992): along each axis places are cut in blocks as long as a patch, and a patch is the end of one
// block and the beginning of the next. Small patches are quicker summed as they are.
import { LANE_BYTES } from '../../../src/abi/panels';
import {
  channelsOf,
  heightOf,
  limitsOf,
  MARGIN,
  radiusOf,
  rangeOf,
  recordBytes,
  recordsOf,
  rowBytes,
  rowsOf,
  SPAN_BYTES,
  slopeOf,
  squaresOf,
  sumsOf,
  widthOf,
} from './record';
import { addRow, differences, nextRow, slide, sum3, sum5, sumRows } from './rows';
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
  // The rows that the moved pictures cover, and those whose patches they cover; columns likewise.
  let top = max<i32>(0, -dy);
  let bottom = height - max<i32>(0, dy);
  let first = dy < 0 ? top + r : 0;
  let end = dy > 0 ? bottom - r : height;
  let left = max<i32>(0, -dx);
  let right = width - max<i32>(0, dx);
  let from = dx < 0 ? left + r : 0;
  let to = dx > 0 ? right - r : width;
  if (spans != 0) {
    while (first < end && firstOf(spans, first) >= endOf(spans, first)) first++;
    while (first < end && firstOf(spans, end - 1) >= endOf(spans, end - 1)) end--;
    let least = to;
    let most = from;
    for (let row = first; row < end; row++) {
      least = min<i32>(least, firstOf(spans, row));
      most = max<i32>(most, endOf(spans, row));
    }
    from = max<i32>(from, least);
    to = min<i32>(to, most);
    // Only what the patches of these pixels hold.
    top = max<i32>(top, first - r);
    bottom = min<i32>(bottom, end + r);
    left = max<i32>(left, from - r);
    right = min<i32>(right, to + r);
  }
  if (first >= end || from >= to) return;
  const y = place + ((<usize>left * channelsOf(score)) << 2);
  const p = tile + <usize>(dy * width + left + dx) * (channelsOf(score) * LANE_BYTES);
  const moved = tile + <usize>(dy * width + dx) * (channelsOf(score) * LANE_BYTES);
  if (r == 1 || r == 2)
    narrow(score, p, y, moved, place, spans, top, bottom, first, end, left, right, from, to);
  else blocks(score, p, y, moved, place, spans, top, bottom, first, end, left, right, from, to);
}

// Of spans where a row has none, the first column is behind the last.
function firstOf(spans: usize, row: i32): i32 {
  return load<u16>(spans + <usize>row * SPAN_BYTES);
}
function endOf(spans: usize, row: i32): i32 {
  return load<u16>(spans + <usize>row * SPAN_BYTES, 2);
}

/**
 * The rows `first` to `end` and the columns `from` to `to` of a place, with what the rows `top` to `bottom` and the columns `left` to
 * `right` of the moved pictures hold. p, y: pictures and place at the column `left` of row 0; moved: at column 0.
 */
function blocks(
  score: usize,
  p: usize,
  y: usize,
  moved: usize,
  place: usize,
  spans: usize,
  top: i32,
  bottom: i32,
  first: i32,
  end: i32,
  left: i32,
  right: i32,
  from: i32,
  to: i32,
): void {
  const r = radiusOf(score);
  const k = 2 * r + 1;
  const channels = channelsOf(score);
  const bytes = rowBytes(widthOf(score));
  const above = rowsOf(score);
  const slots = above + bytes;
  const sums = sumsOf(score) + <usize>r * LANE_BYTES;
  const out = sums + <usize>left * LANE_BYTES;
  const count = right - left;
  const yRow = (widthOf(score) * channels) << 2;
  const pRow = yRow * 8;
  for (let block = first - r; block + r < end; block += k) {
    const start = max<i32>(block, top);
    const last = min<i32>(block + k, bottom);
    // Differences of the block's rows, of which but the first block has all but the last; then sums from each row to the block's end.
    for (let row = block < first ? start : block + k - 1; row < last; row++) {
      const slot = slots + <usize>(row - block) * bytes;
      differences(channels, p + <usize>row * pRow, y + <usize>row * yRow, slot, count);
    }
    for (let row = last - 2; row >= start; row--) {
      const slot = slots + <usize>(row - block) * bytes;
      addRow(slot, slot + bytes, count);
    }
    memory.fill(above, 0, bytes);
    for (let j = 0; j < k && block + r + j < end; j++) {
      const next = block + k + j - 1;
      const slot = slots + <usize>(max<i32>(block + j, start) - block) * bytes;
      if (j > 0 && next < bottom) {
        const free = slots + <usize>(j - 1) * bytes;
        const pNext = p + <usize>next * pRow;
        const yNext = y + <usize>next * yRow;
        if (channels == 1) nextRow(pNext, yNext, free, above, slot, out, count);
        else {
          differences(channels, pNext, yNext, free, count);
          addRow(above, free, count);
          sumRows(above, slot, out, count);
        }
      } else sumRows(above, slot, out, count);
      const row = block + r + j;
      const column = spans == 0 ? from : max<i32>(from, firstOf(spans, row));
      const stop = spans == 0 ? to : min<i32>(to, endOf(spans, row));
      if (column >= stop) continue;
      // Beyond the picture a patch has nothing. On its right there are zeros, which sums to the end of a block leave there.
      const begin = sums + <usize>(column - r) * LANE_BYTES;
      if (column - r < left) memory.fill(begin, 0, <usize>(left - column + r) * LANE_BYTES);
      slide(begin, k, squaresOf(score), stop - column);
      addPixels(score, moved, place, row, column, stop);
    }
  }
}

/** The same for patches of 3 x 3 and 5 x 5. */
function narrow(
  score: usize,
  p: usize,
  y: usize,
  moved: usize,
  place: usize,
  spans: usize,
  top: i32,
  bottom: i32,
  first: i32,
  end: i32,
  left: i32,
  right: i32,
  from: i32,
  to: i32,
): void {
  const r = radiusOf(score);
  const k = 2 * r + 1;
  const channels = channelsOf(score);
  const bytes = rowBytes(widthOf(score) + 2 * MARGIN);
  // Rows have a margin of zeros, that nothing overwrites.
  const zeros = rowsOf(score) + MARGIN * LANE_BYTES;
  const slots = zeros + bytes;
  const count = right - left;
  const yRow = (widthOf(score) * channels) << 2;
  const pRow = yRow * 8;
  let ready = top;
  for (let row = first; row < end; row++) {
    for (const last = min<i32>(row + r + 1, bottom); ready < last; ready++) {
      const slot = slots + <usize>(ready % k) * bytes + <usize>left * LANE_BYTES;
      differences(channels, p + <usize>ready * pRow, y + <usize>ready * yRow, slot, count);
    }
    const column = spans == 0 ? from : max<i32>(from, firstOf(spans, row));
    const stop = spans == 0 ? to : min<i32>(to, endOf(spans, row));
    if (column >= stop) continue;
    const at = <usize>(column - r) * LANE_BYTES;
    const out = squaresOf(score);
    const b = rowAt(slots, zeros, row - r + 1, k, top, bottom, bytes) + at;
    const c = rowAt(slots, zeros, row - r + 2, k, top, bottom, bytes) + at;
    const a = rowAt(slots, zeros, row - r, k, top, bottom, bytes) + at;
    if (r == 1) sum3(a, b, c, out, stop - column);
    else {
      const d = rowAt(slots, zeros, row + 1, k, top, bottom, bytes) + at;
      const e = rowAt(slots, zeros, row + 2, k, top, bottom, bytes) + at;
      sum5(a, b, c, d, e, out, stop - column);
    }
    addPixels(score, moved, place, row, column, stop);
  }
}

/** The differences of a row, or zeros beyond the rows that there are. */
function rowAt(slots: usize, zeros: usize, row: i32, k: i32, top: i32, bottom: i32, bytes: usize): usize {
  return row < top || row >= bottom ? zeros : slots + <usize>(row % k) * bytes;
}

/** Adds what the squared distances of a row's patches tell of the pixels `from` to `to`. */
function addPixels(score: usize, moved: usize, place: usize, row: i32, from: i32, to: i32): void {
  const channels = channelsOf(score);
  const pixel = <usize>row * widthOf(score) + <usize>from;
  addWeights(
    squaresOf(score),
    to - from,
    moved + pixel * (channels * LANE_BYTES),
    place + ((pixel * channels) << 2),
    channels,
    recordsOf(score, place) + pixel * recordBytes(channels),
    limitsOf(score, place) + (pixel << 2),
    slopeOf(score),
    rangeOf(score),
  );
}

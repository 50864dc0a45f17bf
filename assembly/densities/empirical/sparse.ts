// Products of sparse tiles with panels, and the weighted sums of their points. A tile is the number of coordinates in which one of
// its four points is not 0, u32, then for each of them the place in a panel in bytes, u32, and the four points, f32 [4].
import { LANE_BYTES } from '../../../src/abi/panels';
import {
  anyWeight,
  batchOf,
  ENTRY_BYTES,
  expandedOf,
  SECOND,
  TILE,
  TILE_BYTES,
  tileAt,
  varyingOf,
  widthOf,
} from './record';
import { product4x8, pull4x8 } from './tiles';
import { product4x16, pull4x16 } from './wideTiles';

/** Bytes of the rows of a tile of points, [4][8]. */
const ROWS: usize = TILE * LANE_BYTES;

/** Writes c.q of `count` points from point `first` on to the batch, for one panel c, [width][8], or for it and the next. */
export function sparseProducts(score: usize, first: usize, count: usize, isPair: bool, c: usize): void {
  const next = widthOf(score) * LANE_BYTES;
  let to = batchOf(score);
  for (let i = first; i < first + count; i += TILE) {
    const p = tileAt(score, i);
    const end = p + 4 + load<usize>(p) * ENTRY_BYTES;
    if (isPair) product4x16(p + 4, end, c, next, to, SECOND);
    else product4x8(p + 4, end, c, to);
    to += ROWS;
  }
}

/** Adds weight q of these points, with the weights of the batch, to the sums s of the panel, [width][8], or of it and the next. */
export function sparsePulls(score: usize, first: usize, count: usize, isPair: bool, s: usize): void {
  const next = widthOf(score) * LANE_BYTES;
  let w = batchOf(score);
  for (let i = first; i < first + count; i += TILE) {
    const p = tileAt(score, i);
    const end = p + 4 + load<usize>(p) * ENTRY_BYTES;
    if (anyWeight(w, ROWS, isPair)) {
      if (isPair) pull4x16(p + 4, end, w, SECOND, s, next);
      else pull4x8(p + 4, end, w, s);
    }
    w += ROWS;
  }
}

/** Writes the tile that begins with point i to scratch with all its coordinates, f32 [K][4]; returns its address. */
export function expand(score: usize, i: usize): usize {
  const to = expandedOf(score);
  memory.fill(to, 0, varyingOf(score) * TILE_BYTES);
  let p = tileAt(score, i);
  const end = p + 4 + load<usize>(p) * ENTRY_BYTES;
  for (p += 4; p < end; p += ENTRY_BYTES) {
    v128.store(to + (load<usize>(p) >> 1), v128.load(p, 4));
  }
  return to;
}

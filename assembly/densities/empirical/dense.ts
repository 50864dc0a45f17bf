// Products of dense tiles, [width][6], with panels, and the weighted sums of their points.
import { LANE_BYTES } from '../../../src/abi/panels';
import { tile6x8 } from '../../core/tiles';
import { anyWeight, batchOf, DENSE_TILE, SECOND, tileAt, varyingOf, widthOf } from './record';
import { pull6x8 } from './tiles';
import { product6x16, pull6x16 } from './wideTiles';

/** Bytes of the rows of a tile of points, [6][8]. */
const ROWS: usize = DENSE_TILE * LANE_BYTES;

/** Writes c.q of `count` points from point `first` on to the batch, for one panel c, [width][8], or for it and the next. */
export function denseProducts(score: usize, first: usize, count: usize, isPair: bool, c: usize): void {
  const K = varyingOf(score);
  const next = widthOf(score) * LANE_BYTES;
  const stride = (widthOf(score) * DENSE_TILE) << 2;
  let p = tileAt(score, first);
  for (let to = batchOf(score), end = to + count * LANE_BYTES; to < end; to += ROWS) {
    if (isPair) product6x16(K, p, c, next, to, SECOND);
    else tile6x8(K, p, c, to, LANE_BYTES, false);
    p += stride;
  }
}

/** Adds weight q of these points, with the weights of the batch, to the sums s of the panel, [width][8], or of it and the next. */
export function densePulls(score: usize, first: usize, count: usize, isPair: bool, s: usize): void {
  const batch = batchOf(score);
  const end = batch + count * LANE_BYTES;
  const stride = (widthOf(score) * DENSE_TILE) << 2;
  // Tiles without weights are passed over.
  for (let w = batch; w < end; ) {
    let after = w;
    while (after < end && anyWeight(after, ROWS, isPair)) after += ROWS;
    const p = tileAt(score, first) + ((w - batch) / ROWS) * stride;
    if (after > w) pullTiles(p, stride, w, after, isPair, s, widthOf(score) * LANE_BYTES);
    w = after + ROWS;
  }
}

/** The same for consecutive tiles from p on, those whose weights are between w and `end`. next: bytes to the next panel's sums. */
function pullTiles(p: usize, stride: usize, w: usize, end: usize, isPair: bool, s: usize, next: usize): void {
  for (const last = p + stride; p < last; p += (DENSE_TILE * DENSE_TILE) << 2) {
    if (isPair) pull6x16(p, stride, w, end, SECOND, s, next);
    else pull6x8(p, stride, w, end, s);
    s += ROWS;
  }
}

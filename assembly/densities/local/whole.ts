// Patches that are the whole picture from everywhere: all pixels have the same weights, and the first record is that of all.
import { LANE_BYTES } from '../../../src/abi/panels';
import { madd } from '../../core/simd';
import { dimOf, heightOf, limitsOf, rangeOf, recordsOf, slopeOf, squaresOf } from './record';
import { addWeights } from './weights';

/** Adds a tile of eight pictures to a place. tile: [D][8]; place: see `record.ts`. */
export function addWhole(score: usize, tile: usize, place: usize): void {
  const D = dimOf(score);
  const row = (D / heightOf(score)) * LANE_BYTES;
  let p = tile;
  let y = place;
  let e0 = f32x4.splat(0);
  let e1 = e0;
  // By rows, so that a distance has the rounding of few additions.
  for (const end = tile + D * LANE_BYTES; p < end; ) {
    let s0 = f32x4.splat(0);
    let s1 = s0;
    for (const last = p + row; p < last; p += LANE_BYTES) {
      const v = v128.load32_splat(y);
      const u0 = f32x4.sub(v128.load(p), v);
      const u1 = f32x4.sub(v128.load(p, 16), v);
      s0 = madd(u0, u0, s0);
      s1 = madd(u1, u1, s1);
      y += 4;
    }
    e0 = f32x4.add(e0, s0);
    e1 = f32x4.add(e1, s1);
  }
  const squares = squaresOf(score);
  v128.store(squares, e0);
  v128.store(squares, e1, 16);
  const records = recordsOf(score, place);
  addWeights(squares, 1, tile, place, D, records, limitsOf(score, place), slopeOf(score), rangeOf(score));
}

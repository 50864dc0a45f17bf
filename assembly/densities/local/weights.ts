// What a tile of eight pictures adds at one pixel, by streaming log-sum-exp: a weight is exp((least - square) / (2 sigma^2)).
import { LANE_BYTES } from '../../../src/abi/panels';
import { expDown } from '../../core/math';
import { madd } from '../../core/simd';
import { LEAST, PULLS, SUM } from './record';

/**
 * Adds weights, and weight (p - y) of each channel, to a pixel's record. Where a squared distance is less than the least so far, what
 * was added is rescaled first, and the limit moved.
 * squares0, squares1: squared distances of the patches; p: the pixels of the pictures, [channels][8]; y: of the place, [channels].
 */
export function addWeights(
  squares0: v128,
  squares1: v128,
  p: usize,
  y: usize,
  channels: usize,
  record: usize,
  limit: usize,
  slope: f32,
  range: f32,
): void {
  const scale = f32x4.splat(slope);
  let least = v128.load(record, LEAST);
  let total = v128.load(record, SUM);
  const end = y + (channels << 2);
  const smaller = f32x4.pmin(squares0, squares1);
  if (v128.any_true(f32x4.lt(smaller, least))) {
    const pair = f32x4.pmin(smaller, i32x4.shuffle(smaller, smaller, 2, 3, 0, 1));
    const next = f32x4.pmin(f32x4.pmin(pair, i32x4.shuffle(pair, pair, 1, 0, 3, 2)), least);
    const factor = expDown(f32x4.mul(f32x4.sub(least, next), scale));
    total = f32x4.mul(total, factor);
    for (let at = record; at < record + (channels << 4); at += 16)
      v128.store(at, f32x4.mul(v128.load(at, PULLS), factor), PULLS);
    least = next;
    v128.store(record, least, LEAST);
    store<f32>(limit, f32x4.extract_lane(least, 0) + range);
  }
  const w0 = expDown(f32x4.mul(f32x4.sub(squares0, least), scale));
  const w1 = expDown(f32x4.mul(f32x4.sub(squares1, least), scale));
  v128.store(record, f32x4.add(total, f32x4.add(w0, w1)), SUM);
  for (; y < end; y += 4) {
    const v = v128.load32_splat(y);
    let pull = v128.load(record, PULLS);
    pull = madd(w0, f32x4.sub(v128.load(p), v), pull);
    v128.store(record, madd(w1, f32x4.sub(v128.load(p, 16), v), pull), PULLS);
    p += LANE_BYTES;
    record += 16;
  }
}

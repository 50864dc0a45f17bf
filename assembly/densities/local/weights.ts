// What a tile of eight pictures adds to pixels, by streaming log-sum-exp: a weight is exp((least - square) / (2 sigma^2)).
import { LANE_BYTES } from '../../../src/abi/panels';
import { at, EXP2, expDown, REDUCTION } from '../../core/math';
import { madd } from '../../core/simd';
import { LEAST, PULLS, recordBytes, SUM } from './record';

/** Least exponent of two, so that a weight is a normal number. */
const TINY: f32 = -120;

/**
 * Adds weights, and weight (p - y) of each channel, to the records of `count` pixels, where a squared distance is within the limit.
 * squares: of the patches, [count][8]; p: the pixels of the pictures, [count][channels][8]; y: of the place, [count][channels]; limits:
 * [count]. slope: -1 / (2 sigma^2); range: from the least squared distance to the limit.
 */
export function addWeights(
  squares: usize,
  count: usize,
  p: usize,
  y: usize,
  channels: usize,
  records: usize,
  limits: usize,
  slope: f32,
  range: f32,
): void {
  const pixel = channels << 2;
  const record = recordBytes(channels);
  const scale = f32x4.mul(f32x4.splat(slope), at(REDUCTION, 0));
  const tiny = f32x4.splat(TINY);
  const magic = at(REDUCTION, 3);
  const one = at(REDUCTION, 5);
  const c0 = at(EXP2, 0);
  const c1 = at(EXP2, 1);
  const c2 = at(EXP2, 2);
  const c3 = at(EXP2, 3);
  const c4 = at(EXP2, 4);
  for (const end = squares + count * LANE_BYTES; squares < end; squares += LANE_BYTES) {
    const e0 = v128.load(squares);
    const e1 = v128.load(squares, 16);
    const smaller = f32x4.pmin(e0, e1);
    if (v128.any_true(f32x4.le(smaller, v128.load32_splat(limits)))) {
      let least = v128.load(records, LEAST);
      if (v128.any_true(f32x4.lt(smaller, least))) {
        lower(smaller, records, channels, slope);
        least = v128.load(records, LEAST);
        store<f32>(limits, f32x4.extract_lane(least, 0) + range);
      }
      // exp(t) as 2^n 2^f, f from -1/2 to 1/2: as `expDown`, but of logarithms to base two, and with its coefficients at hand.
      const t0 = f32x4.pmax(f32x4.mul(f32x4.sub(e0, least), scale), tiny);
      const t1 = f32x4.pmax(f32x4.mul(f32x4.sub(e1, least), scale), tiny);
      const n0 = f32x4.sub(magic, t0);
      const n1 = f32x4.sub(magic, t1);
      const f0 = f32x4.sub(t0, f32x4.sub(magic, n0));
      const f1 = f32x4.sub(t1, f32x4.sub(magic, n1));
      const s0 = f32x4.mul(f0, f0);
      const s1 = f32x4.mul(f1, f1);
      const q0 = madd(madd(c4, s0, madd(c3, f0, c2)), s0, madd(c1, f0, c0));
      const q1 = madd(madd(c4, s1, madd(c3, f1, c2)), s1, madd(c1, f1, c0));
      const w0 = i32x4.sub(madd(q0, f0, one), i32x4.shl(n0, 23));
      const w1 = i32x4.sub(madd(q1, f1, one), i32x4.shl(n1, 23));
      v128.store(records, f32x4.add(v128.load(records, SUM), f32x4.add(w0, w1)), SUM);
      if (channels == 1) {
        const v = v128.load32_splat(y);
        const pull = madd(w0, f32x4.sub(v128.load(p), v), v128.load(records, PULLS));
        v128.store(records, madd(w1, f32x4.sub(v128.load(p, 16), v), pull), PULLS);
      } else {
        for (let i: usize = 0; i < pixel; i += 4) {
          const v = v128.load32_splat(y + i);
          const from = p + (i << 3);
          const to = records + (i << 2);
          const pull = madd(w0, f32x4.sub(v128.load(from), v), v128.load(to, PULLS));
          v128.store(to, madd(w1, f32x4.sub(v128.load(from, 16), v), pull), PULLS);
        }
      }
    }
    p += pixel << 3;
    y += pixel;
    records += record;
    limits += 4;
  }
}

/** Makes the least of some squared distances that of a pixel, and rescales what was added. */
function lower(squares: v128, record: usize, channels: usize, slope: f32): void {
  const least = v128.load(record, LEAST);
  const pair = f32x4.pmin(squares, i32x4.shuffle(squares, squares, 2, 3, 0, 1));
  const next = f32x4.pmin(f32x4.pmin(pair, i32x4.shuffle(pair, pair, 1, 0, 3, 2)), least);
  const factor = expDown(f32x4.mul(f32x4.sub(least, next), f32x4.splat(slope)));
  v128.store(record, next, LEAST);
  const end = record + recordBytes(channels);
  for (let to = record + SUM; to < end; to += 16) v128.store(to, f32x4.mul(v128.load(to), factor));
}

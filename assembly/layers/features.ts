// Random Fourier features (Tancik and others, "Fourier features let networks learn high frequency
// functions in low dimensional domains", 2020): cos(2 pi B_cos x) and sin(2 pi B_sin x), with
// separate frozen frequencies. Turns, not radians, are reduced: the reduction is then exact.
import { LANE_BYTES } from '../../src/core/abi';
import { cosTurn, sinTurn } from '../core/math';
import { madd } from '../core/simd';

/**
 * Features of one panel. turns: f32 [D][2F], F cosines then F sines; x: [D][8];
 * out: [2F][8], overwritten.
 */
export function featuresPanel(turns: usize, features: usize, D: usize, x: usize, out: usize): void {
  const rowBytes = features << 2;
  const half = features >> 1;
  for (let f: usize = 0; f < features; f++) {
    let t0 = f32x4.splat(0);
    let t1 = t0;
    let b = turns + (f << 2);
    for (let d: usize = 0, xd = x; d < D; d++) {
      const s = v128.load32_splat(b);
      t0 = madd(s, v128.load(xd), t0);
      t1 = madd(s, v128.load(xd, 16), t1);
      b += rowBytes;
      xd += LANE_BYTES;
    }
    const y = out + f * LANE_BYTES;
    v128.store(y, f < half ? cosTurn(t0) : sinTurn(t0));
    v128.store(y, f < half ? cosTurn(t1) : sinTurn(t1), 16);
  }
}

/**
 * Multiplies the features of a panel whose rows have consecutive levels, the first one's at `gains`, by the gain of
 * their level. gains: a row of `stride` bytes a feature; out: [2F][8], in place.
 */
export function gainPanel(gains: usize, stride: usize, features: usize, out: usize): void {
  for (let end = out + features * LANE_BYTES; out < end; out += LANE_BYTES) {
    v128.store(out, f32x4.mul(v128.load(out), v128.load(gains)));
    v128.store(out, f32x4.mul(v128.load(out, 16), v128.load(gains, 16)), 16);
    gains += stride;
  }
}

/**
 * Features of one row, the same bits as {@link featuresPanel} gives it. x: [D];
 * out: [2F] with room for one vector more, overwritten.
 */
export function featuresRow(turns: usize, features: usize, D: usize, x: usize, out: usize): void {
  const half = features >> 1;
  // The cosines first: the vector that crosses the boundary is overwritten by the sines.
  for (let f: usize = 0; f < half; f += 4) {
    v128.store(out + (f << 2), cosTurn(turnsRow(turns + (f << 2), features, D, x)));
  }
  for (let f = half; f < features; f += 4) {
    v128.store(out + (f << 2), sinTurn(turnsRow(turns + (f << 2), features, D, x)));
  }
}

function turnsRow(b: usize, features: usize, D: usize, x: usize): v128 {
  let t = f32x4.splat(0);
  for (let d: usize = 0; d < D; d++) {
    t = madd(v128.load(b), v128.load32_splat(x + (d << 2)), t);
    b += features << 2;
  }
  return t;
}

// Random Fourier features (Tancik and others, "Fourier features let networks learn high frequency
// functions in low dimensional domains", 2020): cos(2 pi B_cos x) and sin(2 pi B_sin x), with
// separate frozen frequencies. Turns, not radians, are reduced: the reduction is then exact.
import { LANE_BYTES } from '../../src/abi/panels';
import { FeaturesField as At } from '../../src/abi/plan';
import { cosTurn, sinTurn } from '../core/math';
import { madd } from '../core/simd';

/**
 * Features [2F][8] of panels x [D][8] into Y, times the gains of their levels. GAINS is 0 where there are none, and LEVELS
 * at a fixed noise, whose gains are in the weights of the next layer.
 */
export function featuresForward(op: usize, panels: usize): void {
  const features = load<usize>(op, At.FEATURES);
  const gains = load<usize>(op, At.GAINS);
  const levels = load<usize>(op, At.LEVELS);
  let x = load<usize>(op, At.X);
  let y = load<usize>(op, At.Y);
  for (let p: usize = 0; p < panels; p++) {
    featuresPanel(load<usize>(op, At.FREQUENCIES), features, load<usize>(op, At.D), x, y);
    if (gains != 0 && levels != 0) {
      const level = load<usize>(levels + p * LANE_BYTES);
      gainPanel(gains + (level << 2), load<usize>(op, At.GAIN_BYTES), features, y);
    }
    x += load<usize>(op, At.X_STRIDE);
    y += load<usize>(op, At.Y_STRIDE);
  }
}

/** Features [2F] of one sample x [D] into Y. */
export function featuresFixedRow(op: usize): void {
  featuresRow(
    load<usize>(op, At.FREQUENCIES),
    load<usize>(op, At.FEATURES),
    load<usize>(op, At.D),
    load<usize>(op, At.X),
    load<usize>(op, At.Y),
  );
}

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
 * Multiplies the features of a panel by the gains of its samples' levels, which are consecutive.
 * gains: f32 rows of `stride` bytes, one a feature, from the first sample's level on; out: [2F][8], in place.
 */
function gainPanel(gains: usize, stride: usize, features: usize, out: usize): void {
  for (let end = out + features * LANE_BYTES; out < end; out += LANE_BYTES) {
    v128.store(out, f32x4.mul(v128.load(out), v128.load(gains)));
    v128.store(out, f32x4.mul(v128.load(out, 16), v128.load(gains, 16)), 16);
    gains += stride;
  }
}

/** Features of one sample, the same bits as {@link featuresPanel} gives it. x: [D]; out: [2F], overwritten. */
function featuresRow(turns: usize, features: usize, D: usize, x: usize, out: usize): void {
  const half = features >> 1;
  // Where cosines end inside a vector, the sines overwrite what it has too many.
  for (let f: usize = 0; f < half; f += 4) {
    store4(out, f, features, cosTurn(turnsRow(turns + (f << 2), features, D, x)));
  }
  for (let f = half; f < features; f += 4) {
    store4(out, f, features, sinTurn(turnsRow(turns + (f << 2), features, D, x)));
  }
}

/** out[f + i] = v[i] for the four lanes, but for those at `end` and behind, where x may stand. */
function store4(out: usize, f: usize, end: usize, v: v128): void {
  if (f + 4 <= end) {
    v128.store(out + (f << 2), v);
    return;
  }
  for (let i = f; i < end; i++) {
    store<f32>(out + (i << 2), f32x4.extract_lane(v, 0));
    v = i32x4.shuffle(v, v, 1, 2, 3, 0);
  }
}

/** The turns of four features of one sample. b: the frequencies of the first coordinate. */
function turnsRow(b: usize, features: usize, D: usize, x: usize): v128 {
  let t = f32x4.splat(0);
  for (let d: usize = 0; d < D; d++) {
    t = madd(v128.load(b), v128.load32_splat(x + (d << 2)), t);
    b += features << 2;
  }
  return t;
}

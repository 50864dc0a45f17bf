// Random Fourier features (Tancik and others, "Fourier features let networks learn high frequency
// functions in low dimensional domains", 2020): cos(2 pi B_cos x) and sin(2 pi B_sin x), with
// separate frequencies B in turns per unit, which are not trained. Phases B x are in turns: their reduction is then exact.
import { LANE_BYTES } from '../../src/abi/panels';
import { FeaturesField as At } from '../../src/abi/plan';
import { cosTurn, sinTurn } from '../core/math';
import { madd } from '../core/simd';

/**
 * y = gain_l cos(2 pi B_cos x), then the sines, for panels. x: [D][8]; y: [2F][8], overwritten.
 * GAINS, f32 [2F][L + 7], is 0 if there are none. LEVELS, u32 [samples], is 0 at a fixed noise: the gains are then folded into
 * the weights of the next layer.
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

/** y = features without gains for one sample. x: [D]; y: [2F], overwritten. */
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
 * Features of one panel, without gains. frequencies: f32 [D][2F], F of the cosines, then F of the sines; features: 2F;
 * x: [D][8]; out: [2F][8], overwritten.
 */
export function featuresPanel(frequencies: usize, features: usize, D: usize, x: usize, out: usize): void {
  const rowBytes = features << 2;
  const half = features >> 1;
  for (let f: usize = 0; f < features; f++) {
    let t0 = f32x4.splat(0);
    let t1 = t0;
    let b = frequencies + (f << 2);
    for (let d: usize = 0, xd = x; d < D; d++) {
      const s = v128.load32_splat(b);
      t0 = madd(s, v128.load(xd), t0);
      t1 = madd(s, v128.load(xd, 16), t1);
      b += rowBytes;
      xd += LANE_BYTES;
    }
    const y = out + f * LANE_BYTES;
    if (f < half) {
      t0 = cosTurn(t0);
      t1 = cosTurn(t1);
    } else {
      t0 = sinTurn(t0);
      t1 = sinTurn(t1);
    }
    v128.store(y, t0);
    v128.store(y, t1, 16);
  }
}

/**
 * Multiplies the features of a panel by the gains of its samples' levels, which are eight consecutive ones modulo L.
 * gains: a row of `stride` bytes for each feature, from the first sample's level on; out: [2F][8], in place.
 */
export function gainPanel(gains: usize, stride: usize, features: usize, out: usize): void {
  for (let end = out + features * LANE_BYTES; out < end; out += LANE_BYTES) {
    v128.store(out, f32x4.mul(v128.load(out), v128.load(gains)));
    v128.store(out, f32x4.mul(v128.load(out, 16), v128.load(gains, 16)), 16);
    gains += stride;
  }
}

/** Features of one sample, the same bits as {@link featuresPanel} computes. x: [D]; out: [2F], overwritten. */
function featuresRow(frequencies: usize, features: usize, D: usize, x: usize, out: usize): void {
  const half = features >> 1;
  // A last vector of cosines may hold up to three too many; the sines overwrite them.
  for (let f: usize = 0; f < half; f += 4) {
    store4(out, f, features, cosTurn(phases4(frequencies + (f << 2), features, D, x)));
  }
  for (let f = half; f < features; f += 4) {
    store4(out, f, features, sinTurn(phases4(frequencies + (f << 2), features, D, x)));
  }
}

/** out[f + i] = v[i] for the four lanes, but not for f + i >= end: x may stand there. */
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

/** Phases B x of four features of one sample, in turns. b: their frequencies for the first coordinate. */
function phases4(b: usize, features: usize, D: usize, x: usize): v128 {
  let t = f32x4.splat(0);
  for (let d: usize = 0; d < D; d++) {
    t = madd(v128.load(b), v128.load32_splat(x + (d << 2)), t);
    b += features << 2;
  }
  return t;
}

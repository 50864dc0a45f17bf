// The gradient at x of a function of random features r(x) = (cos 2 pi B x, sin 2 pi B x) and of x itself, from its gradients g at
// these: y = g_x + sum over f of c_f g_f B_f, where c = 2 pi (-sin, cos) is each feature's slope in turns of its phase B_f x.
// Backward: dg_x = dy and dg_f = c_f B_f dy.
import { LANE_BYTES } from '../../src/abi/panels';
import { FeaturesTransposeField as At } from '../../src/abi/plan';
import { cosTurn, sinTurn } from '../core/math';
import { madd } from '../core/simd';

const TURN: f32 = 6.2831853;

/** y as above, overwritten, and c into SLOPE unless that is 0. x, y: panels [D][8]; g: panels [2F + D][8]. */
export function featuresTransposeForward(op: usize, panels: usize): void {
  const features = load<usize>(op, At.FEATURES);
  const D = load<usize>(op, At.D);
  const kept = load<usize>(op, At.SLOPE);
  const frequencies = load<usize>(op, At.FREQUENCIES);
  for (let p: usize = 0; p < panels; p++) {
    const x = load<usize>(op, At.X) + p * load<usize>(op, At.X_STRIDE);
    const y = load<usize>(op, At.Y) + p * load<usize>(op, At.Y_STRIDE);
    let g = load<usize>(op, At.G) + p * load<usize>(op, At.G_STRIDE);
    const c = kept + p * features * LANE_BYTES;
    memory.copy(y, g + features * LANE_BYTES, D * LANE_BYTES);
    for (let f: usize = 0; f < features; f++) {
      const b = frequencies + (f << 2);
      for (let half: usize = 0; half < LANE_BYTES; half += 16) {
        const slope = slopeOf(b, f, features, D, x + half, LANE_BYTES);
        if (kept != 0) v128.store(c + f * LANE_BYTES + half, slope);
        const v = f32x4.mul(slope, v128.load(g + half));
        for (let d: usize = 0; d < D; d++) {
          const to = y + d * LANE_BYTES + half;
          v128.store(to, madd(v128.load32_splat(b + d * (features << 2)), v, v128.load(to)));
        }
      }
      g += LANE_BYTES;
    }
  }
}

/** The same for one sample, to the same bits. x, y: [D]; g: [2F + D]. */
export function featuresTransposeRow(op: usize): void {
  const features = load<usize>(op, At.FEATURES);
  const D = load<usize>(op, At.D);
  const frequencies = load<usize>(op, At.FREQUENCIES);
  const x = load<usize>(op, At.X);
  const y = load<usize>(op, At.Y);
  const g = load<usize>(op, At.G);
  memory.copy(y, g + (features << 2), D << 2);
  for (let f: usize = 0; f < features; f++) {
    const b = frequencies + (f << 2);
    const v = f32x4.mul(slopeOf(b, f, features, D, x, 4), v128.load32_splat(g + (f << 2)));
    for (let d: usize = 0; d < D; d++) {
      const to = y + (d << 2);
      const sum = madd(v128.load32_splat(b + d * (features << 2)), v, v128.load32_splat(to));
      store<f32>(to, f32x4.extract_lane(sum, 0));
    }
  }
}

/** Slope c of feature f. b: its first frequency; x: four samples of each coordinate, `step` bytes apart, or one where that is 4. */
function slopeOf(b: usize, f: usize, features: usize, D: usize, x: usize, step: usize): v128 {
  let t = f32x4.splat(0);
  for (let d: usize = 0; d < D; d++) {
    const v = step == 4 ? v128.load32_splat(x) : v128.load(x);
    t = madd(v128.load32_splat(b), v, t);
    b += features << 2;
    x += step;
  }
  return f < features >> 1
    ? f32x4.mul(f32x4.splat(-TURN), sinTurn(t))
    : f32x4.mul(f32x4.splat(TURN), cosTurn(t));
}

/** dg as above, overwritten. dy: panels [D][8]. */
export function featuresTransposeBackward(op: usize, panels: usize): void {
  const features = load<usize>(op, At.FEATURES);
  const D = load<usize>(op, At.D);
  const frequencies = load<usize>(op, At.FREQUENCIES);
  for (let p: usize = 0; p < panels; p++) {
    const dy = load<usize>(op, At.DY) + p * load<usize>(op, At.DY_STRIDE);
    let dg = load<usize>(op, At.DG) + p * load<usize>(op, At.DG_STRIDE);
    let c = load<usize>(op, At.SLOPE) + p * features * LANE_BYTES;
    for (let f: usize = 0; f < features; f++) {
      let u = f32x4.splat(0);
      let v = u;
      let b = frequencies + (f << 2);
      for (let from = dy, end = dy + D * LANE_BYTES; from < end; from += LANE_BYTES) {
        const s = v128.load32_splat(b);
        u = madd(s, v128.load(from), u);
        v = madd(s, v128.load(from, 16), v);
        b += features << 2;
      }
      v128.store(dg, f32x4.mul(v128.load(c), u));
      v128.store(dg, f32x4.mul(v128.load(c, 16), v), 16);
      c += LANE_BYTES;
      dg += LANE_BYTES;
    }
    memory.copy(dg, dy, D * LANE_BYTES);
  }
}

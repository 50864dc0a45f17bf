// Attention of samples with tangents. With s = scale q k^T and w = softmax(s): sdot = scale (qdot k^T + q kdot^T),
// wdot = w (sdot - sum of w sdot), ydot = wdot v + w vdot. Backward, with dwdot = dydot v^T of each tangent and a the sum of w
// dwdot: dsdot = w (dwdot - a), and ds = u - w (sum of u) where u = w (dy v^T + the sum of dydot vdot^T) + the sum of
// (dwdot - a) wdot. From there on products' derivatives: dq = scale (ds k + the sum of dsdot kdot), dqdot = scale dsdot k, and
// likewise those of k and v. Samples come first, then as many for each tangent; WEIGHTS keeps wdot of tangents.
import { AttentionField as At } from '../../src/abi/plan';
import { rowsGradient } from '../core/rows';
import { sumLanes } from '../core/simd';
import {
  attentionForward,
  headRoom,
  openWork,
  outputRoom,
  placesOfWeights,
  productOfPixels,
  secondRoom,
  weightBytes,
  weightedRows,
  weightedSum,
  weightRow,
} from './attention';

/** Where head h of sample s begins in an array whose address is the field `field`. */
function head(op: usize, field: usize, s: usize, h: usize): usize {
  const heads = load<usize>(op, At.HEADS);
  return (
    load<usize>(op + field) +
    (((s * load<usize>(op, At.PIXELS) * heads + h) * load<usize>(op, At.DEPTH)) << 2)
  );
}

/** Weights of head h of sample s, or their tangents. */
function weights(op: usize, s: usize, h: usize): usize {
  return load<usize>(op, At.WEIGHTS) + (s * load<usize>(op, At.HEADS) + h) * weightBytes(op);
}

/** y of samples and of their tangents; WEIGHTS: overwritten. */
export function attentionDualForward(op: usize, samples: usize, tangents: usize): void {
  attentionForward(op, samples);
  for (let t = samples; t < samples * (1 + tangents); t++) {
    const s = t % samples;
    for (let h: usize = 0; h < load<usize>(op, At.HEADS); h++) {
      const wDot = weights(op, t, h);
      productOfPixels(op, head(op, At.Q, t, h), head(op, At.K, s, h), wDot);
      productOfPixels(op, head(op, At.Q, s, h), head(op, At.K, t, h), headRoom(op));
      addTo(wDot, headRoom(op), weightBytes(op));
      eachRow(op, weights(op, s, h), wDot, load<f32>(op, At.SCALE));
      weightedSum(op, wDot, head(op, At.V, s, h), head(op, At.Y, t, h));
      addWeighted(op, weights(op, s, h), head(op, At.V, t, h), head(op, At.Y, t, h));
    }
  }
}

/** d <- factor w (d - sum of w d), over each row of a head. */
function eachRow(op: usize, w: usize, d: usize, factor: f32): void {
  const bytes = weightRow(op) << 2;
  const vFactor = f32x4.splat(factor);
  for (let p: usize = 0; p < load<usize>(op, At.PIXELS); p++) {
    const mean = f32x4.splat(sumOfProducts(w, d, bytes));
    for (let at: usize = 0; at < bytes; at += 16) {
      const difference = f32x4.sub(v128.load(d + at), mean);
      v128.store(d + at, f32x4.mul(vFactor, f32x4.mul(v128.load(w + at), difference)));
    }
    w += bytes;
    d += bytes;
  }
}

function sumOfProducts(a: usize, b: usize, bytes: usize): f32 {
  let sum = f32x4.splat(0);
  for (let at: usize = 0; at < bytes; at += 16)
    sum = f32x4.add(sum, f32x4.mul(v128.load(a + at), v128.load(b + at)));
  return sumLanes(sum);
}

/** to += from, whole vectors. */
function addTo(to: usize, from: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 16)
    v128.store(to + at, f32x4.add(v128.load(to + at), v128.load(from + at)));
}

/** out += w b for one head, as `weightedSum` writes it. */
function addWeighted(op: usize, w: usize, b: usize, out: usize): void {
  const depth = load<usize>(op, At.DEPTH) << 2;
  const room = outputRoom(op);
  weightedRows(op, w, b, room, load<usize>(op, At.DEPTH));
  for (let p: usize = 0; p < load<usize>(op, At.PIXELS); p++) {
    const to = out + p * load<usize>(op, At.HEADS) * depth;
    for (let at: usize = 0; at < depth; at += 4)
      store<f32>(to + at, load<f32>(to + at) + load<f32>(room + p * depth + at));
  }
}

/** out += w^T b for one head, rows [PIXELS][HEADS DEPTH]. */
function addTransposed(op: usize, w: usize, b: usize, out: usize): void {
  const P = load<usize>(op, At.PIXELS);
  const depth = load<usize>(op, At.DEPTH);
  const pixel = (load<usize>(op, At.HEADS) * depth) << 2;
  rowsGradient(P, P, depth, placesOfWeights(op), w, b, pixel, out, pixel);
}

/** dq, dk, dv of samples and of their tangents: overwritten. */
export function attentionDualBackward(op: usize, samples: usize, tangents: usize): void {
  const bytes =
    (samples *
      (1 + tangents) *
      load<usize>(op, At.PIXELS) *
      load<usize>(op, At.HEADS) *
      load<usize>(op, At.DEPTH)) <<
    2;
  openWork(op);
  memory.fill(load<usize>(op, At.DQ), 0, bytes);
  memory.fill(load<usize>(op, At.DK), 0, bytes);
  memory.fill(load<usize>(op, At.DV), 0, bytes);
  for (let s: usize = 0; s < samples; s++) {
    for (let h: usize = 0; h < load<usize>(op, At.HEADS); h++) headBackward(op, s, h, samples, tangents);
  }
}

function headBackward(op: usize, s: usize, h: usize, samples: usize, tangents: usize): void {
  const w = weights(op, s, h);
  const bytes = weightBytes(op);
  const ds = headRoom(op);
  const other = secondRoom(op);
  const end = s + tangents * samples;
  const dy = head(op, At.DY, s, h);
  addTransposed(op, w, dy, head(op, At.DV, s, h));
  productOfPixels(op, dy, head(op, At.V, s, h), ds);
  for (let t = s + samples; t <= end; t += samples) {
    const d = head(op, At.DY, t, h);
    addTransposed(op, weights(op, t, h), d, head(op, At.DV, s, h));
    addTransposed(op, w, d, head(op, At.DV, t, h));
    productOfPixels(op, d, head(op, At.V, t, h), other);
    addTo(ds, other, bytes);
  }
  for (let at: usize = 0; at < bytes; at += 16)
    v128.store(ds + at, f32x4.mul(v128.load(ds + at), v128.load(w + at)));
  for (let t = s + samples; t <= end; t += samples) {
    productOfPixels(op, head(op, At.DY, t, h), head(op, At.V, s, h), other);
    tangentScores(op, w, weights(op, t, h), other, ds);
    weightedSum(op, other, head(op, At.K, s, h), head(op, At.DQ, t, h));
    addWeighted(op, other, head(op, At.K, t, h), head(op, At.DQ, s, h));
    addTransposed(op, other, head(op, At.Q, s, h), head(op, At.DK, t, h));
    addTransposed(op, other, head(op, At.Q, t, h), head(op, At.DK, s, h));
  }
  scores(op, w, ds);
  addWeighted(op, ds, head(op, At.K, s, h), head(op, At.DQ, s, h));
  addTransposed(op, ds, head(op, At.Q, s, h), head(op, At.DK, s, h));
}

/** u += (d - a) wdot, then d <- scale w (d - a), with a the sum of w d over a row. */
function tangentScores(op: usize, w: usize, wDot: usize, d: usize, u: usize): void {
  const bytes = weightRow(op) << 2;
  const vScale = v128.load32_splat(op, At.SCALE);
  for (let p: usize = 0; p < load<usize>(op, At.PIXELS); p++) {
    const a = f32x4.splat(sumOfProducts(w, d, bytes));
    for (let at: usize = 0; at < bytes; at += 16) {
      const difference = f32x4.sub(v128.load(d + at), a);
      v128.store(u + at, f32x4.add(v128.load(u + at), f32x4.mul(difference, v128.load(wDot + at))));
      v128.store(d + at, f32x4.mul(vScale, f32x4.mul(v128.load(w + at), difference)));
    }
    w += bytes;
    wDot += bytes;
    d += bytes;
    u += bytes;
  }
}

/** u <- scale (u - w (sum of u)), over each row of a head. */
function scores(op: usize, w: usize, u: usize): void {
  const bytes = weightRow(op) << 2;
  const vScale = v128.load32_splat(op, At.SCALE);
  for (let p: usize = 0; p < load<usize>(op, At.PIXELS); p++) {
    let sum = f32x4.splat(0);
    for (let at: usize = 0; at < bytes; at += 16) sum = f32x4.add(sum, v128.load(u + at));
    const total = f32x4.splat(sumLanes(sum));
    for (let at: usize = 0; at < bytes; at += 16) {
      const rest = f32x4.sub(v128.load(u + at), f32x4.mul(v128.load(w + at), total));
      v128.store(u + at, f32x4.mul(vScale, rest));
    }
    w += bytes;
    u += bytes;
  }
}

// Self-attention of the pixels of a picture, by heads (Vaswani and others, "Attention is all you need", 2017, equation 1): for
// each head, y = softmax(scale q k^T) v, with q, k, v, y rows [pixel][head][depth]. Backward, with weights w = softmax(...):
// dv = w^T dy, dw = dy v^T, ds = scale w (dw - sum of dw w), dq = ds k, dk = ds^T q.
import { LANES } from '../../src/abi/panels';
import { AttentionField as At } from '../../src/abi/plan';
import { expDown } from '../core/math';
import { packStrips, rowsGradient, rowsProduct, stripBytes } from '../core/rows';
import { sumLanes } from '../core/simd';

/** Numbers from one row of weights to the next: pixels in whole vectors of a strip. */
export function weightRow(op: usize): usize {
  return (load<usize>(op, At.PIXELS) + LANES - 1) & ~(LANES - 1);
}

/** Bytes of a head's weights in one sample. */
export function weightBytes(op: usize): usize {
  return (load<usize>(op, At.PIXELS) * weightRow(op)) << 2;
}

// WORK: places of a picture's pixels and of rows of weights, u32 [PIXELS] each; zeros that sums start from; weights or their
// gradients of one head, and the rooms of tangents; a matrix in strips.

function placesOfPixels(op: usize): usize {
  return load<usize>(op, At.WORK);
}
export function placesOfWeights(op: usize): usize {
  return placesOfPixels(op) + (load<usize>(op, At.PIXELS) << 2);
}
function zeros(op: usize): usize {
  return placesOfWeights(op) + (load<usize>(op, At.PIXELS) << 2);
}
export function headRoom(op: usize): usize {
  return zeros(op) + ((weightRow(op) + load<usize>(op, At.DEPTH) + LANES) << 2);
}
/** Of attention with tangents: room for another head, and for an output of one. */
export function secondRoom(op: usize): usize {
  return headRoom(op) + weightBytes(op);
}
export function outputRoom(op: usize): usize {
  return secondRoom(op) + weightBytes(op);
}
function strips(op: usize): usize {
  return outputRoom(op) + ((load<usize>(op, At.PIXELS) * (load<usize>(op, At.DEPTH) + LANES)) << 2);
}

/** Bytes of WORK. */
export function attentionBytes(pixels: usize, depth: usize): usize {
  const row = (pixels + LANES - 1) & ~(LANES - 1);
  const packed = max<usize>(stripBytes(depth, pixels), stripBytes(pixels, depth));
  const rooms = pixels * (2 * row + depth + LANES);
  return ((2 * pixels + row + depth + LANES + rooms) << 2) + packed + 64;
}

/** Writes the places and zeros of WORK. */
export function openWork(op: usize): void {
  const P = load<usize>(op, At.PIXELS);
  const pixel = (load<usize>(op, At.HEADS) * load<usize>(op, At.DEPTH)) << 2;
  for (let p: usize = 0; p < P; p++) {
    store<u32>(placesOfPixels(op) + (p << 2), <u32>(p * pixel));
    store<u32>(placesOfWeights(op) + (p << 2), <u32>((p * weightRow(op)) << 2));
  }
  memory.fill(zeros(op), 0, headRoom(op) - zeros(op));
}

/** out = a b^T for one head: rows [PIXELS][pixels rounded up to 8]. a, b: of the head, rows [PIXELS][HEADS DEPTH]. */
export function productOfPixels(op: usize, a: usize, b: usize, out: usize): void {
  const P = load<usize>(op, At.PIXELS);
  const depth = load<usize>(op, At.DEPTH);
  const C = load<usize>(op, At.HEADS) * depth;
  packStrips(strips(op), stripBytes(depth, LANES), b, depth, P, 1, C);
  const row = weightRow(op);
  rowsProduct(P, row, depth, 1, 0, placesOfPixels(op), a, strips(op), zeros(op), out, row << 2);
}

/** out = w b for one head: rows [PIXELS][HEADS DEPTH]. w: rows [PIXELS][pixels rounded up to 8]; b: as out. */
export function weightedSum(op: usize, w: usize, b: usize, out: usize): void {
  weightedRows(op, w, b, out, load<usize>(op, At.HEADS) * load<usize>(op, At.DEPTH));
}

/** The same, with rows of `out` so many numbers apart. */
export function weightedRows(op: usize, w: usize, b: usize, out: usize, apart: usize): void {
  const P = load<usize>(op, At.PIXELS);
  const depth = load<usize>(op, At.DEPTH);
  const C = load<usize>(op, At.HEADS) * depth;
  packStrips(strips(op), stripBytes(P, LANES), b, P, depth, C, 1);
  rowsProduct(P, depth, P, 1, 0, placesOfWeights(op), w, strips(op), zeros(op), out, apart << 2);
}

/** y: overwritten; WEIGHTS: overwritten, unless 0. */
export function attentionForward(op: usize, samples: usize): void {
  const P = load<usize>(op, At.PIXELS);
  const heads = load<usize>(op, At.HEADS);
  const head = load<usize>(op, At.DEPTH) << 2;
  const kept = load<usize>(op, At.WEIGHTS);
  openWork(op);
  for (let s: usize = 0; s < samples; s++) {
    for (let h: usize = 0; h < heads; h++) {
      const at = (s * P * heads + h) * head;
      const w = kept != 0 ? kept + (s * heads + h) * weightBytes(op) : headRoom(op);
      productOfPixels(op, load<usize>(op, At.Q) + at, load<usize>(op, At.K) + at, w);
      for (let p: usize = 0; p < P; p++) softmax(w + ((p * weightRow(op)) << 2), P, load<f32>(op, At.SCALE));
      weightedSum(op, w, load<usize>(op, At.V) + at, load<usize>(op, At.Y) + at);
    }
  }
}

/** s <- softmax(scale s) over n numbers, and zeros behind them up to a whole strip. */
function softmax(s: usize, n: usize, scale: f32): void {
  const end = s + (((n + LANES - 1) & ~(LANES - 1)) << 2);
  for (let at = s + (n << 2); at < end; at += 4) store<f32>(at, -Infinity);
  const vScale = f32x4.splat(scale);
  let most = f32x4.splat(-Infinity);
  for (let at = s; at < end; at += 16) {
    const v = f32x4.mul(v128.load(at), vScale);
    v128.store(at, v);
    most = f32x4.pmax(most, v);
  }
  most = f32x4.pmax(most, i32x4.shuffle(most, most, 2, 3, 0, 1));
  most = f32x4.pmax(most, i32x4.shuffle(most, most, 1, 0, 3, 2));
  let sum = f32x4.splat(0);
  for (let at = s; at < end; at += 16) {
    const e = expDown(f32x4.sub(v128.load(at), most));
    v128.store(at, e);
    sum = f32x4.add(sum, e);
  }
  const total = f32x4.splat(sumLanes(sum));
  for (let at = s; at < end; at += 16) v128.store(at, f32x4.div(v128.load(at), total));
}

/** dq, dk, dv: overwritten. */
export function attentionBackward(op: usize, samples: usize): void {
  const P = load<usize>(op, At.PIXELS);
  const heads = load<usize>(op, At.HEADS);
  const depth = load<usize>(op, At.DEPTH);
  const pixel = (heads * depth) << 2;
  const row = weightRow(op) << 2;
  const ds = headRoom(op);
  openWork(op);
  memory.fill(load<usize>(op, At.DK), 0, samples * P * pixel);
  memory.fill(load<usize>(op, At.DV), 0, samples * P * pixel);
  for (let s: usize = 0; s < samples; s++) {
    for (let h: usize = 0; h < heads; h++) {
      const at = s * P * pixel + h * (depth << 2);
      const w = load<usize>(op, At.WEIGHTS) + (s * heads + h) * weightBytes(op);
      const dy = load<usize>(op, At.DY) + at;
      rowsGradient(P, P, depth, placesOfWeights(op), w, dy, pixel, load<usize>(op, At.DV) + at, pixel);
      productOfPixels(op, dy, load<usize>(op, At.V) + at, ds);
      for (let p: usize = 0; p < P; p++)
        softmaxGradient(w + p * row, ds + p * row, row, load<f32>(op, At.SCALE));
      weightedSum(op, ds, load<usize>(op, At.K) + at, load<usize>(op, At.DQ) + at);
      const q = load<usize>(op, At.Q) + at;
      rowsGradient(P, P, depth, placesOfWeights(op), ds, q, pixel, load<usize>(op, At.DK) + at, pixel);
    }
  }
}

/** d <- scale w (d - sum of d w), over rows of whole vectors. */
function softmaxGradient(w: usize, d: usize, bytes: usize, scale: f32): void {
  let sum = f32x4.splat(0);
  for (let at: usize = 0; at < bytes; at += 16)
    sum = f32x4.add(sum, f32x4.mul(v128.load(w + at), v128.load(d + at)));
  const mean = f32x4.splat(sumLanes(sum));
  const vScale = f32x4.splat(scale);
  for (let at: usize = 0; at < bytes; at += 16) {
    const difference = f32x4.sub(v128.load(d + at), mean);
    v128.store(d + at, f32x4.mul(vScale, f32x4.mul(v128.load(w + at), difference)));
  }
}

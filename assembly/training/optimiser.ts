// Adam (Kingma and Ba, "Adam: a method for stochastic optimization", 2015, algorithm 1), with the
// operations in Optax's order so that float32 results agree with it; with weight decay beside the gradient (Loshchilov and
// Hutter, "Decoupled weight decay regularization", 2019).
import { AdamField as At } from '../../src/abi/training';
import { madd } from '../core/simd';

/**
 * Bytes of one of so many parts of an array of f32 [n]; the last has fewer. They are whole cache lines, so that no two threads write
 * one.
 */
function partBytes(n: usize, parts: usize): usize {
  return ((n << 2) / parts + 64) & ~63;
}

/**
 * One update of the parameters of a block of {@link At}, by the gradient GRADIENT, or GRADIENT + OTHER unless that is 0.
 * PARAMETERS, MEAN and SQUARE are overwritten, and BEFORE with the parameters as they were.
 * part: which of so many parts of the parameters is updated.
 */
export function adam(block: usize, part: usize, parts: usize): void {
  const p = load<usize>(block, At.PARAMETERS);
  const g = load<usize>(block, At.GRADIENT);
  const other = load<usize>(block, At.OTHER);
  const m = load<usize>(block, At.MEAN);
  const v = load<usize>(block, At.SQUARE);
  const before = load<usize>(block, At.BEFORE);
  const vBeta1 = v128.load32_splat(block, At.BETA1);
  const vRest1 = v128.load32_splat(block, At.REST1);
  const vBeta2 = v128.load32_splat(block, At.BETA2);
  const vRest2 = v128.load32_splat(block, At.REST2);
  const vCorrection1 = v128.load32_splat(block, At.CORRECTION1);
  const vCorrection2 = v128.load32_splat(block, At.CORRECTION2);
  const vEpsilon = v128.load32_splat(block, At.EPSILON);
  const vScale = v128.load32_splat(block, At.GRADIENT_SCALE);
  const vKeep = v128.load32_splat(block, At.KEEP);
  const vRate = f32x4.neg(v128.load32_splat(block, At.LEARNING_RATE));
  // Two vectors, all loaded before one is stored, so that an engine can join them. The arrays have room for it.
  const n = load<usize>(block, At.COUNT);
  const bytes = partBytes(n, parts);
  for (let i = part * bytes, end = min<usize>(n << 2, i + bytes); i < end; i += 32) {
    let gi = v128.load(g + i);
    let gj = v128.load(g + i, 16);
    if (other != 0) {
      gi = f32x4.add(gi, v128.load(other + i));
      gj = f32x4.add(gj, v128.load(other + i, 16));
    }
    gi = f32x4.mul(gi, vScale);
    gj = f32x4.mul(gj, vScale);
    let pi = v128.load(p + i);
    let pj = v128.load(p + i, 16);
    const mi = madd(vRest1, gi, f32x4.mul(vBeta1, v128.load(m + i)));
    const mj = madd(vRest1, gj, f32x4.mul(vBeta1, v128.load(m + i, 16)));
    const vi = madd(vRest2, f32x4.mul(gi, gi), f32x4.mul(vBeta2, v128.load(v + i)));
    const vj = madd(vRest2, f32x4.mul(gj, gj), f32x4.mul(vBeta2, v128.load(v + i, 16)));
    v128.store(m + i, mi);
    v128.store(m + i, mj, 16);
    v128.store(v + i, vi);
    v128.store(v + i, vj, 16);
    v128.store(before + i, pi);
    v128.store(before + i, pj, 16);
    gi = f32x4.add(f32x4.sqrt(f32x4.div(vi, vCorrection2)), vEpsilon);
    gj = f32x4.add(f32x4.sqrt(f32x4.div(vj, vCorrection2)), vEpsilon);
    pi = madd(vRate, f32x4.div(f32x4.div(mi, vCorrection1), gi), f32x4.mul(pi, vKeep));
    pj = madd(vRate, f32x4.div(f32x4.div(mj, vCorrection1), gj), f32x4.mul(pj, vKeep));
    v128.store(p + i, pi);
    v128.store(p + i, pj, 16);
  }
}

/** The sum of the squares of the gradient GRADIENT, or GRADIENT + OTHER unless that is 0, of a block of {@link At}. */
export function squaredNorm(block: usize): f64 {
  const g = load<usize>(block, At.GRADIENT);
  const other = load<usize>(block, At.OTHER);
  let sum: f64 = 0;
  for (let i: usize = 0, end = load<usize>(block, At.COUNT) << 2; i < end; i += 4) {
    let gi = <f64>load<f32>(g + i);
    if (other != 0) gi = <f64>(load<f32>(g + i) + load<f32>(other + i));
    sum += gi * gi;
  }
  return sum;
}

/** average <- average + rate (p - average), for one of so many parts. Both: f32 [n], room for n rounded up to 4. */
export function moveAverage(average: usize, p: usize, n: usize, rate: f32, part: usize, parts: usize): void {
  const vRate = f32x4.splat(rate);
  const bytes = partBytes(n, parts);
  for (let i = part * bytes, end = min<usize>(n << 2, i + bytes); i < end; i += 16) {
    const a = v128.load(average + i);
    v128.store(average + i, madd(vRate, f32x4.sub(v128.load(p + i), a), a));
  }
}

/** a += b, for one of so many parts. a and b: f32 [n], room for n rounded up to 8. */
export function accumulate(a: usize, b: usize, n: usize, part: usize, parts: usize): void {
  const bytes = partBytes(n, parts);
  for (let i = part * bytes, end = min<usize>(n << 2, i + bytes); i < end; i += 32) {
    const u = f32x4.add(v128.load(a + i), v128.load(b + i));
    const v = f32x4.add(v128.load(a + i, 16), v128.load(b + i, 16));
    v128.store(a + i, u);
    v128.store(a + i, v, 16);
  }
}

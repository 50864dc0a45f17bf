// Adam (Kingma and Ba, "Adam: a method for stochastic optimization", 2015, algorithm 1), with the
// operations in Optax's order so that float32 results agree with it; with weight decay beside the gradient (Loshchilov and
// Hutter, "Decoupled weight decay regularization", 2019).
import { AdamField as At } from '../../src/abi/training';
import { madd } from '../core/simd';

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
  const bytes = load<usize>(block, At.COUNT) << 2;
  // Whole cache lines, so that no two threads write one.
  const length = (bytes / parts + 64) & ~63;
  for (let i = part * length, end = min<usize>(bytes, i + length); i < end; i += 16) {
    let gi = v128.load(g + i);
    if (other != 0) gi = f32x4.add(gi, v128.load(other + i));
    gi = f32x4.mul(gi, vScale);
    const pi = v128.load(p + i);
    const mi = madd(vRest1, gi, f32x4.mul(vBeta1, v128.load(m + i)));
    const vi = madd(vRest2, f32x4.mul(gi, gi), f32x4.mul(vBeta2, v128.load(v + i)));
    v128.store(m + i, mi);
    v128.store(v + i, vi);
    v128.store(before + i, pi);
    const root = f32x4.add(f32x4.sqrt(f32x4.div(vi, vCorrection2)), vEpsilon);
    const update = f32x4.div(f32x4.div(mi, vCorrection1), root);
    v128.store(p + i, madd(vRate, update, f32x4.mul(pi, vKeep)));
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

/** average <- average + rate (p - average). Both: f32 [n], room for n rounded up to 4. */
export function moveAverage(average: usize, p: usize, n: usize, rate: f32): void {
  const vRate = f32x4.splat(rate);
  for (let i: usize = 0, end = n << 2; i < end; i += 16) {
    const a = v128.load(average + i);
    v128.store(average + i, madd(vRate, f32x4.sub(v128.load(p + i), a), a));
  }
}

/** a += b. a and b: f32 [n], room for n rounded up to 4. */
export function accumulate(a: usize, b: usize, n: usize): void {
  for (let i: usize = 0, end = n << 2; i < end; i += 16) {
    v128.store(a + i, f32x4.add(v128.load(a + i), v128.load(b + i)));
  }
}

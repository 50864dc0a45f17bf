// Adam (Kingma and Ba, "Adam: a method for stochastic optimization", 2015, algorithm 1), with the
// operations in Optax's order so that float32 results agree with it.
import { madd } from '../core/simd';

/**
 * One update of n parameters. p, g, m, v: f32 [n], room for n rounded up to 4; p, m and v are
 * overwritten. correction1, correction2: 1 - beta^t of this step t = 1, 2, ...
 */
export function adam(
  p: usize,
  g: usize,
  m: usize,
  v: usize,
  n: usize,
  learningRate: f32,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  correction1: f32,
  correction2: f32,
  epsilon: f32,
): void {
  const vBeta1 = f32x4.splat(beta1);
  const vRest1 = f32x4.splat(rest1);
  const vBeta2 = f32x4.splat(beta2);
  const vRest2 = f32x4.splat(rest2);
  const vCorrection1 = f32x4.splat(correction1);
  const vCorrection2 = f32x4.splat(correction2);
  const vEpsilon = f32x4.splat(epsilon);
  const vRate = f32x4.splat(-learningRate);
  for (let i: usize = 0, end = n << 2; i < end; i += 16) {
    const gi = v128.load(g + i);
    const mi = madd(vRest1, gi, f32x4.mul(vBeta1, v128.load(m + i)));
    const vi = madd(vRest2, f32x4.mul(gi, gi), f32x4.mul(vBeta2, v128.load(v + i)));
    v128.store(m + i, mi);
    v128.store(v + i, vi);
    const root = f32x4.add(f32x4.sqrt(f32x4.div(vi, vCorrection2)), vEpsilon);
    const update = f32x4.div(f32x4.div(mi, vCorrection1), root);
    v128.store(p + i, madd(vRate, update, v128.load(p + i)));
  }
}

/** a += b. a and b: f32 [n], room for n rounded up to 4. */
export function accumulate(a: usize, b: usize, n: usize): void {
  for (let i: usize = 0, end = n << 2; i < end; i += 16) {
    v128.store(a + i, f32x4.add(v128.load(a + i), v128.load(b + i)));
  }
}

// The only file that knows of relaxed SIMD. `ASC_FEATURE_RELAXED_SIMD` is a constant of the compilation, so each binary holds
// one form of each function: `strict` rounds after the product and after the sum, the same bits everywhere; `relaxed` lets the
// engine use the processor's fused multiply-add.

/**
 * a + b of four integers. WIDE, set in `asconfig.json`, is 1 in the binary for engines that join pairs of vectors. There the sum
 * is written as a difference: on processors with AVX-512 VNNI, V8 14.6 (Node 26) aborts when it joins two integer sums.
 */
export function addWords(a: v128, b: v128): v128 {
  if (WIDE) return i32x4.sub(a, i32x4.sub(i32x4.splat(0), b));
  return i32x4.add(a, b);
}

/** Whether {@link madd} is one operation, without a register for the product. */
export function isFused(): bool {
  return ASC_FEATURE_RELAXED_SIMD;
}

/** a * b + c. */
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** c - a * b. */
export function nmadd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_nmadd(a, b, c);
  return f32x4.sub(c, f32x4.mul(a, b));
}

/** The sum of the four lanes, added as (0 + 2) + (1 + 3). */
export function sumLanes(a: v128): f32 {
  const pairs = f32x4.add(a, i32x4.shuffle(a, a, 2, 3, 0, 1));
  return f32x4.extract_lane(f32x4.add(pairs, i32x4.shuffle(pairs, pairs, 1, 0, 3, 2)), 0);
}

/** Stores the first `lanes` lanes, fewer than four. */
export function storeLanes(to: usize, v: v128, lanes: usize): void {
  v128.store_lane<f32>(to, v, 0);
  if (lanes > 1) v128.store_lane<f32>(to, v, 1, 4);
  if (lanes > 2) v128.store_lane<f32>(to, v, 2, 8);
}

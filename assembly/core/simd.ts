// The only file that knows of relaxed SIMD. `ASC_FEATURE_RELAXED_SIMD` folds at compile time, so
// each binary holds one of the two forms: `strict` rounds twice and gives the same bits everywhere,
// `relaxed` lets the engine use the processor's fused multiply-add.

/**
 * a + b of four integers. WIDE is set by `asconfig.json`: 1 in the binary for engines that join pairs of vectors. V8 aborts when it joins two sums of integers on processors with AVX-512 VNNI (seen in
 * 14.6, Node 26); differences it can.
 */
export function addWords(a: v128, b: v128): v128 {
  if (WIDE) return i32x4.sub(i32x4.sub(a, v128.not(b)), i32x4.splat(1));
  return i32x4.add(a, b);
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

/** Sum of the four lanes, as (0 + 2) + (1 + 3). */
export function sumLanes(a: v128): f32 {
  const pairs = f32x4.add(a, i32x4.shuffle(a, a, 2, 3, 0, 1));
  return f32x4.extract_lane(f32x4.add(pairs, i32x4.shuffle(pairs, pairs, 1, 0, 3, 2)), 0);
}

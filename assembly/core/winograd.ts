// Winograd's convolution F(4, 3) in one dimension (Lavin and Gray, "Fast algorithms for convolutional neural networks", 2016), with
// the points 0, 1, -1, 2, -2 and infinity. With the matrices
//
//       [ 4  0 -5  0  1  0 ]        [ 1  1  1  1  1  0 ]         [ 1/4    0     0  ]
//       [ 0 -4 -4  1  1  0 ]  A^T = [ 0  1 -1  2 -2  0 ]         [-1/6  -1/6  -1/6 ]
// B^T = [ 0  4 -4 -1  1  0 ]        [ 0  1  1  4  4  0 ]     G = [-1/6   1/6  -1/6 ]
//       [ 0 -2 -1  2  1  0 ]        [ 0  1 -1  8 -8  1 ]         [ 1/24  1/12  1/6 ]
//       [ 0  2 -1 -2  1  0 ]                                     [ 1/24 -1/12  1/6 ]
//       [ 0  4  0 -5  0  1 ]                                     [  0     0     1  ]
//
// four outputs of a kernel g over six inputs d are A^T (G g . B^T d). The transforms, in `winogradDown.ts` and
// `winogradAcross.ts`, are over runs of numbers: each number is transformed with those at its place in the other runs. The wide
// binary transforms two vectors at a time; both are loaded before either is stored, so that the engine can join them.

/** Bytes between the lines of an intermediate result: no multiple of a large power of two, which would share few cache sets. */
export const LINE_BYTES: usize = 32_768 + 192;

/** Bytes transformed at a time. */
export const STEP: usize = WIDE ? 32 : 16;

/** 2, 4, 5, 8: to load and splat one is one instruction, where V8 takes three to build a constant. */
const FACTORS = memory.data<f32>([2, 4, 5, 8], 16);

export function two(): v128 {
  return v128.load32_splat(FACTORS);
}
export function four(): v128 {
  return v128.load32_splat(FACTORS, 4);
}
export function five(): v128 {
  return v128.load32_splat(FACTORS, 8);
}
export function eight(): v128 {
  return v128.load32_splat(FACTORS, 12);
}

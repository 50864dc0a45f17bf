// Sums over the pixels of a picture, [pixel][channel].
import { storeLanes } from '../core/simd';

/** Pixels that are summed before their sum is added to the others: rounding errors grow with the number of terms. */
export const CHUNK: usize = 64;
/** Bytes of the channels whose sums are formed side by side, since a sum waits for its last term. */
export const ABREAST: usize = 64;

/** sums[c] += the sum over pixels of x[p][c]. x: [pixels][C]; sums: f32 [C]. */
export function addChannelSums(x: usize, pixels: usize, C: usize, sums: usize): void {
  const bytes = C << 2;
  for (let first: usize = 0; first < pixels; first += CHUNK) {
    const end = x + min<usize>(CHUNK, pixels - first) * bytes;
    let c: usize = 0;
    for (; c + ABREAST <= bytes; c += ABREAST) {
      let sum0 = f32x4.splat(0);
      let sum1 = f32x4.splat(0);
      let sum2 = f32x4.splat(0);
      let sum3 = f32x4.splat(0);
      for (let p = x + c; p < end; p += bytes) {
        sum0 = f32x4.add(sum0, v128.load(p));
        sum1 = f32x4.add(sum1, v128.load(p, 16));
        sum2 = f32x4.add(sum2, v128.load(p, 32));
        sum3 = f32x4.add(sum3, v128.load(p, 48));
      }
      addAbreast(sums + c, sum0, sum1, sum2, sum3);
    }
    for (; c < bytes; c += 16) {
      // Of a last vector that is not full, only its lanes are stored: it is summed from the numbers of the next pixel too.
      let sum = f32x4.splat(0);
      for (let p = x + c; p < end; p += bytes) sum = f32x4.add(sum, v128.load(p));
      sum = f32x4.add(v128.load(sums + c), sum);
      if (c + 16 <= bytes) v128.store(sums + c, sum);
      else storeLanes(sums + c, sum, (bytes - c) >> 2);
    }
    x = end;
  }
}

/** sums += four vectors. */
export function addAbreast(sums: usize, a: v128, b: v128, c: v128, d: v128): void {
  v128.store(sums, f32x4.add(v128.load(sums), a));
  v128.store(sums, f32x4.add(v128.load(sums, 16), b), 16);
  v128.store(sums, f32x4.add(v128.load(sums, 32), c), 32);
  v128.store(sums, f32x4.add(v128.load(sums, 48), d), 48);
}

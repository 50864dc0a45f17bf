// Sums over the pixels of a picture, [pixel][channel].
import { storeLanes } from '../core/simd';

/** Pixels that are summed before their sum is added to the others: rounding errors grow with the number of terms. */
const CHUNK: usize = 64;

/** sums[c] += the sum over pixels of x[p][c]. x: [pixels][C]; sums: f32 [C]. */
export function addChannelSums(x: usize, pixels: usize, C: usize, sums: usize): void {
  const bytes = C << 2;
  for (let first: usize = 0; first < pixels; first += CHUNK) {
    const end = x + min<usize>(CHUNK, pixels - first) * bytes;
    for (let c: usize = 0; c < bytes; c += 16) {
      // Of a last vector that is not full, only its lanes are stored: it is summed from the numbers of the next pixel too.
      let sum = f32x4.splat(0);
      for (let p = x; p < end; p += bytes) sum = f32x4.add(sum, v128.load(p + c));
      sum = f32x4.add(v128.load(sums + c), sum);
      if (c + 16 <= bytes) v128.store(sums + c, sum);
      else storeLanes(sums + c, sum, (bytes - c) >> 2);
    }
    x = end;
  }
}

// A fast Fourier transform, radix 2 in place, for autocovariances of long chains.

import { cos, sin } from '../core/trigonometry.js';

/** Twiddle factors of the size last transformed. */
let twiddles = { cos: /* @__PURE__ */ new Float64Array(0), sin: /* @__PURE__ */ new Float64Array(0) };

/** cos and sin of 2 pi k / size for k < size / 2; computed when the size changes. */
function twiddlesOf(size: number): typeof twiddles {
  if (twiddles.cos.length !== size / 2) {
    const angles = Float64Array.from({ length: size / 2 }, (_, k) => (2 * Math.PI * k) / size);
    twiddles = { cos: angles.map(cos), sin: angles.map(sin) };
  }
  return twiddles;
}

/**
 * The discrete Fourier transform sum over t of x[t] exp(-2 pi i t k / size), in place; size is a power of two.
 * Source: Cooley and Tukey 1965, by bit reversal and butterflies.
 */
export function transform(re: Float64Array, im: Float64Array): void {
  const size = re.length;
  for (let i = 1, j = 0; i < size; i++) {
    let bit = size >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j], re[i]];
      [im[i], im[j]] = [im[j], im[i]];
    }
  }
  const { cos, sin } = twiddlesOf(size);
  for (let half = 1; half < size; half *= 2) {
    const stride = size / (2 * half);
    for (let block = 0; block < size; block += 2 * half) {
      for (let k = 0; k < half; k++) {
        const [a, b] = [block + k, block + k + half];
        const [c, s] = [cos[k * stride], sin[k * stride]];
        const x = re[b] * c + im[b] * s;
        const y = im[b] * c - re[b] * s;
        re[b] = re[a] - x;
        im[b] = im[a] - y;
        re[a] += x;
        im[a] += y;
      }
    }
  }
}

import type { Chains } from './draws.js';
import { transform } from './fourier.js';
import { mean } from './moments.js';

/**
 * The autocovariance at every lag, averaged over the chains: [length].
 *
 *   c[k] = 1/length sum over t of (x[t] - mean) (x[t + k] - mean)
 *
 * with each chain's own mean. By the theorem of Wiener and Khinchin it is the inverse Fourier transform of the power spectrum of
 * the chain padded with as many zeros, in time length log(length). Two chains are transformed at once, as the real and the
 * imaginary part of Z: the even part of |Z|^2 is the sum of their power spectra, and the odd part does not change the real part
 * of the transform.
 */
export function autocovariance({ values, length }: Chains): Float64Array {
  const chains = values.length / length;
  let size = 1;
  while (size < 2 * length) size *= 2;
  const power = new Float64Array(size);
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  const place = (chain: number, to: Float64Array) => {
    to.fill(0);
    if (chain >= chains) return;
    const x = values.subarray(chain * length, (chain + 1) * length);
    const middle = mean(x);
    for (let t = 0; t < length; t++) to[t] = x[t] - middle;
  };
  for (let chain = 0; chain < chains; chain += 2) {
    place(chain, re);
    place(chain + 1, im);
    transform(re, im);
    for (let k = 0; k < size; k++) power[k] += re[k] * re[k] + im[k] * im[k];
  }
  im.fill(0);
  transform(power, im);
  return power.subarray(0, length).map((sum) => sum / (size * length * chains));
}

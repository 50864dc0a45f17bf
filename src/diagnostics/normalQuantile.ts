// The inverse of the normal distribution function: Wichura 1988, algorithm AS 241 (PPND16), its coefficients rounded to float64;
// relative error < 1e-15.

import { log } from '../core/elementary.js';

type Coefficients = readonly number[];

// biome-ignore format: one polynomial, from its constant up, a pair of lines
const NEAR: [Coefficients, Coefficients] = [
  [3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946,
    45921.95393154987, 67265.7709270087, 33430.57558358813, 2509.0809287301227],
  [1, 42.31333070160091, 687.1870074920579, 5394.196021424751,
    21213.794301586597, 39307.89580009271, 28729.085735721943, 5226.495278852854],
];
// biome-ignore format: as above
const TAIL: [Coefficients, Coefficients] = [
  [1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045,
    1.2704582524523684, 0.2417807251774506, 0.022723844989269184, 0.0007745450142783414],
  [1, 2.053191626637759, 1.6763848301838038, 0.6897673349851,
    0.14810397642748008, 0.015198666563616457, 0.0005475938084995345, 1.0507500716444169e-09],
];
// biome-ignore format: as above
const FAR: [Coefficients, Coefficients] = [
  [6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487,
    0.026532189526576124, 0.0012426609473880784, 2.7115555687434876e-05, 2.0103343992922881e-07],
  [1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615,
    0.0007868691311456133, 1.8463183175100548e-05, 1.421511758316446e-07, 2.0442631033899397e-15],
];

/** The ratio of two polynomials at r. */
function ratio([top, bottom]: [Coefficients, Coefficients], r: number): number {
  const value = (coefficients: Coefficients) => coefficients.reduceRight((sum, c) => sum * r + c, 0);
  return value(top) / value(bottom);
}

/** The quantile of the standard normal distribution at probability p, 0 < p < 1. */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * ratio(NEAR, 0.180625 - q * q);
  const r = Math.sqrt(-log(Math.min(p, 1 - p)));
  return Math.sign(q) * (r <= 5 ? ratio(TAIL, r - 1.6) : ratio(FAR, r - 5));
}

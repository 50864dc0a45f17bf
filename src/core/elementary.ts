// exp, log and their kin in float64, by sums, products and quotients alone. ECMAScript leaves the last digits of its Math to the
// engine, and engines differ in them; these give the same bits on each. Methods, polynomials and the points where they change
// are those of fdlibm (Sun Microsystems, 1993: e_exp.c, e_log.c, e_pow.c, s_expm1.c, s_log1p.c), whose errors are below one
// unit in the last place. V8 takes exp, log, expm1 and log1p from there too, so that in Node they are Math's to the bit.

import { highWord, scaled, upperPart, withHighWord } from './floatBits.js';

// ln 2 in two parts. The first ends in 21 zero bits, so that its products with exponents are exact.
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/** The integer next to x / ln 2, or 0 where |x| is at most ln 2 / 2. */
const octaves = (x: number): number =>
  Math.abs(x) < 0.3465735912322998 ? 0 : Math.trunc(Math.LOG2E * x + (x < 0 ? -0.5 : 0.5));

/** r - r^2 / 6 + ...: with it, exp(r) is 1 + r + r c / (2 - c) on |r| <= ln 2 / 2. */
function expPart(r: number): number {
  const t = r * r;
  const end = 0.00006613756321437934 + t * (-0.0000016533902205465252 + t * 4.1381367970572385e-8);
  return r - t * (0.16666666666666602 + t * (-0.0027777777777015593 + t * end));
}

/** e^x; error < 1 ulp. */
export function exp(x: number): number {
  if (x > 709.782712893384) return Infinity;
  if (x < -745.1332191019411) return 0;
  if (x === 1) return Math.E;
  const k = octaves(x);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const c = expPart(r);
  return scaled(1 - (low - (r * c) / (2 - c) - high), k);
}

/** e^x - 1, without cancellation for small x; error < 1 ulp. */
export function expm1(x: number): number {
  if (x > 709.782712893384) return Infinity;
  if (x < -38.81622314453125) return -1;
  if (Math.abs(x) < 5.551115123125783e-17) return x;
  const k = octaves(x);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  // What r lacks of x - k ln 2.
  const c = high - r - low;
  const half = 0.5 * r;
  const t = r * half;
  const end = -0.0000793650757867488 + t * (0.000004008217827329362 + t * -2.0109921818362437e-7);
  const r1 = 1 + t * (-0.03333333333333313 + t * (0.0015873015872548146 + t * end));
  const r3 = 3 - r1 * half;
  const quotient = t * ((r1 - r3) / (6 - r * r3));
  if (k === 0) return r - (r * quotient - t);
  const e = r * (quotient - c) - c - t;
  if (k === -1) return 0.5 * (r - e) - 0.5;
  if (k === 1) return r < -0.25 ? -2 * (e - (r + 0.5)) : 1 + 2 * (r - e);
  if (k < -1 || k > 56) return scaled(1 - (e - r), k) - 1;
  if (k < 20) return scaled(1 - scaled(1, -k) - (e - r), k);
  return scaled(r - (e + scaled(1, -k)) + 1, k);
}

/**
 * log x, the natural logarithm; error < 1 ulp.
 * @returns -Infinity at 0, NaN below
 */
export function log(x: number): number {
  if (!(x > 0 && x < Infinity)) return x === 0 ? -Infinity : x > 0 ? x : Number.NaN;
  const isTiny = x < 2 ** -1022;
  const word = highWord(isTiny ? x * 2 ** 54 : x);
  const fraction = word & 0xfffff;
  // x = 2^k (1 + f) with 1 + f between the square roots of 1/2 and 2.
  const carry = (fraction + 0x95f64) & 0x100000;
  const k = (word >> 20) + (carry >> 20) - (isTiny ? 1077 : 1023);
  const f = withHighWord(isTiny ? x * 2 ** 54 : x, fraction | (carry ^ 0x3ff00000)) - 1;
  const [high, low] = [k * LN2_HIGH, k * LN2_LOW];
  if (((fraction + 2) & 0xfffff) < 3) {
    return high - (f * f * (0.5 - 0.3333333333333333 * f) - low - f);
  }
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373));
  const end = 0.1818357216161805 + w * 0.14798198605116586;
  const r = z * (0.6666666666666735 + w * (0.2857142874366239 + w * end)) + even;
  if (fraction < 0x6147a || fraction > 0x6b851) return high - (s * (f - r) - low - f);
  const square = 0.5 * f * f;
  return high - (square - (s * (square + r) + low) - f);
}

/**
 * log(1 + x), without cancellation for small x; error < 1 ulp.
 * @returns -Infinity at -1, NaN below
 */
export function log1p(x: number): number {
  if (!(x > -1 && x < Infinity)) return x === -1 ? -Infinity : x > 0 ? x : Number.NaN;
  if (Math.abs(x) < 5.551115123125783e-17) return x;
  if (Math.abs(x) < 1.862645149230957e-9) return x - x * x * 0.5;
  let [k, f, rest, fraction] = [0, x, 0, 1];
  if (x <= -0.292893648147583 || x >= 0.4142136573791504) {
    const u = x < 2 ** 53 ? 1 + x : x;
    k = (highWord(u) >> 20) - 1023;
    // What rounding took from 1 + x, as a share of it.
    rest = x < 2 ** 53 ? (k > 0 ? 1 - (u - x) : x - (u - 1)) / u : 0;
    fraction = highWord(u) & 0xfffff;
    const isBelow = fraction < 0x6a09e;
    f = withHighWord(u, fraction | (isBelow ? 0x3ff00000 : 0x3fe00000)) - 1;
    if (!isBelow) {
      k++;
      fraction = (0x100000 - fraction) >> 2;
    }
  }
  const [high, low] = [k * LN2_HIGH, k * LN2_LOW + rest];
  const square = 0.5 * f * f;
  if (fraction === 0) {
    if (f === 0) return high + low;
    return high - (square * (1 - 0.6666666666666666 * f) - low - f);
  }
  const s = f / (2 + f);
  const z = s * s;
  const end =
    0.22222198432149784 + z * (0.1818357216161805 + z * (0.15313837699209373 + z * 0.14798198605116586));
  const middle = 0.3999999999940942 + z * (0.2857142874366239 + z * end);
  const r = z * (0.6666666666666735 + z * middle);
  return high - (square - (s * (square + r) + low) - f);
}

/** log2 x in two parts, the first of 21 bits; x is normal or subnormal and above 0. */
function logPair(x: number): [high: number, low: number] {
  const isTiny = x < 2 ** -1022;
  const normal = isTiny ? x * 2 ** 53 : x;
  const fraction = highWord(normal) & 0xfffff;
  let k = (highWord(normal) >> 20) - (isTiny ? 1076 : 1023);
  // Near which of 1 and 3/2 the fraction is, or 2, which is 1 an octave higher.
  const isMiddle = fraction > 0x3988e && fraction < 0xbb67a;
  const isUpper = fraction >= 0xbb67a;
  if (isUpper) k++;
  const word = fraction | (isUpper ? 0x3fe00000 : 0x3ff00000);
  const a = withHighWord(normal, word);
  const centre = isMiddle ? 1.5 : 1;
  const u = a - centre;
  const v = 1 / (a + centre);
  const s = u * v;
  const sHigh = upperPart(s);
  const tHigh = withHighWord(0, ((word >> 1) | 0x20000000) + 0x80000 + (isMiddle ? 0x40000 : 0));
  const tLow = a - (tHigh - centre);
  const sLow = v * (u - sHigh * tHigh - sHigh * tLow);
  const z = s * s;
  const end = 0.272728123808534 + z * (0.23066074577556175 + z * 0.20697501780033842);
  const polynomial = 0.5999999999999946 + z * (0.4285714285785502 + z * (0.33333332981837743 + z * end));
  const r = z * z * polynomial + sLow * (sHigh + s);
  const square = sHigh * sHigh;
  const sum = upperPart(3 + square + r);
  const left = r - (sum - 3 - square);
  const p = sHigh * sum;
  const q = sLow * sum + left * s;
  const pHigh = upperPart(p + q);
  const pLow = q - (pHigh - p);
  // 2 / (3 ln 2), whole and in two parts; log2 of 3/2 in two parts.
  const zHigh = 0.9617967009544373 * pHigh;
  const zLow =
    -7.028461650952758e-9 * pHigh + pLow * 0.9617966939259756 + (isMiddle ? 1.350039202129749e-8 : 0);
  const base = isMiddle ? 0.5849624872207642 : 0;
  const high = upperPart(zHigh + zLow + base + k);
  return [high, zLow - (high - k - base - zHigh)];
}

/**
 * x^y for x >= 0; error < 1 ulp. Where x is below 0, write products.
 * @returns 1 where y is 0, whatever x is; else NaN where x is below 0
 */
export function pow(x: number, y: number): number {
  if (y === 0) return 1;
  if (Number.isNaN(y) || !(x >= 0)) return Number.NaN;
  if (y === 1) return x;
  if (y === 2) return x * x;
  if (y === 0.5) return Math.sqrt(x) + 0;
  if (y === -1) return 1 / x;
  if (x === 0 || x === Infinity) return (x === 0) === y > 0 ? 0 : Infinity;
  if (x === 1) return y * 0 + 1;
  const [high, low] = logPair(x);
  // |log2 x| is at least 2^-53, so that beyond this every power is 0 or infinite.
  const limited = Math.max(-1e20, Math.min(1e20, y));
  const yHigh = upperPart(limited);
  const p = (limited - yHigh) * high + limited * low;
  const whole = yHigh * high;
  const exponent = p + whole;
  if (exponent >= 1024) return Infinity;
  if (exponent < -1080) return 0;
  const k = Math.trunc(exponent + (exponent < 0 ? -0.5 : 0.5));
  const t = upperPart(p + (whole - k));
  const u = t * 0.6931471824645996;
  const v = (p - (t - (whole - k))) * Math.LN2 + t * -1.904654299957768e-9;
  const z = u + v;
  const w = v - (z - u);
  const c = expPart(z);
  return scaled(1 - ((z * c) / (c - 2) - (w + z * w) - z), k);
}

/** x^2, which `x ** 2` is not on every engine: one rounding. */
export const square = (x: number): number => x * x;

/** sqrt(x^2 + y^2), without overflow of the squares; error < 2 ulp. */
export function hypot(x: number, y: number): number {
  const largest = Math.max(Math.abs(x), Math.abs(y));
  if (largest === 0 || largest === Infinity) return largest;
  return Math.sqrt(square(x / largest) + square(y / largest)) * largest;
}

// Sines, cosines and their kin in float64, by sums and products alone: the same bits on every engine, as `elementary.ts` says.
// Polynomials are those of fdlibm (Sun Microsystems, 1993: k_sin.c, k_cos.c, k_tan.c, s_atan.c); angles are reduced by Cody and
// Waite's three parts of pi/2, or, where they are large, by integers of any length.

import { highWord, lowWord, upperPart } from './floatBits.js';

/** Below this, three parts of pi/2 reduce an angle to less than 1e-20 of itself: 2^19 pi / 2. */
const MOST_IN_PARTS = 823549;
/** Bits of 2 / pi: as many as the largest float64 has before its point, and 192 after it. */
const BITS = 1280;

/** x - quadrant pi / 2 in two parts, of which the first is at most about pi / 4. */
type Reduced = [quadrant: number, rest: number, low: number];

/** For angles whose multiple of pi / 2 takes more than 19 bits. */
function reducedLarge(x: number): Reduced {
  // floor(2^BITS 2 / pi) and floor(2^192 pi / 2).
  const digits = [
    'a2f9836e4e441529fc2757d1f534ddc0db6295993c439041fe5163abdebbc561b7246e3a424dd2e0',
    '06492eea09d1921cfe1deb1cb129a73ee88235f52ebb4484e99c7026b45f7e413991d639835339f4',
    '9c845f8bbdf9283b1ff897ffde05980fef2f118b5a0a6d1f6d367ecf27cb09b74f463f669e5fea2d',
    '7527bac7ebe5f17b3d0739f78a5292ea6bfb5fb11f8d5d0856033046fc7b6babf0cfbc209af4361d',
  ];
  const twoOverPi = BigInt(`0x${digits.join('')}`);
  const halfPi = BigInt('0x1921fb54442d18469898cc51701b839a252049c1114cf98e8');
  const exponent = ((highWord(x) >> 20) & 0x7ff) - 1075;
  const fraction = (BigInt((highWord(x) & 0xfffff) | 0x100000) << 32n) | BigInt(lowWord(x) >>> 0);
  // |x| 2 / pi with 192 bits after the point.
  const turns = (fraction * twoOverPi) >> BigInt(BITS - 192 - exponent);
  const quadrant = (turns + (1n << 191n)) >> 192n;
  const rest = ((turns - (quadrant << 192n)) * halfPi) >> 192n;
  const high = Number(rest);
  const low = Number(rest - BigInt(high));
  const sign = x < 0 ? -1 : 1;
  return [sign * Number(quadrant & 3n), sign * high * 2 ** -192, sign * low * 2 ** -192];
}

function reduced(x: number): Reduced {
  if (Math.abs(x) <= Math.PI / 4) return [0, x, 0];
  if (Math.abs(x) > MOST_IN_PARTS) return reducedLarge(x);
  const quadrant = Math.round(x * 0.6366197723675814);
  const r = x - quadrant * 1.5707963267341256;
  // The second and the third part of pi / 2 have 33 bits, so that their products are exact; the last is what is left.
  const second = r - quadrant * 6.077100506303966e-11;
  const t = quadrant * 6.077100506303966e-11;
  const lost = r - second - t;
  const third = second - quadrant * 2.0222662487111665e-21;
  const lostToo = second - third - quadrant * 2.0222662487111665e-21;
  const w = quadrant * 8.4784276603689e-32 - lost - lostToo;
  const high = third - w;
  return [quadrant, high, third - high - w];
}

/** sin(x + low) for |x| <= pi / 4. */
function sinPart(x: number, low: number): number {
  const z = x * x;
  const v = z * x;
  const end = 0.0000027557313707070068 + z * (-2.5050760253406863e-8 + z * 1.58969099521155e-10);
  const r = 0.00833333333332249 + z * (-0.0001984126982985795 + z * end);
  return x - (z * (0.5 * low - v * r) - low - v * -0.16666666666666632);
}

/** cos(x + low) for |x| <= pi / 4. */
function cosPart(x: number, low: number): number {
  const z = x * x;
  const end = -2.7557314351390663e-7 + z * (2.087572321298175e-9 + z * -1.1359647557788195e-11);
  const middle = -0.001388888888887411 + z * (0.00002480158728947673 + z * end);
  const r = z * (0.0416666666666666 + z * middle);
  const half = 0.5 * z;
  const w = 1 - half;
  return w + (1 - w - half + (z * r - x * low));
}

/** The sine of quadrant pi / 2 + x + low. */
const turned = (quadrant: number, x: number, low: number): number =>
  (quadrant & 1 ? cosPart(x, low) : sinPart(x, low)) * (quadrant & 2 ? -1 : 1);

/** sin x of an angle in radians; error < 1 ulp. NaN where x is not finite. */
export function sin(x: number): number {
  if (!Number.isFinite(x)) return Number.NaN;
  const [quadrant, rest, low] = reduced(x);
  return turned(quadrant, rest, low);
}

/** cos x of an angle in radians; error < 1 ulp. NaN where x is not finite. */
export function cos(x: number): number {
  if (!Number.isFinite(x)) return Number.NaN;
  const [quadrant, rest, low] = reduced(x);
  return turned(quadrant + 1, rest, low);
}

/** tan x of an angle in radians; error < 1 ulp. NaN where x is not finite. */
export function tan(x: number): number {
  if (!Number.isFinite(x)) return Number.NaN;
  if (Math.abs(x) < 7.450580596923828e-9) return x;
  const [quadrant, rest, low] = reduced(x);
  return tanPart(rest, low, (quadrant & 1) !== 0);
}

/** (((c[n - 1] z + c[n - 2]) z + ...) z + c[0]. */
function polynomial(z: number, coefficients: readonly number[]): number {
  let sum = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) sum = sum * z + coefficients[i];
  return sum;
}

// The odd and the even coefficients of tan x - x - x^3 / 3, and of x - atan x.
const TAN_ODD = [
  0.13333333333320124, 0.021869488294859542, 0.0035920791075913124, 0.0005880412408202641,
  0.00007817944429395571, -0.000018558637485527546,
];
const TAN_EVEN = [
  0.05396825397622605, 0.0088632398235993, 0.0014562094543252903, 0.0002464631348184699,
  0.00007140724913826082, 0.00002590730518636337,
];
const ATAN_ODD = [
  0.3333333333333293, 0.14285714272503466, 0.09090887133436507, 0.06661073137387531, 0.049768779946159324,
  0.016285820115365782,
];
const ATAN_EVEN = [
  -0.19999999999876483, -0.11111110405462356, -0.0769187620504483, -0.058335701337905735,
  -0.036531572744216916,
];

/** tan(angle + rest) for |angle| <= pi / 4, or -1 over it. */
function tanPart(angle: number, rest: number, isInverse: boolean): number {
  let [x, low] = [angle, rest];
  const isLarge = Math.abs(x) >= 0.6743354797363281;
  const sign = isLarge && x < 0 ? -1 : 1;
  // There the tangent of pi / 4 - x gives it.
  if (isLarge) [x, low] = [Math.PI / 4 - sign * x + (3.061616997868383e-17 - sign * low), 0];
  const z = x * x;
  const w = z * z;
  const cube = z * x;
  const sum = polynomial(w, TAN_ODD) + z * polynomial(w, TAN_EVEN);
  const r = low + z * (cube * sum + low) + 0.3333333333333341 * cube;
  const t = x + r;
  if (isLarge) {
    const v = isInverse ? -1 : 1;
    return sign * (v - 2 * (x - ((t * t) / (t + v) - r)));
  }
  if (!isInverse) return t;
  // -1 / (x + r) needs more than the quotient of rounded numbers.
  const high = upperPart(t);
  const quotient = -1 / t;
  const quotientHigh = upperPart(quotient);
  return quotientHigh + quotient * (1 + quotientHigh * high + quotientHigh * (r - (high - x)));
}

/** atan x, in radians from -pi / 2 to pi / 2; error < 1 ulp. */
export function atan(x: number): number {
  const size = Math.abs(x);
  if (!(size >= 7.450580596923828e-9)) return x;
  const sign = x < 0 ? -1 : 1;
  if (size >= 2 ** 66) return sign * (Math.PI / 2);
  // The angle of 1/2, 1, 3/2 or infinity in two parts, and the tangent of what is left to it.
  const [high, low, rest] =
    size < 0.4375
      ? [0, 0, size]
      : size < 0.6875
        ? [0.4636476090008061, 2.2698777452961687e-17, (2 * size - 1) / (2 + size)]
        : size < 1.1875
          ? [Math.PI / 4, 3.061616997868383e-17, (size - 1) / (size + 1)]
          : size < 2.4375
            ? [0.982793723247329, 1.3903311031230998e-17, (size - 1.5) / (1 + 1.5 * size)]
            : [Math.PI / 2, 6.123233995736766e-17, -1 / size];
  const z = rest * rest;
  const w = z * z;
  const part = rest * (z * polynomial(w, ATAN_ODD) + w * polynomial(w, ATAN_EVEN));
  return sign * (high - (part - low - rest));
}

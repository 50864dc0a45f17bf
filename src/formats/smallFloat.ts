import { scaled } from '../core/floatBits.js';
// Floating-point numbers of 8 bits as float32: every one is a float32, so nothing is rounded.
// "FP8 formats for deep learning", Micikevicius and others 2022, table 1; "8-bit numerical formats for deep neural networks",
// Noune and others 2022 (FNUZ); "OCP microscaling formats 1.0", 2023, 5.4.1 (E8M0).

/** How the bits of a number are shared out, as safetensors names it. */
export type SmallFloat = 'F8_E5M2' | 'F8_E4M3' | 'F8_E5M2FNUZ' | 'F8_E4M3FNUZ' | 'F8_E8M0';

/** Bits of the fraction, what the exponent is biased by, and whether the bits of one number mean none. */
interface Layout {
  readonly fraction: number;
  readonly bias: number;
  /** NaN of E4M3: all bits but the sign are 1; of FNUZ: only the sign is 1, since there is one zero; of E5M2: as in IEEE 754. */
  readonly nan: (bits: number) => boolean;
  readonly hasInfinity?: boolean;
}

const LAYOUTS: Record<Exclude<SmallFloat, 'F8_E8M0'>, Layout> = {
  F8_E5M2: { fraction: 2, bias: 15, nan: (bits) => (bits & 0x7f) > 0x7c, hasInfinity: true },
  F8_E4M3: { fraction: 3, bias: 7, nan: (bits) => (bits & 0x7f) === 0x7f },
  F8_E5M2FNUZ: { fraction: 2, bias: 16, nan: (bits) => bits === 0x80 },
  F8_E4M3FNUZ: { fraction: 3, bias: 8, nan: (bits) => bits === 0x80 },
};

function numberOf(type: SmallFloat, bits: number): number {
  // A power of two without sign and fraction.
  if (type === 'F8_E8M0') return bits === 255 ? Number.NaN : scaled(1, bits - 127);
  const { fraction, bias, nan, hasInfinity } = LAYOUTS[type];
  if (nan(bits)) return Number.NaN;
  const sign = bits & 0x80 ? -1 : 1;
  const exponent = (bits & 0x7f) >> fraction;
  if (hasInfinity && exponent === 31) return sign * Infinity;
  const part = (bits & ((1 << fraction) - 1)) / (1 << fraction);
  // Without an exponent the number is subnormal: no 1 is implied before the fraction.
  return sign * (exponent === 0 ? scaled(part, 1 - bias) : scaled(1 + part, exponent - bias));
}

/** Numbers of 8 bits given by their bits, [n], as float32. */
export function fromSmallFloat(type: SmallFloat, bytes: Uint8Array): Float32Array {
  const table = Float32Array.from({ length: 256 }, (_, bits) => numberOf(type, bits));
  return Float32Array.from(bytes, (bits) => table[bits]);
}

// Floating-point numbers of 16 bits as float32: every one is a float32, so nothing is rounded.

/** The float32 numbers with these bits. */
function fromBits(bits: Uint32Array): Float32Array {
  return new Float32Array(bits.buffer);
}

/**
 * float16 (IEEE 754 binary16: sign, 5 bits of exponent, 10 of fraction) given by its bits, [n], as float32. Subnormal numbers,
 * infinities, zeros of both signs and what a NaN carries are kept.
 */
export function fromHalf(halves: Uint16Array): Float32Array {
  const out = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) {
    const sign = (halves[i] & 0x8000) << 16;
    const exponent = (halves[i] >>> 10) & 31;
    const fraction = halves[i] & 0x3ff;
    let rest: number;
    if (exponent === 31) {
      rest = 0x7f800000 | (fraction << 13);
    } else if (exponent > 0) {
      // The exponent is biased by 15 in float16, by 127 in float32.
      rest = ((exponent + 112) << 23) | (fraction << 13);
    } else if (fraction === 0) {
      rest = 0;
    } else {
      // fraction x 2^-24: its leading 1 bit, at `top`, is implied in float32.
      const top = 31 - Math.clz32(fraction);
      rest = ((top + 103) << 23) | ((fraction << (23 - top)) & 0x7fffff);
    }
    out[i] = sign | rest;
  }
  return fromBits(out);
}

/** bfloat16 (the upper 16 bits of a float32) given by its bits, [n], as float32. */
export function fromBfloat(halves: Uint16Array): Float32Array {
  const out = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) out[i] = halves[i] << 16;
  return fromBits(out);
}

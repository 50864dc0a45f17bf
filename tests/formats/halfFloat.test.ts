import { describe, expect, it } from 'vitest';
import { fromBfloat, fromHalf } from '../../src/formats/halfFloat.js';

const all = Uint16Array.from({ length: 65536 }, (_, i) => i);
const bitsOf = (x: Float32Array) => new Uint32Array(x.buffer);

/** The value of a float16 by its definition. */
function value(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

describe('fromHalf', () => {
  it('gives the value of each of the 65,536 numbers', () => {
    const floats = fromHalf(all);
    const wrong = [...all].filter((half) => !Object.is(floats[half], value(half)));
    expect(wrong).toEqual([]);
    // largest, least normal, largest and least subnormal
    expect(fromHalf(Uint16Array.of(0x7bff, 0x0400, 0x03ff, 0x0001))).toEqual(
      Float32Array.of(65504, 2 ** -14, 1023 * 2 ** -24, 2 ** -24),
    );
  });

  it('keeps signs of zero and infinity, and what a NaN carries', () => {
    const some = Uint16Array.of(0x8000, 0x7c00, 0xfc00, 0x7e01, 0xfd00);
    expect([...bitsOf(fromHalf(some))]).toEqual([0x80000000, 0x7f800000, 0xff800000, 0x7fc02000, 0xffa00000]);
  });
});

it('fromBfloat gives the upper halves of float32', () => {
  expect([...bitsOf(fromBfloat(all))]).toEqual([...all].map((half) => half * 65536));
});

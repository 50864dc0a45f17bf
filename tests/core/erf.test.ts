import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { erf, erfc } from '../../src/core/erf.js';

// scipy 1.12: [x, scipy.special.erf(x), scipy.special.erfc(x)]
const SCIPY = [
  [-30, -1.0, 2.0],
  [-6.5, -1.0, 2.0],
  [-2.5, -0.999593047982555, 1.999593047982555],
  [-1.946, -0.9940778256885735, 1.9940778256885736],
  [-1, -0.8427007929497148, 1.8427007929497148],
  [-0.3, -0.3286267594591274, 1.3286267594591274],
  [-1e-9, -1.1283791670955127e-9, 1.0000000011283792],
  [0, 0, 1],
  [1e-300, 1.1283791670955126e-300, 1],
  [0.1, 0.1124629160182849, 0.8875370839817152],
  [0.5, 0.5204998778130465, 0.4795001221869535],
  [1, 0.8427007929497148, 0.15729920705028516],
  [1.5, 0.9661051464753108, 0.03389485352468927],
  [1.999, 0.9953015566513705, 0.0046984433486294865],
  [2, 0.9953222650189527, 0.004677734981047266],
  [2.001, 0.9953428907185247, 0.004657109281475351],
  [2.5, 0.999593047982555, 0.00040695201744495886],
  [3, 0.9999779095030014, 2.2090496998585445e-5],
  [5, 0.9999999999984626, 1.5374597944280347e-12],
  [10, 1, 2.0884875837625446e-45],
  [20, 1, 5.395865611607901e-176],
  [26.5, 1, 2.2109076642637343e-307],
  [30, 1, 0],
];

const relative = (found: number, expected: number) =>
  found === expected ? 0 : Math.abs(found / expected - 1);

describe('erf and erfc', () => {
  it('agree with scipy: relative error < 2e-15 for erf, < 2e-13 for erfc', () => {
    for (const [x, expectedErf, expectedErfc] of SCIPY) {
      expect(relative(erf(x), expectedErf)).toBeLessThan(2e-15);
      expect(relative(erfc(x), expectedErfc)).toBeLessThan(2e-13);
    }
  });

  it('are odd, complementary and right at infinity', () => {
    fc.assert(
      fc.property(fc.double({ min: -40, max: 40, noNaN: true }), (x) => {
        expect(erf(-x) + erf(x)).toBe(0);
        expect(Math.abs(erf(x) + erfc(x) - 1)).toBeLessThan(1e-15);
      }),
    );
    expect([erf(Infinity), erf(-Infinity), erfc(Infinity), erfc(-Infinity)]).toEqual([1, -1, 0, 2]);
    expect([erf(Number.NaN), erfc(Number.NaN)]).toEqual([Number.NaN, Number.NaN]);
  });
});

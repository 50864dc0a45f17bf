import { describe, expect, it } from 'vitest';
import { golden, type RandomGolden } from '../golden.js';
import * as twin from '../reference.js';
import { relativeError, vectorError } from './errors.js';

describe('random numbers', () => {
  const { threefry2x32, erfInv, gumbelOf, layouts } = golden<RandomGolden>('random');

  it('threefry2x32 gives the known answers of Random123 and JAX', () => {
    for (const row of threefry2x32) expect(twin.threefry2x32(row.key, row.counter)).toEqual(row.output);
  });

  it('erfInv inverts erf and erfc within 1e-14', () => {
    const near = erfInv.u.filter((u) => u > 0.5);
    expect(relativeError(erfInv.u.map(twin.erfInv).map(twin.erf), erfInv.u)).toBeLessThan(1e-14);
    expect(
      relativeError(
        near.map(twin.erfInv).map(twin.erfc),
        near.map((u) => 1 - u),
      ),
    ).toBeLessThan(1e-14);
  });

  it("erfInv and the Gumbel formula are within 4e-6 and 1e-7 of JAX's float32", () => {
    expect(relativeError(erfInv.u.map(twin.erfInv), erfInv.value)).toBeLessThan(4e-6);
    const gumbel = gumbelOf.u.map((u) => -Math.log(-Math.log(u)));
    expect(relativeError(gumbel, gumbelOf.value)).toBeLessThan(1e-7);
  });

  describe.each(['original', 'partitionable'] as const)('%s layout', (layout) => {
    const rows = layouts[layout];

    it('keys and bits are exact', () => {
      for (const { key, n, keys } of rows.split) expect(twin.splitKey(key, n, layout)).toEqual(keys);
      for (const { key, data, result } of rows.foldIn) expect(twin.foldInKey(key, data)).toEqual(result);
      for (const { key, shape, bits, bitSum } of rows.arrays) {
        const got = twin.randomBits(key, count(shape), layout);
        expect(got.reduce((a, b) => (a + b) >>> 0, 0)).toBe(bitSum);
        expect(ends(got)).toEqual(bits);
      }
    });

    it('uniform is exact, normal within 2e-6, gumbel within 1e-7', () => {
      for (const row of rows.arrays) {
        const bits = twin.randomBits(row.key, count(row.shape), layout);
        expect(ends(twin.uniformFromBits(bits))).toEqual(row.uniform);
        expect(relativeError(ends(twin.normalFromBits(bits)), row.normal)).toBeLessThan(2e-6);
        expect(vectorError(ends(twin.gumbelFromBits(bits)), row.gumbel)).toBeLessThan(1e-7);
      }
    });

    it('uniform between two ends is exact once rounded to float32', () => {
      for (const { key, shape, minval, maxval, values } of rows.uniformRange) {
        const [from, to] = [Math.fround(minval), Math.fround(maxval)];
        const got = twin.uniformFromBits(twin.randomBits(key, shape[0], layout), from, to);
        expect(Array.from(got, Math.fround)).toEqual(values);
      }
    });

    it('400,000 normal points agree within 3e-7 at some indices', () => {
      const { key, shape, at, values } = rows.largeNormal;
      const bits = twin.randomBits(key, shape[0] * shape[1], layout);
      const got = twin.normalFromBits(Uint32Array.from(at, (i) => bits[i]));
      expect(relativeError(got, values)).toBeLessThan(3e-7);
    });

    it('categorical draws the same indices', () => {
      for (const { key, weights, n, indices } of rows.categorical) {
        const logits = Float32Array.from(weights, Math.log);
        expect(twin.randomCategorical(key, logits, n, layout)).toEqual(indices);
      }
    });
  });
});

/** All values, or of more than 100 the first 8 and the last 8. */
function ends(a: Uint32Array | Float64Array): number[] {
  return a.length <= 100 ? Array.from(a) : [...a.slice(0, 8), ...a.slice(-8)];
}

function count(shape: number[]): number {
  return shape.reduce((a, b) => a * b);
}

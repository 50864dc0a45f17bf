import { describe, expect, it } from 'vitest';
import { acceptance, bfmi, divergences } from '../../src/index.js';
import { autoregression } from './chains.js';

describe('acceptance', () => {
  it('is the mean of all, of each chain, and of the chain that accepts least', () => {
    const rates = [1, 0, 0.5, 0, 0, 1, 0.5, 0.25];
    expect(acceptance(rates, { chains: 2 })).toEqual({
      mean: 0.40625,
      byChain: Float64Array.of(0.5, 0.3125),
      lowest: 0.3125,
    });
    expect(acceptance(Float32Array.from(rates)).mean).toBe(0.40625);
  });

  it('names the argument that is wrong', () => {
    expect(() => acceptance([0.5, 1.5])).toThrow(
      new RangeError('acceptance: rates must be from 0 to 1, got 1.5 at index 1'),
    );
    expect(() => acceptance([Number.NaN])).toThrow('got NaN at index 0');
    expect(() => acceptance([])).toThrow(
      'rates must hold at least 1 draws of each of 1 chains, got 0 numbers',
    );
    expect(() => acceptance([1, 1, 1], { chains: 2 })).toThrow('each of 2 chains, got 3 numbers');
    expect(() => acceptance([1], { chains: 0 })).toThrow(
      'acceptance: chains must be a positive integer, got 0',
    );
    expect(() => acceptance(7 as never)).toThrow(new TypeError('acceptance: rates must be an array, got 7'));
  });
});

describe('bfmi', () => {
  it('is 2 (1 - phi) for energies that follow an autoregression, within 0.02', () => {
    // Five standard errors of 2 - 2 r[1] over 10^5 draws: 10 sqrt((1 - phi^2) / 10^5) < 0.02 for phi >= 0.8.
    for (const phi of [0.8, 0.95]) {
      const [value] = bfmi(autoregression(100_000, 1, phi, 5));
      expect(Math.abs(value - 2 * (1 - phi))).toBeLessThan(0.02);
    }
  });

  it('is NaN where the energy never changes, and names the argument that is wrong', () => {
    expect(bfmi([3, 3, 3])).toEqual(Float64Array.of(Number.NaN));
    expect(() => bfmi([1])).toThrow('bfmi: energies must hold at least 2 draws of each of 1 chains, got 1');
    expect(() => bfmi([1, Number.NaN])).toThrow('bfmi: energies must be finite, got NaN at index 1');
  });
});

describe('divergences', () => {
  it('counts them, chain by chain', () => {
    const flags = [false, true, true, true, false, false];
    const want = { total: 3, byChain: Uint32Array.of(1, 2), share: 0.5 };
    expect(divergences(flags, { chains: 2 })).toEqual(want);
    expect(divergences(Uint8Array.from(flags, Number), { chains: 2 })).toEqual(want);
    expect(() => divergences(flags, { chains: 4 })).toThrow('divergences: flags must hold at least 1 draws');
  });
});

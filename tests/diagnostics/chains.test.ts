import { describe, expect, it } from 'vitest';
import {
  autocorrelation,
  essBulk,
  essMean,
  essQuantile,
  integratedAutocorrelationTime,
  mcseMean,
  mcseQuantile,
  mcseSd,
  rhat,
  summary,
} from '../../src/index.js';
import { autoregression } from './chains.js';

describe('on chains of known autocorrelation', () => {
  const chains = 8;
  const draws = 20_000;

  it.each([0.9, 0.5, 0, -0.5])(
    'phi = %f: tau is (1 + phi) / (1 - phi) within five standard errors',
    (phi) => {
      const exact = (1 + phi) / (1 - phi);
      // Madras and Sokal 1988: the relative variance of a sum over M lags is 2 (2 M + 1) / S; Geyer stops at some 5 tau.
      const error = Math.sqrt((2 * (2 * 5 * Math.max(exact, 1) + 1)) / (draws * chains));
      expect(error).toBeLessThan(0.05);
      const [tau] = integratedAutocorrelationTime(autoregression(draws, chains, phi, 3), { chains });
      expect(Math.abs(tau / exact - 1)).toBeLessThan(5 * error);
    },
  );

  it('the means of 40 chains are off by their errors in mean square, within five standard errors', () => {
    // z is about standard normal, so the mean square of 40 has an error of sqrt(2 / 40).
    const z = Array.from({ length: 40 }, (_, seed) => {
      const x = autoregression(4000, 1, 0.9, seed + 1);
      return summary(x).map(({ mean, mcseMean: error }) => mean / error)[0];
    });
    const meanSquare = z.reduce((sum, value) => sum + value * value, 0) / z.length;
    expect(Math.abs(meanSquare - 1)).toBeLessThan(5 * Math.sqrt(2 / 40));
    // Errors that took draws for independent would be too small by sqrt(19), and fail.
    expect(meanSquare * 19).toBeGreaterThan(1 + 5 * Math.sqrt(2 / 40));
  });

  it('the autocorrelation is the sum over lags written out, within 1e-12', () => {
    const x = autoregression(61, 2, 0.7, 4);
    const rho = autocorrelation(x, { chains: 2 });
    for (let chain = 0; chain < 2; chain++) {
      const own = x.filter((_, i) => i % 2 === chain);
      const middle = own.reduce((sum, value) => sum + value, 0) / own.length;
      const c = own.map((_, lag) =>
        own.subarray(lag).reduce((sum, value, t) => sum + (value - middle) * (own[t] - middle), 0),
      );
      for (let lag = 0; lag < own.length; lag++) {
        expect(Math.abs(rho[lag * 2 + chain] - c[lag] / c[0])).toBeLessThan(1e-12);
      }
    }
  });

  it('R-hat sees chains that do not agree in place or in width, and a trend in one chain', () => {
    const x = autoregression(1000, 4, 0.3, 6);
    const changed = (change: (value: number, chain: number, t: number) => number) =>
      rhat(
        x.map((value, i) => change(value, i % 4, Math.floor(i / 4))),
        { chains: 4 },
      )[0];
    expect(changed((value) => value)).toBeLessThan(1.01);
    expect(changed((value, chain) => (chain === 2 ? value + 1 : value))).toBeGreaterThan(1.05);
    expect(changed((value, chain) => (chain === 2 ? 3 * value : value))).toBeGreaterThan(1.05);
    expect(rhat(autoregression(1000, 1, 0.3, 6).map((value, t) => value + t / 500))[0]).toBeGreaterThan(1.05);
  });

  it('coordinates and chains do not touch each other', () => {
    const [a, b] = [autoregression(100, 2, 0.5, 1), autoregression(100, 2, 0.9, 2)];
    const both = Float64Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? a : b)[i >> 1]);
    expect([...essBulk(both, { chains: 2, dim: 2 })]).toEqual([
      essBulk(a, { chains: 2 })[0],
      essBulk(b, { chains: 2 })[0],
    ]);
  });
});

describe('edges', () => {
  it('a chain that never moves has no R-hat, no autocorrelation, and a mean without error, though 0.1 is inexact', () => {
    const still = new Float64Array(14).fill(0.1);
    expect(rhat(still, { chains: 2 })[0]).toBeNaN();
    expect([...autocorrelation(still, { chains: 2 })].every(Number.isNaN)).toBe(true);
    // Of 7 draws the middle one is in neither half.
    expect(essMean(still, { chains: 2 })[0]).toBe(12);
    expect(integratedAutocorrelationTime(still, { chains: 2 })[0]).toBe(1);
    expect(mcseMean(still, { chains: 2 })[0]).toBe(0);
    expect(mcseSd(still, { chains: 2 })[0]).toBeNaN();
    expect(summary(still, { chains: 2 })[0]).toMatchObject({ mean: 0.1, sd: 0, mcseMean: 0 });
    expect(mcseQuantile(still, { chains: 2, probability: 0.5 })[0]).toBe(0);
  });

  it('chains that stand still in different places have an infinite R-hat', () => {
    // Equal values have their own value as mean, though its sum is rounded.
    for (const chains of [2, 3, 5]) {
      for (let n = 4; n <= 200; n++) {
        const apart = Float64Array.from({ length: chains * n }, (_, i) => (i % chains) + 0.1);
        expect(rhat(apart, { chains })[0]).toBe(Infinity);
      }
    }
    // As in arviz-stats 0.8.
    const apart = Float64Array.from({ length: 100 }, (_, i) => i % 2);
    expect(summary(apart, { chains: 2 })[0]).toMatchObject({ rhat: Infinity, mcseSd: 0 });
    expect(essBulk(apart, { chains: 2 })[0]).toBeCloseTo(2.27273, 5);
    expect(mcseMean(apart, { chains: 2 })[0]).toBeCloseTo(0.333333, 6);
  });

  it('names the function and the argument that is wrong', () => {
    expect(() => rhat([1, 2, 3, 4] as never)).toThrow(
      new TypeError('rhat: draws must be a Float32Array or a Float64Array, got an array of 4'),
    );
    expect(() => rhat(new Float32Array(3))).toThrow(
      new RangeError('rhat: draws must hold at least 4 draws a chain, got 3'),
    );
    expect(() => essBulk(new Float32Array(9), { chains: 2, dim: 2 })).toThrow(
      new RangeError('essBulk: draws must hold whole draws of 2 chains x 2 coordinates, got 9 numbers'),
    );
    for (const bad of [Number.NaN, Infinity]) {
      expect(() => summary(Float32Array.of(1, 2, bad, 4))).toThrow(
        new RangeError(`summary: draws must be finite, got ${bad} at index 2`),
      );
    }
    expect(() => rhat(new Float32Array(8), { chains: 0 })).toThrow(
      'rhat: chains must be a positive integer, got 0',
    );
    expect(() => rhat(new Float32Array(8), { dim: 0.5 })).toThrow(
      'rhat: dim must be a positive integer, got 0.5',
    );
    for (const probability of [0, 1, Number.NaN]) {
      expect(() => essQuantile(new Float32Array(8), { probability })).toThrow(
        `essQuantile: probability must be between 0 and 1, got ${probability}`,
      );
      expect(() => mcseQuantile(new Float32Array(8), { probability })).toThrow('mcseQuantile: probability');
    }
    expect(() => autocorrelation(new Float32Array(8), { lags: 8 })).toThrow(
      'autocorrelation: lags must be an integer from 0 to 7, got 8',
    );
    expect(() => summary(new Float32Array(8), { dim: 2, names: ['x'] })).toThrow(
      'summary: names must hold 2 names, got 1',
    );
  });
});

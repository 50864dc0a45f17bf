import { describe, expect, it } from 'vitest';
import { extent, logTicks, roundTicks } from '../../src/plots/drawing/numbers.js';
import { textWidth } from '../../src/plots/drawing/svg.js';
import { gridPoints, shortNumber } from '../../src/plots/index.js';

describe('shortNumber', () => {
  it('keeps two significant digits unless told otherwise', () => {
    const cases = {
      0.000257: '0.00026',
      1: '1',
      0.0221: '0.022',
      123: '120',
      0: '0',
      1e-7: '1e-7',
      2.04e6: '2e6',
      [-0.5]: '-0.5',
    };
    for (const [value, text] of Object.entries(cases)) expect(shortNumber(Number(value))).toBe(text);
    expect(shortNumber(12345, 3)).toBe('12,300');
    expect(shortNumber(0.41237, 3)).toBe('0.412');
  });
});

describe('roundTicks', () => {
  it('gives round values inside the limits', () => {
    expect(roundTicks(-1, 1, 5)).toEqual([-1, -0.5, 0, 0.5, 1]);
    expect(roundTicks(0, 0.3, 3)).toEqual([0, 0.1, 0.2, 0.3]);
    expect(roundTicks(-7.8, -0.7, 8)).toEqual([-7, -6, -5, -4, -3, -2, -1]);
  });

  it('gives none, and ends, where the limits are equal or nearly so', () => {
    expect(roundTicks(1, 1, 5)).toEqual([]);
    expect(roundTicks(1e16, 1e16 + 2, 5)).toEqual([]);
  });
});

describe('logTicks', () => {
  it('gives 1, 2, 5 over few decades and powers of ten over many', () => {
    expect(logTicks(0.1, 3)).toEqual([0.1, 0.2, 0.5, 1, 2]);
    expect(logTicks(1e-4, 1)).toEqual([1e-4, 1e-3, 1e-2, 0.1, 1]);
  });
});

describe('extent', () => {
  it('skips what is not finite', () => {
    expect(extent([3, Number.NEGATIVE_INFINITY, -1])).toEqual([-1, 3]);
    expect(extent([])).toEqual([0, 0]);
  });
});

describe('gridPoints', () => {
  it('varies x[0] fastest and includes both ends, as numpy does', () => {
    expect([...gridPoints({ xlim: [0, 1], ylim: [2, 4], n: 2 })]).toEqual([0, 2, 1, 2, 0, 4, 1, 4]);
    expect([...gridPoints({ xlim: [0, 1], ylim: [2, 4], n: 1 })]).toEqual([0, 2]);
  });
});

describe('textWidth', () => {
  it('grows with the text, the size and the weight', () => {
    expect(textWidth('noise', 12)).toBeGreaterThan(textWidth('no', 12));
    expect(textWidth('noise', 12, 600)).toBeGreaterThan(textWidth('noise', 12));
    expect(textWidth('iiii', 12)).toBeLessThan(textWidth('mmmm', 12));
  });
});

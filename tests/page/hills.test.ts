import { describe, expect, it } from 'vitest';
import { areApart, MIXTURES, nearestHill, sharesOf } from '../../src/page/chapters/density/hills.js';

it('a place belongs to the nearest of the hills that reach it, or to none', () => {
  const wide = [0, 0, 1] as const;
  const narrow = [1, 0, 0.2] as const;
  // Both reach it: two widths of the wide one, two of the narrow one.
  for (const hills of [
    [wide, narrow],
    [narrow, wide],
  ]) {
    expect(hills[nearestHill(0.9, 0, hills, 0)]).toBe(narrow);
    expect(hills[nearestHill(0.3, 0, hills, 0)]).toBe(wide);
  }
  // Nearer to the narrow one, which does not reach it.
  expect(nearestHill(1.5, 0, [narrow, wide], 0)).toBe(1);
  expect(nearestHill(3, 0, [narrow, wide], 0)).toBe(-1);
  // Smoothed, hills reach further.
  expect(nearestHill(1.5, 0, [narrow], 0)).toBe(-1);
  expect(nearestHill(1.5, 0, [narrow], 0.6)).toBe(0);
});

it('hills are apart when every two of their centres are 8 widths from each other', () => {
  const at = (x: number, sd: number) => [x, 0, sd] as const;
  expect(areApart([at(0, 0.1), at(0.8, 0.1)])).toBe(true);
  expect(areApart([at(0, 0.1), at(0.8, 0.11)])).toBe(false);
  expect(areApart([at(0, 0.1), at(0.8, 0.1), at(0.3, 0.1)])).toBe(false);
  expect(areApart([at(0, 0.1)])).toBe(false);
  expect(areApart(MIXTURES['Far apart'])).toBe(true);
  expect(areApart(MIXTURES['Two hills'])).toBe(false);
});

describe('sharesOf', () => {
  it('counts particles for the hill whose centre is nearest', () => {
    const hills = [
      [1, 1, 0.2],
      [-1, -1, 0.2],
    ] as const;
    expect(sharesOf(Float32Array.of(1, 1, 0.2, 0.1, 2, 2, -1, -3), hills)).toEqual([0.75, 0.25]);
  });
});

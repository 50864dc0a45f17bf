import { expect, it } from 'vitest';
import { nearestHill } from '../../src/page/chapters/density/hills.js';

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

// Strokes of pads that draw on one picture.
import { expect, it } from 'vitest';
import { History, historyOf } from '../../src/page/chapters/shared/history.js';

it('takes back the last stroke of any pad of a picture, at most forty, and tells all pads', () => {
  const store = {};
  const [one, other] = [historyOf(store), historyOf(store)];
  expect(other).toBe(one);
  expect(historyOf({})).not.toBe(one);
  let told = 0;
  other.on(() => told++);
  one.push('five');
  one.push('moons');
  expect(told).toBe(2);
  expect(other.pop()).toBe('moons');
  expect(one.isEmpty).toBe(false);
  expect(one.pop()).toBe('five');
  expect([one.isEmpty, one.pop()]).toEqual([true, undefined]);
  const long = new History();
  for (let i = 0; i < 41; i++) long.push(i === 0 ? 'five' : 'rings');
  let last: unknown;
  while (!long.isEmpty) last = long.pop();
  expect(last).toBe('rings');
});

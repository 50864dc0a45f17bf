import { expect, it } from 'vitest';
import { cellOf, countCells, edgesOf } from '../../src/diagnostics/cells.js';

it('a cell holds its left edge, the last one its right edge too; beyond, and for NaN, there is none', () => {
  const edges = edgesOf(4, [-1, 1]);
  expect([...edges]).toEqual([-1, -0.5, 0, 0.5, 1]);
  const cells = [-1.01, -1, -0.51, -0.5, 0, 0.99, 1, 1.01, Number.NaN].map((x) => cellOf(x, edges));
  expect(cells).toEqual([-1, 0, 0, 1, 2, 3, 3, -1, -1]);
  expect([...countCells([-2, -1, 0, 1, 1], edges)]).toEqual([1, 0, 1, 2]);
});

it('the edges decide where rounding moves one: 273 / 364 is 0.75, and the edge is above it', () => {
  // numpy.argmax(numpy.histogram2d([0.75], [0], 364, [(0, 1), (0, 1)])[0][:, 0])
  const edges = edgesOf(364, [0, 1]);
  expect(edges[273]).toBeGreaterThan(0.75);
  expect(cellOf(0.75, edges)).toBe(272);
});

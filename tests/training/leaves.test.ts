import { describe, expect, it } from 'vitest';
import { cover, leavesOf, leavesOfOldCheckpoint } from '../../src/training/leaves.js';

describe('leaves of a batch', () => {
  const article = { multiplyAdds: 99_840, leafMultiplyAdds: 60 * 99_266 };
  const wide = { multiplyAdds: 2_659_842, leafMultiplyAdds: 60 * 2_661_650 };
  // A small U-Net: few parameters, each used at many places.
  const convolutions = { multiplyAdds: 20_000_000, leafMultiplyAdds: 60 * 270_000 };

  it.each([
    ['the article', article, 128 * 30, 8],
    ["the article's network, few samples", article, 240, 1],
    ['a wide network', wide, 128, 2],
    ['a wide network, a large batch', wide, 512, 8],
    ['convolutions, a batch of 8', convolutions, 8, 8],
    ['convolutions, one sample', convolutions, 1, 1],
  ] as const)('%s: as many as have enough to do', (_, plan, samples, leaves) => {
    expect(leavesOf(samples, plan)).toBe(leaves);
  });

  it('were one for each 128 samples in version 0.1.0', () => {
    expect([127, 255, 256, 511, 512, 1024, 9999].map(leavesOfOldCheckpoint)).toEqual([1, 1, 2, 2, 4, 8, 8]);
  });

  it('of one thread are covered by the fewest nodes of the tree', () => {
    expect(cover(0, 8)).toEqual([{ first: 0, size: 8 }]);
    expect(cover(0, 2)).toEqual([{ first: 0, size: 2 }]);
    expect(cover(2, 5)).toEqual([
      { first: 2, size: 2 },
      { first: 4, size: 1 },
    ]);
    expect(cover(5, 8)).toEqual([
      { first: 5, size: 1 },
      { first: 6, size: 2 },
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { jumpFigure } from '../../src/plots/index.js';
import { onGrid, parsed, SOUND, UNSOUND, words } from './help.js';

const lim = [-1, 1] as const;
const prob = onGrid(lim, lim, 7, (x, y) => 1 / (1 + x * x + y * y));
const plane = { xlim: lim, ylim: lim, side: 100 };

describe('jumpFigure', () => {
  it('draws an arrow from each point to its estimate, over contours', () => {
    const arrows = { from: [0, 0, 1, 1], to: [-1, 0, 1, 1] };
    const svg = jumpFigure({ ...plane, n: 7, panels: [{ title: 'two', prob, arrows }], title: 'Jumps' });
    expect(svg).toMatch(SOUND);
    expect(svg).not.toMatch(UNSOUND);
    const [shafts, heads] = [...parsed(svg).querySelector('svg')!.querySelectorAll('path')];
    // From the middle of the frame to its left edge, and a point that stays.
    expect(shafts.getAttribute('d')).toBe('M50,50L0,50M100,0L100,0');
    // Only the one that moves has a head, whose tip is at its end.
    expect(heads.getAttribute('d')).toMatch(/^M0,50L5,\d+L5,\d+z$/);
    expect(words(svg)).toEqual(expect.arrayContaining(['Jumps', 'two']));
  });

  it('puts panels one below the other: a line with a dot a step, and dots', () => {
    const panels = [
      { title: 'walk', paths: [[0, 0, 1, 0, 1, 1]] },
      {
        title: 'jump',
        points: [
          [0, 0],
          [0.5, 0.5],
        ],
      },
    ];
    const svg = jumpFigure({ ...plane, panels });
    const [walk, jump] = [...parsed(svg).querySelectorAll('svg svg')];
    const lines = (part: Element) => [...part.querySelectorAll('path')].map((path) => path.getAttribute('d'));
    expect(lines(walk)).toEqual(['M50,50L100,50L100,0', 'M50,50h0M100,50h0M100,0h0']);
    expect(lines(jump)).toEqual(['M50,50h0', 'M75,25h0']);
    expect(Number(jump.getAttribute('y'))).toBeGreaterThan(Number(walk.getAttribute('y')) + 100);
  });

  it.each<[string, object]>([
    ['panels must hold at least one panel', { panels: [] }],
    [
      'panels[0].arrows.to must have 2 values, got 4',
      { panels: [{ arrows: { from: [0, 0], to: [0, 0, 1, 1] } }] },
    ],
    ['panels[0].paths[0] must be finite, got NaN', { panels: [{ paths: [[0, Number.NaN]] }] }],
    ['panels[0].prob must have 49 values, got 2', { n: 7, panels: [{ prob: [1, 2] }] }],
    ['n must be an integer', { panels: [{ prob }] }],
  ])('throws: %s', (message, options) => {
    expect(() => jumpFigure({ ...plane, ...(options as { panels: never[] }) })).toThrow(message);
  });
});

import { describe, expect, it } from 'vitest';
import { pathFigure, splitChains } from '../../src/plots/index.js';
import { onGrid, parsed, SOUND, UNSOUND, words } from './help.js';

const lim = [-1.5, 1.5] as const;
const hill = (n: number) => onGrid(lim, lim, n, (x, y) => 1 / (1 + x * x + y * y));
const zigzag = [0, 0, 0.5, 0.5, 1, 0, 2, 0.5, 1, 1];

describe('pathFigure', () => {
  it('draws a line with a dot a step, start and end, over the contours', async () => {
    const svg = pathFigure({
      xlim: lim,
      ylim: lim,
      n: 7,
      prob: hill(7),
      paths: [zigzag],
      title: 'A path',
      side: 150,
    });
    expect(svg).toMatch(SOUND);
    expect(svg).not.toMatch(UNSOUND);
    const inner = parsed(svg).querySelector('svg')!;
    expect(inner.querySelector('[stroke-linecap]')?.getAttribute('d')?.match(/M/g)).toHaveLength(5);
    expect(inner.querySelector('[stroke-linejoin]')?.getAttribute('d')?.match(/L/g)).toHaveLength(4);
    // (0, 0) is the middle of the frame
    const start = inner.querySelector('circle')!;
    expect([start.getAttribute('cx'), start.getAttribute('cy')]).toEqual(['75', '75']);
    expect(words(svg)).toEqual(expect.arrayContaining(['A path', 'start', 'end', 'x', 'y']));
    await expect(svg).toMatchFileSnapshot('snapshots/path.svg');
  });

  it('draws x[1] upwards in a plane, and x[0] downwards in an image', () => {
    const end = (orientation: 'plane' | 'image') => {
      const svg = pathFigure({ xlim: lim, ylim: lim, paths: [[0, 0, 1.5, 0]], orientation, side: 100 });
      return parsed(svg).querySelector('svg')!.querySelector('rect')!;
    };
    // markers are 9 pixels wide
    expect(end('plane').getAttribute('x')).toBe('95.5');
    expect(end('plane').getAttribute('y')).toBe('45.5');
    expect(end('image').getAttribute('x')).toBe('45.5');
    expect(end('image').getAttribute('y')).toBe('95.5');
  });

  it('tells chains apart and names as many as fit', () => {
    const colours = (chains: number) => {
      const svg = pathFigure({ xlim: lim, ylim: lim, paths: Array(chains).fill(zigzag) });
      return {
        used: new Set(
          Array.from(svg.matchAll(/stroke-linejoin="round"|stroke="(#\w+)" stroke-linejoin/g), (m) => m[1]),
        ).size,
        key: words(svg),
      };
    };
    expect(colours(3).key).toEqual(expect.arrayContaining(['chain', '0', '1', '2']));
    expect(colours(7).used).toBe(7);
    expect(colours(50).key).toContain('and 44 more');
  });

  it('draws a path of one step, and a constant density', () => {
    const svg = pathFigure({ xlim: lim, ylim: lim, n: 2, prob: [1, 1, 1, 1], paths: [[0.2, 0.3]] });
    const inner = parsed(svg).querySelector('svg')!;
    expect(svg).not.toMatch(UNSOUND);
    expect(inner.querySelectorAll('circle')).toHaveLength(1);
    expect(inner.querySelectorAll('rect')).toHaveLength(0);
  });

  it('names the function and the argument when the input is wrong', () => {
    const error = (change: object) => () => pathFigure({ xlim: lim, ylim: lim, paths: [zigzag], ...change });
    expect(error({ paths: [] })).toThrow(
      new RangeError('pathFigure: paths must hold at least one path, got 0'),
    );
    expect(error({ paths: [zigzag, [1, 2, 3]] })).toThrow('pathFigure: paths[1] must have 2 values, got 3');
    expect(error({ paths: [[]] })).toThrow('pathFigure: paths[0] must have 2 values, got 0');
    expect(error({ paths: [[0, Number.NaN]] })).toThrow(
      'pathFigure: paths[0] must be finite, got NaN at index 1',
    );
    expect(error({ prob: [1, 2] })).toThrow('pathFigure: n must be an integer of at least 2, got NaN');
    expect(error({ prob: [1, 2], n: 2 })).toThrow('pathFigure: prob must have 4 values, got 2');
  });
});

describe('splitChains', () => {
  it('takes [T, chains, 2] apart', () => {
    const [a, b] = splitChains([1, 2, 3, 4, 5, 6, 7, 8], 2);
    expect([...a]).toEqual([1, 2, 5, 6]);
    expect([...b]).toEqual([3, 4, 7, 8]);
    expect(() => splitChains([1, 2, 3], 1)).toThrow(
      new RangeError('splitChains: x must have a multiple of 2 values, got 3'),
    );
  });
});

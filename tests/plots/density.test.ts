import { describe, expect, it } from 'vitest';
import { densityFigure, toRgba } from '../../src/plots/index.js';
import { onGrid, parsed, rotations, SOUND, UNSOUND, uniformArrows, words } from './help.js';

const lim = [-1, 1] as const;
const bowl = (n: number) => onGrid(lim, lim, n, (x, y) => -(x * x) - y * y);

describe('densityFigure', () => {
  it('draws an arrow a grid point, contours, a colour bar with numbers, axes and a title', async () => {
    const svg = densityFigure({
      xlim: lim,
      ylim: lim,
      n: 9,
      logProb: bowl(9),
      arrows: uniformArrows(3, [1, 0], lim),
      title: 'Bowl & <rim>',
      side: 160,
    });
    expect(svg).toMatch(SOUND);
    expect(svg).not.toMatch(UNSOUND);
    expect(rotations(svg)).toEqual(Array(9).fill(90));
    expect(words(svg)).toEqual(
      expect.arrayContaining(['Bowl & <rim>', 'log p(x)', 'x', 'y', '\u22121.0', '\u22122']),
    );
    await expect(svg).toMatchFileSnapshot('snapshots/density.svg');
  });

  it('turns arrows the way the axes run: up is x[1] in a plane, and the row runs down in an image', () => {
    const figure = (vector: [number, number], orientation: 'plane' | 'image') =>
      rotations(
        densityFigure({
          xlim: lim,
          ylim: lim,
          n: 5,
          logProb: bowl(5),
          arrows: uniformArrows(2, vector, lim),
          orientation,
        }),
      )[0];
    expect(figure([0, 1], 'plane')).toBe(0);
    expect(figure([1, 0], 'plane')).toBe(90);
    expect(figure([1, 0], 'image')).toBe(180);
    expect(figure([0, 1], 'image')).toBe(90);
  });

  it('puts high values where they belong', async () => {
    // rises to the right and, half as fast, upwards
    const logProb = onGrid(lim, lim, 20, (x, y) => 2 * x + y);
    const at = async (orientation: 'plane' | 'image', u: number, v: number) => {
      const { width, pixels } = await toRgba(
        densityFigure({ xlim: lim, ylim: lim, n: 20, logProb, orientation, side: 100 }),
      );
      const k = 4 * ((16 + v) * width + 56 + u); // the frame's corner is at (56, 16)
      return pixels[k]; // red grows with the value at the bright end of viridis
    };
    // the brightest corner is (x, y) = (1, 1): top right in a plane, bottom right in an image
    expect(await at('plane', 96, 4)).toBeGreaterThan(await at('plane', 4, 96));
    expect(await at('plane', 96, 50)).toBeGreaterThan(await at('plane', 50, 4));
    expect(await at('image', 96, 96)).toBeGreaterThan(await at('image', 4, 4));
    expect(await at('image', 50, 96)).toBeGreaterThan(await at('image', 96, 50));
  });

  it('keeps equal scales when the limits are not square', () => {
    const svg = densityFigure({
      xlim: [0, 4],
      ylim: [0, 1],
      n: 3,
      logProb: new Float32Array(9).map((_, i) => i),
      side: 200,
    });
    const frame = parsed(svg).querySelector('rect[width="200"][stroke]');
    expect(frame?.getAttribute('height')).toBe('50');
  });

  it('draws a constant density, arrows of no length and -Infinity', () => {
    for (const value of [0, -3, 1e20]) {
      const svg = densityFigure({
        xlim: lim,
        ylim: lim,
        n: 2,
        logProb: new Float32Array(4).fill(value),
        arrows: uniformArrows(2, [0, 0], lim),
      });
      expect(svg).not.toMatch(UNSOUND);
      expect(parsed(svg).querySelectorAll('circle')).toHaveLength(4);
    }
    const logProb = bowl(9);
    logProb[0] = Number.NEGATIVE_INFINITY;
    expect(densityFigure({ xlim: lim, ylim: lim, n: 9, logProb })).not.toMatch(UNSOUND);
    expect(
      densityFigure({ xlim: lim, ylim: lim, n: 2, logProb: new Float32Array(4).fill(-Infinity) }),
    ).not.toMatch(UNSOUND);
  });

  it('gives the same text every time', () => {
    const figure = () =>
      densityFigure({ xlim: lim, ylim: lim, n: 9, logProb: bowl(9), arrows: uniformArrows(3, [1, 2], lim) });
    expect(figure()).toBe(figure());
  });

  it('names the function and the argument when the input is wrong', () => {
    const good = { xlim: lim, ylim: lim, n: 3, logProb: new Float32Array(9) };
    const error = (change: object) => () => densityFigure({ ...good, ...change });
    expect(error({ logProb: new Float32Array(8) })).toThrow(
      new RangeError('densityFigure: logProb must have 9 values, got 8'),
    );
    expect(error({ logProb: Array(9).fill(Number.NaN) })).toThrow(
      new RangeError('densityFigure: logProb must be finite, got NaN at index 0'),
    );
    expect(error({ logProb: undefined })).toThrow(
      'densityFigure: logProb must be an array of numbers, got undefined',
    );
    expect(error({ n: 1 })).toThrow('densityFigure: n must be an integer of at least 2, got 1');
    expect(error({ xlim: [1, 1] })).toThrow(
      'densityFigure: xlim must be [low, high] with low < high, got [1,1]',
    );
    expect(error({ side: -1 })).toThrow('densityFigure: side must be a positive number, got -1');
    expect(error({ orientation: 'down' })).toThrow(
      'densityFigure: orientation must be one of plane, image, got down',
    );
    expect(error({ arrows: { n: 2, x: new Float32Array(8), score: [1] } })).toThrow(
      new RangeError('densityFigure: arrows.score must have 8 values, got 1'),
    );
  });
});

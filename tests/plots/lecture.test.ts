import { describe, expect, it } from 'vitest';
import {
  chartFigure,
  flattenFrame,
  pointFigure,
  pointFrames,
  stackedFigures,
  stripFigure,
} from '../../src/plots/index.js';
import { onGrid, parsed, SOUND, UNSOUND, words } from './help.js';

const lim = [-1, 1] as const;

describe('chartFigure', () => {
  const curve = {
    name: 'curve',
    x: [1, 10, 100],
    y: [0.5, 2, 1],
    labels: ['a', '', 'c'],
    kind: 'both' as const,
  };

  it('draws curves, dots and histograms on linear and log axes, with one key', async () => {
    const svg = chartFigure({
      panels: [
        { title: 'left', x: { name: 'time', scale: 'log' }, y: { name: 'value' }, series: [curve] },
        {
          title: 'right',
          x: { name: 'x', limits: [0, 3] },
          y: { name: 'density' },
          series: [
            { name: 'draws', kind: 'bins', x: [0, 1, 2, 3], y: [0.2, 0.5, 0.3] },
            { name: 'curve', x: [0, 3], y: [0.1, 0.4], dashed: true, colour: 0 },
          ],
        },
      ],
      title: 'A chart',
    });
    expect(svg).toMatch(SOUND);
    expect(svg).not.toMatch(UNSOUND);
    const text = words(svg);
    expect(text).toEqual(
      expect.arrayContaining(['A chart', 'left', 'right', 'time', 'draws', 'a', 'c', '100']),
    );
    expect(text.filter((word) => word === 'curve')).toHaveLength(1);
    await expect(svg).toMatchFileSnapshot('snapshots/chart.svg');
  });

  it('names the function and the argument when the input is wrong', () => {
    const panel =
      (change: object, x: object = {}) =>
      () =>
        chartFigure({
          panels: [{ x: { name: 'x', ...x }, y: { name: 'y' }, series: [{ ...curve, ...change }] }],
        });
    expect(panel({ y: [1, 2] })).toThrow('chartFigure: panels[0].series[0].x must have 2 values, got 3');
    expect(panel({ kind: 'bins' })).toThrow('chartFigure: panels[0].series[0].x must have 4 values, got 3');
    expect(panel({ kind: 'pie' })).toThrow('series[0].kind must be one of line, dots, both, bins, got pie');
    expect(panel({ labels: [] })).toThrow('series[0].labels must have 3 values, got 0');
    expect(panel({ x: [0, 1, 2] }, { scale: 'log' })).toThrow(
      'series[0].x must be positive, got 0 at index 0',
    );
    expect(panel({}, { scale: 'log', limits: [-1, 5] })).toThrow('panels[0].x.limits must be positive');
    expect(() => chartFigure({ panels: [] })).toThrow('chartFigure: panels must hold at least one panel');
  });
});

describe('pointFigure', () => {
  const panels = [
    {
      title: 'all',
      xlim: lim,
      ylim: lim,
      density: { n: 9, prob: onGrid(lim, lim, 9, (x, y) => Math.exp(-x * x - y * y)) },
      layers: [
        { kind: 'dots' as const, name: 'dots', x: [0, 0, 0.5, 0.5] },
        { kind: 'rings' as const, name: 'rings', x: [-0.5, 0.5], colour: 1 },
        {
          kind: 'arrows' as const,
          name: 'arrows',
          x: [0, 0, 1, 1],
          to: [0.5, 0, 1, 1],
          colour: 'ink' as const,
        },
        { kind: 'paths' as const, name: 'paths', paths: [[-1, -1, 0, 0, 2, 0]], colour: 2, opacity: 0.5 },
      ],
    },
    { xlim: lim, ylim: lim, layers: [] },
  ];

  it('draws dots, rings, arrows and paths over contours, with one key', async () => {
    const svg = pointFigure({ panels, title: 'Points', side: 160 });
    expect(svg).toMatch(SOUND);
    expect(svg).not.toMatch(UNSOUND);
    expect(words(svg)).toEqual(expect.arrayContaining(['Points', 'all', 'dots', 'rings', 'arrows', 'paths']));
    // The middle of the frame; an arrow of no length is not drawn.
    expect(svg).toContain('M80,80h0M120,40h0');
    expect(svg).toContain('M80,80L120,80M');
    expect(svg).not.toContain('L160,0M');
    await expect(svg).toMatchFileSnapshot('snapshots/points.svg');
  });

  it('moves layers over a picture that stays', () => {
    const frames = [
      ...pointFrames(
        { panels },
        [0, 1].map((t) => ({ layers: [[], [{ kind: 'dots', x: [t, 0] }]], note: `t ${t}` })),
      ),
    ];
    expect(frames.map(({ background }) => background)).toEqual([frames[0].background, frames[0].background]);
    const svg = flattenFrame(frames[1]);
    expect(svg).toMatch(SOUND);
    expect(words(svg)).toContain('t 1');
    expect(parsed(svg).querySelectorAll('svg svg')).not.toHaveLength(0);
  });

  it('names the function and the argument when the input is wrong', () => {
    const layer = (layers: unknown) => () =>
      pointFigure({ panels: [{ ...panels[1], layers: layers as [] }] });
    expect(layer([{ kind: 'dots', x: [0, 1, 2] }])).toThrow(
      'pointFigure: panels[0].layers[0].x must have 2 values, got 3',
    );
    expect(layer([{ kind: 'arrows', x: [0, 1], to: [] }])).toThrow('layers[0].to must have 2 values, got 0');
    expect(layer([{ kind: 'paths', paths: [[0, Number.NaN]] }])).toThrow('layers[0].paths[0] must be finite');
    expect(layer([{ kind: 'stars', x: [] }])).toThrow(
      'layers[0].kind must be one of dots, rings, arrows, paths',
    );
    expect(layer([{ kind: 'rings', x: [], radius: 0 }])).toThrow(
      'layers[0].radius must be a positive number',
    );
    expect(() => [...pointFrames({ panels }, [{ layers: [[]] }])]).toThrow(
      'pointFrames: layers must have 2 lists, a panel each, got 1',
    );
  });
});

describe('stripFigure', () => {
  it('draws rows of pictures, each with its range', async () => {
    const rows = [
      { name: 'walk', pictures: [[-1, 0.5, 2, 0.5]], range: [-1, 2] as const },
      {
        name: 'jump',
        pictures: [
          [0, 1, 1, 0],
          [1, 1, 1, 0],
        ],
      },
    ];
    const svg = stripFigure({ height: 2, width: 2, rows, title: 'Strip' });
    expect(svg).toMatch(SOUND);
    expect(svg).not.toMatch(UNSOUND);
    expect(words(svg)).toEqual(['Strip', 'walk', 'jump']);
    expect(svg.match(/scale\(/g)).toHaveLength(3);
    await expect(svg).toMatchFileSnapshot('snapshots/strip.svg');
    expect(() => stripFigure({ height: 2, width: 3, rows })).toThrow(
      'stripFigure: rows[0].pictures[0] must have 6 values, got 4',
    );
    expect(() => stripFigure({ height: 2, width: 2, rows: [{ ...rows[0], range: [1, 1] }] })).toThrow(
      'stripFigure: rows[0].range must be [low, high] with low < high, got [1,1]',
    );
  });
});

describe('stackedFigures', () => {
  const strip = (side: number) =>
    stripFigure({ height: 1, width: 2, rows: [{ name: `of ${side}`, pictures: [[0, 1]] }], side });

  it('puts figures one below another, each in the middle, below a title and above a caption', () => {
    const figures = [strip(40), strip(100)];
    const svg = stackedFigures({ figures, title: 'Two', caption: 'small words' });
    expect(svg).toMatch(SOUND);
    expect(svg).not.toMatch(UNSOUND);
    expect(words(svg)).toEqual(['Two', 'of 40', 'of 100', 'small words']);
    const size = (text: string) =>
      /width="(\d+)" height="(\d+)"/.exec(text)?.slice(1).map(Number) as number[];
    const [[w0, h0], [w1, h1]] = figures.map(size);
    expect(size(svg)).toEqual([w1, 32 + h0 + h1 + 26]);
    expect(svg).toContain(`<g transform="translate(${(w1 - w0) / 2},32)"><svg`);
    expect(svg).toContain(`<g transform="translate(0,${32 + h0})"><svg`);
  });

  it('refuses what is no figure', () => {
    expect(() => stackedFigures({ figures: [] })).toThrow(
      'stackedFigures: figures must hold at least one figure',
    );
    expect(() => stackedFigures({ figures: ['<p>'] })).toThrow(
      'stackedFigures: figures[0] must be an SVG document of a figure',
    );
  });
});

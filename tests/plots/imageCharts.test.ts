import { describe, expect, it } from 'vitest';
import { labelPlaces } from '../../src/plots/drawing/labelPlaces.js';
import { qualityChart, tradeOffChart } from '../../src/plots/index.js';
import { parsed, SOUND, UNSOUND, words } from './help.js';

const sigmas = [1, 0.25, 0.5];

describe('qualityChart', () => {
  const curves = [
    { name: 'network', mse: [0.02, 0.004, 0.009] },
    { name: 'mean image', mse: [0.07, 0.07, 0.07], dashed: true },
  ];

  it('draws a curve for each denoiser on log axes, in the order of sigma', async () => {
    const svg = qualityChart({ sigmas, curves });
    expect(svg).toMatch(SOUND);
    expect(svg).not.toMatch(UNSOUND);
    expect(words(svg)).toEqual(
      expect.arrayContaining([
        'network',
        'mean image',
        'noise σ (log scale)',
        'mean squared error (log scale)',
        '0.005',
      ]),
    );
    const sorted = [1, 2, 0];
    const ordered = curves.map((curve) => ({ ...curve, mse: sorted.map((i) => curve.mse[i]) }));
    expect(qualityChart({ sigmas: sorted.map((i) => sigmas[i]), curves: ordered })).toBe(svg);
    await expect(svg).toMatchFileSnapshot('snapshots/quality.svg');
  });

  it('tells an eighth curve from the first by dashes', () => {
    const many = Array.from({ length: 8 }, (_, i) => ({ ...curves[0], name: `n${i}` }));
    const dashed = (svg: string) => svg.match(/<g [^>]*stroke-dasharray/g)?.length ?? 0;
    expect(dashed(qualityChart({ sigmas, curves: many }))).toBe(1);
    expect(dashed(qualityChart({ sigmas, curves: many.slice(1) }))).toBe(0);
  });

  it('names the function and the argument when the input is wrong', () => {
    const error = (change: object) => () => qualityChart({ sigmas, curves, ...change });
    expect(error({ curves: [] })).toThrow('qualityChart: curves must hold at least one curve');
    expect(error({ curves: [{ name: 'a', mse: [1] }] })).toThrow(
      'qualityChart: curves[0].mse must have 3 values, got 1',
    );
    expect(error({ curves: [{ name: 'a', mse: [1, 0, 1] }] })).toThrow(
      'qualityChart: curves[0].mse must be positive, got 0 at index 1',
    );
    expect(error({ sigmas: [1, 0, 2] })).toThrow('qualityChart: sigmas must be positive, got 0 at index 1');
    expect(error({ sigmas: [] })).toThrow('qualityChart: sigmas must have 1 values, got 0');
  });
});

describe('tradeOffChart', () => {
  const options = { sigmas, distance: [4, 1, 2], time: [5, 200, 40], changes: [30, 0, 4] };

  it('draws a dot for each sigma with its number, by both measures of mixing', async () => {
    const svg = tradeOffChart({ ...options, reference: { name: 'training digits', distance: 0.8 } });
    expect(svg).toMatch(SOUND);
    expect(svg).not.toMatch(UNSOUND);
    const text = words(svg);
    expect(text).toEqual(
      expect.arrayContaining([
        'training digits',
        'autocorrelation time in steps (log scale)',
        'changes of label in 100 steps',
        'σ beside each dot',
      ]),
    );
    expect(text.filter((word) => word === '0.25')).toHaveLength(2);
    expect(parsed(svg).querySelectorAll('svg svg circle')).toHaveLength(6);
    await expect(svg).toMatchFileSnapshot('snapshots/tradeOff.svg');
  });

  it('draws one measure alone, one sigma, chains that never change, and estimates below zero', () => {
    const { time, changes, ...rest } = options;
    expect(words(tradeOffChart({ ...rest, time }))).not.toContain('changes of label in 100 steps');
    expect(words(tradeOffChart({ ...rest, changes }))).toContain('changes of label in 100 steps');
    expect(tradeOffChart({ sigmas: [1], distance: [0], changes: [0], time: [1] })).not.toMatch(UNSOUND);
    expect(words(tradeOffChart({ ...options, distance: [4, -2, 1] }))).toContain('\u22122');
  });

  it('names the function and the argument when the input is wrong', () => {
    const error = (change: object) => () => tradeOffChart({ ...options, ...change });
    expect(error({ time: undefined, changes: undefined })).toThrow(
      'tradeOffChart: time or changes must be given, got neither',
    );
    expect(error({ distance: [1] })).toThrow('tradeOffChart: distance must have 3 values, got 1');
    expect(error({ time: [1, 0, 2] })).toThrow('tradeOffChart: time must be positive, got 0 at index 1');
    expect(error({ changes: [1] })).toThrow('tradeOffChart: changes must have 3 values, got 1');
    expect(error({ reference: { name: 'a', distance: Number.NaN } })).toThrow(
      'tradeOffChart: reference.distance must be finite',
    );
  });
});

describe('labelPlaces', () => {
  const frame = { left: 0, right: 100, top: 0, bottom: 100 };
  const place = (points: [number, number][], lines: [number, number][][] = [points]) =>
    labelPlaces(points, ['1.5', ...Array(points.length - 1).fill('')], { size: 11, frame, lines })[0];

  it('puts a text right above its point, and elsewhere if it would cover a line or leave the frame', () => {
    expect(place([[50, 50]])).toEqual({ dx: 7, dy: -7, anchor: 'start' });
    // A line that rises leaves the right side below it free.
    expect(
      place([
        [50, 50],
        [90, 20],
      ]),
    ).toEqual({ dx: 7, dy: 8, anchor: 'start' });
    expect(place([[95, 50]])).toEqual({ dx: -7, dy: -7, anchor: 'end' });
    expect(place([[95, 3]])).toEqual({ dx: -7, dy: 8, anchor: 'end' });
    // A line that is not its own.
    const above: [number, number][] = [
      [0, 43],
      [100, 43],
    ];
    expect(place([[50, 50]], [above]).dy).toBe(8);
  });

  it('keeps the texts of neighbours apart', () => {
    const near: [number, number][] = [
      [50, 50],
      [51, 48],
      [52, 52],
    ];
    const places = labelPlaces(near, ['1', '2', '3'], { size: 11, frame, lines: [] });
    expect(new Set(places.map(({ dx, dy }) => `${dx},${dy}`)).size).toBe(3);
  });
});

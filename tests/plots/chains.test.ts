import { describe, expect, it } from 'vitest';
import { autocorrelationFigure, rankFigure, traceFigure } from '../../src/plots/index.js';
import { parsed, SOUND, UNSOUND, words } from './help.js';

/** Two chains of two coordinates, [draws, 2, 2]. */
const waves = (draws: number) =>
  Float32Array.from({ length: draws * 4 }, (_, i) => Math.sin((i >> 2) / (2 + (i & 3))) + (i & 1));

describe('traceFigure', () => {
  it('draws a panel a coordinate and a line a chain', async () => {
    const svg = traceFigure({ draws: waves(40), chains: 2, dim: 2, first: 100, title: 'Traces' });
    expect(svg).toMatch(SOUND);
    expect(svg).not.toMatch(UNSOUND);
    expect(words(svg)).toEqual(
      expect.arrayContaining(['Traces', 'chain 0', 'chain 1', 'x[0]', 'x[1]', 'draw', '120']),
    );
    await expect(svg).toMatchFileSnapshot('snapshots/trace.svg');
  });

  it('keeps the extremes of a long chain and stays small', () => {
    const draws = new Float32Array(200_000);
    draws[77_777] = 9;
    draws[77_778] = -9;
    const long = traceFigure({ draws, chains: 1, dim: 1 });
    expect(long.length).toBeLessThan(30_000);
    const ends = (svg: string) => {
      const path = parsed(svg).querySelector('path[stroke="#0072b2"]')?.getAttribute('d') ?? '';
      const ys = [...path.matchAll(/,(-?[\d.]+)/g)].map((match) => Number(match[1]));
      return [Math.min(...ys), Math.max(...ys)];
    };
    const short = traceFigure({ draws: [0, 9, -9, 0], chains: 1, dim: 1 });
    expect(ends(long)).toEqual(ends(short));
    expect(words(long)).not.toContain('chain 0');
  });

  it('draws chains that never move, and says how many have no colour', () => {
    expect(traceFigure({ draws: [0, 0], chains: 1, dim: 1 })).not.toMatch(UNSOUND);
    expect(words(traceFigure({ draws: new Float32Array(40), chains: 20, dim: 1 }))).toContain('13 not shown');
  });

  it('names the function and the argument when the input is wrong', () => {
    expect(() => traceFigure({ draws: [1, 2, 3], chains: 2, dim: 1 })).toThrow(
      new RangeError('traceFigure: draws must have 4 values, got 3'),
    );
    expect(() => traceFigure({ draws: [1, Number.NaN], chains: 1, dim: 1 })).toThrow(
      'traceFigure: draws must be finite, got NaN at index 1',
    );
    expect(() => traceFigure({ draws: [1, 2], chains: 1, dim: 1, names: [] })).toThrow(
      'traceFigure: names must have 1 values, got 0',
    );
    expect(() => traceFigure({ draws: [1, 2], chains: 1, dim: 1, first: -1 })).toThrow('traceFigure: first');
  });
});

describe('autocorrelationFigure', () => {
  const rho = Float64Array.from({ length: 30 * 4 }, (_, i) => Math.cos((i >> 2) / 4) * 0.9 ** (i >> 2));

  it('draws a line a chain, with the integrated times', async () => {
    const svg = autocorrelationFigure({
      autocorrelation: rho,
      chains: 2,
      dim: 2,
      names: ['row', 'column'],
      times: [3, 123.4],
      title: 'Autocorrelation',
    });
    expect(svg).toMatch(SOUND);
    expect(svg).not.toMatch(UNSOUND);
    expect(words(svg)).toEqual(
      expect.arrayContaining(['row', 'column', 'lag in draws', 'integrated time 123 draws']),
    );
    await expect(svg).toMatchFileSnapshot('snapshots/autocorrelation.svg');
  });

  it('names the function and the argument when the input is wrong', () => {
    expect(() => autocorrelationFigure({ autocorrelation: rho, chains: 2, dim: 2, times: [1, 0] })).toThrow(
      new RangeError('autocorrelationFigure: times must be positive, got 0 at index 1'),
    );
    expect(() => autocorrelationFigure({ autocorrelation: [1], chains: 1, dim: 1 })).toThrow(
      'autocorrelationFigure: autocorrelation must have 2 values, got 1',
    );
  });
});

describe('rankFigure', () => {
  it('draws bars for every chain and coordinate, as high as the counts, beside the even share', async () => {
    const counts = [0, 5, 4, 5, 8, 5, 4, 5, 2, 5, 4, 5];
    const svg = rankFigure({ counts, chains: 2, dim: 2, title: 'Ranks' });
    expect(svg).toMatch(SOUND);
    expect(svg).not.toMatch(UNSOUND);
    const bars = [...parsed(svg).querySelectorAll('path[fill-opacity]')].map((path) =>
      [...(path.getAttribute('d') ?? '').matchAll(/v(-[\d.]+)/g)].map((match) => -Number(match[1])),
    );
    // Of the largest count, 92 px; the count of 0 has no bar.
    expect(bars).toEqual([
      [92, 23],
      [46, 46, 46],
      [92, 92, 92],
      [92, 92, 92],
    ]);
    await expect(svg).toMatchFileSnapshot('snapshots/rank.svg');
  });

  it('says how many chains are not shown, and names the argument that is wrong', () => {
    expect(rankFigure({ counts: new Uint32Array(9).fill(2), chains: 9, dim: 1 })).toContain(
      '2 more chains not shown',
    );
    expect(() => rankFigure({ counts: [1, 2, 3], chains: 2, dim: 1 })).toThrow(
      'rankFigure: counts must have 2 values, got 3',
    );
  });
});

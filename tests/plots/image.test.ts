import { describe, expect, it } from 'vitest';
import { imageFigure, toRgba } from '../../src/plots/index.js';
import { SOUND, UNSOUND, words } from './help.js';

const spot = (height: number, width: number, row: number, column: number) => {
  const values = new Float32Array(height * width);
  values[row * width + column] = 5;
  return { title: 'spot', height, width, values };
};

describe('imageFigure', () => {
  it('draws pictures of different resolution side by side in frames of one size', async () => {
    const ramp = { title: 'ramp', height: 2, width: 2, values: [0, 1, 2, 3] };
    const svg = imageFigure({ pictures: [spot(4, 4, 0, 3), ramp], colourBar: true, title: 'Two', side: 100 });
    expect(svg).toMatch(SOUND);
    expect(svg).not.toMatch(UNSOUND);
    expect(svg.match(/<rect [^>]*width="100" height="100" fill="none"/g)).toHaveLength(2);
    expect(words(svg)).toEqual(
      expect.arrayContaining(['Two', 'spot', 'ramp', '4 \u00d7 4 pixels', '2 \u00d7 2 pixels']),
    );
    await expect(svg).toMatchFileSnapshot('snapshots/image.svg');
  });

  it('puts all pictures on one scale, with one bar, where it is given the name of a quantity', async () => {
    const flat = { title: 'flat', height: 1, width: 1, values: [2] };
    const svg = imageFigure({ pictures: [flat, spot(4, 4, 0, 3)], colourBar: 'density', side: 100 });
    expect(svg).toMatch(SOUND);
    expect(words(svg).filter((word) => word === 'density')).toHaveLength(1);
    const { width, pixels } = await toRgba(svg);
    // 2 of 0 ... 5, where it would be white on a scale of its own.
    expect(Math.abs(pixels[4 * (80 * width + 60)] - (2 / 5) * 255)).toBeLessThan(2);
  });

  it('draws values beyond the range of all as the brightest, and tells by a tip on the bar', () => {
    const tip = /<path d="M0,0l7,-8l7,8z" fill="#(f.){3}"/;
    const exact = { title: 'exact', height: 1, width: 2, values: [1, 3] };
    const few = { title: 'few', height: 1, width: 2, values: [0, 40], range: [0, 3] as const };
    const svg = imageFigure({ pictures: [exact, few], colourBar: 'density', side: 100 });
    expect(svg).toMatch(tip);
    expect(words(svg)).toEqual(expect.arrayContaining(['density', '2']));
    expect(words(svg)).not.toContain('40');
    expect(imageFigure({ pictures: [exact], colourBar: 'density', side: 100 })).not.toMatch(tip);
    const within = { ...few, values: [0, 3] };
    expect(imageFigure({ pictures: [exact, within], colourBar: true, side: 100 })).not.toMatch(tip);
  });

  it('is the right way round and sharp: one bright pixel at row 0, column 3 lies at the top', async () => {
    const { width, height, pixels } = await toRgba(imageFigure({ pictures: [spot(5, 5, 0, 3)], side: 105 }));
    // the picture's corner is at (14, 30), a pixel 21 units wide; the frame's line covers the outermost unit
    const bright = [];
    const shades = new Set<number>();
    for (let v = 32; v < 134; v++) {
      for (let u = 16; u < 118; u++) {
        const shade = pixels[4 * (v * width + u)];
        shades.add(shade);
        if (shade === 255) bright.push([v, u]);
      }
    }
    expect(height).toBeGreaterThan(134);
    expect([...shades].sort((a, b) => a - b)).toEqual([0, 255]); // nothing in between: no blur
    expect(Math.min(...bright.map(([v]) => v))).toBe(32);
    expect(Math.max(...bright.map(([v]) => v))).toBe(30 + 20);
    expect(Math.min(...bright.map(([, u]) => u))).toBe(14 + 63);
    expect(Math.max(...bright.map(([, u]) => u))).toBe(14 + 83);
  });

  it('keeps pixels square in a picture that is not', () => {
    const svg = imageFigure({ pictures: [spot(2, 8, 0, 0)], side: 80 });
    expect(svg).toContain('scale(10)');
    expect(svg).toMatch(/width="80" height="20" fill="none"/);
  });

  it('draws 256 shades over the whole picture, white for the largest, or over a given range', () => {
    const values = Float32Array.from({ length: 256 }, (_, i) => i / 255);
    const svg = imageFigure({ pictures: [{ title: 'a', height: 16, width: 16, values }] });
    expect(new Set(svg.match(/fill="#(\w\w)\1\1"/g)).size).toBe(256);
    const cut = imageFigure({
      pictures: [{ title: 'a', height: 1, width: 3, values: [-1, 0.5, 7], range: [0, 1] }],
    });
    expect(cut).toContain('fill="#808080"');
    expect(cut).toContain('fill="#000000"');
  });

  it('stays small: an empty 50 by 50 picture is one rectangle, noise below 60 kB', () => {
    const noise = Float32Array.from({ length: 2500 }, (_, i) => (i * 7919) % 251);
    const size = (values: Float32Array) =>
      imageFigure({ pictures: [{ title: 'a', height: 50, width: 50, values }] }).length;
    expect(size(new Float32Array(2500))).toBeLessThan(1500);
    expect(size(noise)).toBeLessThan(60_000);
  });

  it('draws constant pictures, with and without a colour bar', () => {
    for (const value of [0, 2, -2]) {
      const picture = { title: 'flat', height: 2, width: 2, values: Array(4).fill(value) };
      expect(imageFigure({ pictures: [picture], colourBar: true, scheme: 'viridis' })).not.toMatch(UNSOUND);
    }
  });

  it('names the function and the argument when the input is wrong', () => {
    const error = (change: object) => () => imageFigure({ pictures: [{ ...spot(2, 2, 0, 0), ...change }] });
    expect(error({ values: [1] })).toThrow(
      new RangeError('imageFigure: pictures[0].values must have 4 values, got 1'),
    );
    expect(error({ height: 0 })).toThrow(
      'imageFigure: pictures[0].height must be an integer of at least 1, got 0',
    );
    expect(error({ values: [0, 0, Infinity, 0] })).toThrow(
      'imageFigure: pictures[0].values must be finite, got Infinity at index 2',
    );
    expect(error({ range: [1, 0] })).toThrow(
      'imageFigure: pictures[0].range must be [low, high] with low < high, got [1,0]',
    );
    expect(() => imageFigure({ pictures: [] })).toThrow(
      'imageFigure: pictures must hold at least one picture',
    );
  });
});

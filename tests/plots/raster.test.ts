import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { lossFigure, toPng, toRgba } from '../../src/plots/index.js';

const half =
  '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><rect width="10" height="10" fill="#ff0000" fill-opacity="0.5"/></svg>';

describe('toPng', () => {
  it('writes a PNG of the right size, at any scale', async () => {
    const svg = lossFigure({ steps: [0, 1], loss: [1, 0.5] });
    const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg)!.map(Number);
    for (const scale of [1, 2]) {
      const png = await toPng(svg, { scale });
      expect([...png.slice(0, 8)]).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
      const image = decode(png);
      expect([image.width, image.height]).toEqual([width * scale, height * scale]);
    }
    expect(decode(await toPng(svg, { width: 100 })).width).toBe(100);
  });

  it('draws text with the font that comes along', async () => {
    const svg = (weight: number) =>
      `<svg xmlns="http://www.w3.org/2000/svg" width="90" height="20"><text x="2" y="15" font-family="Inter, system-ui, sans-serif" font-weight="${weight}" font-size="14">sigma \u22121</text></svg>`;
    const ink = async (weight: number) => (await toRgba(svg(weight))).pixels.reduce((sum, v) => sum + v, 0);
    expect(await ink(400)).toBeGreaterThan(10_000);
    expect(await ink(600)).toBeGreaterThan(1.05 * (await ink(400)));
  });

  it('rejects scales and widths that are not positive', async () => {
    await expect(toPng(half, { scale: 0 })).rejects.toThrow(
      new RangeError('toPng: scale must be a positive number, got 0'),
    );
    await expect(toRgba(half, { width: Number.NaN })).rejects.toThrow(
      new RangeError('toRgba: width must be a positive number, got NaN'),
    );
  });
});

describe('toRgba', () => {
  it('gives rows from the top, colours not multiplied by alpha', async () => {
    const { width, height, pixels } = await toRgba(half);
    expect([width, height, pixels.length]).toEqual([20, 10, 800]);
    expect([...pixels.slice(0, 4)]).toEqual([255, 0, 0, 128]);
    expect([...pixels.slice(76, 80)]).toEqual([0, 0, 0, 0]);
  });
});

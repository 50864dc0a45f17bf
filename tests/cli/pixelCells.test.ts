import { describe, expect, it } from 'vitest';
import { pixelGrid, wholePixels } from '../../src/cli/run/pixelCells.js';
import {
  type GreyImage,
  type HistogramOptions,
  imageDistribution,
  smoothedHistogram,
} from '../../src/index.js';

const MOST = 128;

const picture = (
  height: number,
  width: number,
  tone: (row: number, column: number) => number,
): GreyImage => ({
  height,
  width,
  pixels: Float32Array.from({ length: height * width }, (_, i) => tone(Math.floor(i / width), i % width)),
});
const white = (height: number, width = height) => picture(height, width, () => 1);
const gridOf = (points: Float32Array) => pixelGrid(points, MOST)?.grid as HistogramOptions;

describe('cells of whole pixels', () => {
  it.each([16, 28, 128, 130])('hold the whole of a white frame %i pixels across', (side) => {
    const isEdge = (at: number) => at === 0 || at === side - 1;
    const frame = imageDistribution(picture(side, side, (r, c) => (isEdge(r) || isEdge(c) ? 1 : 0)));
    const { counts, outside } = smoothedHistogram(frame, 0.001, gridOf(frame.points));
    expect(outside).toBeLessThan(1e-3);
    const cells = Math.sqrt(counts.length);
    const { by } = wholePixels(side, MOST);
    // A corner has as many pixels of the frame as it holds.
    expect(counts[0]).toBeCloseTo((2 * by - 1) / (4 * side - 4), 4);
    expect(counts[counts.length - 1]).toBeCloseTo(counts[0], 6);
    expect(counts[cells >> 1]).toBeCloseTo(by / (4 * side - 4), 4);
  });

  it('are alike in a white picture of 256 pixels across, without a cross', () => {
    const { points, ...rest } = imageDistribution(white(256));
    const { counts } = smoothedHistogram({ ...rest, points }, 0, gridOf(points));
    expect(counts).toHaveLength(128 ** 2);
    for (const count of counts) expect(count).toBeCloseTo(1 / 128 ** 2, 12);
  });

  it.each([
    [[white(16), white(16)], 16, -0.5 / 15, 15.5 / 15],
    [[white(16), white(8)], 16, 0, 1],
    [[white(300), white(150)], 100, 0, 1],
    [[white(20, 30)], 30, -0.5 / 29, 29.5 / 29],
    [[white(1, 2)], 2, -0.5, 1.5],
  ])('of pictures %# are those of the largest', (images, bins, low, high) => {
    const { points } = imageDistribution(images.map((image) => ({ image })));
    const limits = [expect.closeTo(low, 9), expect.closeTo(high, 9)];
    expect(gridOf(points)).toEqual({ bins, xlim: limits, ylim: limits });
  });

  it('are none of points that are no pixels', () => {
    for (const points of [[0, 0], [-1, 1], [0.3, 0.4, 0.9], [0, 1e-9, 1], [0, 0.5, 3], []])
      expect(pixelGrid(Float32Array.from(points), MOST)).toBeUndefined();
  });
});

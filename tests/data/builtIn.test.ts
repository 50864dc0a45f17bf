import { describe, expect, it } from 'vitest';
import { builtInImage, builtInImages } from '../../src/data/builtIn.js';
import type { GreyImage } from '../../src/data/image.js';
import { oneLine } from '../formats/oneLine.js';

const sum = (values: ArrayLike<number>) => Array.from(values).reduce((total, value) => total + value, 0);

/** Rows of characters, dark to bright. */
function sketch({ height, width, pixels }: GreyImage): string {
  const shades = ' .+#';
  const rows = Array.from({ length: height }, (_, row) => pixels.subarray(row * width, (row + 1) * width));
  return rows
    .map((row) =>
      Array.from(row, (p) => shades[Math.min(3, Math.floor(p * 4))])
        .join('')
        .trimEnd(),
    )
    .join('\n');
}

describe('builtInImage', () => {
  it('draws every picture in intensities of whole 255ths, mostly dark, with light', () => {
    for (const name of builtInImages) {
      const { height, width, pixels } = builtInImage(name);
      expect([height, width, pixels.length]).toEqual([28, 28, 784]);
      expect(pixels.every((p) => p >= 0 && p <= 1 && p === Math.fround(Math.round(p * 255) / 255))).toBe(
        true,
      );
      expect(sum(pixels)).toBeGreaterThan(80);
      expect(sum(pixels)).toBeLessThan(400);
    }
  });

  it('draws a five with about the ink of one in MNIST, in the middle', () => {
    const { pixels } = builtInImage('five');
    const ink = sum(pixels);
    expect(ink).toBeGreaterThan(90);
    expect(ink).toBeLessThan(110);
    const row = sum(pixels.map((p, i) => p * Math.floor(i / 28))) / ink;
    const column = sum(pixels.map((p, i) => p * (i % 28))) / ink;
    expect(Math.abs(row - 13.5)).toBeLessThan(0.5);
    expect(Math.abs(column - 13.5)).toBeLessThan(0.5);
    expect(pixels.filter((p) => p > 0.9).length).toBeGreaterThan(50);
  });

  it('keeps its five', () => {
    expect(sketch(builtInImage('five'))).toMatchInlineSnapshot(`
      "




                      .+##+
                ##########+
                ########+.
               .##....
               +#+
               ##+ ..
               #######+.
              .#########.
              .##+...+###
               ..     .##+
                       ##+
                       ###
                       ##+
                      .##.
                     .###
             ++     +###.
             ##########.
             .+######+
                 ...



      "
    `);
  });

  it('samples one picture at any size: every third pixel of 82 x 82 is the picture of 28 x 28', () => {
    for (const name of builtInImages) {
      const small = builtInImage(name, 28);
      const large = builtInImage(name, 82);
      small.pixels.forEach((p, i) => {
        const there = large.pixels[3 * Math.floor(i / 28) * 82 + 3 * (i % 28)];
        expect(Math.abs(p - there)).toBeLessThan(1.01 / 255);
      });
    }
  });

  it('reports unknown names with the known ones, and impossible sizes', () => {
    // @ts-expect-error no such picture
    expect(oneLine(() => builtInImage('six'))).toBe(
      'builtInImage: name must be one of five, rings, moons, spiral, checker, got six',
    );
    expect(oneLine(() => builtInImage('five', 1))).toBe(
      'builtInImage: size must be an integer from 2 to 4096, got 1',
    );
    expect(() => builtInImage('five', 28.5)).toThrow(RangeError);
    expect(() => builtInImage('five', 5000)).toThrow(RangeError);
  });
});

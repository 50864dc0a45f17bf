import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { readIdx } from '../../src/formats/idx.js';
import { encodePng, imageGrid, imageGridPixels, type Raster, toRgba } from '../../src/plots/index.js';
import { parsed, SOUND, UNSOUND, words } from './help.js';

/** Images of one shade each: [n, 2, 3, 1]. */
const flat = (...shades: number[]) =>
  Float32Array.from({ length: 6 * shades.length }, (_, i) => shades[Math.floor(i / 6)]);
const size = { height: 2, width: 3 };

/** The red byte of each pixel. */
const reds = ({ pixels }: Raster) => Array.from({ length: pixels.length / 4 }, (_, i) => pixels[4 * i]);

describe('imageGridPixels', () => {
  it('lays images out row by row with white between them, and clips to 0 and 1', () => {
    const raster = imageGridPixels({ ...size, images: flat(0, 0.5, 7, -1, 0.2), columns: 3 });
    expect([raster.width, raster.height]).toEqual([3 * 3 + 2, 2 * 2 + 1]);
    const above = [0, 0, 0, 255, 128, 128, 128, 255, 255, 255, 255];
    const below = [0, 0, 0, 255, 51, 51, 51, 255, 255, 255, 255];
    expect(reds(raster)).toEqual([...above, ...above, ...Array(11).fill(255), ...below, ...below]);
    expect(raster.pixels.filter((_, i) => i % 4 === 3).every((alpha) => alpha === 255)).toBe(true);
  });

  it('keeps rows, columns and channels in their places, at any whole scale', () => {
    const images = Float32Array.from({ length: 2 * 3 * 3 }, (_, i) => i / 17);
    const one = imageGridPixels({ ...size, channels: 3, images });
    const rgb = Array.from(one.pixels).filter((_, i) => i % 4 !== 3);
    expect(rgb).toEqual(Array.from(images, (v) => Math.round(255 * v)));
    const three = imageGridPixels({ ...size, channels: 3, images, scale: 3 });
    expect([three.width, three.height]).toEqual([9, 6]);
    for (let y = 0; y < 6; y++) {
      for (let x = 0; x < 9; x++) {
        const from = 4 * (Math.floor(y / 3) * 3 + Math.floor(x / 3));
        const to = 4 * (y * 9 + x);
        expect(three.pixels.slice(to, to + 4)).toEqual(one.pixels.slice(from, from + 4));
      }
    }
  });

  it('draws a range of its own black and white', () => {
    const raster = imageGridPixels({ height: 1, width: 5, images: [-2, -1, 0.5, 2, 3], range: [-1, 2] });
    expect(reds(raster)).toEqual([0, 0, 128, 255, 255]);
  });
});

describe('imageGrid', () => {
  it('draws a sheet with a text at each row and column', async () => {
    const svg = imageGrid({
      ...size,
      images: flat(0, 0.5, 1, 0.2),
      columns: 2,
      scale: 12,
      rowLabels: ['first', 'second'],
      columnLabels: ['left', 'a long one'],
      title: 'Sheet',
    });
    expect(svg).toMatch(SOUND);
    expect(svg).not.toMatch(UNSOUND);
    expect(words(svg)).toEqual(['Sheet', 'first', 'second', 'left', expect.stringMatching(/^a .*\u2026$/)]);
    await expect(svg).toMatchFileSnapshot('snapshots/imageGrid.svg');
  });

  it('embeds the very pixels, and is drawn sharp at twice the size', async () => {
    const images = flat(0, 0.25, 0.5, 0.75);
    const svg = imageGrid({ ...size, images, scale: 2, gap: 0 });
    const image = parsed(svg).querySelector('image') as Element;
    const href = image.getAttribute('href') as string;
    const { data, channels } = decode(Buffer.from(href.split(',')[1], 'base64'));
    expect(channels).toBe(1);
    expect([...data]).toEqual(reds(imageGridPixels({ ...size, images, gap: 0 })));
    const [left, top] = ['x', 'y'].map((name) => Number(image.getAttribute(name)));
    const drawn = await toRgba(svg, { scale: 2 });
    const wanted = imageGridPixels({ ...size, images, gap: 0, scale: 4 });
    for (let y = 0; y < wanted.height; y++) {
      const from = 4 * ((2 * top + y) * drawn.width + 2 * left);
      const row = 4 * wanted.width;
      expect(drawn.pixels.slice(from, from + row)).toEqual(wanted.pixels.slice(y * row, (y + 1) * row));
    }
  });

  it('makes the sheet about square unless columns are given, and no wider than its images', () => {
    const columns = (options: object) =>
      imageGridPixels({ ...size, images: flat(...Array(10).fill(0)), ...options });
    expect(columns({}).width).toBe(4 * 4 - 1);
    expect(columns({ columns: 100 })).toMatchObject({ width: 10 * 4 - 1, height: 2 });
  });

  it('draws 1,000 images of 28 by 28 in less than a second', () => {
    const images = Float32Array.from({ length: 784_000 }, (_, i) => ((i * 7919) % 251) / 250);
    const start = performance.now();
    const svg = imageGrid({ height: 28, width: 28, images });
    expect(performance.now() - start).toBeLessThan(1000);
    expect(svg.length).toBeLessThan(1.4e6);
  });

  it('names the function and the argument when the input is wrong', () => {
    const error = (change: object) => () => imageGrid({ ...size, images: flat(0, 1), ...change });
    expect(error({ images: [1, 2] })).toThrow(
      new RangeError('imageGrid: images must hold one or more images of 6 values, got 2 values'),
    );
    expect(error({ images: [] })).toThrow('images must hold one or more images of 6 values, got 0 values');
    expect(error({ images: [0, 0, Number.NaN, 0, 0, 0] })).toThrow(
      'images must be finite, got NaN at index 2',
    );
    expect(error({ height: 0 })).toThrow('imageGrid: height must be an integer of at least 1, got 0');
    expect(error({ channels: 2 })).toThrow('imageGrid: channels must be 1 or 3, got 2');
    expect(error({ scale: 1.5 })).toThrow('imageGrid: scale must be an integer of at least 1, got 1.5');
    expect(error({ gap: -1 })).toThrow('imageGrid: gap must be an integer of at least 0, got -1');
    expect(error({ columns: 0 })).toThrow('imageGrid: columns must be an integer of at least 1, got 0');
    expect(error({ rowLabels: [] })).toThrow('imageGrid: rowLabels must have 1 values, got 0');
    expect(error({ columnLabels: ['a'] })).toThrow('imageGrid: columnLabels must have 2 values, got 1');
    expect(error({ range: [1, 1] })).toThrow(
      'imageGrid: range must be [low, high] with low < high, got [1,1]',
    );
    expect(() => imageGridPixels({ ...size, images: flat(0), scale: 0 })).toThrow(
      'imageGridPixels: scale must be an integer of at least 1, got 0',
    );
  });
});

describe('encodePng', () => {
  it('keeps every byte, in as few channels as suffice', () => {
    const pixels = (...bytes: number[]) => encodePng({ width: 2, height: 1, pixels: Uint8Array.from(bytes) });
    const read = (png: Uint8Array) => {
      const { channels, data } = decode(png);
      return [channels, ...data];
    };
    expect(read(pixels(1, 1, 1, 255, 9, 9, 9, 255))).toEqual([1, 1, 9]);
    expect(read(pixels(1, 2, 3, 255, 9, 9, 9, 255))).toEqual([3, 1, 2, 3, 9, 9, 9]);
    expect(read(pixels(1, 1, 1, 255, 9, 9, 9, 8))).toEqual([4, 1, 1, 1, 255, 9, 9, 9, 8]);
  });
});

describe.runIf(process.env.MNIST_DIR)('MNIST', () => {
  it('a sheet of 100 digits has the bytes of the file', () => {
    const bytes = readFileSync(join(process.env.MNIST_DIR as string, 'train100-images-idx3-ubyte'));
    const file = readIdx(bytes);
    const images = new Float32Array(100 * 784);
    for (let i = 0; i < 100; i++) images.set(file.image(i).pixels, i * 784);
    const raster = imageGridPixels({ height: 28, width: 28, images, columns: 1, gap: 0 });
    expect(reds(raster)).toEqual([...bytes.subarray(16)]);
  });
});

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCore } from '../../src/core/load.js';
import { key } from '../../src/core/random.js';
import { DIGIT_STYLES } from '../../src/data/digitStrokes.js';
import { digits } from '../../src/data/digits.js';
import { imageMoments } from '../../src/data/imageParts.js';
import type { ImageSet } from '../../src/data/imageSet.js';
import { gunzip } from '../../src/formats/gzip.js';
import { readIdxLabels } from '../../src/formats/idx.js';
import { forEachCore } from '../cores.js';
import { oneLine } from '../formats/oneLine.js';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const overall = ({ mean, sd }: { mean: Float64Array; sd: number }) => ({
  mean: mean.reduce((a, b) => a + b, 0) / mean.length,
  sd,
});

/** Row and column of the centre of mass of an image. */
function centre({ width, height, pixels }: ImageSet, index: number): [number, number] {
  let [mass, row, column] = [0, 0, 0];
  for (let i = 0; i < height * width; i++) {
    const ink = pixels[index * height * width + i];
    mass += ink;
    row += ink * Math.floor(i / width);
    column += ink * (i % width);
  }
  return [row / mass, column / mass];
}

forEachCore('digits', (core) => {
  it('gives the same bits for a key, whatever the kernel', () => {
    const set = digits(core, key(0), 100);
    expect(set).toMatchObject({ count: 100, height: 28, width: 28, channels: 1, classes: 10 });
    expect(Array.from(set.labels ?? []).slice(0, 10)).toEqual([3, 0, 2, 6, 2, 1, 5, 1, 3, 6]);
    expect(sha256(set.pixels as Uint8Array)).toBe(
      '8b03113c312ebcab7f41619a10ffda2290fa1c6fc5ff66ee1393d75afb8a93fb',
    );
  });

  it('begins a larger set with a smaller one', () => {
    const [few, many] = [3, 20].map((n) => digits(core, key(5), n));
    expect(many.pixels.slice(0, few.pixels.length)).toEqual(few.pixels);
    expect(many.labels?.slice(0, 3)).toEqual(few.labels);
  });

  it('reports what it cannot draw', () => {
    expect(oneLine(() => digits(core, key(0), 0))).toBe(
      'digits: n must be an integer from 1 to 2739137, got 0',
    );
    expect(oneLine(() => digits(core, key(0), 1, { size: 4 }))).toBe(
      'digits: size must be an integer from 8 to 512, got 4',
    );
    // @ts-expect-error a seed is no key
    expect(() => digits(core, 0, 1)).toThrow(TypeError);
  });
});

describe('digits', async () => {
  const core = await loadCore({ kernel: 'strict', threads: 1 });
  const set = digits(core, key(1), 2000);

  it('have the mean and the standard deviation of MNIST, .1307 and .3081, within 2 per cent', () => {
    const { mean, sd } = overall(imageMoments(set));
    expect(Math.abs(mean / 0.1307 - 1)).toBeLessThan(0.02);
    expect(Math.abs(sd / 0.3081 - 1)).toBeLessThan(0.02);
  });

  it('are about as often each of ten, and all different', () => {
    const counts = Array(10).fill(0);
    for (const label of set.labels ?? []) counts[label]++;
    for (const count of counts) expect(Math.abs(count - 200)).toBeLessThan(60);
    const seen = new Set<string>();
    for (let i = 0; i < set.count; i++) {
      seen.add(sha256((set.pixels as Uint8Array).subarray(784 * i, 784 * (i + 1))));
    }
    expect(seen.size).toBe(set.count);
  });

  it('are centred by mass within half a pixel, and 20 pixels high or wide', () => {
    const { pixels } = set;
    for (let i = 0; i < set.count; i++) {
      for (const at of centre(set, i)) expect(Math.abs(at - 13.5)).toBeLessThan(0.51);
      const [rows, columns] = [new Set<number>(), new Set<number>()];
      for (let j = 0; j < 784; j++) {
        if (pixels[784 * i + j] < 128) continue;
        rows.add(Math.floor(j / 28));
        columns.add(j % 28);
      }
      const side = Math.max(rows.size, columns.size);
      expect(side).toBeGreaterThanOrEqual(18);
      expect(side).toBeLessThanOrEqual(20);
    }
  });

  it('are the same writing at any size', () => {
    for (const size of [8, 14, 57]) {
      const scaled = digits(core, key(1), 50, { size });
      expect(scaled).toMatchObject({ height: size, width: size, count: 50 });
      expect(scaled.labels).toEqual(set.labels?.slice(0, 50));
      const { mean } = overall(imageMoments(scaled));
      expect(Math.abs(mean - 0.13)).toBeLessThan(0.015);
    }
  });

  it('ask for no more random words than an image has', () => {
    for (const style of DIGIT_STYLES.flat()) {
      const places = new Set(style.strokes.flat().map(String));
      // one for the label, one for the style, nine for the manner, three for the pen, one for the edge
      expect(15 + 2 * places.size).toBeLessThanOrEqual(64);
    }
  });
});

const folder = process.env.MNIST_DIR;

it.runIf(folder)(
  'are read by MNIST: the nearest of 10,000 real digits has the same label 9 times in 10',
  async () => {
    const read = (file: string) => gunzip(new Uint8Array(readFileSync(join(folder as string, file))));
    const bytes = (await read('t10k-images-idx3-ubyte.gz')).subarray(16);
    const labels = readIdxLabels(await read('t10k-labels-idx1-ubyte.gz'));
    const core = await loadCore({ kernel: 'strict', threads: 1 });
    const set = digits(core, key(1), 200);
    let right = 0;
    for (let i = 0; i < set.count; i++) {
      let [best, label] = [Infinity, -1];
      for (let j = 0; j < labels.length; j++) {
        let distance = 0;
        for (let k = 0; k < 784 && distance < best; k++) {
          distance += (set.pixels[784 * i + k] - bytes[784 * j + k]) ** 2;
        }
        if (distance < best) [best, label] = [distance, labels[j]];
      }
      if (label === set.labels?.[i]) right++;
    }
    expect(right).toBeGreaterThanOrEqual(180);
  },
);

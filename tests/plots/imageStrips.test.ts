import { describe, expect, it } from 'vitest';
import { chainFrames, denoisingStrip, toGif, walkJumpStrip } from '../../src/plots/index.js';
import { playGif } from './gif-reader.js';
import { parsed, SOUND, UNSOUND, words } from './help.js';

const size = { height: 2, width: 2 };
const ramp = (length: number) => Float32Array.from({ length }, (_, i) => i / (length - 1));

/** Sizes of the embedded pictures, in pixels of the figure. */
const pictures = (svg: string) =>
  Array.from(parsed(svg).querySelectorAll('image'), (image) =>
    ['x', 'y', 'width', 'height'].map((name) => Number(image.getAttribute(name))),
  );

describe('denoisingStrip', () => {
  const level = (sigma: number) => ({ sigma, noisy: ramp(12).map((v) => 1 - v), denoised: ramp(12) });
  const options = { ...size, clean: ramp(12), levels: [level(0.5), level(1)], scale: 12 };

  it('draws clean images, and noisy above denoised ones for each sigma', async () => {
    const svg = denoisingStrip({ ...options, title: 'Denoising' });
    expect(svg).toMatch(SOUND);
    expect(svg).not.toMatch(UNSOUND);
    const rows = ['noisy', 'σ = 0.5', 'denoised', 'noisy', 'σ = 1', 'denoised'];
    expect(words(svg)).toEqual(['Denoising', 'clean', ...rows]);
    const [clean, first, second] = pictures(svg);
    expect(clean.slice(2)).toEqual([8 * 12, 2 * 12]);
    expect(first.slice(2)).toEqual([8 * 12, 5 * 12]);
    expect(second[1]).toBeGreaterThan(first[1] + first[3]);
    await expect(svg).toMatchFileSnapshot('snapshots/denoisingStrip.svg');
  });

  it('draws noisy images, and these alone, over a range of theirs', () => {
    const hrefs = (noisyRange?: [number, number]) =>
      Array.from(parsed(denoisingStrip({ ...options, noisyRange })).querySelectorAll('image'), (image) =>
        image.getAttribute('href'),
      );
    const [plain, wide] = [hrefs(), hrefs([-1, 2])];
    expect(wide[0]).toBe(plain[0]);
    expect(wide[1]).not.toBe(plain[1]);
    expect(hrefs([0, 1])).toEqual(plain);
  });

  it('names the function and the argument when the input is wrong', () => {
    const error = (change: object) => () => denoisingStrip({ ...options, ...change });
    expect(error({ levels: [] })).toThrow('denoisingStrip: levels must hold at least one noise level');
    expect(error({ levels: [{ ...level(1), noisy: [1] }] })).toThrow(
      'denoisingStrip: levels[0].noisy must have 12 values, got 1',
    );
    expect(error({ levels: [level(0)] })).toThrow('levels[0].sigma must be a positive number, got 0');
    expect(error({ clean: [1] })).toThrow('clean must hold one or more images of 4 values, got 1 values');
    expect(error({ noisyRange: [1, 0] })).toThrow('noisyRange must be [low, high] with low < high');
  });
});

describe('walkJumpStrip', () => {
  const chains = { ...size, walk: ramp(40), jumps: ramp(40).map((v) => 1 - v), chains: 2, scale: 6 };
  const options = { ...chains, steps: [10, 20, 30, 40, 5000], columns: 2 };

  it('draws every step in double rows, the chains one below the other', async () => {
    const svg = walkJumpStrip({ ...options, title: 'Walk and jump' });
    expect(svg).toMatch(SOUND);
    expect(svg).not.toMatch(UNSOUND);
    const rows = ['10\u201320', '30\u201340', '5,000'];
    expect(words(svg).slice(2)).toEqual(['chain 0', ...rows, 'chain 1', ...rows]);
    const drawn = pictures(svg);
    expect(drawn).toHaveLength(6);
    const tops = drawn.map(([, y]) => y);
    expect(tops).toEqual([...tops].sort((a, b) => a - b));
    for (const [, , width, height] of drawn) expect([width, height]).toEqual([5 * 6, 5 * 6]);
    await expect(svg).toMatchFileSnapshot('snapshots/walkJumpStrip.svg');
  });

  it('leaves the name of a single chain out', () => {
    const svg = walkJumpStrip({ ...chains, chains: 1, steps: ramp(10).map((v) => 9 * v) });
    expect(words(svg).slice(1)).toEqual(['0\u20139']);
    expect(pictures(svg)).toHaveLength(1);
  });

  it('names the function and the argument when the input is wrong', () => {
    const error = (change: object) => () => walkJumpStrip({ ...options, ...change });
    expect(error({ steps: [1] })).toThrow('walkJumpStrip: steps must have 5 values, got 1');
    expect(error({ jumps: [1] })).toThrow('walkJumpStrip: jumps must have 40 values, got 1');
    expect(error({ chains: 3 })).toThrow(
      'walkJumpStrip: walk must hold one or more images of 12 values, got 40 values',
    );
    expect(error({ chains: 0 })).toThrow('chains must be an integer of at least 1, got 0');
    expect(error({ columns: 0 })).toThrow('columns must be an integer of at least 1, got 0');
    expect(error({ walkRange: [2, 1] })).toThrow('walkRange must be [low, high] with low < high');
  });
});

describe('chainFrames', () => {
  // Two chains of one pixel, three images kept.
  const walk = [0, 0.2, 0.4, 0.6, 0.8, 5];
  const jumps = [1, 1, 0, 0, 1, 0];
  const chains = { height: 1, width: 1, walk, jumps, chains: 2, gap: 0, scale: 1 };
  const reds = (options: object = {}) =>
    [...chainFrames({ ...chains, ...options })].map(({ pixels }) => [
      ...pixels.filter((_, i) => i % 4 === 0),
    ]);

  it('yields the walk above its jump, chains side by side, clipped to 0 and 1', () => {
    expect(reds()).toEqual([
      [0, 51, 255, 255],
      [102, 153, 0, 0],
      [204, 255, 255, 0],
    ]);
    expect(reds({ walkRange: [-1, 1] })[0]).toEqual([128, 153, 255, 255]);
  });

  it('can skip images, ends with the last, and enlarges', () => {
    expect(reds({ every: 2 })).toEqual([reds()[0], reds()[2]]);
    expect(reds({ every: 5 })).toEqual([reds()[0], reds()[2]]);
    const [frame] = chainFrames({ ...chains, gap: 1, scale: 3 });
    expect([frame.width, frame.height]).toEqual([9, 9]);
    expect(() => reds({ every: 0 })).toThrow('chainFrames: every must be an integer of at least 1, got 0');
    expect(() => reds({ jumps: [0] })).toThrow('chainFrames: jumps must have 6 values, got 1');
  });

  it('makes a GIF with the shades of the images', async () => {
    const { width, height, delays, rgb } = playGif(await toGif(chainFrames(chains), { delayMs: 40 }));
    expect({ width, height, delays }).toEqual({ width: 2, height: 2, delays: [4, 4, 4] });
    expect([...rgb].filter((_, i) => i % 3 === 0)).toEqual([204, 255, 255, 0]);
  });
});

import { describe, expect, it } from 'vitest';
import { flattenFrame, pathFrames, type Raster, rasterFrames, toGif, toRgba } from '../../src/plots/index.js';
import { playGif } from './gif-reader.js';
import { onGrid, UNSOUND, words } from './help.js';

const lim = [-1.5, 1.5] as const;
const spiral = Float32Array.from(
  { length: 40 },
  (_, i) => (((i >> 1) + 3) / 20) * (i % 2 ? Math.sin(i >> 1) : Math.cos(i >> 1)),
);
const options = {
  xlim: lim,
  ylim: lim,
  n: 12,
  prob: onGrid(lim, lim, 12, (x, y) => 1 / (1 + x * x + y * y)),
  paths: [spiral],
};

function plain(width: number, height: number, colour: number[]): Raster {
  return {
    width,
    height,
    pixels: Uint8Array.from({ length: 4 * width * height }, (_, i) => [...colour, 255][i % 4]),
  };
}

describe('pathFrames', () => {
  it('yields a frame a step over one background, the last one whole', () => {
    const frames = [...pathFrames(options)];
    expect(frames).toHaveLength(20);
    expect(new Set(frames.map((frame) => frame.background)).size).toBe(1);
    for (const { overlay } of frames) expect(overlay).not.toMatch(UNSOUND);
    expect(words(frames[19].overlay)).toEqual(['20 of 20']);
    const lengths = frames.map((frame) => frame.overlay.length);
    expect(lengths).toEqual([...lengths].sort((a, b) => a - b));
  });

  it('can skip steps, and ends with the last', () => {
    const counters = [...pathFrames({ ...options, every: 8 })].map(({ overlay }) => words(overlay)[0]);
    expect(counters).toEqual(['1 of 20', '9 of 20', '17 of 20', '20 of 20']);
    expect([...pathFrames({ ...options, paths: [[0, 0]] })]).toHaveLength(1);
    expect(() => [...pathFrames({ ...options, every: 0 })]).toThrow(
      new RangeError('pathFrames: every must be an integer of at least 1, got 0'),
    );
  });

  it('looks the same in layers and flattened', async () => {
    const frame = [...pathFrames(options)][12];
    const whole = await toRgba(flattenFrame(frame), { width: 200 });
    const layered = (await rasterFrames([frame], { width: 200 }).next()).value as Raster;
    expect([layered.width, layered.height]).toEqual([whole.width, whole.height]);
    const worst = layered.pixels.reduce((most, v, i) => Math.max(most, Math.abs(v - whole.pixels[i])), 0);
    expect(worst).toBeLessThan(8);
  });
});

describe('toGif', () => {
  it('stores every frame, plays back to the last one, and repeats for ever', async () => {
    const gif = await toGif(pathFrames(options), { width: 160, delayMs: 50, lastDelayMs: 1500 });
    expect(new TextDecoder().decode(gif.slice(0, 6))).toBe('GIF89a');
    const played = playGif(gif);
    expect(played.delays).toEqual([...Array(19).fill(5), 150]);
    expect(played.loops).toBe(0);
    const last = await toRgba(flattenFrame([...pathFrames(options)][19]), { width: 160 });
    expect([played.width, played.height]).toEqual([last.width, last.height]);
    let off = 0;
    for (let i = 0; i < played.rgb.length / 3; i++) {
      const distance = [0, 1, 2].reduce(
        (sum, k) => sum + Math.abs(played.rgb[3 * i + k] - last.pixels[4 * i + k]),
        0,
      );
      if (distance > 48) off++;
    }
    expect(off / (last.width * last.height)).toBeLessThan(0.002);
    expect([...played.rgb.slice(0, 3)]).toEqual([255, 255, 255]);
  });

  it('stores little for what stays the same', async () => {
    const one = await toGif(pathFrames({ ...options, every: 100 }), { width: 160 });
    const twenty = await toGif(pathFrames(options), { width: 160 });
    expect(twenty.length).toBeLessThan(3 * one.length + 20 * 1000);
  });

  it('takes SVG text and pixels, and frames that come one by one', async () => {
    async function* slowly() {
      yield plain(8, 4, [255, 0, 0]);
      yield plain(8, 4, [0, 0, 255]);
    }
    const played = playGif(await toGif(slowly()));
    expect(played.delays).toEqual([10, 10]);
    expect([...played.rgb.slice(0, 3)]).toEqual([0, 0, 255]);
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="4"><rect width="8" height="4" fill="#fff"/></svg>';
    expect(playGif(await toGif([svg])).width).toBe(8);
  });

  it('gives the same bytes every time', async () => {
    const make = () => toGif(pathFrames({ ...options, every: 5 }), { width: 100 });
    expect(await make()).toEqual(await make());
  });

  it('rejects bad input, and stops when asked', async () => {
    await expect(toGif([])).rejects.toThrow(
      new RangeError('toGif: frames must hold at least one frame, got 0'),
    );
    await expect(toGif([plain(2, 2, [0, 0, 0]), plain(2, 3, [0, 0, 0])])).rejects.toThrow(
      new RangeError('toGif: frames must all be 2x2 pixels, got 2x3'),
    );
    await expect(toGif([plain(2, 2, [0, 0, 0])], { delayMs: 0 })).rejects.toThrow(
      new RangeError('toGif: delayMs must be a positive number, got 0'),
    );
    await expect(
      toGif(pathFrames(options), { signal: AbortSignal.abort(new Error('enough')) }),
    ).rejects.toThrow('enough');
  });
});

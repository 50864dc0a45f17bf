import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { decode } from 'fast-png';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { saveImages, saveWalkJump } from '../../src/cli/run/imageFigures.js';
import { Report } from '../../src/cli/terminal/report.js';
import { playGif } from '../plots/gif-reader.js';

const report = new Report({ stdout: new PassThrough(), stderr: new PassThrough() }, false);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scorefield-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('saveImages', () => {
  it('writes a PNG file with exactly the pixels of the images', async () => {
    const files = await saveImages(folder, 'digits', {
      height: 1,
      width: 2,
      images: [0, 1, 0.2, 0.4],
      columns: 1,
      gap: 0,
    });
    expect(files).toEqual([join(folder, 'digits.png')]);
    const { width, height, channels, data } = decode(await readFile(files[0]));
    expect({ width, height, channels, data: [...data] }).toEqual({
      width: 2,
      height: 2,
      channels: 1,
      data: [0, 255, 51, 102],
    });
  });
});

describe('saveWalkJump', () => {
  const chains = {
    height: 2,
    width: 2,
    walk: Float32Array.from({ length: 12 }, (_, i) => i / 11),
    jumps: Float32Array.from({ length: 12 }, (_, i) => i % 2),
    steps: [5, 10, 15],
  };

  it('writes a still figure and a moving picture with a frame for every image kept, at 4 pixels a pixel', async () => {
    const context = { report, signal: new AbortController().signal };
    const files = await saveWalkJump(folder, 'chain', chains, context);
    const names = files.map((file) => basename(file));
    expect(names.slice(0, 3)).toEqual(['chain.svg', 'chain.png', 'chain.gif']);
    expect(await readFile(files[0], 'utf8')).toContain('5\u201315');
    const { width, height, delays } = playGif(await readFile(files[2]));
    expect({ width, height, delays }).toEqual({ width: 8, height: 20, delays: [10, 10, 200] });
    await saveWalkJump(folder, 'chain', { ...chains, every: 2 }, context);
    expect(playGif(await readFile(files[2])).delays).toEqual([10, 200]);
  });

  it('stops when asked', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(saveWalkJump(folder, 'chain', chains, { report, signal })).rejects.toThrow('enough');
  });
});

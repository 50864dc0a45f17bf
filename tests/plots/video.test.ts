import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toMp4 } from '../../src/plots/figures/video.js';
import { pathFrames } from '../../src/plots/index.js';

const path = process.env.PATH;
const ffmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
const frames = () => pathFrames({ xlim: [-1, 1], ylim: [-1, 1], paths: [[0, 0, 0.5, 0.5, 0.2, 0.1]] });
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scorefield-'));
});
afterEach(async () => {
  process.env.PATH = path;
  await rm(folder, { recursive: true });
});

/** Puts a shell script in ffmpeg's place. */
async function pretend(script: string): Promise<void> {
  const file = join(folder, 'ffmpeg');
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  process.env.PATH = `${folder}:${path}`;
}

describe('toMp4', () => {
  it('says in one line that ffmpeg is missing', async () => {
    process.env.PATH = '';
    await expect(toMp4(frames(), join(folder, 'a.mp4'))).rejects.toThrow(
      new Error('mp4: ffmpeg was not found on PATH; install it or use the GIF'),
    );
    expect(await readdir(folder)).toEqual([]);
  });

  it.skipIf(!ffmpeg)('writes an mp4 file', async () => {
    const file = join(folder, 'a.mp4');
    await toMp4(frames(), file, { fps: 5, width: 101 });
    expect((await readFile(file)).subarray(4, 8).toString()).toBe('ftyp');
    expect(await readdir(folder)).toEqual(['a.mp4']);
  });

  it('pipes every frame as RGBA and moves the finished file into place', async () => {
    await pretend('for last; do :; done\necho "$@" >"$last.args"\ncat >"$last"');
    await toMp4(frames(), join(folder, 'a.mp4'), { fps: 7, width: 100 });
    const options = await readFile(join(folder, 'a.mp4.part.args'), 'utf8');
    const [, width, height] = /-s (\d+)x(\d+) -r 7 /.exec(options)!.map(Number);
    expect(width).toBe(100);
    expect(await readFile(join(folder, 'a.mp4'))).toHaveLength(3 * 4 * width * height);
  });

  it('passes on why ffmpeg failed and leaves no file', async () => {
    await pretend('echo "first line" >&2\necho "no encoder" >&2\nexit 3');
    await expect(toMp4(frames(), join(folder, 'a.mp4'))).rejects.toThrow(
      new Error('mp4: ffmpeg failed: no encoder'),
    );
    await pretend('cat >/dev/null\nexit 3');
    await expect(toMp4(frames(), join(folder, 'a.mp4'))).rejects.toThrow(
      new Error('mp4: ffmpeg failed: exit code 3'),
    );
    expect(await readdir(folder)).toEqual(['ffmpeg']);
  });

  it('rejects bad input, and stops when asked', async () => {
    await pretend('for last; do :; done\ncat >"$last"');
    const file = join(folder, 'a.mp4');
    await expect(toMp4([], file)).rejects.toThrow(
      new RangeError('toMp4: frames must hold at least one frame, got 0'),
    );
    await expect(toMp4(frames(), file, { fps: 0 })).rejects.toThrow(
      'toMp4: fps must be a positive number, got 0',
    );
    const pixels = (n: number) => ({ width: n, height: 1, pixels: new Uint8Array(4 * n) });
    await expect(toMp4([pixels(1), pixels(2)], file)).rejects.toThrow(
      new RangeError('toMp4: frames must all be 1x1 pixels, got 2x1'),
    );
    const stop = new AbortController();
    function* endless() {
      for (let i = 0; ; i++) {
        if (i === 3) stop.abort(new Error('enough'));
        yield pixels(1);
      }
    }
    await expect(toMp4(endless(), file, { signal: stop.signal })).rejects.toThrow('enough');
    expect(await readdir(folder)).toEqual(['ffmpeg']);
  });
});

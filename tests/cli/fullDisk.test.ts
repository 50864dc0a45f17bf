import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { decodeCheckpoint, decodePointSet } from '../../src/index.js';
import { resultOf, scorefield, scratch, TINY } from './cli.js';

const folder = scratch();
const mounted: string[] = [];

/** A small disk of its own, in memory; needs root on Linux. */
function smallDisk(name: string, options: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path], { stdio: 'ignore' });
  mounted.push(path);
  return path;
}

afterAll(() => {
  for (const path of mounted) execFileSync('umount', [path]);
});

function canMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  try {
    smallDisk('probe', 'size=64k');
    return true;
  } catch {
    return false;
  }
}

/** Takes all the room that is left. */
function fill(disk: string): string {
  const path = join(disk, 'filler');
  for (let size = 2 ** 16; size >= 512; size /= 2) {
    try {
      for (;;) writeFileSync(path, new Uint8Array(size), { flag: 'a' });
    } catch {
      // Smaller pieces may still fit.
    }
  }
  return path;
}

describe.runIf(canMount())('a disk', () => {
  it('too small for a run is named in one line, and what was written is whole', async () => {
    const out = join(mounted[0], 'run');
    const outcome = await scorefield(['train', ...TINY, '--out', out]);
    expect(outcome).toMatchObject({ code: 1, stdout: '' });
    expect(outcome.stderr).toMatch(
      /^scorefield train: .*\/run\/[a-z]+\.\w+: the disk is full; free some space, .*\n$/,
    );
    const read = (name: string) => new Uint8Array(readFileSync(join(out, name)));
    expect(decodePointSet(read('data.safetensors')).image).toMatchObject({ height: 28 });
    expect(decodeCheckpoint(read('checkpoint.safetensors')).step).toBe(0);
    expect(readdirSync(out).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('that is full stops the run at a whole checkpoint; with room again it ends with the same bits', async () => {
    const args = [
      'train',
      ...TINY,
      '--steps',
      '3000',
      '--checkpoint-every',
      '40',
      '--print-every',
      '100',
      '--json',
    ];
    await scorefield([...args, '--out', join(folder, 'undisturbed')]);
    const disk = smallDisk('full', 'size=400k');
    const out = join(disk, 'run');
    let filler = '';
    let lines = 0;
    const outcome = await scorefield([...args, '--out', out], {
      onLine: () => {
        if (++lines === 7) filler = fill(disk);
      },
    });
    expect(outcome.code).toBe(1);
    const [last] = outcome.stderr.trimEnd().split('\n').slice(-1);
    expect(last).toMatch(
      /^scorefield train: .*\/run\/(checkpoint\.safetensors|loss\.csv): the disk is full; free some space/,
    );
    const checkpoint = readFileSync(join(out, 'checkpoint.safetensors'));
    const { step } = decodeCheckpoint(new Uint8Array(checkpoint));
    expect(step).toBeGreaterThan(500);
    expect(step).toBeLessThan(3000);
    // Nothing has changed: it fails again, in the same way.
    const again = await scorefield([...args, '--resume', '--out', out]);
    expect(again.code).toBe(1);
    expect(readFileSync(join(out, 'checkpoint.safetensors')).equals(checkpoint)).toBe(true);
    rmSync(filler);
    expect(await scorefield([...args, '--resume', '--out', out])).toMatchObject({ code: 0 });
    expect(resultOf(out)).toEqual(resultOf(join(folder, 'undisturbed')));
  });

  it('that is full keeps the figures and samples that were there', async () => {
    const run = join(folder, 'undisturbed');
    const disk = smallDisk('figures', 'size=200k');
    expect(await scorefield(['sample', run, '--steps', '100', '--out', disk])).toMatchObject({ code: 0 });
    const before = readdirSync(disk).map((name) => readFileSync(join(disk, name), 'base64'));
    const filler = fill(disk);
    const save = join(disk, 'x.npy');
    for (const more of [[], ['--save', save]]) {
      const outcome = await scorefield(['sample', run, '--steps', '30000', '--out', disk, ...more]);
      expect(outcome.code).toBe(1);
      expect(outcome.stderr).toMatch(/scorefield sample: .*the disk is full.*\n$/);
    }
    rmSync(filler);
    expect(readdirSync(disk).map((name) => readFileSync(join(disk, name), 'base64'))).toEqual(before);
  });

  it('that is read-only is named in one line', async () => {
    const disk = smallDisk('closed', 'ro');
    for (const args of [['train', ...TINY], ['mixture']]) {
      const outcome = await scorefield([...args, '--out', join(disk, 'run')]);
      expect(outcome).toMatchObject({ code: 1, stdout: '' });
      expect(outcome.stderr).toMatch(
        /^scorefield \w+: .*\/run: the file system is read-only; choose another path\n$/,
      );
    }
  });
});

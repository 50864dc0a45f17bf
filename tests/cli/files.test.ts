import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  exists,
  FolderLock,
  fileError,
  NewFile,
  openFolder,
  readBytes,
  removeFile,
  saveFile,
  temporaryName,
} from '../../src/cli/run/files.js';
import { LossLog, parseLosses } from '../../src/cli/run/lossLog.js';
import { type Outcome, scorefield, scratch, TINY } from './cli.js';

const folder = scratch();
const at = (...names: string[]) => join(folder, ...names);
const read = (path: string) => readFileSync(path, 'utf8');

describe('a file', () => {
  it('is written whole, in place of the one before', async () => {
    await saveFile(at('a'), 'one');
    await saveFile(at('a'), Uint8Array.of(50, 51));
    expect(read(at('a'))).toBe('23');
    expect([...(await readBytes(at('a')))]).toEqual([50, 51]);
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('written in parts is there when it is complete', async () => {
    const file = await NewFile.create(at('b'));
    await file.write('one ');
    await file.write('two');
    expect(await exists(at('b'))).toBe(false);
    await file.commit();
    expect(read(at('b'))).toBe('one two');
  });

  it('that is given up leaves nothing, and what was there before', async () => {
    const file = await NewFile.create(at('b'));
    await file.write('three');
    await file.discard();
    expect(read(at('b'))).toBe('one two');
    expect(readdirSync(folder).sort()).toEqual(['a', 'b']);
  });

  it('may be removed twice', async () => {
    await removeFile(at('b'));
    await removeFile(at('b'));
    expect(await exists(at('b'))).toBe(false);
    expect(await exists(at('a', 'below a file'))).toBe(false);
  });
});

describe('a folder', () => {
  it('is made with those above it, and may be there', async () => {
    await openFolder(at('x', 'y', 'z'));
    await openFolder(at('x', 'y', 'z'));
    expect(readdirSync(at('x', 'y'))).toEqual(['z']);
  });

  it('loses the unfinished files of processes that are gone, and no others', async () => {
    const gone = spawnSync(process.execPath, ['--version']).pid;
    const [host] = basename(temporaryName('a')).split('scorefield-')[1].split(`-${process.pid}`);
    const names = [
      `.a.npy.scorefield-${host}-${gone}`,
      `.a.mp4.scorefield-${host}-${gone}.part`,
      `.a.npy.scorefield-${host}-${process.ppid}`,
      `.a.npy.scorefield-elsewhere-${gone}`,
      `.a.npy.${gone}`,
      'a.scorefield-1',
    ];
    mkdirSync(at('left'));
    for (const name of names) writeFileSync(at('left', name), '');
    await openFolder(at('left'));
    expect(readdirSync(at('left')).sort()).toEqual(names.slice(2).sort());
  });

  it('is locked by one process at a time; what a killed one left is no lock, but another machine’s is', async () => {
    const [host] = basename(temporaryName('a')).split('scorefield-')[1].split(`-${process.pid}`);
    const there = at('locked');
    mkdirSync(there);
    const lock = new FolderLock();
    await lock.release();
    await lock.take(there);
    await openFolder(there);
    expect(readdirSync(there)).toHaveLength(1);
    await lock.release();
    expect(readdirSync(there)).toEqual([]);

    const gone = spawnSync(process.execPath, ['--version']).pid;
    writeFileSync(at('locked', `.lock.scorefield-${host}-${gone}`), '');
    await lock.take(there);
    await lock.release();
    writeFileSync(at('locked', `.lock.scorefield-${host}-${process.ppid}`), '');
    await expect(lock.take(there)).rejects.toThrow(
      `${there}: process ${process.ppid} is training here; wait for it, or give another --out`,
    );
    rmSync(at('locked', `.lock.scorefield-${host}-${process.ppid}`));
    const far = at('locked', '.lock.scorefield-far-away-7');
    writeFileSync(far, '');
    await expect(lock.take(there)).rejects.toThrow(
      /process 7 on far-away is training here; .* if it is gone, its lock ends 120 seconds after it$/,
    );
    expect(readdirSync(there).filter((name) => name.includes(`-${process.pid}`))).toEqual([]);
    const [now, then] = [Date.now() / 1000, Date.now() / 1000 - 121];
    utimesSync(far, now, then);
    await lock.take(there);
    expect(existsSync(far)).toBe(false);
    await lock.release();
  });

  const canUnshare =
    process.platform === 'linux' &&
    spawnSync('unshare', ['--pid', '--fork', '--mount-proc', 'true']).status === 0;

  it.runIf(canUnshare)(
    'is not shared by two containers whose processes have one number and one host name',
    async () => {
      const there = at('containers');
      const inContainer = (onLine?: () => void) =>
        scorefield(['train', ...TINY, '--steps', '1000000', '--json', '--out', there], {
          wrapper: ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'],
          onLine: (_, child) => {
            onLine?.();
            onLine = undefined;
            if (second) void second.then(() => child.kill('SIGKILL'));
          },
        });
      let second: Promise<Outcome> | undefined;
      await inContainer(() => {
        second = scorefield(['train', ...TINY, '--resume', '--out', there], {
          wrapper: ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'],
        });
      });
      const { code, stderr } = (await second) as Outcome;
      expect(stderr).toMatch(/: process 1 on .+ is training here; wait for it, or give another --out; /);
      expect(code).toBe(1);
    },
  );

  it('cannot be made of a file', async () => {
    await expect(openFolder(at('a'))).rejects.toThrow(
      `${at('a')}: there is a file of this name, not a folder`,
    );
    await expect(openFolder(at('a', 'b', 'c'))).rejects.toThrow(
      'a part of this path is a file, not a folder',
    );
  });
});

describe('an error of the system', () => {
  it('is one line that names the file', () => {
    for (const code of [
      'ENOSPC',
      'EDQUOT',
      'EACCES',
      'EPERM',
      'EROFS',
      'ENOTDIR',
      'EEXIST',
      'EISDIR',
      'ENOENT',
    ]) {
      const error = fileError('here', Object.assign(new Error(`${code}: of the system`), { code })) as Error;
      expect(error.message).toMatch(/^here: [a-z].*; [a-z ,]+$/);
    }
    const other = fileError(
      'here',
      Object.assign(new Error('EXYZ: broken\nat all'), { code: 'EXYZ' }),
    ) as Error;
    expect(other.message).toBe('here: EXYZ: broken');
  });

  it('is not made of other errors', () => {
    const error = new RangeError('mine');
    expect(fileError('here', error)).toBe(error);
  });
});

describe('loss.csv', () => {
  it.each([
    ['', []],
    ['other\n0,1\n', []],
    ['step,loss\n', []],
    ['step,loss\n0,1.5\n1,2e-7\n', [0, 1]],
    ['step,loss\n0,1.5\n1,2', [0]],
    ['step,loss\n0,1.5\n2,2\n', [0]],
    ['step,loss\n0,1.5\n1,x\n2,1\n', [0]],
    ['step,loss\n7,1.5\n8,1\n', [7, 8]],
  ])('%j holds steps %j', (text, steps) => {
    expect(parseLosses(text).steps).toEqual(steps);
  });

  it('is cut back to the step a run goes on at', async () => {
    const path = at('loss.csv');
    const log = await LossLog.open(path, 0);
    for (let step = 0; step < 12; step++) log.add(step, step / 8);
    await log.flush();
    await log.close();
    const whole = read(path);
    for (const [step, tail] of [
      [12, '12,1.5\n'],
      [11, '11,1.375\n'],
      [2, '2,0.25\n'],
    ] as const) {
      writeFileSync(path, `${whole}${step === 12 ? '12,1.' : ''}`);
      const again = await LossLog.open(path, step);
      expect(again.isWhole).toBe(true);
      expect(again.losses.steps).toHaveLength(step);
      again.add(step, step / 8);
      await again.flush();
      await again.close();
      expect(read(path)).toBe(
        `${whole
          .split('\n')
          .slice(0, step + 1)
          .join('\n')}\n${tail}`,
      );
    }
  });

  it('that does not lead to the step is begun anew there', async () => {
    const path = at('loss.csv');
    writeFileSync(path, 'step,loss\n0,1\n1,1\n');
    const log = await LossLog.open(path, 5);
    expect(log.isWhole).toBe(false);
    log.add(5, 0.5);
    await log.flush();
    await log.close();
    expect(read(path)).toBe('step,loss\n5,0.5\n');
    const again = await LossLog.open(path, 6);
    expect(again).toMatchObject({ isWhole: true, losses: { steps: [5], loss: [0.5] } });
    await again.close();
  });
});

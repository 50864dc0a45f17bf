import { spawn, spawnSync } from 'node:child_process';
import { closeSync, copyFileSync, existsSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { besideResult } from '../../src/cli/run/figures.js';
import { FileError } from '../../src/cli/run/files.js';
import { printable, Report } from '../../src/cli/terminal/report.js';
import { scorefield, scratch, TINY } from './cli.js';
import { TINY_UNET, writeDigits } from './tinyDigits.js';

const folder = scratch();
const run = join(folder, 'run');
const PROGRAM = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

beforeAll(async () => {
  expect(await scorefield(['train', ...TINY, '--out', run])).toMatchObject({ code: 0 });
  await writeDigits(folder, 60, 8);
}, 60_000);

describe.runIf(existsSync('/dev/full'))('a standard output that is full', () => {
  it.each([
    ['--help'],
    ['--version'],
    ['train', '--help'],
    ['mixture', '--json', '--steps', '20', '--out', join(folder, 'mixture')],
    ['train', ...TINY, '--json', '--out', join(folder, 'new')],
    ['sample', run, '--json', '--steps', '100'],
    ['field', run, '--json', '--levels', '0'],
    ['evaluate', run, '--json', '--samples', '64', '--steps', '100'],
    ['sample', run, '--json', '--shard', '1/1', '--out', join(folder, 'shards')],
    ['merge', join(folder, 'shards', 'sample.1-of-1.safetensors'), '--json'],
    ['denoise', run, '--json', '--level', '1', '--out', join(folder, 'denoised')],
    ['walk-jump', run, '--json', '--level', '1', '--steps', '20', '--out', join(folder, 'walk')],
    ['diagnose', join(folder, 'mixture', 'path.npy'), '--json'],
    ['lecture', 'norms', '--json', '--out', join(folder, 'lecture')],
    [
      'digits',
      ...TINY_UNET,
      '--idx',
      join(folder, 'images-idx3-ubyte'),
      '--json',
      '--out',
      join(folder, 'digits'),
    ],
    ['five', ...TINY, '--json', '--out', join(folder, 'five')],
  ])('is named in one line with status 1: %s %s', (...args) => {
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
    closeSync(full);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /(^|\n)scorefield[a-z -]*: standard output: the disk is full; free some space, or write to another folder/,
    );
  });

  it('that a reader closed ends help with the status of SIGPIPE, and no words', async () => {
    const child = spawn(process.execPath, [PROGRAM, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect([code, said]).toEqual([141, '']);
  });
});

describe('names with control characters', () => {
  it.runIf(process.platform !== 'win32')('of a picture cost neither weights nor figures', async () => {
    const picture = join(folder, 'a\u0001\u001b[31mb.png');
    copyFileSync(join(run, 'picture.png'), picture);
    const out = join(folder, 'control');
    const outcome = await scorefield(['train', picture, ...TINY, '--out', out]);
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(readdirSync(out)).toEqual(expect.arrayContaining(['weights.safetensors', 'loss.svg', 'loss.png']));
    const svg = readFileSync(join(out, 'loss.svg'), 'utf8');
    expect(svg).toContain('a\ufffd\ufffd[31mb.png');
    expect(outcome.stderr).toContain('Training on a\ufffd\ufffd[31mb.png');
  });

  it('are shown as U+FFFD; tabs and ends of lines stay', () => {
    expect(printable('a\u0007b\n\tc\u009b')).toBe('a\ufffdb\n\tc\ufffd');
  });
});

describe('a figure beside a result', () => {
  const said: string[] = [];
  const stderr = { isTTY: false, write: (text: string) => said.push(text) };
  const report = new Report({ stdout: stderr, stderr } as never, false);
  const { signal } = new AbortController();

  it('that cannot be drawn leaves a line, and costs nothing else', async () => {
    const draw = async () => {
      throw new RangeError('pathFigure: panels[0].arrows.to must be finite, got NaN');
    };
    expect(await besideResult('loss', { report, signal }, draw)).toEqual([]);
    expect(said).toEqual(['No figure loss: panels[0].arrows.to must be finite, got NaN\n']);
    expect(await besideResult('loss', { report, signal }, async () => ['a.svg'])).toEqual(['a.svg']);
  });

  it('that cannot be written, or is stopped, ends the command', async () => {
    const full = async () => {
      throw new FileError('loss.svg: the disk is full');
    };
    await expect(besideResult('loss', { report, signal }, full)).rejects.toThrow('the disk is full');
    const stopped = AbortSignal.abort(new Error('enough'));
    await expect(besideResult('loss', { report, signal: stopped }, full)).rejects.toThrow('enough');
  });
});

// A disk that is full at the n-th write of a command: openings for writing, writes, syncs, renames and new folders count.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { inProcess, scratch, TINY } from './cli.js';
import { TINY_UNET, writeDigits } from './tinyDigits.js';

/** Writes of each command that fail, spread evenly; WRITES=all is every one. */
const MOST = process.env.WRITES === 'all' ? Number.POSITIVE_INFINITY : Number(process.env.WRITES ?? 2);

const disk = vi.hoisted(() => ({ writes: 0, fullAt: Number.POSITIVE_INFINITY }));

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const counted =
    <A extends unknown[], R>(write: (...args: A) => Promise<R>) =>
    async (...args: A) => {
      // It stays full.
      if (++disk.writes >= disk.fullAt)
        throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
      return write(...args);
    };
  const open = async (...args: Parameters<typeof real.open>): Promise<FileHandle> => {
    if (args[1] === undefined || args[1] === 'r') return real.open(...args);
    const handle = await counted(real.open)(...args);
    for (const name of ['write', 'writeFile', 'appendFile', 'sync'] as const)
      Object.assign(handle, { [name]: counted((handle[name] as () => Promise<unknown>).bind(handle)) });
    return handle;
  };
  return {
    ...real,
    open,
    mkdir: counted(real.mkdir),
    rename: counted(real.rename),
    // A lock is touched by the clock, and may fail to be.
    writeFile: (...args: Parameters<typeof real.writeFile>) => {
      const isTouch = (args[2] as { flag?: string } | undefined)?.flag === 'r+';
      return (isTouch ? real.writeFile : counted(real.writeFile))(...args);
    },
  };
});

const folder = scratch();
const at = (...names: string[]) => join(folder, ...names);
const OLD = 'what was there before';

beforeAll(async () => {
  const images = await writeDigits(folder, 60, 8);
  const unet = ['--held-out', '20', '--out', at('digits')];
  for (const args of [
    ['train', ...TINY, '--out', at('run')],
    ['train', '--images', images, ...TINY_UNET, ...unet],
    ['mixture', '--steps', '20', '--out', at('of a mixture')],
    ...[1, 2].map((k) => [
      'sample',
      at('run'),
      '--chains',
      '2',
      '--save',
      'x.npy',
      '--shard',
      `${k}/2`,
      '--out',
      at('shards'),
    ]),
  ]) {
    const outcome = await inProcess(args);
    expect(outcome.code, outcome.stderr).toBe(0);
  }
}, 60_000);

const contents = (out: string): Record<string, string> =>
  Object.fromEntries(readdirSync(out).map((file) => [file, readFileSync(join(out, file), 'base64')]));

/** Command lines without --out, and files that are there before. */
// biome-ignore format: a command a line
const commands: Record<string, [line: () => string[], before: string[]]> = {
  train: [() => ['train', ...TINY, '--checkpoint-every', '7'], ['of mine.txt']],
  'train digits': [() => ['train', '--images', at('images-idx3-ubyte'), ...TINY_UNET], ['of mine.txt']],
  sample: [() => ['sample', at('run'), '--steps', '50', '--save', at('sample', 's.npy')], ['histogram.npy', 's.npy']],
  'sample a shard': [() => ['sample', at('run'), '--steps', '50', '--shard', '1/1', '--save', 's.npy'], ['sample.1-of-1.npy', 'sample.1-of-1.safetensors']],
  merge: [() => ['merge', ...[1, 2].map((k) => at('shards', `sample.${k}-of-2.safetensors`))], ['histogram.png', 'samples.npy']],
  'sample digits': [() => ['sample', at('digits'), '--chains', '4', '--steps', '2'], ['samples.npy']],
  evaluate: [() => ['evaluate', at('run'), '--samples', '32', '--steps', '50'], ['evaluation.csv']],
  'evaluate digits': [() => ['evaluate', at('digits'), '--sigmas', '0.5'], ['quality.csv']],
  denoise: [() => ['denoise', at('run'), '--count', '9'], ['noisy.npy', 'denoise.svg']],
  'denoise digits': [() => ['denoise', at('digits'), '--count', '4'], ['noisy.npy']],
  'walk-jump': [() => ['walk-jump', at('run'), '--steps', '20'], ['walk.npy']],
  'walk-jump digits': [() => ['walk-jump', at('digits'), '--steps', '4'], ['jumps.npy']],
  field: [() => ['field', at('run'), '--levels', '1'], ['field.svg']],
  mixture: [() => ['mixture', '--steps', '20'], ['path.npy']],
  diagnose: [() => ['diagnose', at('of a mixture', 'path.npy')], ['diagnostics.csv', 'trace.svg']],
  lecture: [() => ['lecture', 'norms'], ['norms.svg']],
  digits: [() => ['digits', '--idx', at('images-idx3-ubyte'), ...TINY_UNET], ['of mine.txt']],
  // It writes what mixture, train, field, sample and evaluate do, and takes as long as all others.
  ...(process.env.WRITES && { five: [() => ['five', ...TINY], ['of mine.txt']] }),
};

describe('a disk that is full at a write', () => {
  it.each(Object.keys(commands))(
    `of %s ends it with one line, and costs no file that was there`,
    {
      timeout: 600_000,
    },
    async (name) => {
      const [args, before] = commands[name];
      const out = at(name);
      const line = [...args(), '--out', out];
      const run = async (fullAt: number) => {
        rmSync(out, { recursive: true, force: true });
        mkdirSync(out);
        for (const file of before) writeFileSync(join(out, file), OLD);
        Object.assign(disk, { writes: 0, fullAt });
        const outcome = await inProcess(line);
        const { writes } = disk;
        disk.fullAt = Number.POSITIVE_INFINITY;
        return { outcome, writes };
      };
      const { outcome: whole, writes } = await run(Number.POSITIVE_INFINITY);
      expect(whole.code, whole.stderr).toBe(0);
      const made = contents(out);
      const step = Math.max(1, writes / MOST);
      for (let n = 1; n <= writes; n = Math.floor(n + step)) {
        const { outcome } = await run(n);
        const where = `write ${n} of ${writes}: ${outcome.stderr}`;
        expect(outcome.code, where).toBe(1);
        expect(outcome.stderr, where).toMatch(
          /(^|\n)scorefield [a-z-]+: [^\n]*: the disk is full; free some space, [^\n]*\n$/,
        );
        expect(outcome.stderr).not.toMatch(/\n {4}at /);
        const left = contents(out);
        for (const file of before) expect(left, where).toHaveProperty([file]);
        for (const [file, bytes] of Object.entries(left)) {
          // What a run that has not finished goes on from, whose rows end where the disk did.
          if (['checkpoint.safetensors', 'loss.csv'].includes(file)) continue;
          const old = Buffer.from(OLD).toString('base64');
          if (!(before.includes(file) && bytes === old))
            expect(bytes, `${file} at ${where}`).toBe(made[file]);
        }
      }
    },
  );
});

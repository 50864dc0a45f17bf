import { copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseShard } from '../../src/cli/terminal/shardOption.js';
import { readSafetensors, writeSafetensors } from '../../src/index.js';
import { eventsOf, expectDone, inProcess, scratch, TINY } from './cli.js';
import { TINY_UNET, writeDigits } from './tinyDigits.js';

const folder = scratch();
const at = (...names: string[]) => join(folder, ...names);

beforeAll(async () => {
  const images = await writeDigits(folder, 300, 8);
  const held = ['--held-out', '130'];
  expectDone(await inProcess(['train', ...TINY, '--out', at('run'), '--json']), 'train', folder);
  const digits = ['train', '--images', images, ...TINY_UNET, ...held, '--out', at('digits'), '--json'];
  expectDone(await inProcess(digits), 'train', folder);
  writeFileSync(at('noisy.csv'), Array.from({ length: 9 }, (_, i) => `${i / 9},${i / 18}\n`).join(''));
}, 60_000);

const bytesOf = (name: string) =>
  Object.fromEntries(readdirSync(at(name)).map((file) => [file, readFileSync(at(name, file), 'base64')]));

let works = 0;

/** Runs shards of a command, the last first, into one folder; returns the paths of their files. */
async function shards(
  command: readonly string[],
  n: number,
  more: readonly string[] = [],
): Promise<string[]> {
  const out = at(`parts ${works++}`);
  for (let k = n; k >= 1; k--) {
    const outcome = await inProcess([...command, ...more, '--shard', `${k}/${n}`, '--out', out]);
    expect(outcome.code, outcome.stderr).toBe(0);
  }
  return readdirSync(out)
    .filter((file) => file.endsWith('.safetensors'))
    .map((file) => join(out, file));
}

describe('all shards of', () => {
  // biome-ignore format: a command a line
  const commands: [string, string[], number[]][] = [
    ['sample langevin', ['sample', 'RUN', '--chains', '21', '--steps', '40', '--thin', '3', '--save', 'SAVE'], [1, 2, 3, 7]],
    ['sample nuts', ['sample', 'RUN', '--sampler', 'nuts', '--chains', '9', '--steps', '5'], [2]],
    ['sample walk-jump', ['sample', 'RUN', '--sampler', 'walk-jump', '--steps', '60', '--save', 'SAVE'], [3]],
    ['sample reverse', ['sample', 'RUN', '--sampler', 'reverse', '--chains', '21', '--steps', '5', '--save', 'SAVE'], [7]],
    ['evaluate', ['evaluate', 'RUN', '--samples', '64', '--steps', '50'], [3]],
    ['evaluate with many chains', ['evaluate', 'RUN', '--samples', '64', '--steps', '50', '--chains', '7', '--sampler', 'mala'], [2]],
    ['denoise', ['denoise', 'RUN', '--count', '30'], [7]],
    ['denoise a mixture', ['denoise', '--means', '0,0;1,1', '--sds', '0.1,0.1;0.2,0.3', '--count', '30'], [2]],
    ['denoise points', ['denoise', 'RUN', '--points', 'POINTS'], [3]],
    ['sample digits', ['sample', 'DIGITS', '--chains', '9', '--steps', '3'], [1, 2, 7]],
    ['sample digits by mala', ['sample', 'DIGITS', '--sampler', 'mala', '--chains', '9', '--steps', '3'], [3]],
    ['evaluate digits', ['evaluate', 'DIGITS', '--sigmas', '0.2,0.7'], [1, 2]],
    ['denoise digits', ['denoise', 'DIGITS', '--count', '19'], [1, 3]],
  ];

  it.each(commands)('%s make the bytes of the whole, in any order', async (name, line, counts) => {
    const words: Record<string, string> = { RUN: at('run'), DIGITS: at('digits'), POINTS: at('noisy.csv') };
    const command = line.map((word) => (word === 'SAVE' ? at(name, 'samples.npy') : (words[word] ?? word)));
    expect(await inProcess([...command, '--out', at(name)])).toMatchObject({ code: 0 });
    for (const n of counts) {
      const files = await shards(command, n);
      const out = at(`${name} of ${n}`);
      // Names are sorted, and the seventh of seven comes first where it is told to.
      const outcome = await inProcess(['merge', ...files.reverse(), '--out', out, '--json']);
      expect(outcome.code, outcome.stderr).toBe(0);
      expect(bytesOf(`${name} of ${n}`)).toEqual(bytesOf(name));
      if (name === 'evaluate digits') expect(eventsOf(outcome, 'heldOut')).toHaveLength(2);
      expect(outcome.events.at(-1)).toMatchObject({ event: 'done', command: 'merge', shards: n });
    }
  });

  it('sample go into a file that --out names, from a run that has moved with them', async () => {
    const command = [
      'sample',
      at('run'),
      '--chains',
      '5',
      '--steps',
      '8',
      '--thin',
      '2',
      '--save',
      at('x.npy'),
    ];
    expect(await inProcess([...command, '--out', at('to a file')])).toMatchObject({ code: 0 });
    const moved = at('moved');
    mkdirSync(moved);
    for (const file of readdirSync(at('run'))) copyFileSync(at('run', file), join(moved, file));
    const files = (await shards(['sample', moved, ...command.slice(2)], 2)).map((file) => {
      for (const ending of ['safetensors', 'npy']) {
        const name = file.replace('safetensors', ending);
        renameSync(name, join(moved, name.split('/').at(-1) as string));
      }
      return join(moved, file.split('/').at(-1) as string);
    });
    renameSync(moved, at('elsewhere'));
    const there = files.map((file) => file.replace(moved, at('elsewhere')));
    const outcome = await inProcess(['merge', ...there, '--out', at('deep', 'y.npy')]);
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(readFileSync(at('deep', 'y.npy')).equals(readFileSync(at('x.npy')))).toBe(true);
    expect(readdirSync(at('deep')).sort()).toEqual([
      'histogram.npy',
      'histogram.png',
      'histogram.svg',
      'y.npy',
    ]);
  });
});

describe('merge refuses', () => {
  const command = () => ['sample', at('run'), '--chains', '5', '--steps', '8'];
  let files: string[];

  beforeAll(async () => {
    files = await shards(command(), 5);
  });

  const refused = async (paths: string[], message: RegExp, code = 1) => {
    const outcome = await inProcess(['merge', ...paths, '--out', at('refused')]);
    expect(outcome).toMatchObject({ code, stdout: '' });
    expect(outcome.stderr).toMatch(message);
    expect(outcome.stderr.trimEnd()).not.toContain('\n');
  };

  it('gaps and doubles', async () => {
    await refused(
      [files[0], files[2], files[4]],
      /^scorefield merge: shards 2, 4 of 5 are missing; make them with --shard K\/5/,
    );
    await refused(files.slice(1), /shard 1 of 5 is missing; make it with --shard 1\/5, and/);
    await refused(
      [...files, files[2]],
      /3-of-5.safetensors and .*3-of-5.safetensors are both shard 3 of 5; name each shard once/,
    );
  });

  it('shards of another seed, number, command, run or kernel', async () => {
    const [first] = files;
    const other = (await shards(command(), 5, ['--seed', '1']))[1];
    await refused([first, other], /its options is not that of|its options are not those of/);
    await refused([first, (await shards(command(), 2))[1]], /it is of 2 shards, and .* of 5/);
    await refused(
      [first, (await shards(['denoise', at('run')], 2))[1]],
      /its command is not that of .*: "denoise", not "sample"/,
    );
    const again = ['train', ...TINY, '--seed', '5', '--out', at('run 2')];
    expect(await inProcess(again)).toMatchObject({ code: 0 });
    await refused(
      [first, (await shards(['sample', at('run 2'), ...command().slice(2)], 5))[1]],
      /its run is not that of/,
    );
    const [strict, relaxed] = [
      await shards(command(), 2, ['--kernel', 'strict']),
      await shards(command(), 2, ['--kernel', 'relaxed']),
    ];
    await refused([strict[0], relaxed[1]], /its kernel is not that of .*: "relaxed", not "strict"/);
  });

  it('files that are no shards, or damaged', async () => {
    await refused([at('run', 'weights.safetensors')], /it is no file of a shard/);
    await refused([at('none.safetensors')], /it does not exist/);
    const bytes = readFileSync(files[0]);
    bytes[bytes.length - 3] ^= 1;
    writeFileSync(at('bad.safetensors'), bytes);
    await refused([at('bad.safetensors'), ...files.slice(1)], /bad.safetensors/);
    const [one, two] = await shards(command(), 2, ['--save', at('z.npy')]);
    const samples = two.replace('safetensors', 'npy');
    const whole = readFileSync(samples);
    writeFileSync(
      samples,
      whole.map((byte, i) => (i === whole.length - 1 ? byte ^ 1 : byte)),
    );
    await refused(
      [one, two],
      /sample.2-of-2.npy: it is damaged, or not the one that its shard was made with/,
    );
    writeFileSync(samples, whole.subarray(0, -4));
    await refused([one, two], /sample.2-of-2.npy: it is truncated/);
  });

  it('what another program has saved again otherwise', async () => {
    const { metadata, tensors } = readSafetensors(new Uint8Array(readFileSync(files[0])));
    const again = async (change: Record<string, string>, message: RegExp, kept = tensors) => {
      writeFileSync(at('again.safetensors'), writeSafetensors(kept, { ...metadata, ...change }));
      await refused([at('again.safetensors'), ...files.slice(1)], message);
    };
    const none = /again.safetensors: it is no file of a shard/;
    const work = JSON.parse(metadata.work);
    for (const text of ['', metadata.work.slice(0, -9), 'null', '3', '[]']) await again({ work: text }, none);
    for (const change of [{ command: 'five' }, { command: 'toString' }, { options: null }, { kernel: 3 }])
      await again({ work: JSON.stringify({ ...work, ...change }) }, none);
    for (const shard of ['1.5/5', '1e0/5', '1/1e9', '1/1000001', '0/5', '6/5']) await again({ shard }, none);
    const { counts, ...rest } = tensors;
    await again({}, /: its arrays are not those of .*again.safetensors/, rest);
    const single = { ...counts, data: Float32Array.from(counts.data) };
    await again({}, /: its arrays are not those of/, { ...rest, counts: single });
  });

  it('to write over what it joins', async () => {
    const made = await shards(command(), 2, ['--save', at('own.npy')]);
    const own = made[1].replace('safetensors', 'npy');
    const before = readFileSync(own);
    const outcome = await inProcess(['merge', ...made, '--out', own]);
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(outcome.stderr).toBe(
      `scorefield merge: --out must not write over a file of a shard, ${own}; name another file\n`,
    );
    expect(readFileSync(own).equals(before)).toBe(true);
  });

  it('a file of samples where there are none', async () => {
    const outcome = await inProcess(['merge', ...files, '--out', at('x.npy')]);
    expect(outcome).toMatchObject({ code: 2 });
    expect(outcome.stderr).toMatch(
      /is for samples, and these shards kept none; sample with --save, or name a folder/,
    );
  });
});

describe('--shard', () => {
  it.each([
    ['0/4', '--shard must be from 1/4 to 4/4, got "0/4"'],
    ['5/4', '--shard must be from 1/4 to 4/4, got "5/4"'],
    ['1/0', '--shard must be of 1 or more, got "1/0"'],
    ['3', '--shard must be K/N, as 1/4 to 4/4, or auto or auto/N, got "3"'],
    ['1.5/2', '--shard must be K/N, as 1/4 to 4/4, or auto or auto/N, got "1.5/2"'],
    ['auto', '--shard auto cannot tell which shard this is: none of SLURM_ARRAY_TASK_ID'],
  ])('%s is refused', (text, message) => {
    expect(() => parseShard(text, {})).toThrow(message);
  });

  it.each([
    ['evaluate', '1/4', '--shard 1/4 needs at least 4 levels, got 3'],
    ['sample', '1/2', '--shard 1/2 needs at least 2 chains, got 1'],
    ['denoise', '2/300', '--shard 2/300 needs at least 300 points, got 200'],
  ])('of %s as %s is of too many', async (command, shard, message) => {
    const outcome = await inProcess([command, at('run'), '--shard', shard, '--out', at('none')]);
    expect(outcome).toMatchObject({ code: 2, stderr: `scorefield ${command}: ${message}\n` });
  });

  const slurm = (id: number, min: number, max: number, count: number) => ({
    SLURM_ARRAY_TASK_ID: `${id}`,
    SLURM_ARRAY_TASK_MIN: `${min}`,
    SLURM_ARRAY_TASK_MAX: `${max}`,
    SLURM_ARRAY_TASK_COUNT: `${count}`,
  });

  it.each([
    ['auto', slurm(1, 1, 4, 4), [1, 4]],
    ['auto', slurm(3, 0, 3, 4), [4, 4]],
    ['auto', slurm(7, 1, 10, 4), [3, 4]],
    // One task again: its number among all is known by N alone.
    ['auto/4', slurm(3, 3, 3, 1), [3, 4]],
    ['auto/5', { JOB_COMPLETION_INDEX: '0' }, [1, 5]],
    ['auto', { AWS_BATCH_JOB_ARRAY_INDEX: '2', AWS_BATCH_JOB_ARRAY_SIZE: '3' }, [3, 3]],
    ['auto/8', { PARALLEL_SEQ: '8' }, [8, 8]],
    ['2/3', slurm(1, 1, 4, 4), [2, 3]],
  ] as const)('%s of %o is %o', (text, env, shard) => {
    expect(parseShard(text, env)).toEqual(shard);
  });

  it.each([
    [
      'auto',
      { JOB_COMPLETION_INDEX: '0' },
      '--shard auto must be auto/N here: JOB_COMPLETION_INDEX does not say how many',
    ],
    ['auto/4', slurm(0, 0, 3, 4), '--shard auto/4 must be started as 1 to 4, got 0 from SLURM_ARRAY_TASK_ID'],
    ['auto', slurm(5, 1, 7, 3), 'needs an array of evenly spaced tasks, and this one has 3 from 1 to 7'],
    ['auto', slurm(17, 17, 17, 1), 'this array begins at 17; where it is a part of one started before, give'],
    ['auto', slurm(18, 17, 18, 2), 'give --shard auto/N'],
    ['auto/2', { AWS_BATCH_JOB_ARRAY_INDEX: '2', AWS_BATCH_JOB_ARRAY_SIZE: '3' }, 'is started as one of 3'],
    ['auto/2', { PARALLEL_SEQ: '3' }, '--shard auto/2 must be started as 1 to 2, got 3 from PARALLEL_SEQ'],
    ['auto/2', { PARALLEL_SEQ: 'x' }, 'needs an integer in PARALLEL_SEQ, got "x"'],
    [
      'auto/2',
      { PARALLEL_SEQ: '1', JOB_COMPLETION_INDEX: '0' },
      'JOB_COMPLETION_INDEX and PARALLEL_SEQ are both set',
    ],
  ])('%s of %o is refused', (text, env, message) => {
    expect(() => parseShard(text, env)).toThrow(message);
  });
});

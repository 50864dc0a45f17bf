import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectDone, inProcess, scratch } from './cli.js';
import { TINY_UNET, writeDigits } from './tinyDigits.js';

const folder = scratch();
const at = (...names: string[]) => join(folder, ...names);
const run = at('run');
let images: string;

beforeAll(async () => {
  images = await writeDigits(folder, 40, 8);
  const outcome = await inProcess(['train', '--images', images, ...TINY_UNET, '--classes', '--out', run]);
  expect(outcome.code, outcome.stderr).toBe(0);
}, 60_000);

describe('an option or a command of another kind of run', () => {
  it.each<[string, ...string[]]>([
    [
      'denoise run --level 3',
      '--level is for a run of a picture, not for one of images or points as run; leave',
    ],
    ['denoise run --points x.npy', '--points is for a run of a picture'],
    ['walk-jump run --thin 2', '--thin is for a run of a picture'],
    ['sample run --bins 4', '--bins is for a run of a picture'],
    ['sample run --sampler langevin', '--sampler langevin is not for a run of images', 'flow, reverse'],
    ['sample run --sampler langevin', '--sampler langevin is not for a run of images or points'],
    ['sample run --step-size 1', '--step-size is not for --sampler flow'],
    ['sample run --label 10', '--label must be from 0 to 9', 'got 10'],
    ['sample run --guidance 2', '--guidance needs --label'],
    ['evaluate run --chains 3', '--chains is for a run of a picture'],
    ['evaluate run --sigmas 0', '--sigmas must be a positive number'],
    ['walk-jump run --steps 9000000', '--steps 9000000 times --chains 1 is too much to keep'],
    ['denoise --count 3', "required option '--out <folder>' not specified"],
  ])('scorefield %s', async (line, ...words) => {
    const outcome = await inProcess(line.split(' ').map((word) => (word === 'run' ? run : word)));
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    for (const word of words) expect(outcome.stderr.replaceAll(run, 'run')).toContain(word);
    expect(outcome.stderr).toMatch(/^scorefield [a-z-]+: .+\n$/);
  });

  it('is refused by runs of a picture too', async () => {
    const picture = at('picture');
    await inProcess(
      `train --features 4 --width 4 --depth 1 --levels 3 --steps 2 --batch 2 --out ${picture}`.split(' '),
    );
    for (const [command, ...args] of [
      ['sample', '--label', '3'],
      ['sample', '--guidance', '2'],
      ['evaluate', '--sigmas', '1'],
    ]) {
      const outcome = await inProcess([command, picture, ...args]);
      expect(outcome.code).toBe(2);
      expect(outcome.stderr).toContain(
        `${args[0]} is for a run of images or points, not for one of a picture as ${picture}; leave it out`,
      );
    }
    const digits = await inProcess(['digits', '--out', picture]);
    expect(digits).toMatchObject({ code: 1, stdout: '' });
    expect(digits.stderr).toContain(
      'picture: it holds a run of a picture, or a damaged one; give another --out',
    );
    const field = await inProcess(['field', run]);
    expect(field).toMatchObject({ code: 1 });
    expect(field.stderr).toContain('it learned to denoise images or points');
  });
});

describe('a run of images', () => {
  it('is replaced by one of a picture, and the other way round, without a file of the other', async () => {
    const out = at('replaced');
    const picture = ['train', ...'--features 4 --width 4 --depth 1 --levels 3 --batch 2'.split(' ')];
    await inProcess(['train', '--images', images, ...TINY_UNET, '--out', out]);
    await inProcess(['sample', out, '--chains', '2', '--steps', '2']);
    expectDone(
      await inProcess([...picture, '--steps', '2', '--overwrite', '--json', '--out', out]),
      'train',
      folder,
    );
    const files = readdirSync(out);
    for (const name of ['images.png', 'config.json', 'samples.png', 'samples.npy'])
      expect(files).not.toContain(name);
    expect(files).toContain('picture.png');
    const again = await inProcess(['train', '--images', images, ...TINY_UNET, '--overwrite', '--out', out]);
    expect(again.code, again.stderr).toBe(0);
    expect(readdirSync(out)).not.toContain('picture.png');
  });
});

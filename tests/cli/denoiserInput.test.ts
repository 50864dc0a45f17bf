import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode as encodePng } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readNpy, writeNpy } from '../../src/index.js';
import { inProcess, scratch } from './cli.js';
import { idxBytes, TINY_UNET, writeDigits } from './tinyDigits.js';

const folder = scratch();
const home = process.cwd();
afterAll(() => process.chdir(home));

/** The same file with other words in its header and the checksum as another program would leave it: none. */
function reword(path: string, from: string, to: string): void {
  const text = readFileSync(path, 'latin1');
  expect(text).toContain(from);
  const changed = text
    .replace(from, to)
    .replace(/,"writer":"scorefield","crc32":"[0-9a-f]{8}"/, (entry) => ' '.repeat(entry.length));
  writeFileSync(path, Buffer.from(changed, 'latin1'));
}

beforeAll(async () => {
  process.chdir(folder);
  await writeDigits(folder, 40, 8);
  const outcome = await inProcess(['train', '--images', 'images-idx3-ubyte', ...TINY_UNET, '--out', 'run']);
  expect(outcome.code, outcome.stderr).toBe(0);
  for (const name of ['cut', 'block', 'lost', 'other', 'badData', 'half', 'badRecord'])
    cpSync('run', name, { recursive: true });
  truncateSync('cut/weights.safetensors', 2000);
  reword('block/weights.safetensors', 'DownBlock2D', 'UpsyBlock2D');
  rmSync('lost/data.safetensors');
  truncateSync('badData/data.safetensors', 300);
  for (const file of ['weights', 'checkpoint']) rmSync(`half/${file}.safetensors`);
  writeFileSync('badRecord/run.json', '{"kind": "unet"');
  await inProcess(['train', '--points', 'points.csv', '--steps', '1', '--out', 'points']);
  const numbers = (n: number) => Float32Array.from({ length: n }, (_, i) => (i % 7) / 7);
  writeFileSync('grey.npy', writeNpy(numbers(6 * 64), [6, 8, 8]));
  writeFileSync('five.npy', writeNpy(numbers(6 * 64 * 5), [6, 8, 8, 5]));
  writeFileSync('first.npy', writeNpy(numbers(6 * 3 * 64), [6, 3, 8, 8]));
  writeFileSync('nan.npy', writeNpy(numbers(6 * 64).fill(Number.NaN, 70, 71), [6, 8, 8]));
  writeFileSync('large.npy', writeNpy(numbers(6 * 64).fill(255, 70, 71), [6, 8, 8]));
  writeFileSync('odd.npy', writeNpy(numbers(6 * 49), [6, 7, 7]));
  writeFileSync('one.idx', idxBytes([1, 8, 8], numbers(64)));
  const png = (side: number, channels: number) =>
    encodePng({
      width: side,
      height: side,
      channels,
      depth: 8,
      data: new Uint8Array(side * side * channels),
    });
  mkdirSync('mixed');
  writeFileSync('mixed/a.png', png(8, 1));
  writeFileSync('mixed/b.png', png(9, 1));
  mkdirSync('colours');
  writeFileSync('colours/a.png', png(8, 1));
  writeFileSync('colours/b.png', png(8, 3));
  mkdirSync('nothing');
  writeFileSync('nan.csv', '1,2\n3,nan\n');
  writeFileSync('ragged.csv', '1,2\n3\n');
  writeFileSync('few.csv', '1,2\n3,4\n');
}, 60_000);

/** Runs a command line that must fail with one line that holds all the words. */
async function expectFailure(line: string, code: number, words: string[]): Promise<void> {
  const outcome = await inProcess(line.split(' '));
  expect(outcome.stderr).toMatch(/^scorefield [a-z-]+: .+\n$/);
  for (const word of words) expect(outcome.stderr).toContain(word);
  expect(outcome).toMatchObject({ code, stdout: '' });
}

describe('bad usage ends with status 2 and one line', () => {
  it.each<[string, ...string[]]>([
    ['train --images grey.npy --points few.csv --out x', '--images and --points cannot be combined'],
    ['train --images grey.npy --levels 3 --out x', '--levels is not for --images or --points'],
    ['train --images grey.npy --classes --out x', '--classes needs labels', 'grey.npy has none'],
    ['train --images grey.npy --width 4 --out x', '--width is for --network mlp or energy'],
    ['train --images grey.npy --network energy --classes --out x', '--classes is for --network unet or mlp'],
    ['train --points few.csv --network energy --groups 4 --out x', '--groups is for --network unet'],
    ['train --points few.csv --network unet --out x', 'points take mlp or energy'],
    ['train --points few.csv --grey --out x', '--grey is for --images'],
    ['train --images grey.npy --sigma 1 --sigma-min 1 --out x', '--sigma is one noise'],
    ['train --images grey.npy --sigma-min 1 --out x', '--sigma-min and --sigma-max go together'],
    ['train --images grey.npy --channels 6 --groups 4 --out x', '--groups must divide 6 channels, got 4'],
    ['train --images odd.npy --channels 8,8 --out x', 'with these --channels', 'a multiple of 2', '7 x 7'],
    [
      'train --images grey.npy --channels 7 --groups 7 --attention none --out x',
      'the first of --channels must be even',
    ],
    ['train --images grey.npy --blocks 1000000 --out x', '--blocks must be at most 1000, got 1000000'],
    [
      'train --images grey.npy --network mlp --depth 1000000 --out x',
      'depth must be at most 1000, got 1000000',
    ],
    ['train --images grey.npy --channels 8,x --out x', '--channels must be a positive integer, got "x"'],
    ['train --images grey.npy --attention some --out x', '--attention must be none, middle or levels'],
    ['train --images grey.npy --size 8 --out x', '--size must be as 28x28'],
    ['train --images grey.npy a.png --labels l --out x', '--labels is for one file'],
    ['train --network mlp --out x', '--network is for --images or --points'],
    ['train --resume --channels 4,4 --out run', '--channels 4,4 (it has 8,8)', 'not as the run in run'],
    ['train --resume --size 28x14 --out run', '--size 28x14 (it has the default)'],
    ['train --resume --sigma 1 --seed 4 --out run', '--sigma 1 (it has the default)', '--seed 4 (it has 0)'],
    ['train --resume --images grey.npy --out run', 'grey.npy is not what the run in run learns (images-idx3'],
    ['train --resume --overwrite --out run', '--resume and --overwrite cannot be combined'],
    ['digits --idx grey.npy --out run', 'grey.npy is not what the run in run learns'],
    ['sample run --label 3', '--label is for a run with classes, and run has none; train with --classes'],
  ])('scorefield %s', (line, ...words) => expectFailure(line, 2, words));
});

describe('what cannot be done ends with status 1 and one line', () => {
  it.each<[string, ...string[]]>([
    ['train --images absent --out x', 'absent: it does not exist'],
    ['train --images nothing --out x', 'nothing'],
    ['train --images nan.npy --out x', 'nan.npy', 'got NaN'],
    ['train --images large.npy --out x', 'large.npy', 'got 255', 'scale them to [0, 1]'],
    ['train --images five.npy --out x', 'five.npy', 'channels', '[6, 8, 8, 5]'],
    ['train --images first.npy --out x', 'first.npy', 'channels', 'numpy.moveaxis(array, 1, -1)'],
    ['train --images one.idx --held-out 1 --out x', '--held-out 1 of 1 images leaves none to train on'],
    ['train --images mixed --out x', 'b.png', '9', '--size'],
    ['train --images grey.npy odd.npy --out x', 'odd.npy', '--size'],
    ['train --images grey.npy --held-out 6 --out x', '--held-out 6 of 6 images leaves none to train on'],
    ['train --points nan.csv --out x', 'nan.csv', 'nan'],
    ['train --points ragged.csv --out x', 'ragged.csv'],
    ['train --points few.csv --held-out 2 --out x', '--held-out 2 of 2 points of few.csv leaves none'],
    ['train --images images-idx3-ubyte --out run', 'run: it already holds a run', '--resume'],
    ['digits --idx one.idx --out x', '--held-out 1 of 1 images leaves none to train on'],
    ['digits --idx absent --out x', 'absent: it does not exist'],
    ['sample cut', 'cut/weights.safetensors: truncated'],
    ['evaluate cut --sigmas 1', 'cut/weights.safetensors: truncated'],
    ['denoise block', 'block/weights.safetensors', 'UpsyBlock2D'],
    ['walk-jump lost', 'lost/data.safetensors: it does not exist'],
    ['sample badData', 'badData/data.safetensors'],
    ['denoise half', 'half: the run was stopped before its first checkpoint', '--resume'],
    ['sample badRecord', 'badRecord/run.json: it is not JSON'],
    ['diagnose run', 'run'],
  ])('scorefield %s', (line, ...words) => expectFailure(line, 1, words));
});

describe('what is unusual but right', () => {
  const numbers = (n: number) => Float32Array.from({ length: n }, (_, i) => (i % 7) / 7);
  const ofChannels = (file: string, n: number) =>
    writeFileSync(file, writeNpy(numbers(192 * n), [3, 8, 8, n]));

  it.each<[string, string[], number[], string[]]>([
    ['one.idx', [], [2, 8, 8], ['samples.png', 'denoise.png']],
    ['colours', ['--grey'], [2, 8, 8], ['samples.png', 'denoise.png']],
    // Pixels of two channels have no colour to be drawn in.
    ['channels2.npy', [], [2, 8, 8, 2], []],
    ['channels3.npy', [], [2, 8, 8, 3], ['samples.png', 'denoise.png']],
  ])('%s is learned', async (images, args, shape, figures) => {
    for (const n of [2, 3]) ofChannels(`channels${n}.npy`, n);
    const out = `run of ${images}`;
    const trained = await inProcess(['train', '--images', images, ...args, ...TINY_UNET, '--out', out]);
    expect(trained.code, trained.stderr).toBe(0);
    for (const [command, ...rest] of [
      ['denoise'],
      ['walk-jump', '--steps', '2'],
      ['sample', '--chains', '2', '--steps', '2'],
    ]) {
      const outcome = await inProcess([command, out, ...rest]);
      expect(outcome.code, outcome.stderr).toBe(0);
    }
    expect(readNpy(new Uint8Array(readFileSync(join(out, 'samples.npy')))).shape).toEqual(shape);
    const made = ['samples.png', 'denoise.png'].filter((name) => existsSync(join(out, name)));
    expect(made).toEqual(figures);
  });
});

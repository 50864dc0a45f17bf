import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { encode as encodePng } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeNpy } from '../../src/index.js';
import { inProcess, scorefield, scratch, TINY } from './cli.js';

const folder = scratch();
const at = (...names: string[]) => join(folder, ...names);

/** Every file below a folder with its bytes. */
function contents(path: string): Record<string, string> {
  const entries = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    entries.map(({ parentPath, name }) => [
      join(parentPath, name),
      readFileSync(join(parentPath, name), 'base64'),
    ]),
  );
}

/** Runs a command line that must fail with one line that holds all the words, and change nothing. */
async function expectFailure(args: readonly string[], code: number, ...words: string[]): Promise<void> {
  const before = contents(folder);
  const outcome = await inProcess(args);
  expect(outcome.stderr).toMatch(/^scorefield( [a-z]+)?: .+\n$/);
  for (const word of words) expect(outcome.stderr).toContain(word);
  expect(outcome).toMatchObject({ code, stdout: '' });
  expect(contents(folder)).toEqual(before);
}

function flipByte(path: string, offset: number): void {
  const bytes = readFileSync(path);
  bytes[offset < 0 ? bytes.length + offset : offset] ^= 0x10;
  writeFileSync(path, bytes);
}

const idx = (...bytes: number[]) =>
  Uint8Array.from([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, ...bytes]);
const grey = (height: number, width: number, values: number[]) =>
  encodePng({ width, height, data: Uint8Array.from(values), channels: 1, depth: 8 });

const home = process.cwd();
afterAll(() => process.chdir(home));

beforeAll(async () => {
  process.chdir(folder);
  await inProcess(['train', ...TINY, '--out', at('run')]);
  for (const name of [
    'flipped',
    'cut',
    'shape',
    'empty',
    'lost',
    'badData',
    'badRecord',
    'nullRecord',
    'half',
  ]) {
    cpSync(at('run'), at(name), { recursive: true });
  }
  flipByte(at('flipped', 'weights.safetensors'), -100);
  flipByte(at('flipped', 'checkpoint.safetensors'), 100);
  truncateSync(at('cut', 'checkpoint.safetensors'), 1000);
  truncateSync(at('cut', 'weights.safetensors'), 4);
  await inProcess(['train', ...TINY, '--width', '9', '--out', at('other')]);
  const weights = readFileSync(at('other', 'weights.safetensors'), 'latin1');
  expect(weights).toContain('"width\\":9');
  writeFileSync(
    at('shape', 'weights.safetensors'),
    Buffer.from(withoutChecksum(weights, '"width\\":9', '"width\\":8'), 'latin1'),
  );
  writeFileSync(at('empty', 'weights.safetensors'), '');
  rmSync(at('lost', 'data.safetensors'));
  flipByte(at('badData', 'data.safetensors'), 3000);
  writeFileSync(at('badRecord', 'run.json'), '{"preset": "quick"');
  writeFileSync(at('nullRecord', 'run.json'), 'null');
  for (const file of ['weights.safetensors', 'checkpoint.safetensors']) rmSync(at('half', file));
  mkdirSync(at('nothing'));
  writeFileSync(at('file'), 'text');
  writeFileSync(at('magic'), idx(0, 1, 2, 3).fill(7, 3, 4));
  writeFileSync(at('short'), idx(0, 1, 2));
  writeFileSync(at('one.idx'), idx(0, 1, 2, 3));
  writeFileSync(at('broken.gz'), Uint8Array.of(0x1f, 0x8b, 8, 0, 1, 2, 3));
  writeFileSync(at('black.png'), grey(2, 2, [0, 0, 0, 0]));
  writeFileSync(at('dot.png'), grey(1, 1, [255]));
  writeFileSync(at('wide.png'), grey(1, 4, [255, 1, 2, 3]));
  writeFileSync(at('square.png'), grey(2, 2, [255, 1, 2, 3]));
  writeFileSync(
    at('torn.png'),
    grey(
      20,
      20,
      Array.from({ length: 400 }, (_, i) => i % 256),
    ).subarray(0, 60),
  );
  writeFileSync(at('points.csv'), '# x,y\n1,2\n');
  writeFileSync(at('three.csv'), '1,2,3\n');
  writeFileSync(at('square.npy'), writeNpy(new Float32Array(4), [2, 2]));
  writeFileSync(at('some.webp'), 'RIFF1234WEBPVP8 ');
  cpSync(new URL('../fixtures/cases/grey12.jpg', import.meta.url), at('twelve.jpg'));
  mkdirSync(at('taken'));
  writeFileSync(at('taken', 'picture.png'), 'mine');
}, 60_000);

/** The same file with other words in its header and the checksum as another program would leave it: none. */
function withoutChecksum(file: string, from: string, to: string): string {
  const changed = file
    .replace(from, to)
    .replace(/,"writer":"scorefield","crc32":"[0-9a-f]{8}"/, (entry) => ' '.repeat(entry.length));
  expect(changed).toHaveLength(file.length);
  return changed;
}

describe('bad usage ends with status 2 and one line', () => {
  it.each<[string, ...string[]]>([
    ['launch', "unknown command 'launch'", 'scorefield --help'],
    ['trian --out x', 'Did you mean train?'],
    ['train', "required option '--out <folder>'", 'scorefield train --help'],
    ['train --out x --stepss 3', "unknown option '--stepss'", 'Did you mean --steps?'],
    ['train --out x --steps', "'--steps <n>' argument missing"],
    ['train --out x --steps 0', '--steps must be a positive integer, got "0"'],
    ['train --out x --steps 1.5', '--steps', '"1.5"'],
    ['train --out x --batch 0', '--batch must be a positive integer, got "0"'],
    ['train --out x --features 0', '--features'],
    ['train --out x --width -3', '--width', '"-3"'],
    ['train --out x --depth -1', '--depth must be an integer of at least 0'],
    ['train --out x --levels none', '--levels', '"none"'],
    ['train --out x --sigma-min 0', '--sigma-min must be a positive number, got "0"'],
    ['train --out x --sigma-max -1', '--sigma-max must be a positive number, got "-1"'],
    ['train --out x --sigma-min 2', '--sigma-min must be below --sigma-max, got 2 and 1'],
    ['train --out x --learning-rate 1e999', '--learning-rate must be a positive number'],
    [
      'train --out x --seed -2147483649',
      '--seed must be an integer from -2147483648 to 9007199254740991',
      '"-2147483649"',
    ],
    [
      'train --out x --seed 9007199254740992',
      '--seed must be an integer from -2147483648 to 9007199254740991, got "9007199254740992"',
    ],
    ['train --out x --threads many', '--threads must be auto or a positive integer, got "many"'],
    ['train --out x --kernel fast', '--kernel must be one of auto, strict, relaxed, wide, got "fast"'],
    ['train --out x --preset slow', '--preset must be one of'],
    ['train --out x --builtin six', '--builtin must be one of five', 'got "six"'],
    ['train --out x --index 3', '--index 3 needs --idx FILE'],
    ['train --out x --idx one.idx --index 1', '--index must be an integer from 0 to 0, got 1', 'one.idx'],
    ['train --out x square.png --builtin five', 'picture files and --builtin cannot be combined'],
    [
      'train --out x square.png --weights 1,2',
      '--weights must hold one number for each picture file, 1, got 2',
    ],
    ['train --out x square.png square.png --weights 1,0', '--weights must be a positive number, got "0"'],
    ['train --out run --resume --overwrite', '--resume and --overwrite cannot be combined'],
    ['train --out run --resume --width 9 --seed 4', '--seed 4 (it has 0)', '--width 9 (it has 8)'],
    ['train --out run --resume --steps 40', '--steps 40 (it has 20)', '--schedule constant'],
    ['train --out run --resume square.png', 'square.png is not what the run in run learns'],
    ['sample', "missing required argument 'RUN'"],
    [
      'sample run --sampler magic',
      '--sampler must be one of langevin, underdamped, mala, hmc, nuts, annealed, reverse, flow, walk-jump, got "magic"',
    ],
    ['sample run --level 3', '--level must be from 0 to 2', 'got 3'],
    ['sample run --step-size 0', '--step-size must be a positive number'],
    ['sample run --chains 0', '--chains must be a positive integer'],
    ['sample run --bins 0', '--bins'],
    ['field run --levels 0,3', '--levels must be from 0 to 2', 'got 3'],
    ['field run --grid 0', '--grid'],
    ['field run --grid 1e15', '--grid must be at most 500, got 1000000000000000'],
    ['evaluate run --level 30', '--level must be from 0 to 2'],
    ['mixture', "required option '--out <folder>'"],
    ['mixture --out x --means 0,a', '--means must be points as "0.5,0.5;-0.5,-0.5", got "0,a"'],
    ['mixture --out x --means 0,0;1', '--means[1] must hold 2 numbers, got 1'],
    ['mixture --out x --sds 0.4,0.4', '--sds must hold 2 rows'],
    ['mixture --out x --sds 0.4,0;1,1', '--sds[0] must be a positive finite number, got 0'],
    ['mixture --out x --weights 1,-1', '--weights must be a positive number, got "-1"'],
    ['mixture --out x --steps 100000000', '--steps 100000000', 'lower one of them'],
  ])('scorefield %s', async (line, ...words) => {
    await expectFailure(line.split(' '), 2, ...words);
  });
});

describe('what cannot be done ends with status 1 and one line', () => {
  it.each<[string, ...string[]]>([
    ['train --out x --idx magic', 'magic must have 3 or 4 dimensions', 'got 7: give the file of images'],
    [
      'train --out x --idx points.csv',
      'points.csv must be an IDX file of images',
      'got text that begins with',
    ],
    ['train --out x --idx short', 'short is truncated', 'asks for 20 bytes, got 19'],
    ['train --out x --idx broken.gz', 'broken.gz is truncated or corrupt'],
    ['train --out x --idx absent', 'absent: it does not exist'],
    ['train --out x --idx nothing', 'nothing: it is a folder, not a file'],
    ['train --out x absent.png', 'absent.png: it does not exist'],
    ['train --out x absent\nhere.png', 'absent\ufffdhere.png: it does not exist'],
    [
      'train --out x file',
      'file: must be a PNG or JPEG image, got text that begins with "text"; give --points file',
    ],
    ['train --out x points.csv', 'got text that begins with "# x,y"; give --points points.csv for points'],
    [
      'train --out x square.npy',
      'got an npy array; give --images square.npy for images, --points square.npy',
    ],
    [
      'train --out x one.idx',
      'got an IDX file; give --images one.idx for all of its images, --idx one.idx for one',
    ],
    [
      'train --out x --images points.csv',
      'but text that begins with "# x,y"; give points, a line each, as --points',
    ],
    [
      'train --out x --points square.png',
      'square.png must hold points as text, one a line, got a PNG picture',
    ],
    ['denoise run --out x --points three.csv', 'three.csv: points must have 2 coordinates, got 3'],
    ['denoise run --out x --points square.png', 'square.png: not an npy file', 'got a PNG picture'],
    ['train --out x twelve.jpg', 'twelve.jpg is a JPEG of 12 bits a sample, of which only 8 are read'],
    ['train --out x some.webp', 'some.webp is a WebP picture, which only browsers read: convert it to PNG'],
    ['train --out x torn.png', 'torn.png cannot be decoded as PNG'],
    ['train --out x black.png', 'must have a pixel brighter than black', 'invert'],
    ['train --out x dot.png', 'at least two pixels, got 1 x 1'],
    ['train --out x square.png wide.png', 'one aspect ratio'],
    ['train --out run', 'run: it already holds a run', '--resume', '--overwrite'],
    ['train --out taken', 'taken/picture.png: it is in the way', '--overwrite'],
    ['train --out file/run', 'a part of this path is a file, not a folder'],
    ['train --out flipped --resume', 'flipped/checkpoint.safetensors: damaged'],
    ['train --out cut --resume', 'cut/checkpoint.safetensors: truncated'],
    ['train --out badRecord --resume', 'badRecord/run.json: it is not JSON', '--overwrite'],
    [
      'train --out nullRecord --resume',
      'nullRecord/run.json: it must hold preset, source, kernel, seed',
      '--overwrite',
    ],
    ['train --out badData --resume', 'badData/data.safetensors: damaged'],
    ['sample absent', 'absent: there is no such folder', 'scorefield train --out absent'],
    ['sample nothing', 'nothing: it holds no run'],
    ['sample half', 'half: the run was stopped before its first checkpoint', '--resume'],
    ['sample flipped', 'flipped/weights.safetensors: damaged'],
    ['sample cut', 'cut/weights.safetensors: truncated'],
    ['sample empty', 'empty/weights.safetensors: truncated'],
    ['sample shape', 'shape/weights.safetensors: tensor', 'must have shape'],
    ['sample lost', 'lost/data.safetensors: it does not exist'],
    ['field flipped', 'flipped/weights.safetensors: damaged'],
    ['evaluate badData', 'badData/data.safetensors: damaged'],
    ['sample run --step-size 1e30 --steps 1000', 'lower --step-size'],
    ['sample run --steps 100 --save file/x.npy', 'file: there is a file of this name, not a folder'],
    ['mixture --out file', 'file: there is a file of this name, not a folder'],
  ])('scorefield %s', async (line, ...words) => {
    await expectFailure(line.split(' '), 1, ...words);
  });

  it('every byte of a checkpoint counts', async () => {
    const bytes = readFileSync(at('run', 'checkpoint.safetensors'));
    for (const offset of [0, 9, 500, 1500, bytes.length - 1]) {
      cpSync(at('run'), at('byte'), { recursive: true });
      flipByte(at('byte', 'checkpoint.safetensors'), offset);
      await expectFailure(['train', '--resume', '--out', 'byte'], 1, 'byte/checkpoint.safetensors');
    }
    rmSync(at('byte'), { recursive: true });
  });

  it('and so does the built program', async () => {
    const usage = await scorefield(['train', '--out', 'x', '--batch', '0'], { cwd: folder });
    expect(usage).toMatchObject({
      code: 2,
      stdout: '',
      stderr: 'scorefield train: --batch must be a positive integer, got "0"\n',
    });
    const failure = await scorefield(['sample', 'absent', '--json'], { cwd: folder });
    expect(failure).toMatchObject({ code: 1, stdout: '' });
    expect(failure.stderr).toMatch(/^scorefield sample: absent: there is no such folder; .+\n$/);
  });

  it('divergence keeps the last good checkpoint and says what to lower', async () => {
    const args = [
      'train',
      ...TINY,
      '--learning-rate',
      '1e30',
      '--schedule',
      'constant',
      '--out',
      at('steep'),
    ];
    const outcome = await inProcess([...args, '--steps', '50', '--checkpoint-every', '1']);
    expect(outcome.code).toBe(1);
    const [last] = outcome.stderr.trimEnd().split('\n').slice(-1);
    expect(last).toMatch(
      /^scorefield train: .*lower --learning-rate \(now 1e\+30\).*checkpoint of step \d+ in .* is kept$/,
    );
    expect(await inProcess(['field', at('steep'), '--levels', '1'])).toMatchObject({ code: 0 });
    rmSync(at('steep'), { recursive: true });
  });

  it('an error shows where it came from with DEBUG=scorefield', async () => {
    const outcome = await scorefield(['sample', at('flipped')], { env: { DEBUG: 'scorefield' } });
    expect(outcome.stderr).toMatch(/^scorefield sample: .+\n.*Error: [\s\S]*\n {4}at /);
  });

  it.runIf(process.platform !== 'win32')('an unwritable folder is named, and so is the way out', async () => {
    mkdirSync(at('closed'));
    chmodSync(at('closed'), 0o555);
    chmodSync(folder, 0o755);
    // The permissions of a folder do not hold for root, who is somebody else meanwhile.
    const isRoot = process.getuid?.() === 0;
    // One thread: another would load what the test runner asks of it, which may be root's alone.
    const one = ['--threads', '1'];
    for (const command of [['train', ...TINY, ...one], ['mixture'], ['five', ...one]]) {
      if (isRoot) process.seteuid?.(65534);
      const outcome = await inProcess([...command, '--out', at('closed', 'run')]).finally(() => {
        if (isRoot) process.seteuid?.(0);
      });
      expect(outcome.stderr).toMatch(
        /^scorefield [a-z]+: .*closed\/run: permission denied; .*choose another path\n$/,
      );
      expect(outcome).toMatchObject({ code: 1, stdout: '' });
    }
    chmodSync(at('closed'), 0o755);
    rmSync(at('closed'), { recursive: true });
  });
});

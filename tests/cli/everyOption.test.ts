// Every option of every command given what it cannot be, or can hardly be: a line and a status, and no file is changed.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/program.js';
import { Interrupted } from '../../src/cli/terminal/failure.js';
import { inProcess, scratch, TINY } from './cli.js';
import { TINY_UNET, writeDigits } from './tinyDigits.js';

/** Values that each option is given, of those below: BAD=all is every one, in some minutes. */
const MOST = process.env.BAD === 'all' ? Number.POSITIVE_INFINITY : Number(process.env.BAD ?? 1);
/** A command that takes a value and begins to work is interrupted after so long; it must then end. */
const WORK_MS = 500;
const MOST_MS = 20_000;

const VALUES = [
  ...['', ' ', '-1', '-0', '0', '0.5', '1e-400', 'NaN', 'Infinity', '-Infinity', '1e999', '9007199254740993'],
  ...['9007199254740991', '1e15', '4294967296', '0x10', '1_000', '1,2', ',', ';', '1;2', '1/2', '0/0', '2/1'],
  ...[
    'abc',
    'auto',
    'constructor',
    '__proto__',
    '\u0661',
    '\u65e5\u672c',
    '\ud83d\udca5',
    'a\nb',
    '\u001b[31m',
  ],
  ...['absent', 'absent/deeper', 'file', 'file/below', 'folder', 'empty', 'x'.repeat(300), 'run', '.'],
];

const folder = scratch();
const home = process.cwd();
afterAll(() => process.chdir(home));

/** What is there before each command line. */
const pristine = scratch();

beforeAll(async () => {
  const images = await writeDigits(pristine, 60, 8);
  for (const args of [
    ['train', ...TINY, '--out', join(pristine, 'run')],
    ['train', '--images', images, ...TINY_UNET, '--held-out', '20', '--out', join(pristine, 'digits')],
    ['mixture', '--steps', '20', '--out', join(pristine, 'mixture')],
    [
      'sample',
      join(pristine, 'run'),
      '--chains',
      '2',
      '--steps',
      '20',
      '--shard',
      '1/1',
      '--out',
      join(pristine, 'shards'),
    ],
  ]) {
    const outcome = await inProcess(args);
    expect(outcome.code, outcome.stderr).toBe(0);
  }
  writeFileSync(join(pristine, 'file'), 'text');
  writeFileSync(join(pristine, 'empty'), '');
  mkdirSync(join(pristine, 'folder'));
  process.chdir(folder);
}, 60_000);

function restore(): void {
  for (const file of readdirSync(folder)) rmSync(join(folder, file), { recursive: true, force: true });
  cpSync(pristine, folder, { recursive: true });
}

/** Every file below the folder with its bytes. */
function contents(): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const paths = files.map(({ parentPath, name }) => join(parentPath, name));
  return Object.fromEntries(paths.map((path) => [path, readFileSync(path, 'base64')]));
}

/** Whole command lines that end soon, of each command. */
const lines: Record<string, string[][]> = {
  five: [['five', ...TINY, '--out', 'five']],
  digits: [['digits', '--idx', 'images-idx3-ubyte', ...TINY_UNET, '--out', 'made']],
  mixture: [['mixture', '--steps', '20', '--out', 'made']],
  train: [
    ['train', ...TINY, '--out', 'made'],
    ['train', '--images', 'images-idx3-ubyte', ...TINY_UNET, '--out', 'made'],
  ],
  sample: [
    ['sample', 'run', '--steps', '20'],
    ['sample', 'digits', '--steps', '2', '--chains', '2'],
  ],
  denoise: [
    ['denoise', 'run', '--count', '4'],
    ['denoise', 'digits', '--count', '4'],
  ],
  'walk-jump': [
    ['walk-jump', 'run', '--steps', '4'],
    ['walk-jump', 'digits', '--steps', '2', '--chains', '2'],
  ],
  field: [['field', 'run', '--levels', '1']],
  evaluate: [
    ['evaluate', 'run', '--samples', '16', '--steps', '10'],
    ['evaluate', 'digits', '--sigmas', '0.5'],
  ],
  merge: [['merge', join('shards', 'sample.1-of-1.safetensors')]],
  diagnose: [['diagnose', join('mixture', 'path.npy')]],
  lecture: [['lecture', 'norms', '--out', 'made']],
};

/** What is wrong with how a command line ended; undefined if nothing. */
async function problemOf(
  args: readonly string[],
  before: Record<string, string>,
): Promise<string | undefined> {
  const work = new AbortController();
  const began = performance.now();
  const timer = setTimeout(() => work.abort(new Interrupted('SIGINT')), WORK_MS);
  const { code, stdout, stderr } = await inProcess(args, { signal: work.signal });
  clearTimeout(timer);
  const elapsedMs = performance.now() - began;
  if (elapsedMs > MOST_MS) return `takes ${elapsedMs} ms`;
  if (code === 0) return undefined;
  if (![1, 2, 130].includes(code as number)) return `ends with status ${code}: ${stderr}`;
  const said = `ends with status ${code}: ${JSON.stringify(stderr)}`;
  if (stdout !== '' && !args.includes('--json')) return `${said} and on stdout ${JSON.stringify(stdout)}`;
  const last = stderr.trimEnd().split('\n').at(-1) as string;
  if (!/^scorefield( [a-z-]+)?: .+$/.test(last) || last.length > 1500) return said;
  if (/\n {4}at |Cannot read|is not a function|is not iterable|Invalid (array|typed)|\[object /.test(stderr))
    return said;
  if (code === 130) return undefined;
  const after = contents();
  const changed = Object.keys(before).find((file) => after[file] !== before[file]);
  if (changed) return `${said} and changes ${changed}`;
  const made = Object.keys(after).find((file) => !(file in before));
  return code === 2 && made ? `${said} and leaves ${made}` : undefined;
}

/** Names of the options that take a value, of each command. */
const options: Record<string, string[]> = Object.fromEntries(
  COMMANDS.map((make): Command => make(() => ({}) as never)).map((command) => [
    command.name(),
    command.options.filter(({ required }) => required).map(({ long }) => String(long)),
  ]),
);

describe('bad values of every option', () => {
  it('are given to every command', () => {
    expect(Object.keys(lines).sort()).toEqual(Object.keys(options).sort());
  });

  // The options of `five` are those of train, and it does what others do.
  it.each(Object.keys(lines).filter((name) => process.env.BAD || name !== 'five'))(
    '%s says in a line what is wrong, or stops when it is interrupted',
    async (name) => {
      restore();
      const before = contents();
      const faults: string[] = [];
      let turn = 0;
      for (const [k, line] of lines[name].entries()) {
        for (const option of options[name]) {
          const least = MOST < VALUES.length ? (7 * turn++ + 3 * name.length + k) % VALUES.length : 0;
          for (let i = 0; i < Math.min(MOST, VALUES.length); i++) {
            const value = VALUES[(least + 11 * i) % VALUES.length];
            // In one word, since another may begin with a dash.
            const args = [...line, `${option}=${value}`];
            const problem = await problemOf(args, before);
            if (problem) faults.push(`${JSON.stringify(args)} ${problem}`);
            if (Object.entries(contents()).some(([file, bytes]) => before[file] !== bytes)) restore();
          }
        }
      }
      expect(faults).toEqual([]);
    },
    3_000_000,
  );
});

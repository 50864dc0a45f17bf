import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { eventsOf, type Outcome, resultOf, scorefield, scratch, TINY } from './cli.js';

const folder = scratch();
const at = (name: string) => join(folder, name);

// Long enough to be met while it trains, with checkpoints often enough to be met while it writes.
const RUN = [...TINY, '--steps', '3000', '--checkpoint-every', '40', '--print-every', '100', '--json'];

/** Does something to the process when it prints its n-th line. */
const atLine = (n: number, act: (child: ChildProcess) => void) => {
  let lines = 0;
  return (_: string, child: ChildProcess) => {
    if (++lines === n) act(child);
  };
};

let undisturbed: Record<string, string>;

beforeAll(async () => {
  const outcome = await scorefield(['train', ...RUN, '--out', at('undisturbed')]);
  expect(outcome.code, outcome.stderr).toBe(0);
  undisturbed = resultOf(at('undisturbed'));
}, 60_000);

async function resumeToTheEnd(name: string): Promise<void> {
  const outcome = await scorefield(['train', ...RUN, '--resume', '--out', at(name)]);
  expect(outcome.code, outcome.stderr).toBe(0);
  expect(resultOf(at(name))).toEqual(undisturbed);
  expect(readdirSync(at(name)).sort()).toEqual(readdirSync(at('undisturbed')).sort());
}

describe.runIf(process.platform !== 'win32')('a signal', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    '%s leaves a checkpoint, status %i, and a run that ends with the same bits',
    async (name, code) => {
      const onLine = atLine(7, (child) => child.kill(name));
      const outcome = await scorefield(['train', ...RUN, '--out', at(name)], { onLine });
      expect(outcome).toMatchObject({ code, signal: null });
      const [{ signal, step, checkpoint }] = eventsOf(outcome, 'interrupted');
      expect(signal).toBe(name);
      expect(step).toBeGreaterThan(600);
      expect(step).toBeLessThan(3000);
      expect(checkpoint).toBe(join(at(name), 'checkpoint.safetensors'));
      const [last] = outcome.stderr.trimEnd().split('\n').slice(-1);
      expect(last).toBe(
        `scorefield train: interrupted; a checkpoint of ${step} steps is left: go on with scorefield train --resume --out ${at(name)}`,
      );
      expect(existsSync(join(at(name), 'weights.safetensors'))).toBe(false);
      // An unfinished run can be looked at.
      expect(await scorefield(['field', at(name), '--out', at(`${name} field`)])).toMatchObject({ code: 0 });
      await resumeToTheEnd(name);
    },
  );

  it('stops the other commands, too, and leaves nothing unfinished', async () => {
    const save = at('x.npy');
    const args = [
      'sample',
      at('undisturbed'),
      '--steps',
      '1000000000',
      '--thin',
      '1000',
      '--save',
      save,
      '--out',
      at('s'),
    ];
    const outcome = await scorefield(args, {
      onStart: (child) => setTimeout(() => child.kill('SIGINT'), 2000),
    });
    expect(outcome).toMatchObject({ code: 130, signal: null, stderr: 'scorefield sample: interrupted\n' });
    expect(readdirSync(folder).filter((name) => name.includes('npy'))).toEqual([]);
  });

  it('gives the terminal back', async (context) => {
    // `script` runs a command on a terminal of its own.
    if (process.platform !== 'linux' || !existsSync('/usr/bin/script')) return context.skip();
    const line = [
      process.execPath,
      'dist/cli.js',
      'train',
      // Long enough not to end before the key is pressed.
      ...RUN.slice(0, -1).map((word) => (word === '3000' ? '90000' : word)),
      '--out',
      at('terminal'),
    ].join(' ');
    const child = spawn('script', ['-qec', line, '/dev/null'], { stdio: ['pipe', 'pipe', 'ignore'] });
    let text = '';
    child.stdout.on('data', (chunk) => {
      const known = text.includes('steps/s');
      text += chunk;
      // Ctrl-C, when the bar knows its speed.
      if (!known && text.includes('steps/s')) child.stdin.write('\x03');
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code).toBe(130);
    expect(text).toMatch(/training \[=*-+\] \d+ % {2}loss \d\.\d+, [\d,.]+ steps\/s, (\d+ min )?\d+ s left/);
    // The last word on the cursor is that it is seen, on lines that they wrap.
    expect(text.lastIndexOf('\x1b[?25h')).toBeGreaterThan(text.lastIndexOf('\x1b[?25l'));
    expect(text.lastIndexOf('\x1b[?7h')).toBeGreaterThan(text.lastIndexOf('\x1b[?7l'));
  });
});

describe.runIf(process.platform !== 'win32')('a reader that goes away', () => {
  it('ends the run, with a checkpoint and without a stack', async () => {
    const onLine = atLine(3, (child) => child.stdout?.destroy());
    const outcome = await scorefield(['train', ...RUN, '--out', at('unread')], { onLine });
    expect(outcome).toMatchObject({ code: 141, signal: null });
    expect(outcome.stderr).toMatch(
      /scorefield train: nobody reads the output any more; a checkpoint of \d+ steps is left: .+\n$/,
    );
    await resumeToTheEnd('unread');
  });
});

describe('two processes', () => {
  it('do not train in one folder at a time: the second is refused, and the first ends as ever', async () => {
    let second: Promise<Outcome> | undefined;
    const onLine = atLine(3, () => {
      second = scorefield(['train', ...RUN, '--resume', '--out', at('shared')]);
    });
    const first = await scorefield(['train', ...RUN, '--steps', '20000', '--out', at('shared')], { onLine });
    expect(await second).toMatchObject({ code: 1 });
    expect((await second)?.stderr).toMatch(
      /^scorefield train: .*shared: process \d+ is training here; wait for it, or give another --out\n$/,
    );
    expect(first).toMatchObject({ code: 0 });
    expect(readdirSync(at('shared')).sort()).toEqual(readdirSync(at('undisturbed')).sort());
  });
});

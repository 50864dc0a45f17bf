import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Interrupted } from '../../src/cli/terminal/failure.js';
import { eventsOf, inProcess, resultOf, scratch, TINY } from './cli.js';

const folder = scratch();
const at = (...names: string[]) => join(folder, ...names);
const run = at('run');

/** A signal that interrupts when it has been asked about `after` times. */
function interruptedAfter(after: number): AbortSignal {
  const controller = new AbortController();
  let asked = 0;
  return new Proxy(controller.signal, {
    get(signal, name) {
      if (++asked === after) controller.abort(new Interrupted('SIGTERM'));
      const value = Reflect.get(signal, name, signal);
      return typeof value === 'function' ? value.bind(signal) : value;
    },
  });
}

describe('one run in one process', () => {
  it('trains, is looked at, and is complete', async () => {
    const trained = await inProcess(['train', ...TINY, '--threads', '2', '--json', '--out', run]);
    expect(trained.code, trained.stderr).toBe(0);
    expect(trained.stderr).toContain('2 threads');
    const before = resultOf(run);
    for (const args of [
      ['sample', run, '--steps', '100', '--save', at('x.npy'), '--layout', 'partitionable'],
      ['field', run, '--kernel', 'strict'],
      ['evaluate', run, '--steps', '100', '--samples', '64'],
      ['train', '--resume', '--out', run],
    ]) {
      const outcome = await inProcess([...args, '--json']);
      expect(outcome.code, outcome.stderr).toBe(0);
      expect(outcome.events.at(-1)).toMatchObject({ event: 'done', command: args[0] });
    }
    expect(resultOf(run)).toEqual(before);
  });

  it('draws on a terminal, and takes the bar away when it is done', async () => {
    const args = ['train', ...TINY, '--print-every', '10', '--out', at('terminal')];
    const outcome = await inProcess(args, { isTTY: true });
    expect(outcome.code).toBe(0);
    expect(outcome.stderr).toContain('training [');
    // Each line takes the place of the bar.
    expect(outcome.stderr).toContain('\x1b[2KStep 10, loss ');
    expect(outcome.stderr).toContain('\x1b[2KTrained 20 steps, ');
    expect(outcome.stderr).toMatch(/terminal\n$/);
  });

  it('makes good what is missing: a figure, weights, a loss.csv', async () => {
    const before = resultOf(run);
    rmSync(join(run, 'weights.safetensors'));
    rmSync(join(run, 'picture.svg'));
    expect(await inProcess(['train', '--resume', '--out', run])).toMatchObject({ code: 0 });
    expect(resultOf(run)).toEqual(before);
    expect(readdirSync(run)).toContain('picture.svg');

    writeFileSync(join(run, 'loss.csv'), 'mine\n');
    rmSync(join(run, 'weights.safetensors'));
    const outcome = await inProcess(['train', '--resume', '--out', run]);
    expect(outcome.code).toBe(0);
    expect(outcome.stderr).toContain('loss.csv: it did not lead to step 20; it begins anew there.');
    expect(readFileSync(join(run, 'loss.csv'), 'utf8')).toBe('step,loss\n');
  });

  it('begins where there is nothing to go on with, and says so', async () => {
    const outcome = await inProcess(['train', ...TINY, '--resume', '--out', at('new')]);
    expect(outcome.code).toBe(0);
    expect(outcome.stderr).toContain('it holds no run; one begins now.');
    rmSync(at('new', 'checkpoint.safetensors'));
    const again = await inProcess(['train', ...TINY, '--resume', '--out', at('new')]);
    expect(again.code).toBe(0);
    expect(again.stderr).toContain('the run was stopped before its first checkpoint; one begins now.');
  });
});

describe('an interruption', () => {
  it('before anything is done changes nothing', async () => {
    const signal = AbortSignal.abort(new Interrupted('SIGHUP'));
    const outcome = await inProcess(['train', ...TINY, '--out', at('never')], { signal });
    expect(outcome).toMatchObject({ code: 129, stderr: 'scorefield train: interrupted\n' });
    expect(readdirSync(folder)).not.toContain('never');
  });

  it('at any of its chances leaves a run that ends with the same bits', async () => {
    const args = ['train', ...TINY, '--json'];
    await inProcess([...args, '--out', at('whole')]);
    for (const after of [2, 3, 5, 9, 14, 30, 50]) {
      const out = at(`stopped ${after}`);
      const outcome = await inProcess([...args, '--out', out], { signal: interruptedAfter(after) });
      expect([0, 143], outcome.stderr).toContain(outcome.code);
      const ended = await inProcess([...args, '--resume', '--out', out]);
      expect(ended.code, ended.stderr).toBe(0);
      expect(resultOf(out)).toEqual(resultOf(at('whole')));
    }
  });

  it('of the whole main job is gone on from', async () => {
    const args = ['five', ...TINY, '--json', '--out', at('five')];
    const controller = new AbortController();
    const first = await inProcess(args, {
      signal: controller.signal,
      onSay: (text) => text.startsWith('Trained') && controller.abort(new Interrupted('SIGTERM')),
    });
    expect(first.code).toBe(143);
    expect(readdirSync(at('five'))).not.toContain('field.png');
    const second = await inProcess(args);
    expect(second.code, second.stderr).toBe(0);
    const { files } = second.events.at(-1) as unknown as { files: string[] };
    expect(files).toContain(at('five', 'histogram.png'));
    expect(eventsOf(second, 'level')).toHaveLength(3);
    expect(second.stderr).toMatch(/Done in \d+ s:\n {2}.*density\.png +a mixture/);
    const third = await inProcess(args);
    expect(third.events.map(({ command }) => command)).toEqual(['train', 'five']);
  });
});

import { existsSync, readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Interrupted } from '../../src/cli/terminal/failure.js';
import { readIdxImages, readNpy } from '../../src/index.js';
import {
  eventsOf,
  expectDone as expectEnded,
  inProcess,
  type Outcome,
  resultOf,
  scorefield,
  scratch,
} from './cli.js';
import { TINY_UNET, writeDigits } from './tinyDigits.js';

const folder = scratch();
const at = (...names: string[]) => join(folder, ...names);
const expectDone = (outcome: Outcome, command: string) => expectEnded(outcome, command, folder);
const filesOf = (outcome: Outcome) => (outcome.events.at(-1) as unknown as { files: string[] }).files;

/** Files of two runs that are not the same. */
function changed(one: string, other: string): string[] {
  const [a, b] = [resultOf(one), resultOf(other)];
  return Object.keys(a).filter((file) => a[file] !== b[file]);
}

let images: string;
let args: string[];

beforeAll(async () => {
  images = await writeDigits(folder, 60, 8);
  args = ['digits', '--idx', images, ...TINY_UNET, '--json'];
});

describe('digits', () => {
  it('trains, denoises, walks and jumps, samples and evaluates; run again it does only what is missing', async () => {
    const out = at('all');
    const first = await inProcess([...args, '--out', out]);
    expectDone(first, 'digits');
    expect(first.events.map(({ event }) => event)).toEqual([
      'step',
      'done',
      'denoised',
      'walk',
      'samples',
      ...Array(4).fill('heldOut'),
      'done',
    ]);
    expect(filesOf(first).filter((file) => !file.endsWith('.mp4'))).toEqual(
      [
        'images.png',
        'loss.png',
        'denoise.png',
        'walk-jump.png',
        'walk-jump.gif',
        'samples.png',
        'quality.png',
        'weights.safetensors',
      ].map((name) => join(out, name)),
    );
    expect(first.stderr).toMatch(/Done in \d+ s:\n {2}.*images\.png +some of the digits that are learned\n/);
    expect(readNpy(new Uint8Array(readFileSync(join(out, 'samples.npy')))).shape).toEqual([100, 8, 8]);
    // The last digits of the file, a tenth of them, are held out.
    const { pixels } = readIdxImages(new Uint8Array(readFileSync(images)));
    const { shape, data } = readNpy(new Uint8Array(readFileSync(join(out, 'clean.npy'))));
    expect(shape).toEqual([6, 8, 8]);
    expect(Array.from(data, (v) => Math.round(255 * v))).toEqual([...pixels.subarray(54 * 64)]);

    const second = await inProcess([...args, '--out', out]);
    expect(second.events.map(({ command }) => command)).toEqual(['train', 'digits']);
    expect(second.stderr).toContain('already finished');
    // What is older than the weights is made anew.
    const { mtime } = statSync(join(out, 'weights.safetensors'));
    utimesSync(join(out, 'samples.png'), mtime, new Date(mtime.getTime() - 1000));
    const third = await inProcess(['digits', '--json', '--out', out]);
    expect(third.events.map(({ event }) => event)).toEqual(['done', 'samples', 'done']);
  });

  it('draws digits where there is no file', async () => {
    const out = at('drawn');
    const few = [
      '--count',
      '12',
      '--held-out',
      '2',
      '--channels',
      '8',
      '--groups',
      '4',
      '--attention',
      'none',
    ];
    const controller = new AbortController();
    const outcome = await inProcess(['digits', ...few, '--steps', '2', '--batch', '2', '--out', out], {
      signal: controller.signal,
      onSay: (text) => text.startsWith('Trained') && controller.abort(new Interrupted('SIGTERM')),
    });
    expect(outcome).toMatchObject({ code: 143 });
    expect(outcome.stderr).toContain('Training on 12 drawn digits to step 2 (');
    expect(readdirSync(out)).not.toContain('denoise.png');
    const other = await inProcess(['digits', '--count', '13', '--out', out]);
    expect(other).toMatchObject({ code: 2, stdout: '' });
    expect(other.stderr).toContain('13 drawn digits is not what the run in ');
  });

  it('interrupted says how to go on, and ends with the bits of a run that never stopped', async () => {
    const long = [...args, '--steps', '40', '--checkpoint-every', '5', '--print-every', '10'];
    const whole = await inProcess([...long, '--out', at('whole')]);
    expectDone(whole, 'digits');
    const controller = new AbortController();
    const first = await inProcess([...long, '--out', at('stopped')], {
      signal: controller.signal,
      onSay: (text) => text.startsWith('Step 20') && controller.abort(new Interrupted('SIGINT')),
    });
    expect(first.code).toBe(130);
    expect(first.stderr).toContain(`steps is left: go on with scorefield digits --out ${at('stopped')}\n`);
    expect(eventsOf(first, 'interrupted')).toHaveLength(1);
    expectDone(await inProcess(['digits', '--json', '--out', at('stopped')]), 'digits');
    expect(changed(at('stopped'), at('whole'))).toEqual([]);
    for (const file of ['samples.npy', 'jumps.npy', 'denoised.npy', 'quality.csv', 'walk-jump.svg'])
      expect(readFileSync(join(at('stopped'), file)), file).toEqual(readFileSync(join(at('whole'), file)));
  });
});

describe('kill -9', () => {
  it('of a run of images, with classes, leaves one that ends with the same bits', async () => {
    const RUN = ['train', '--images', images, ...TINY_UNET, '--classes', '--steps', '60'];
    // Another process may choose another kernel than this one, which gives other last bits.
    const often = [...RUN, '--checkpoint-every', '4', '--print-every', '5', '--kernel', 'strict', '--json'];
    expectDone(await scorefield([...often, '--threads', '1', '--out', at('undisturbed')]), 'train');
    for (const lines of [2, 9]) {
      const out = at(`killed ${lines}`);
      let seen = 0;
      const outcome = await scorefield([...often, '--out', out], {
        onLine: (_, child) => void (++seen === lines && child.kill('SIGKILL')),
      });
      expect(outcome.signal).toBe('SIGKILL');
      expect(existsSync(join(out, 'weights.safetensors'))).toBe(false);
      expectDone(await inProcess([...often, '--resume', '--out', out]), 'train');
      expect(changed(out, at('undisturbed'))).toEqual([]);
      expect(readdirSync(out).sort()).toEqual(readdirSync(at('undisturbed')).sort());
    }
  });
});

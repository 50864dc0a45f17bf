// Kills of commands: train, which goes on by --resume, sample, lecture and digits.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { scorefield, scratch, TINY } from './cli.js';
import { TINY_UNET, writeDigits } from './tinyDigits.js';

/** Times that each command is killed, at random moments; SEED=2 has others than SEED=1. */
const KILLS = Number(process.env.KILLS ?? 1);
const SEED = Number(process.env.SEED ?? Date.now()) >>> 0;
let state = SEED;
/** A number in [0, 1) that the seed decides (Numerical Recipes' generator). */
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};

const folder = scratch();
const at = (...names: string[]) => join(folder, ...names);
const OLD = 'what was there before';

let images: string;

beforeAll(async () => {
  expect(await scorefield(['train', ...TINY, '--out', at('run')])).toMatchObject({ code: 0 });
  images = await writeDigits(folder, 60, 8);
}, 60_000);

const contents = (out: string): Record<string, string> =>
  Object.fromEntries(readdirSync(out).map((file) => [file, readFileSync(join(out, file), 'base64')]));

interface Killed {
  args: () => string[];
  /** What is said besides when the command is given again. */
  again?: string[];
  /** Files that are there before, and must stay whole until a whole one takes their place. */
  before: string[];
  /** Files of a run that is not finished, which change until it is. */
  unfinished?: string[];
}

const commands: Record<string, Killed> = {
  train: {
    args: () => ['train', ...TINY, '--steps', '1000', '--checkpoint-every', '20'],
    again: ['--resume'],
    before: ['of mine.txt'],
    unfinished: ['checkpoint.safetensors', 'loss.csv'],
  },
  sample: {
    args: () => ['sample', at('run'), '--steps', '3000', '--save', at('sample', 'samples.npy')],
    before: ['histogram.npy', 'histogram.svg', 'histogram.png', 'samples.npy'],
  },
  lecture: { args: () => ['lecture', 'norms'], before: ['norms.svg', 'norms.png'] },
  digits: {
    args: () => ['digits', '--idx', images, ...TINY_UNET, '--checkpoint-every', '3'],
    before: ['of mine.txt'],
    unfinished: ['checkpoint.safetensors', 'loss.csv'],
  },
};

describe.runIf(process.platform !== 'win32')('kill -9', () => {
  it.each(Object.keys(commands))(
    `of %s at random moments, ${KILLS} in all by SEED=${SEED}, leaves whole files, and the command ends as ever when it is given again`,
    {
      timeout: 120_000 * (KILLS + 1),
    },
    async (name) => {
      const { args, again: more = [], before, unfinished = [] } = commands[name];
      const out = at(name);
      const start = () => {
        rmSync(out, { recursive: true, force: true });
        mkdirSync(out);
        for (const file of before) writeFileSync(join(out, file), OLD);
      };
      const line = [...args(), '--out', out];
      const old = Buffer.from(OLD).toString('base64');
      const finish = async (words: string[]) => {
        const began = performance.now();
        const outcome = await scorefield(words);
        expect(outcome.code, outcome.stderr).toBe(0);
        return performance.now() - began;
      };
      start();
      const elapsedMs = await finish(line);
      const whole = contents(out);
      start();
      for (let kills = 0, isNew = true; kills < KILLS; ) {
        // From before the first file to just before the end.
        const wait = elapsedMs * random();
        const outcome = await scorefield(isNew ? line : [...line, ...more], {
          onStart: (child) => void sleep(wait).then(() => child.kill('SIGKILL')),
        });
        expect([null, 0], outcome.stderr).toContain(outcome.code);
        const left = contents(out);
        for (const file of before) expect(left).toHaveProperty([file]);
        for (const [file, bytes] of Object.entries(left)) {
          // What was being written has a name of its own, which the next command in the folder removes.
          if (file.startsWith('.') || unfinished.includes(file)) continue;
          if (!(before.includes(file) && bytes === old)) expect(bytes, file).toBe(whole[file]);
        }
        isNew = false;
        if (outcome.code === null) {
          kills++;
          // Some are killed again where they were killed before; others end.
          if (kills < KILLS && random() < 0.75) continue;
          await finish([...line, ...more]);
        }
        expect(contents(out)).toEqual(whole);
        start();
        isNew = true;
      }
    },
  );
});

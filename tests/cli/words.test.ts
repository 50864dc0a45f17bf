import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode as encodePng } from 'fast-png';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  explained,
  objectiveLines,
  samplerLines,
  scheduleLines,
  solverLines,
} from '../../src/apps/explanations.js';
import { SAMPLER_NAMES } from '../../src/cli/run/samplers.js';
import { decodeCheckpoint } from '../../src/index.js';
import { inProcess, scratch, TINY } from './cli.js';

const folder = scratch();
const at = (name: string) => join(folder, name);

/** A square grey picture of these pixels as a file. */
function picture(name: string, side: number, tone: (i: number) => number): string {
  const data = Uint8Array.from({ length: side * side }, (_, i) => tone(i));
  writeFileSync(at(name), encodePng({ width: side, height: side, data, channels: 1, depth: 8 }));
  return at(name);
}

describe('what the command line says', () => {
  beforeAll(async () => {
    expect((await inProcess(['train', ...TINY, '--out', at('run')])).code).toBe(0);
  });

  it.each([
    ['sample', [samplerLines, solverLines, scheduleLines]],
    ['mixture', [samplerLines, solverLines, scheduleLines]],
    ['train', [objectiveLines]],
    ['five', [objectiveLines]],
  ])(
    '%s --help has a line of at most 79 characters for each choice, and so has the guide',
    async (command, tables) => {
      const { stdout } = await inProcess([command, '--help']);
      for (const lines of tables) {
        const text = explained('Choices', lines).slice(1).split('\n').slice(1);
        for (const line of text) {
          expect(line.length).toBeLessThan(80);
          expect(stdout).toContain(line);
        }
      }
      expect(Object.keys(samplerLines)).toEqual(SAMPLER_NAMES);
      const guide = readFileSync(new URL('../../docs/command-line.md', import.meta.url), 'utf8');
      for (const [name, line] of tables.flatMap((table) => Object.entries(table)))
        expect(guide).toContain(`| \`${name}\` | ${line} |`);
    },
  );

  it('a picture of one tone: --invert is advised to who did not invert, and taking it back to who did', async () => {
    const black = picture('black.png', 4, () => 0);
    const white = picture('white.png', 4, () => 255);
    const say = async (...args: string[]) => (await inProcess(['train', ...args, '--out', at('no')])).stderr;
    expect(await say(black)).toBe(
      'scorefield train: black.png: must have a pixel brighter than black, which is empty; give --invert for a dark drawing\n',
    );
    expect(await say(white, '--invert')).toBe(
      'scorefield train: white.png: must have a pixel darker than white, which is empty with --invert; leave --invert out\n',
    );
  });

  it('the highest frequencies of quick follow the pixels, from 32 to 128 a side', async () => {
    const spreadOf = async (side: number, ...args: string[]) => {
      const file = picture(`side${side}.png`, side, (i) => i % 256);
      const out = at(`side${side}${args.length}`);
      const tiny = [...TINY.slice(0, -4), '--steps', '1', '--batch', '1'];
      expect((await inProcess(['train', file, ...tiny, ...args, '--out', out])).code).toBe(0);
      const bytes = new Uint8Array(readFileSync(join(out, 'checkpoint.safetensors')));
      return decodeCheckpoint(bytes, out).network.featureSpread;
    };
    expect(await spreadOf(8)).toBe(32);
    expect(await spreadOf(64)).toBe(64);
    expect(await spreadOf(130)).toBe(128);
    expect(await spreadOf(64, '--feature-spread', '5')).toBe(5);
  });

  it('options of samplers that do not fit are called by their names', async () => {
    const say = async (...args: string[]) => (await inProcess(['sample', at('run'), ...args])).stderr;
    expect(await say('--bins', '100000')).toBe(
      'scorefield sample: --bins must be at most 4096, got 100000\n',
    );
    expect(await say('--steps', '9', '--burn-in', '9')).toBe(
      'scorefield sample: --burn-in must be below --steps, 9, got 9\n',
    );
    expect(await say('--sampler', 'walk-jump', '--steps', '5')).toBe(
      'scorefield sample: --steps 5 after --burn-in 0 must hold a jump of walk-jump, which jumps at every step of --thin 10; lower --thin\n',
    );
    expect(await say('--sampler', 'walk-jump', '--steps', '105', '--burn-in', '104')).toContain(
      '--steps 105 after --burn-in 104 must hold a jump',
    );
    expect(await say('--chains', '4294967296', '--steps', '1')).toBe(
      'scorefield sample: --chains must be at most 268435456, which memory holds, got 4294967296\n',
    );
    expect(await say('--sampler', 'flow', '--burn-in', '1')).toBe(
      'scorefield sample: --burn-in is for samplers that walk, not flow\n',
    );
    expect(await say('--chains', '100000000', '--steps', '1000')).toMatch(/; use --layout partitionable\n$/);
    const of = async (...args: string[]) => (await inProcess([...args, '--out', at('none')])).stderr;
    expect(await of('denoise', at('run'), '--sigma', '9')).toBe(
      'scorefield denoise: --sigma must be from 0.0001 to 1, noises of this network, got 9\n',
    );
    expect(await of('denoise', at('run'), '--sigma', '0.0001')).toMatch(/denoised at sigma 0\.0001/);
    expect(await of('denoise', '--means', '0,0;1,1', '--sigma', '1e-30')).toBe(
      'scorefield denoise: --sigma must be 0 or from 1e-18 to 1e18, for float32, got 1e-30\n',
    );
    expect(await say('--sampler', 'reverse', '--steps', '2', '--chains', '1')).toMatch(/^1 sample at level /);
    // Before levels are computed, of which each would be an event.
    const early = await inProcess(['evaluate', at('run'), '--json', '--chains', '4294967296']);
    expect(early).toMatchObject({ code: 2, stdout: '' });
    const path = await of('mixture', '--sampler', 'hmc', '--step-size', '1e5', '--steps', '50');
    expect(path).toContain('the chains stand nearly still: lower --step-size.\n');
    const still = await say('--sampler', 'hmc', '--step-size', '1e5', '--steps', '50');
    expect(still).toContain('the chains stand nearly still: lower --step-size.\n');
  });

  it('cells of a histogram are pixels where noise does not spread them, else 50', async () => {
    const binsOf = async (...args: string[]) => {
      const { events } = await inProcess(['sample', at('run'), '--json', '--steps', '20', ...args]);
      return events.find(({ event }) => event === 'histogram')?.bins;
    };
    // The five has 28 pixels a side; level 0 has sigma 0.0001, and level 1 0.01, the last 1.
    expect(await binsOf('--level', '1')).toBe(28);
    expect(await binsOf('--level', '2')).toBe(50);
    expect(await binsOf('--sampler', 'walk-jump', '--level', '2')).toBe(28);
    expect(await binsOf('--level', '1', '--bins', '7')).toBe(7);
    const two = [picture('two.png', 16, (i) => i), picture('three.png', 16, (i) => 255 - i)];
    const train = ['train', ...two, ...TINY, '--out', at('two')];
    expect(await inProcess(train)).toMatchObject({ code: 0 });
    const { events } = await inProcess(['sample', at('two'), '--json', '--level', '0', '--steps', '20']);
    expect(events.find(({ event }) => event === 'histogram')).toMatchObject({
      bins: 16,
      xlim: [expect.closeTo(-0.5 / 15), expect.closeTo(15.5 / 15)],
    });
  });
});

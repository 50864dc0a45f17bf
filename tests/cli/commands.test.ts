import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readNpy } from '../../src/index.js';
import { golden, type MixtureGolden } from '../golden.js';
import { eventsOf, expectDone as expectEnded, type Outcome, scorefield, scratch, TINY } from './cli.js';

const folder = scratch();
const at = (...names: string[]) => join(folder, ...names);
const expectDone = (outcome: Outcome, command: string) => expectEnded(outcome, command, folder);
const bytes = (...names: string[]) => new Uint8Array(readFileSync(at(...names)));

describe('scorefield', () => {
  it('prints its version', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(await scorefield(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n` });
  });

  it('shows its help, and without a command says how it is used', async () => {
    const help = await scorefield(['--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    const names = 'five mixture train sample denoise walk-jump field evaluate diagnose'.split(' ');
    for (const name of names) expect(help.stdout).toContain(name);
    expect(await scorefield([])).toMatchObject({ code: 2, stdout: '', stderr: help.stdout });
  });

  it.each([
    [
      'mixture',
      'sampler means sds weights steps step-size leapfrogs sigma chains seed layout kernel out json',
    ],
    [
      'train',
      'idx index builtin invert weights preset levels sigma-min sigma-max features feature-scale feature-spread encoding width depth output ' +
        'batch steps learning-rate schedule objective seed data-seed layout threads kernel print-every checkpoint-every resume ' +
        'overwrite out json',
    ],
    ['sample', 'sampler level chains steps step-size seed bins layout save thin out kernel json'],
    ['denoise', 'points count means sds weights level sigma seed layout threads kernel out json'],
    [
      'walk-jump',
      'steps chains step-size thin means sds weights level sigma seed layout threads kernel out json',
    ],
    ['field', 'levels grid out kernel json'],
    ['evaluate', 'level samples chains steps step-size seed bins out kernel json'],
    ['diagnose', 'chains burn-in modes out json'],
    ['five', 'preset steps out json'],
  ])('%s --help names its options', async (command, options) => {
    const help = await scorefield([command, '--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    for (const option of options.split(' ')) expect(help.stdout).toMatch(new RegExp(`--${option}\\b`));
  });
});

describe('mixture', () => {
  it("draws the article's path, as JAX has it within 2e-5", async () => {
    const outcome = await scorefield(['mixture', '--out', at('mixture'), '--json']);
    expectDone(outcome, 'mixture');
    const { langevin } = golden<MixtureGolden>('mixture');
    const [{ chain, x }] = eventsOf(outcome, 'path') as unknown as { chain: number; x: number[][] }[];
    expect(chain).toBe(0);
    const { data, shape } = readNpy(bytes('mixture', 'path.npy'));
    expect(shape).toEqual([200, 1, 2]);
    expect([...data]).toEqual(x.flat());
    langevin.path.flat().forEach((want, i) => {
      expect(Math.abs(data[i] - want)).toBeLessThan(2e-5);
    });
    for (const file of ['density.svg', 'density.png', 'path.svg', 'path.png', 'path.gif']) {
      expect(bytes('mixture', file).length).toBeGreaterThan(1000);
    }
    expect(existsSync(at('mixture', 'path.mp4')) || outcome.stderr.includes('ffmpeg was not found')).toBe(
      true,
    );
  });

  it('goes without ffmpeg, and says so', async () => {
    const out = at('quiet');
    const outcome = await scorefield(['mixture', '--out', out, '--steps', '3', '--chains', '2', '--json'], {
      env: { PATH: folder },
    });
    expectDone(outcome, 'mixture');
    expect(outcome.stderr).toContain('ffmpeg was not found on PATH');
    expect(existsSync(join(out, 'path.mp4'))).toBe(false);
    expect(eventsOf(outcome, 'path').map(({ chain }) => chain)).toEqual([0, 1]);
  });

  it('keeps only the path in other than 2 dimensions', async () => {
    const args = ['--means', '0,1,2;-1,0,1', '--weights', '1,3', '--steps', '5'];
    const outcome = await scorefield(['mixture', '--out', at('solid'), '--json', ...args]);
    expectDone(outcome, 'mixture');
    expect(outcome.stderr).toContain('2 dimensions');
    expect(readdirSync(at('solid'))).toEqual(['path.npy']);
    expect(readNpy(bytes('solid', 'path.npy')).shape).toEqual([5, 1, 3]);
  });
});

describe('five', () => {
  it('makes every figure in one folder, and goes on with what is there', async () => {
    const out = at('five');
    // The figures of the mixture take a while and are there already.
    cpSync(at('mixture'), out, { recursive: true });
    const outcome = await scorefield(['five', ...TINY, '--json', '--out', out]);
    expectDone(outcome, 'five');
    const { files } = outcome.events.at(-1) as unknown as { files: string[] };
    for (const name of ['density', 'path', 'picture', 'loss', 'field', 'histogram', 'evaluation']) {
      expect(files).toContain(join(out, `${name}.png`));
    }
    const before = bytes('five', 'histogram.png');
    const again = await scorefield(['five', '--json', '--out', out]);
    expectDone(again, 'five');
    expect(again.events).toHaveLength(2);
    expect(again.stderr).toContain('already finished');
    expect(bytes('five', 'histogram.png')).toEqual(before);
  });
});

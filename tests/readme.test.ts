import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import {
  collect,
  key,
  langevin,
  loadCore,
  mixture,
  modeOccupancy,
  normal,
  split,
  summary,
} from '../src/index.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, 'g'))].map((match) => match[1]);
const folder = mkdtempSync(join(tmpdir(), 'scorefield-readme-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('README', () => {
  it('has the two commands, which package.json knows', () => {
    const scripts = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts;
    const commands = blocks('sh').filter((block) => block.startsWith('npm'));
    expect(commands).toEqual(['npm ci && npm run five\n', 'npm ci && npm test\n']);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['five', 'start', 'test']));
  });

  // The commands run as they stand, but for shorter training and sampling.
  const lines = blocks('sh').flatMap((block) =>
    block.split('\n').filter((line) => line.startsWith('scorefield ')),
  );
  const shorter: Record<string, string[]> = { train: ['--steps', '4'], sample: ['--steps', '500'] };
  it('names every command but five, which npm run five is', async () => {
    const { stdout } = await run(process.execPath, [join(root, 'dist', 'cli.js'), '--help']);
    const listed = [
      ...stdout
        .split('Commands:')[1]
        .split('\n\n')[0]
        .matchAll(/^ {2}([a-z-]+)/gm),
    ].map(([, name]) => name);
    const commands = listed.filter((name) => name !== 'five' && name !== 'help');
    expect(new Set(lines.map((line) => line.split(' ')[1]))).toEqual(new Set(commands));
    expect(commands.length).toBeGreaterThan(8);
  });
  it.each(lines)('%s', async (line) => {
    const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain).slice(1);
    const args = [join(root, 'dist', 'cli.js'), ...words, ...(shorter[words[0]] ?? [])];
    await expect(run(process.execPath, args, { cwd: folder })).resolves.toBeDefined();
  });

  it.each(blocks('js'))('runs the example %#', async (code) => {
    // A package may import itself by name, from within.
    const file = join(root, 'dist', `readme-${process.pid}-${Math.random().toString(36).slice(2)}.mjs`);
    writeFileSync(file, code);
    try {
      const { stdout, stderr } = await run(process.execPath, [file]);
      expect(stdout).not.toBe('');
      expect(stderr).toBe('');
    } finally {
      rmSync(file);
    }
  });

  it('says what diagnose finds in the chains of its picture', async () => {
    const core = await loadCore();
    const centres = [
      [-1.2, 0],
      [1.2, 0.6],
    ];
    const sds = centres.map(() => [0.4, 0.4]);
    const density = mixture(core, { means: centres, sds, weights: [2, 1] });
    const [chains, dim] = [3, 2];
    // The keys and starts of the command.
    const [zKey, x0Key] = split(key(4), 3);
    const init = normal(core, x0Key, [chains, dim]).map((z) => 0.5 * z);
    const options = { key: zKey, steps: 1500, stepSize: 0.02, chains, init, thin: 1 };
    const { path } = await collect(langevin(density, options));
    const [{ rhat, essBulk }] = summary(path, { chains, dim });
    const { share, mcse } = modeOccupancy(path, { chains, dim, centres });
    const text = readme.replaceAll('\n', ' ');
    expect(text).toContain(
      `R-hat ${rhat.toFixed(3)}, an effective sample size of ${essBulk.toFixed(0)} of 4500`,
    );
    expect(text).toContain(`${share[0].toFixed(3)} ± ${mcse[0].toFixed(3)} of them in the left mode`);
  });
});

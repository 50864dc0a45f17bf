// README and docs/ are what users follow: every command and program in them is run as it stands, every other mention
// of a command, an option or a file is of one that exists.
import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { encode as encodePng } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  collect,
  key,
  langevin,
  loadCore,
  mixture,
  modeOccupancy,
  network,
  normal,
  presets,
  split,
  summary,
} from '../src/index.js';
import { leavesOf } from '../src/training/leaves.js';
import { inProcess } from './cli/cli.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const listed = (folder: string) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`);

/** A document with its fenced blocks apart from its text. */
function parse(path: string) {
  const markdown = read(path);
  const fences = [...markdown.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)];
  const blocks = fences.map(([, language, text]) => ({ language, text }));
  const prose = markdown.replace(/^```.*\n[\s\S]*?^```$/gm, '');
  const spans = [...prose.matchAll(/`([^`]+)`/g)].map(([, span]) => span.replace(/\s+/g, ' '));
  const ofLanguage = (language: string) =>
    blocks.filter((block) => block.language === language).map(({ text }) => text);
  const lines = ofLanguage('sh').flatMap((text) => text.trimEnd().split('\n'));
  return { path, markdown, prose, blocks, spans, lines, programs: ofLanguage('js') };
}

const readme = parse('README.md');
const guides = [readme, ...listed('docs').map(parse)];
const contributing = parse('CONTRIBUTING.md');
const architecture = parse('ARCHITECTURE.md');
const scripts: Record<string, string> = JSON.parse(read('package.json')).scripts;
const isOurs = (line: string) => line.startsWith('scorefield ');
const wordsOf = (line: string) =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain);

const folder = mkdtempSync(join(tmpdir(), 'scorefield-readme-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Options of each command, as its help has them. */
const options = new Map<string, string[]>();
beforeAll(async () => {
  const { stdout } = await inProcess(['--help']);
  const names = [
    ...stdout
      .split('Commands:')[1]
      .split('\n\n')[0]
      .matchAll(/^ {2}([a-z-]+)/gm),
  ].map(([, name]) => name);
  for (const name of names.filter((command) => command !== 'help')) {
    const help = await inProcess([name, '--help']);
    options.set(
      name,
      [...help.stdout.matchAll(/^ {2}(?:-h, )?(--[a-z-]+)/gm)].map(([, option]) => option),
    );
  }
});

describe('README', () => {
  it('has the two commands, which package.json knows', () => {
    const commands = readme.lines.filter((line) => !isOurs(line));
    expect(commands).toEqual(['npm ci && npm run five', 'npm ci && npm test']);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['five', 'start', 'test']));
  });

  it('is short, and names every guide', () => {
    expect(readme.markdown.split('\n').length).toBeLessThan(180);
    for (const { path } of guides.slice(1)) expect(readme.markdown).toContain(`](${path})`);
  });

  it('gives only times that the tables of the benchmark have', () => {
    const speed = readme.markdown.split('## Speed\n')[1].split('\n## ')[0];
    const numbers = [...speed.matchAll(/\d+\.\d+/g)].map(([number]) => number);
    expect(numbers.length).toBeGreaterThan(8);
    const tables = read('bench/README.md');
    for (const number of numbers) expect(tables).toContain(` ${number} `);
  });
});

describe('README and docs', () => {
  it('have no block that no test runs', () => {
    for (const { path, blocks, lines } of guides) {
      // Programs in Python are run by tests/golden/files.py.
      for (const { language } of blocks) expect(['sh', 'js', 'html', 'python'], path).toContain(language);
      if (path !== 'README.md') expect(lines.filter((line) => !isOurs(line))).toEqual([]);
    }
  });

  it('run every command but five, which npm run five is, and have a section on each', () => {
    const commands = [...options.keys()];
    expect(commands.length).toBeGreaterThan(8);
    const ran = guides.flatMap(({ lines }) => lines.filter(isOurs)).map((line) => line.split(' ')[1]);
    expect(new Set(ran)).toEqual(new Set(commands.filter((name) => name !== 'five')));
    const headings = guides
      .find(({ path }) => path === 'docs/command-line.md')
      ?.markdown.match(/^## .*$/gm)
      ?.join(' ')
      .split(' ');
    expect(headings).toEqual(expect.arrayContaining(commands));
  });

  it('mention no command, option or script that is not there', () => {
    const known = new Set([...options.values()].flat());
    for (const { path, spans } of [...guides, contributing, architecture]) {
      for (const span of spans) {
        const [program, ...words] = span.split(' ').filter((word) => !/^[A-Z_]+=/.test(word));
        const flags = words.filter((word) => word.startsWith('--')).map((word) => word.split('=')[0]);
        if (program === 'scorefield' && words.length > 0) {
          const own = words[0] === 'COMMAND' ? ['--help'] : options.get(words[0]);
          expect(own, `${path}: ${span}`).toBeDefined();
          for (const flag of flags) expect(own, `${path}: ${span}`).toContain(flag);
        } else if (/^--[a-z]+(-[a-z]+)*$/.test(program) && !program.startsWith('--figure-')) {
          if (path !== contributing.path) expect(known, `${path}: ${span}`).toContain(program);
        }
      }
    }
  });

  const named = [...guides, contributing, architecture];
  it.each(named)('name scripts and files that exist: $path', ({ lines, spans, path }) => {
    for (const command of [...lines, ...spans]) {
      for (const [, name] of command.matchAll(
        /\bnpm (?:run (?:--silent )?)?(start|test|(?<=run .*)[a-z]+)\b/g,
      ))
        expect(Object.keys(scripts), `${path}: ${command}`).toContain(name);
      // What is made by the build is there too: tests run after it.
      for (const [name] of command.matchAll(
        /(?<![\w/.])(?:src|assembly|tests|bench|docs|dist|\.ci)\/[\w./-]*\w/g,
      ))
        expect(existsSync(join(root, name)), `${path}: ${name} does not exist`).toBe(true);
    }
  });

  it('name attributes of the element that it knows', () => {
    const page = read('docs/page.md').split('| attribute |')[1].split('\n\n')[0];
    const cells = [...page.matchAll(/^\| (`[^|]*) \|/gm)].map(([, cell]) => cell);
    const names = cells.flatMap((cell) => [...cell.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name));
    expect(names.length).toBeGreaterThan(12);
    const script = read('dist/score-field.js');
    for (const name of names) expect(script).toMatch(new RegExp(`["']${name}["']`));
    const examples = guides.flatMap(({ blocks }) => blocks.filter(({ language }) => language === 'html'));
    expect(examples.length).toBeGreaterThan(0);
    for (const { text } of examples) {
      for (const [, file] of text.matchAll(/src="([^"]*)"/g))
        expect(existsSync(join(root, 'dist', file))).toBe(true);
      const tags = [...text.matchAll(/<score-field ([^>]*)>/g)].map(([, tag]) => tag);
      for (const [, name] of tags.join(' ').matchAll(/([a-z-]+)=/g)) expect(names).toContain(name);
    }
  });
});

describe('ARCHITECTURE', () => {
  const paths = ['src', 'assembly'].flatMap((top) =>
    (readdirSync(join(root, top), { recursive: true }) as string[]).map((name) => `${top}/${name}`),
  );
  const texts = paths.filter((path) => path.endsWith('.ts')).map(read);

  it('names rooms, and functions, classes and passes, that exist', () => {
    const names = architecture.spans.filter((span) => /^\w+(\.\w+)*$/.test(span));
    expect(names.length).toBeGreaterThan(80);
    const unknown = names.filter((name) => {
      if (paths.some((path) => path.endsWith(`/${name}`))) return false;
      const [owner, member] = name.split('.');
      const own = member ? new RegExp(`\\b(class|enum|interface) ${owner}\\b`) : new RegExp(`\\b${owner}\\b`);
      return !texts.some((text) => own.test(text) && new RegExp(`\\b${member ?? owner}\\b`).test(text));
    });
    expect(unknown).toEqual([]);
  });

  it("cuts the article's batch into as many leaves as it says", async () => {
    const { network: sizes, training } = presets.article;
    using net = network(await loadCore(), sizes);
    const samples = training.batch * sizes.levels;
    const leaves = leavesOf(samples, net.plan);
    expect(architecture.prose).toContain(
      `B = ${training.batch} points at L = ${sizes.levels} levels, so ${samples.toLocaleString('en-US')} samples; ${leaves} leaves`,
    );
    expect(architecture.prose).toContain(`a call a leaf of ${training.batch / leaves} points`);
  });

  it('is one page', () => {
    expect(architecture.markdown.split('\n').length).toBeLessThan(260);
  });
});

describe('links', () => {
  /** As GitHub makes them of headings. */
  const anchors = (markdown: string) =>
    (markdown.match(/^#+ .*$/gm) ?? []).map((heading) =>
      heading
        .replace(/^#+ /, '')
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    );
  const documents = [
    ...[...guides, contributing, architecture].map(({ path }) => path),
    ...['CHANGELOG.md', 'tests/golden/README.md'],
    ...listed('bench'),
  ];

  it.each(documents)('of %s lead somewhere', (path) => {
    const { prose } = parse(path);
    const targets = [...prose.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target);
    for (const target of targets.filter((address) => !address.startsWith('https://'))) {
      const [file, anchor] = target.split('#');
      const found = file ? join(dirname(path), file) : path;
      expect(existsSync(join(root, found)), `${path}: ${target} does not exist`).toBe(true);
      if (anchor) expect(anchors(read(found)), `${path}: ${target}`).toContain(anchor);
    }
  });
});

// The commands run as they stand, but for shorter training, sampling and evaluation.
const shorter: Record<string, string[]> = {
  // A frame of its moving picture for each step.
  mixture: ['--steps', '20'],
  train: ['--steps', '4'],
  sample: ['--steps', '500'],
  evaluate: ['--steps', '500', '--samples', '64'],
};

/** Of images and points, where a step is of whole images. */
const shorterOfImages: Record<string, string[]> = {
  // biome-ignore format: one option and its value after the other
  digits: ['--steps', '4', '--batch', '4', '--channels', '8,8', '--groups', '4', '--attention', 'none'],
  train: ['--steps', '4'],
  sample: ['--steps', '4'],
  evaluate: ['--samples', '2'],
};

function shorten([command, ...words]: string[]): string[] {
  if (command === 'digits' && !words.includes('--idx')) return [...shorterOfImages.digits, '--count', '20'];
  const isOfImages =
    command === 'digits' || words.some((word) => /--images|--points|\/(images|points)$/.test(word));
  if (words.includes('reverse')) return ['--steps', '20'];
  return (isOfImages ? shorterOfImages : shorter)[command] ?? [];
}

describe.each(guides.filter(({ lines }) => lines.some(isOurs)))('$path', ({ path, lines }) => {
  // Every document stands by itself, with the files a reader brings.
  const cwd = join(folder, basename(path, '.md'));
  beforeAll(() => {
    mkdirSync(cwd);
    const pixels = Uint8Array.from({ length: 28 * 28 }, (_, i) => (i % 5 === 0 ? 0 : 255));
    writeFileSync(join(cwd, 'digit.png'), encodePng({ width: 28, height: 28, data: pixels, channels: 1 }));
    const header = [0, 0, 8, 3, 0, 0, 0, 6, 0, 0, 0, 28, 0, 0, 0, 28];
    const images = Array.from({ length: 6 }, (_, i) => [
      ...pixels.subarray(i),
      ...pixels.subarray(0, i),
    ]).flat();
    writeFileSync(join(cwd, 'train-images-idx3-ubyte.gz'), gzipSync(Buffer.from([...header, ...images])));
  });

  it.each(lines.filter(isOurs))('%s', async (line) => {
    const words = wordsOf(line).slice(1);
    const args = [join(root, 'dist', 'cli.js'), ...words, ...shorten(words)];
    await expect(run(process.execPath, args, { cwd })).resolves.toBeDefined();
  });
});

const programs = guides.flatMap(({ path, programs: all }) =>
  all.map((code, at) => ({ path, at: at + 1, code })),
);

/** Runs a program as a user's: a package may import itself by name, from within. */
async function execute(code: string) {
  const file = join(root, 'dist', `readme-${process.pid}-${Math.random().toString(36).slice(2)}.mjs`);
  writeFileSync(file, code);
  try {
    return await run(process.execPath, [file]);
  } finally {
    rmSync(file);
  }
}

describe('programs', () => {
  it.each(programs)('of $path, number $at, run', async ({ code }) => {
    const { stdout, stderr } = await execute(code);
    expect(stdout).not.toBe('');
    expect(stderr).toBe('');
  });

  it('of CONTRIBUTING, which compares two checkouts, runs', async () => {
    const only = ['--only', 'normal', '--threads', '1', '--rounds', '3'];
    const { stdout, stderr } = await run(process.execPath, ['bench/compare.mjs', root, root, ...only], {
      cwd: root,
    });
    expect(stdout).toMatch(/^normal +1( +[\d.]+){3}$/m);
    expect(stderr).toBe('');
  });
});

describe('docs/samplers.md', () => {
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
    const text = read('docs/samplers.md').replaceAll('\n', ' ');
    expect(text).toContain(
      `R-hat ${rhat.toFixed(3)}, an effective sample size of ${essBulk.toFixed(0)} of 4500`,
    );
    expect(text).toContain(`${share[0].toFixed(3)} ± ${mcse[0].toFixed(3)} of them in the left mode`);
  });
});

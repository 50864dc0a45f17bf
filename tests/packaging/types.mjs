// Checks the packed package's types under every TypeScript that matters, as a project of a user's sees them:
//
//   npm run build && npm run types [-- VERSION...]
//
// Installs the compilers and the package into a temporary folder, checks a program that imports every entry under
// `strict` with `skipLibCheck` off, and prints a line for each. Then publint and attw look at the package. It ends
// with status 1 when a line is not clean. Wants a network connection; docs/packaging.md keeps what it printed.

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const compilers =
  process.argv.slice(2).length > 0 ? process.argv.slice(2) : ['5.4', '5.6', '5.7', '5.9', '6.0', '7.0'];
const resolutions = { NodeNext: 'NodeNext', Node16: 'Node16', Bundler: 'ESNext' };
/** What a program finds around it: a page's types, Node's, or nothing but the language. */
const surroundings = {
  DOM: { lib: ['ES2022', 'DOM', 'DOM.Iterable'], types: [] },
  Node: { lib: ['ES2022'], types: ['node'] },
  neither: { lib: ['ES2022'], types: [] },
};

const program = await readFile(new URL('program.ts', import.meta.url), 'utf8');
const element =
  "import type { ScoreField } from 'scorefield/element';\nexport const element: ScoreField = document.createElement('score-field');\n";

const folder = await mkdtemp(join(tmpdir(), 'scorefield-types-'));
let failures = 0;
try {
  const npm = (...words) => run('npm', words, { cwd: folder, maxBuffer: 1 << 26 });
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: root,
  });
  const [{ filename }] = JSON.parse(stdout);
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'types', private: true, type: 'module' }),
  );
  const aliases = compilers.map((version) => `ts${version}@npm:typescript@~${version}.0`);
  const tools = ['@types/node@20', 'publint', '@arethetypeswrong/cli'];
  await npm('install', '--silent', '--no-audit', '--no-fund', join(folder, filename), ...tools, ...aliases);
  await writeFile(join(folder, 'program.ts'), program);
  await writeFile(join(folder, 'element.ts'), element);

  console.log('| TypeScript | module resolution | surroundings | errors |\n| --- | --- | --- | --: |');
  for (const version of compilers) {
    const manifest = join(folder, 'node_modules', `ts${version}`, 'package.json');
    const { version: exact } = JSON.parse(await readFile(manifest, 'utf8'));
    for (const [resolution, module] of Object.entries(resolutions)) {
      for (const [name, around] of Object.entries(surroundings)) {
        const compilerOptions = {
          target: 'ES2022',
          module,
          moduleResolution: resolution,
          strict: true,
          exactOptionalPropertyTypes: true,
          skipLibCheck: false,
          noEmit: true,
          ...around,
        };
        // The element is an HTMLElement, which only a page has.
        const files = name === 'DOM' ? ['program.ts', 'element.ts'] : ['program.ts'];
        await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
        const tsc = join(folder, 'node_modules', `ts${version}`, 'bin', 'tsc');
        const output = await run(process.execPath, [tsc, '-p', '.'], { cwd: folder }).then(
          () => '',
          (error) => error.stdout || String(error),
        );
        const errors = output.split('\n').filter((line) => /error/.test(line));
        failures += errors.length;
        console.log(`| ${exact} | ${resolution} | ${name} | ${errors.length} |`);
        for (const line of errors.slice(0, 5)) console.error(line);
      }
    }
  }

  for (const [tool, ...words] of [
    ['publint', filename],
    ['attw', filename, '--profile', 'esm-only', '--format', 'ascii', '--no-emoji', '--no-color'],
  ]) {
    const output = await npm('exec', '--', tool, ...words).then(
      () => 'nothing found',
      (error) => {
        failures++;
        return error.stdout;
      },
    );
    console.log(`\n${tool}: ${output}`);
  }
} finally {
  await rm(folder, { recursive: true });
}
if (failures > 0) process.exitCode = 1;

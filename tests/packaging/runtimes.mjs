// npm run runtimes: packs the package, installs it in a fresh folder, and has runtimes run a small application with it, require
// it and run its command; prints a table for docs/bundlers.md. It needs the network and minutes. A runtime that cannot be
// installed is skipped by name. `node tests/packaging/runtimes.mjs bun` tries some alone.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clean, folderWith, PARTS, reported, run, table, versionOf } from './help.mjs';

/** The first of Node that can require a module, and those of its lines that are kept up. */
const NODES = ['20.19.0', '22.13.0', '24', '26'];

/** workerd, Cloudflare's runtime: it compiles no WebAssembly at run time, so that the module is given to it. */
const WORKERD = `
  import { readFileSync } from 'node:fs';
  import { buildSync } from 'esbuild';
  import { Miniflare } from 'miniflare';

  const worker = \`
    import { key, loadCore, normal } from 'scorefield';
    import module from './strict.wasm';
    export default { async fetch() {
      const tried = async (threads) => {
        const core = await loadCore({ module, threads });
        const drawn = normal(core, key(1), [2]);
        return drawn[0] === -0.11617039144039154 && drawn[1] === 2.2125062942504883 ? 'ok' : 'wrong';
      };
      const core = await tried(1).catch(String);
      return Response.json({ core, threads: await tried('auto').then((found) => found && 'one alone', String) });
    } };\`;
  const { outputFiles } = buildSync({
    stdin: { contents: worker, resolveDir: '.' },
    bundle: true, format: 'esm', write: false, external: ['./strict.wasm'],
  });
  const flare = new Miniflare({
    modules: [
      { type: 'ESModule', path: 'worker.mjs', contents: outputFiles[0].text },
      { type: 'CompiledWasm', path: 'strict.wasm', contents: readFileSync('node_modules/scorefield/dist/strict.wasm') },
    ],
    compatibilityDate: '2026-01-01',
  });
  console.log(await (await flare.dispatchFetch('http://localhost/')).text());
  await flare.dispose();`;

/** Each with what it installs and how it runs a script. */
const RUNTIMES = {
  ...Object.fromEntries(
    NODES.map((version) => [
      `node@${version}`,
      { packages: [`node@${version}`], name: 'node', command: ['node'] },
    ]),
  ),
  deno: { packages: ['deno'], name: 'deno', command: ['deno', 'run', '-A'] },
  bun: { packages: ['bun'], name: 'bun', command: ['bun', 'run'] },
  workerd: {
    packages: ['miniflare', 'esbuild'],
    name: 'workerd',
    script: { name: 'workerd.mjs', text: WORKERD },
  },
  electron: {
    packages: ['electron'],
    name: 'electron',
    command: ['electron', '--no-sandbox', '--disable-gpu'],
    script: {
      name: 'electron.mjs',
      text: `import { app } from 'electron'; await import('./node.js'); setTimeout(() => app.quit(), 15000);`,
    },
  },
};

const REQUIRE = `
  const { loadCore } = require('scorefield');
  const { shortNumber } = require('scorefield/plots');
  loadCore().then(({ kernel }) => console.log(typeof shortNumber === 'function' && kernel));`;

async function rowOf(key) {
  const { packages, name, command, script } = RUNTIMES[key];
  const folder = await folderWith(packages, { 'require.cjs': REQUIRE });
  if (!folder) return undefined;
  const label = `${name} ${await versionOf(folder, name)}`;
  if (script) await writeFile(join(folder, script.name), script.text);
  const [program, ...options] = command ?? [];
  const start = (...args) =>
    program
      ? run(join(folder, 'node_modules/.bin', program), [...options, ...args], { cwd: folder })
      : run('node', args, { cwd: folder });
  const first = await start(script?.name ?? 'node.js');
  const report = reported(first);
  const noise = first.output.replace(first.stdout, '').trim();
  if (noise) console.error(`${label}:\n${noise}`);
  const parts = PARTS.map((part) => (part === 'element' ? '' : (report[part] ?? ''))).slice(0, 4);
  if (script) return [label, ...parts, '', ''];
  const required = await start('require.cjs');
  const isRequired = /^(relaxed|strict)\n$/.test(required.output);
  const cli = join('node_modules', 'scorefield', 'dist', 'cli.js');
  const drawn = await start(cli, 'train', '--steps', '2', '--out', 'run', '--batch', '4');
  if (drawn.status !== 0) console.error(`${label}, command line:\n${drawn.output.slice(-600)}`);
  if (!isRequired) console.error(`${label}, require:\n${required.output.slice(0, 600)}`);
  return [label, ...parts, isRequired ? 'ok' : 'failed', drawn.status === 0 ? 'ok' : 'failed'];
}

const wanted = process.argv.slice(2);
const rows = [];
try {
  for (const key of wanted.length > 0 ? wanted : Object.keys(RUNTIMES)) {
    console.error(`${key} …`);
    const row = await rowOf(key).catch((error) => [key, error.message]);
    if (row) rows.push(row);
  }
} finally {
  await clean();
}
console.log(table(['runtime', ...PARTS.slice(0, 4), 'require', 'command line'], rows));
if (rows.some((row) => row.slice(1).some((cell) => !['ok', '', 'one alone'].includes(cell))))
  process.exitCode = 1;

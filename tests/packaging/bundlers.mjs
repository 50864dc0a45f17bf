// npm run bundlers: packs the package, installs it with each bundler in a fresh folder, bundles a small application as the
// bundler comes, runs that in Chromium and in Node, and prints a table for docs/bundlers.md. It needs the network and minutes.
// `node tests/packaging/bundlers.mjs vite rollup` tries some alone.

import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { clean, folderWith, PARTS, reported, run, table, versionOf, visit, visitScript } from './help.mjs';

/** Lines by which bundlers warn. */
const WARNING = /warning|\(!\)|⚠|deprecated|circular/i;

const page = (script) => `<!doctype html><body><script type="module" src="${script}"></script>`;

/** The same for webpack and Rspack. They also advise that an application be smaller than 244 kB, which is no matter here. */
const packs = (entry, target, name) => `
  export default {
    mode: 'production', stats: 'errors-warnings', performance: { hints: false },
    entry: './${entry}', target: '${target}',
    output: { path: import.meta.dirname ?? new URL('.', import.meta.url).pathname, filename: 'out/${name}' },
  };`;
const packFiles = {
  'browser.config.js': packs('browser.js', 'web', 'browser.js'),
  'node.config.js': packs('node.js', 'node', 'node.cjs'),
  'key.config.js': packs('key.js', 'web', 'key.js'),
};

const rollup = (entry, plugins) => `
  import commonjs from '@rollup/plugin-commonjs';
  import json from '@rollup/plugin-json';
  import { nodeResolve } from '@rollup/plugin-node-resolve';
  export default {
    input: '${entry}.js', plugins: [${plugins}],
    output: { dir: 'out', inlineDynamicImports: true },
  };`;

/** Each with what it installs, its files, the commands of the three bundles, and where they are. */
const BUNDLERS = {
  esbuild: {
    packages: ['esbuild'],
    commands: {
      browser: 'esbuild browser.js --bundle --log-level=warning --format=esm --outfile=out/browser.js',
      node: 'esbuild node.js --bundle --log-level=warning --platform=node --outfile=out/node.cjs',
      key: 'esbuild key.js --bundle --log-level=warning --minify --format=esm --outfile=out/key.js',
    },
  },
  vite: {
    packages: ['vite'],
    files: {
      'browser.html': page('/browser.js'),
      // It advises that scripts be smaller than 500 kB, which is no matter here.
      'vite.config.js': `export default {
        build: { outDir: 'out', emptyOutDir: false, chunkSizeWarningLimit: 5000,
          rolldownOptions: { output: { entryFileNames: '[name].js' } } },
        ssr: { noExternal: ['scorefield'] },
      };`,
      'key.config.js': `export default { build: { outDir: 'out', emptyOutDir: false,
        rolldownOptions: { input: 'key.js', output: { entryFileNames: '[name].js' } } } };`,
      'browser.config.js': `import config from './vite.config.js';
        config.build.rolldownOptions.input = 'browser.js'; delete config.ssr; export default config;`,
    },
    commands: {
      browser: 'vite build --config browser.config.js',
      node: 'vite build --ssr node.js',
      key: 'vite build --config key.config.js',
    },
    node: 'out/node.js',
  },
  rollup: {
    packages: ['rollup', '@rollup/plugin-node-resolve', '@rollup/plugin-commonjs', '@rollup/plugin-json'],
    files: {
      'browser.config.js': rollup('browser', 'nodeResolve()'),
      'node.config.js': rollup(
        'node',
        "nodeResolve({ exportConditions: ['node'], preferBuiltins: true }), commonjs(), json()",
      ),
      'key.config.js': rollup('key', 'nodeResolve()'),
    },
    commands: {
      browser: 'rollup -c browser.config.js',
      node: 'rollup -c node.config.js',
      key: 'rollup -c key.config.js',
    },
    node: 'out/node.js',
  },
  webpack: {
    packages: ['webpack', 'webpack-cli'],
    files: packFiles,
    commands: {
      browser: 'webpack --config browser.config.js',
      node: 'webpack --config node.config.js',
      key: 'webpack --config key.config.js',
    },
  },
  rspack: {
    name: '@rspack/core',
    packages: ['@rspack/core', '@rspack/cli'],
    files: packFiles,
    commands: {
      browser: 'rspack build --config browser.config.js',
      node: 'rspack build --config node.config.js',
      key: 'rspack build --config key.config.js',
    },
  },
  parcel: {
    packages: ['parcel'],
    commands: {
      browser: 'parcel build browser.html --no-cache --no-source-maps --dist-dir out --log-level warn',
      key: 'parcel build key.html --no-cache --no-source-maps --dist-dir out --log-level warn',
    },
    // A script of its own is a library's to Parcel, with its packages outside; of a page it is a part.
    files: { 'browser.html': page('browser.js'), 'key.html': page('key.js') },
  },
  next: {
    packages: ['next', 'react', 'react-dom'],
    commands: { browser: 'next build' },
  },
};
/** Next's application: the report in the browser, and on the server. */
async function writeNext(folder) {
  await mkdir(join(folder, 'app/server'), { recursive: true });
  const files = {
    'layout.jsx':
      'export default ({ children }) => <html lang="en">' +
      '<head><link rel="icon" href="data:," /></head><body>{children}</body></html>;',
    'page.jsx': `'use client';
      import { useEffect } from 'react';
      import { report } from '../app.js';
      export default function Page() {
        useEffect(() => { globalThis.report = report(); }, []);
        return <p>scorefield</p>;
      }`,
    'server/page.jsx': `import { report } from '../../app.js';
      export const dynamic = 'force-dynamic';
      export default async () => <pre>{JSON.stringify(await report())}</pre>;`,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, 'app', name), text);
}

/** Starts Next's server, and has both of its pages report. */
async function visitNext(folder) {
  const server = spawn('node_modules/.bin/next', ['start', '-p', '0'], { cwd: folder, detached: true });
  try {
    const address = await new Promise((resolve, reject) => {
      server.on('close', () => reject(new Error('next start ended')));
      server.stdout.on('data', (data) => {
        const found = /http:\/\/localhost:\d+/.exec(String(data));
        if (found) resolve(found[0]);
      });
    });
    const text = await (await fetch(`${address}/server`)).text();
    const stdout = /<pre>(.*?)<\/pre>/.exec(text)?.[1].replaceAll('&quot;', '"') ?? '';
    const { report, said } = await visit(`${address}/`);
    return { browser: { report, said }, node: reported({ stdout, output: text.slice(0, 100) }) };
  } finally {
    process.kill(-server.pid);
  }
}

/** The script of this name in a folder; Parcel adds a hash to it. */
async function scriptOf(folder, name) {
  const names = (await readdir(folder)).filter((file) => /\.c?js$/.test(file));
  return names.find((file) => file === `${name}.js`) ?? names.find((file) => file.startsWith(`${name}.`));
}

/** Builds and runs; yields a row for the browser and one for Node. */
async function rowsOf(key) {
  const { name = key, packages, files = {}, commands, node = 'out/node.cjs' } = BUNDLERS[key];
  const folder = await folderWith(packages, files);
  if (!folder) return [];
  if (key === 'next') await writeNext(folder);
  const label = `${key} ${await versionOf(folder, name)}`;
  const warnings = {};
  for (const [kind, command] of Object.entries(commands)) {
    const [program, ...args] = command.split(' ');
    const env = { NEXT_TELEMETRY_DISABLED: '1' };
    const { status, output } = await run(join(folder, 'node_modules/.bin', program), args, {
      cwd: folder,
      env,
    });
    const lines = output.split('\n').filter((line) => WARNING.test(line));
    if (status !== 0) console.error(`${label}, ${kind}: status ${status}\n${output.slice(-2000)}`);
    else if (lines.length > 0) console.error(`${label}, ${kind}:\n${lines.join('\n')}`);
    warnings[kind] = status === 0 ? lines.length : 'failed';
  }
  const row = (where, report, said, alone) => [
    `${label}, ${where}`,
    said,
    ...PARTS.map((part) => (where !== 'browser' && part === 'element' ? 'no error' : report[part])),
    alone,
  ];
  if (key === 'next') {
    const { browser, node: server } = await visitNext(folder);
    if (browser.said.length > 0) console.error(`${label}, in the browser: ${browser.said.join('\n')}`);
    const said = warnings.browser + browser.said.length;
    return [row('browser', browser.report, said, ''), row('Node', server, warnings.browser, '')];
  }
  const out = join(folder, 'out');
  const alone = commands.key ? gzipSync(await readFile(join(out, await scriptOf(out, 'key')))).length : '';
  const { report, said } = await visitScript(join(out, await scriptOf(out, 'browser')));
  if (said.length > 0) console.error(`${label}, in the browser: ${said.join('\n')}`);
  const rows = [row('browser', report, warnings.browser + warnings.key + said.length, alone)];
  if (commands.node) {
    rows.push(row('Node', reported(await run('node', [node], { cwd: folder })), warnings.node, ''));
  }
  return rows;
}

const wanted = process.argv.slice(2);
const rows = [];
try {
  for (const key of wanted.length > 0 ? wanted : Object.keys(BUNDLERS)) {
    console.error(`${key} …`);
    rows.push(
      ...(await rowsOf(key).catch((error) => [[key, 'failed', ...PARTS.map(() => ''), error.message]])),
    );
  }
} finally {
  await clean();
}
console.log(table(['bundler', 'warnings', ...PARTS, '`key` alone, bytes'], rows));
const isRight = ([, warnings, ...parts]) =>
  warnings === 0 && parts.slice(0, PARTS.length).every((part) => part === 'ok' || part === 'no error');
if (!rows.every(isRight)) process.exitCode = 1;

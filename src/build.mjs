// Bundles src/ into dist/: the library, the figures and the image decoders twice (Node and browser), and the
// command line. `npm run build` compiles the WebAssembly first and writes the declarations after.

import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { Notices } from './notices.mjs';
import { buildPage } from './page/build.mjs';

const { dependencies, version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url)));
// The loader is small and the core must need nothing else: it goes into the bundle.
const external = Object.keys(dependencies).filter((name) => name !== '@assemblyscript/loader');

/** Replaces ./name.js by ./name.browser.js where src has both. */
const browserFiles = {
  name: 'browser-files',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /\/(document|raster|decode)\.js$/ }, (args) =>
      args.pluginData === browserFiles || args.importer.includes('node_modules')
        ? undefined
        : resolve(args.path.replace(/\.js$/, '.browser.js'), {
            kind: args.kind,
            resolveDir: args.resolveDir,
            pluginData: browserFiles,
          }),
    );
  },
};

/** Loads what is imported as `NAME?raw` as text, as Vite does. */
const rawFiles = {
  name: 'raw-files',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\?raw$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path.replace(/\?raw$/, '')),
      namespace: 'raw',
    }));
    onLoad({ filter: /.*/, namespace: 'raw' }, async ({ path }) => ({
      contents: await readFile(path, 'utf8'),
      loader: 'text',
    }));
  },
};

const notices = new Notices();
const pageNotices = new Notices();

const shared = {
  bundle: true,
  format: 'esm',
  target: 'es2022',
  loader: { '.wasm': 'binary' },
  minifySyntax: true,
  legalComments: 'eof',
  plugins: [rawFiles, notices.plugin],
  logLevel: 'warning',
  // Without source maps: the bundles are readable, and maps with their sources would double the package.
  sourcemap: false,
};

// The library carries the script of its threads as text: first that script.
await build({
  ...shared,
  entryPoints: ['src/core/worker.ts'],
  outfile: 'dist/worker.js',
  platform: 'neutral',
  mainFields: ['module', 'main'],
  minify: true,
});

await Promise.all([
  build({
    ...shared,
    entryPoints: ['src/index.ts'],
    outfile: 'dist/index.js',
    platform: 'neutral',
    mainFields: ['module', 'main'],
  }),
  ...['plots', 'images'].flatMap((name) => [
    build({
      ...shared,
      entryPoints: [`src/${name}/index.ts`],
      outfile: `dist/${name}.js`,
      platform: 'node',
      external,
    }),
    build({
      ...shared,
      entryPoints: [`src/${name}/index.ts`],
      outfile: `dist/${name}.browser.js`,
      platform: 'browser',
      plugins: [rawFiles, browserFiles, notices.plugin],
    }),
  ]),
  build({
    ...shared,
    entryPoints: ['src/cli/main.ts'],
    outfile: 'dist/cli.js',
    platform: 'node',
    external,
    // Packages that are CommonJS ask for Node's modules by `require`.
    banner: {
      js: "#!/usr/bin/env node\nimport { createRequire as requireFrom } from 'node:module';\nconst require = requireFrom(import.meta.url);",
    },
    define: { 'process.env.SCOREFIELD_VERSION': JSON.stringify(version) },
  }),
]);

await buildPage(
  { ...shared, plugins: [rawFiles, browserFiles, notices.plugin, pageNotices.plugin] },
  pageNotices,
);

// The font of pictures; resvg reads it as a file.
const inter = 'node_modules/@expo-google-fonts/inter';
await mkdir('dist/fonts', { recursive: true });
await copyFile(`${inter}/400Regular/Inter_400Regular.ttf`, 'dist/fonts/inter-400.ttf');
await copyFile(`${inter}/600SemiBold/Inter_600SemiBold.ttf`, 'dist/fonts/inter-600.ttf');
notices.add(`${inter}/package.json`);
await writeFile('dist/NOTICES.txt', notices.text());

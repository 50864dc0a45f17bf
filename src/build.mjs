// Bundles src/ into dist/: the library, the figures and the image decoders twice (Node and browser), and the
// command line. `npm run build` compiles the WebAssembly first and writes the declarations after.

import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { Notices } from './notices.mjs';
import { buildPage } from './page/build.mjs';
import { fontPackage } from './page/formulas.mjs';

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
      path: basename(path),
      namespace: 'raw',
      pluginData: join(resolveDir, path.replace(/\?raw$/, '')),
    }));
    onLoad({ filter: /.*/, namespace: 'raw' }, async ({ pluginData: file }) => ({
      contents: await readFile(file, 'utf8'),
      loader: 'text',
    }));
  },
};

const notices = new Notices();
const pageNotices = new Notices();

/**
 * Loads a `.wasm` file as its bytes, by a call that bundlers leave out with the bytes where nothing uses them. Source maps do not
 * name the file: Turbopack would read it as text.
 */
const wasmBytes = {
  name: 'wasm-bytes',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\.wasm$/ }, ({ path, resolveDir }) => ({
      path: basename(path),
      namespace: 'wasm',
      pluginData: join(resolveDir, path),
    }));
    onLoad({ filter: /.*/, namespace: 'wasm' }, async ({ pluginData: file }) => ({
      contents: `import { bytesOfBase64 } from './src/core/base64.js';
        export default /* @__PURE__ */ bytesOfBase64('${await readFile(file, 'base64')}');`,
      resolveDir: '.',
    }));
  },
};

/** Lines of the AssemblyScript loader that the bundle has not, and what stands in their place. */
const LOADER_LINES = [
  // It would be an error where the engine has no TextDecoder; the loader needs it for long strings alone, and can do without.
  [
    'const utf16 = new TextDecoder("utf-16le", { fatal: true });',
    'const utf16 = { decode: (text) => new TextDecoder("utf-16le", { fatal: true }).decode(text) };',
  ],
  // It would be an error where `Object` is frozen. All engines that have SIMD and ES2022 have `Object.hasOwn`.
  ['Object.hasOwn = Object.hasOwn || function', 'const hasOwn = function'],
  // The library hands over compiled modules alone, so that what would fetch one need not be in the bundle.
  ['if (isResponse(source = await source)) return instantiateStreaming(source, imports);', ''],
];

/** Has the loader change nothing of what other scripts see, and need nothing of the engine, when it is imported. */
const quietLoader = {
  name: 'quiet-loader',
  setup({ onLoad }) {
    onLoad({ filter: /@assemblyscript[\\/]loader[\\/]index\.js$/ }, async ({ path }) => {
      const contents = await readFile(path, 'utf8');
      return {
        contents: LOADER_LINES.reduce((text, [line, instead]) => {
          if (!text.includes(line)) throw new Error(`@assemblyscript/loader has no more the line: ${line}`);
          return text.replace(line, instead);
        }, contents),
      };
    });
  },
};

const shared = {
  bundle: true,
  format: 'esm',
  target: 'es2022',
  minifySyntax: true,
  legalComments: 'eof',
  plugins: [rawFiles, quietLoader, wasmBytes, notices.plugin],
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
  format: 'iife',
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
      plugins: [rawFiles, quietLoader, wasmBytes, browserFiles, notices.plugin],
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
  {
    ...shared,
    plugins: [rawFiles, quietLoader, wasmBytes, browserFiles, notices.plugin, pageNotices.plugin],
  },
  pageNotices,
);

// The font of pictures; resvg reads it as a file.
const inter = 'node_modules/@expo-google-fonts/inter';
await mkdir('dist/fonts', { recursive: true });
await copyFile(`${inter}/400Regular/Inter_400Regular.ttf`, 'dist/fonts/inter-400.ttf');
await copyFile(`${inter}/600SemiBold/Inter_600SemiBold.ttf`, 'dist/fonts/inter-600.ttf');
notices.add(`${inter}/package.json`);
notices.add(`${fontPackage}/package.json`);
await writeFile('dist/NOTICES.txt', notices.text());

// What plan.mjs needs of the library and dist/index.js does not export, bundled into a temporary folder.
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../', import.meta.url));

const ENTRY = `
export { loadCore } from './core/load.js';
export { key } from './core/random.js';
export { network } from './networks/network.js';
export { unet } from './networks/unet.js';
export { SamplingPlacement, TrainingPlacement } from './networks/placement.js';
export * as abi from './abi/plan.js';
`;

/** Loads what is imported as `NAME?raw` as text, as src/build.mjs does. */
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

/** The module, with the binaries of dist/, and a function that removes its folder. */
export async function internals() {
  const folder = await mkdtemp(join(tmpdir(), 'bench-plan-'));
  try {
    const file = join(folder, 'library.mjs');
    await build({
      stdin: { contents: ENTRY, resolveDir: join(root, 'src'), loader: 'ts' },
      outfile: file,
      bundle: true,
      format: 'esm',
      target: 'es2022',
      platform: 'neutral',
      mainFields: ['module', 'main'],
      loader: { '.wasm': 'binary' },
      plugins: [rawFiles],
      logLevel: 'warning',
    });
    // The library looks for this binary beside itself.
    await copyFile(join(root, 'dist/wide.wasm'), join(folder, 'wide.wasm'));
    const library = await import(pathToFileURL(file));
    return { library, remove: () => rm(folder, { recursive: true, force: true }) };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

// Bytes that a page has to load to train the network and sample from it: minified JavaScript and WebAssembly, plain and
// gzipped. TensorFlow.js is taken in its smallest form: the core with only the operations used, and one .wasm file.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { tfjsAssets } from '../hosts/node.mjs';
import { nodeOnly } from '../hosts/nodeOnly.mjs';

const dist = (name) => fileURLToPath(new URL(`../../dist/${name}`, import.meta.url));

const OPERATIONS =
  'cos, sin, matMul, fused, softplus, concat, reshape, add, sub, mul, div, square, squaredDifference, mean, ' +
  'multinomial, gather, randomNormal, tensor, tidy, dispose, variable, train, unstack, transpose, setBackend, ready';

const ENTRIES = [
  {
    system: 'scorefield',
    code: `export { loadCore, network, train, langevin, imageDistribution } from ${JSON.stringify(dist('index.js'))};`,
    wasm: [dist('relaxed.wasm'), dist('strict.wasm')],
  },
  {
    system: 'tfjs-wasm',
    code: `import '@tensorflow/tfjs-backend-wasm'; export { ${OPERATIONS} } from '@tensorflow/tfjs-core';
           export { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';`,
    wasm: [`${tfjsAssets}tfjs-backend-wasm-simd.wasm`],
  },
  {
    system: 'jax-js',
    code: `export { numpy, random, nn, jit, valueAndGrad, tree, init, defaultDevice } from '@jax-js/jax';`,
    wasm: [],
  },
];

const size = (bytes) => ({ bytes: bytes.length, gzipped: gzipSync(bytes, { level: 9 }).length });

/** Our binaries are inside the JavaScript, in base 64: long runs of its letters. */
const withoutBinaries = (text) => text.replace(/[A-Za-z0-9+/=]{2000,}/g, '');

export async function bytesShipped() {
  const entries = [];
  for (const { system, code, wasm } of ENTRIES) {
    const { outputFiles } = await build({
      stdin: { contents: code, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'browser',
      target: 'es2022',
      legalComments: 'none',
      splitting: false,
      write: false,
      logLevel: 'error',
      external: nodeOnly,
    });
    const text = outputFiles[0].text;
    const files = await Promise.all(
      wasm.map(async (path) => ({ name: path.split('/').at(-1), ...size(await readFile(path)) })),
    );
    entries.push({ system, javascript: size(Buffer.from(withoutBinaries(text))), wasm: files });
  }
  return entries;
}

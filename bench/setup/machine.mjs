// What the numbers depend on besides the code.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, platform, release, totalmem } from 'node:os';

const require = createRequire(import.meta.url);

export function machine() {
  const [{ model }] = cpus();
  return {
    processor: model.trim(),
    cores: availableParallelism(),
    memoryGB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()}`,
  };
}

async function version(name) {
  // A package may hide its package.json from import; the file is beside its entry all the same.
  const folders = require.resolve.paths(name);
  for (const folder of folders) {
    const text = await readFile(`${folder}/${name}/package.json`, 'utf8').catch(() => undefined);
    if (text) return JSON.parse(text).version;
  }
  return 'not installed';
}

export async function versions() {
  const own = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
  const peers = ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm', '@jax-js/jax'];
  const found = await Promise.all(peers.map(async (name) => [name, await version(name)]));
  return {
    scorefield: own.version,
    node: process.version,
    v8: process.versions.v8,
    ...Object.fromEntries(found),
  };
}

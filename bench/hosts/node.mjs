// A system in a Node process of its own.
import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { answers } from './answers.mjs';

const require = createRequire(import.meta.url);

/** Where the .wasm files of TensorFlow.js are. */
export const tfjsAssets = `${dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json'))}/dist/`;

export async function nodeHost() {
  const child = fork(fileURLToPath(new URL('child.mjs', import.meta.url)), {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const pending = answers();
  let complaints = '';
  child.stderr.on('data', (data) => {
    complaints = (complaints + data).slice(-2000);
  });
  child.on('message', pending.answer);
  child.on('exit', (code) => pending.fail(`the process ended with ${code}: ${complaints}`));
  return {
    assets: tfjsAssets,
    call: (name, argument, limitMs) => pending.ask(() => child.send({ call: name, argument }), limitMs),
    close: () => child.kill('SIGKILL'),
  };
}

import type { CoreOptions } from '../../index.js';

/** Whether this script carries the binaries: the folder's worker has them beside it, as files. The build defines it. */
declare const HAS_BINARIES: boolean;

/**
 * What `loadCore` takes beside the threads: where the binaries are files, the bytes of the one that this engine runs.
 *
 * @throws TypeError where the engine runs neither, Error where the file cannot be loaded
 */
export async function kernelOptions(kernel: 'auto' | 'strict'): Promise<CoreOptions> {
  if (HAS_BINARIES) return { kernel };
  const names = kernel === 'strict' ? ['strict'] : ['relaxed', 'strict'];
  for (const name of names) {
    const answer = await fetch(new URL(`${name}.wasm`, globalThis.location.href));
    if (!answer.ok) throw new Error(`${name}.wasm could not be loaded: status ${answer.status}`);
    const binary = await answer.arrayBuffer();
    // An engine rejects a whole module for one opcode it does not know.
    if (WebAssembly.validate(binary)) return { binary };
  }
  throw new TypeError('this engine has no WebAssembly SIMD');
}

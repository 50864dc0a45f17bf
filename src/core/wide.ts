import { instantiateCore } from './instantiate.js';
import { newSharedMemory, withSharedMemory } from './sharedMemory.js';

/** The first V8 in which joined vectors were tested with this library: Node 26's. */
const FIRST_V8 = [14, 6];
/**
 * The first flag joins vectors. The second keeps tiles from being inlined, which leaves some of their vectors unjoined. The others
 * have the optimising compiler run at once, so that the flags are needed only during the compilation.
 */
const FLAGS = ['experimental-wasm-revectorize', 'no-wasm-inlining', 'no-liftoff', 'no-wasm-lazy-compilation'];
/** V8's defaults, set again after the compilation. */
const DEFAULTS = ['no-experimental-wasm-revectorize', 'wasm-inlining', 'liftoff', 'wasm-lazy-compilation'];

interface NodeModules {
  'node:v8': { setFlagsFromString(flag: string): void };
  'node:fs/promises': { readFile(url: URL): Promise<Uint8Array<ArrayBuffer>> };
}

/** The module for wider vectors, or why there is none. */
export type WideModule = { module: WebAssembly.Module } | { reason: string };

/**
 * Compiles `wide.wasm`, a file beside this script, and has V8 join pairs of its 128-bit vectors into 256-bit ones, an experiment
 * of V8's. The module is returned only if a short computation gives the bits of the ordinary binary. Compilation is synchronous,
 * so that nothing else is compiled with these flags.
 *
 * @param ordinary the relaxed binary, compiled
 * @param isShared whether threads will share the memory of both
 */
export async function compileWide(ordinary: WebAssembly.Module, isShared: boolean): Promise<WideModule> {
  const { process } = globalThis as {
    process?: {
      arch?: string;
      versions?: { v8?: string; bun?: string; deno?: string };
      getBuiltinModule?<Name extends keyof NodeModules>(name: Name): NodeModules[Name];
    };
  };
  // Bun names a V8 that it has not; Deno's takes the flags and does without them: a training step is no faster in it.
  const { bun, deno, v8: version = '' } = process?.versions ?? {};
  const [major = 0, minor = 0] = bun || deno ? [] : version.split('.').map(Number);
  if (!process?.getBuiltinModule || major < FIRST_V8[0] || (major === FIRST_V8[0] && minor < FIRST_V8[1])) {
    return { reason: 'it needs Node 26 or newer' };
  }
  // V8 joins vectors for processors with AVX2 alone.
  if (process.arch !== 'x64') return { reason: 'it needs an x64 processor' };
  const v8 = process.getBuiltinModule('node:v8');
  let reason = 'its results differ from the ordinary binary on this processor';
  try {
    // Bundlers look for `import.meta.url` itself beside a name, and would bundle the file or warn of it.
    const binary = await process
      .getBuiltinModule('node:fs/promises')
      .readFile(new URL('wide.wasm', String(import.meta.url)));
    const expected = await probe(ordinary, isShared);
    const set = (flags: readonly string[]) => {
      for (const flag of flags) v8.setFlagsFromString(`--${flag}`);
    };
    let module: WebAssembly.Module;
    try {
      set(FLAGS);
      module = new WebAssembly.Module(isShared ? withSharedMemory(binary) : binary);
    } finally {
      set(DEFAULTS);
    }
    const found = await probe(module, isShared);
    if (expected.every((word, i) => word === found[i])) return { module };
  } catch (error) {
    reason = error instanceof Error ? error.message : String(error);
  }
  return { reason };
}

/** The bits of a short computation (`assembly/core/probe.ts`). */
async function probe(module: WebAssembly.Module, isShared: boolean): Promise<Uint32Array> {
  const shared = isShared ? newSharedMemory() : undefined;
  const { wasm, memory } = await instantiateCore(module, { shared });
  const at = memory.take(wasm.probeBytes());
  wasm.probe(at);
  return memory.u32(at, wasm.probeResultBytes() / 4).slice();
}

import { instantiateCore } from './instantiate.js';

/** First V8 whose joining of vectors this library was tried with: Node 26's. */
const FIRST_V8 = [14, 6];
/**
 * Joined vectors; tiles that stay functions of their own, whose vectors are not all joined once they are inlined; and the
 * optimising compiler at once, so that the flags need to hold no longer than the compilation.
 */
const FLAGS = ['experimental-wasm-revectorize', 'no-wasm-inlining', 'no-liftoff', 'no-wasm-lazy-compilation'];
const USUAL = ['no-experimental-wasm-revectorize', 'wasm-inlining', 'liftoff', 'wasm-lazy-compilation'];

interface NodeModules {
  'node:v8': { setFlagsFromString(flag: string): void };
  'node:fs/promises': { readFile(url: URL): Promise<Uint8Array<ArrayBuffer>> };
}

/** The module for wider vectors, or why there is none. */
export type WideModule = { module: WebAssembly.Module } | { reason: string };

/**
 * Compiles `wide.wasm`, which stands beside this script, with V8 joining pairs of its 128-bit vectors into 256-bit ones:
 * an experiment of V8's. The module is taken only if a short computation keeps the ordinary binary's bits. It is compiled at
 * once, in this thread, so that the flags hold for nothing else.
 *
 * @param ordinary the relaxed binary, compiled
 */
export async function compileWide(ordinary: WebAssembly.Module): Promise<WideModule> {
  const { process } = globalThis as {
    process?: {
      versions?: { v8?: string };
      getBuiltinModule?<Name extends keyof NodeModules>(name: Name): NodeModules[Name];
    };
  };
  const [major = 0, minor = 0] = (process?.versions?.v8 ?? '').split('.').map(Number);
  if (!process?.getBuiltinModule || major < FIRST_V8[0] || (major === FIRST_V8[0] && minor < FIRST_V8[1])) {
    return { reason: 'it needs Node 26 or newer' };
  }
  const v8 = process.getBuiltinModule('node:v8');
  let reason = 'its results differ from the ordinary binary on this processor';
  try {
    const name = 'wide.wasm';
    const binary = await process
      .getBuiltinModule('node:fs/promises')
      .readFile(new URL(name, import.meta.url));
    const expected = await probe(ordinary);
    for (const flag of FLAGS) v8.setFlagsFromString(`--${flag}`);
    const module = new WebAssembly.Module(binary);
    for (const flag of USUAL) v8.setFlagsFromString(`--${flag}`);
    const found = await probe(module);
    if (expected.every((word, i) => word === found[i])) return { module };
  } catch (error) {
    reason = error instanceof Error ? error.message : String(error);
  }
  return { reason };
}

/** Bits of a short computation through every kind of hot loop. */
async function probe(module: WebAssembly.Module): Promise<Uint32Array> {
  const { wasm, memory } = await instantiateCore(module);
  const at = memory.take(wasm.probeBytes());
  wasm.probe(at);
  return memory.u32(at, wasm.resultBytes() / 4).slice();
}

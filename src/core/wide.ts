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
 * an experiment of V8's. The module is taken only if a small gradient keeps the ordinary binary's bits. It is compiled at
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
    const expected = await smallGradient(ordinary);
    for (const flag of FLAGS) v8.setFlagsFromString(`--${flag}`);
    const module = new WebAssembly.Module(binary);
    for (const flag of USUAL) v8.setFlagsFromString(`--${flag}`);
    const found = await smallGradient(module);
    if (expected.every((word, i) => word === found[i])) return { module };
  } catch (error) {
    reason = error instanceof Error ? error.message : String(error);
  }
  return { reason };
}

/** Bits of the gradient of a small network. */
async function smallGradient(module: WebAssembly.Module): Promise<Uint32Array> {
  const { wasm, memory } = await instantiateCore(module);
  const [D, F, H, depth, levels, samples] = [2, 32, 61, 2, 8, 40];
  const net = memory.take(wasm.networkLayout(0, D, F, H, depth, levels, false));
  wasm.networkLayout(net, D, F, H, depth, levels, false);
  const count = wasm.networkCount(net);
  const wave = (i: number) => Math.fround(Math.sin(i) / 8);
  memory
    .f32(wasm.networkTurns(net), 2 * F * D)
    .set(Float32Array.from({ length: 2 * F * D }, (_, i) => wave(i)));
  memory.f32(wasm.networkSigmas(net), levels).fill(0.25);
  memory.f32(wasm.networkScales(net), levels).fill(1);
  memory.f32(wasm.networkTheta(net), count).set(Float32Array.from({ length: count }, (_, i) => wave(i)));
  wasm.networkPack(net);
  const work = memory.take(wasm.workspaceLayout(0, net));
  wasm.workspaceLayout(work, net);
  const x = memory.take(4 * samples * D);
  const keys = memory.take(8 * samples);
  memory.f32(x, samples * D).set(Float32Array.from({ length: samples * D }, (_, i) => wave(i)));
  memory.u32(keys, 2 * samples).set(Uint32Array.from({ length: 2 * samples }, (_, i) => i));
  const gradient = memory.take(4 * count + 16);
  wasm.dsmGradient(net, work, x, keys, samples, samples * levels, 0, gradient, 0);
  return memory.u32(gradient, count).slice();
}

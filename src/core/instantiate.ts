import { instantiate } from '@assemblyscript/loader';
import type { WasmExports } from './exports.js';
import { Memory } from './memory.js';
import type { Pool } from './pool.js';

/**
 * `strict` gives the same bits on every engine and processor. `relaxed` uses fused multiply-add. `wide` is relaxed too, and has
 * the engine join pairs of vectors into 256-bit ones.
 */
export type Kernel = 'strict' | 'relaxed' | 'wide';

/** An instance of the WebAssembly module with its memory, in which everything made with this core lives. */
export interface Core {
  /** The binary that runs. */
  readonly kernel: Kernel;
  /** Threads that share long work, this one included. */
  readonly threads: number;
  /** Exports of the WebAssembly module, for this library's own use. */
  readonly wasm: WasmExports;
  /** Memory of the first thread, and of all where it is shared. */
  readonly memory: Memory;
  /** The other threads; undefined when there are none. */
  readonly pool?: Pool;
  /** Ends the other threads. Promises of work that they have not finished are rejected. */
  dispose(): void;
  [Symbol.dispose](): void;
}

export interface InstanceOptions {
  /** A shared memory, if the module was compiled for one; left out: one of this thread alone. */
  shared?: WebAssembly.Memory;
  /** Starts the other threads, or does without; called after the module has been checked. */
  start?(memory: Memory, scratchBytes: number): Promise<Pool | undefined>;
}

/**
 * A core over a compiled module.
 *
 * @throws TypeError if the module is not one of the library's
 */
export async function instantiateCore(
  module: WebAssembly.Module,
  { shared, start }: InstanceOptions = {},
): Promise<Core> {
  const memory = shared ?? new WebAssembly.Memory({ initial: 1 });
  const { exports } = await instantiate<WasmExports>(module, { env: { memory } });
  if (typeof exports.isRelaxed !== 'function') {
    throw new TypeError(
      'loadCore: the module must be scorefield/strict.wasm or scorefield/relaxed.wasm, got another',
    );
  }
  const arena = new Memory(memory, exports.heapBase(), shared !== undefined);
  const pool = await start?.(arena, exports.scratchBytes());
  const dispose = () => pool?.close();
  return {
    kernel: exports.isWide() ? 'wide' : exports.isRelaxed() ? 'relaxed' : 'strict',
    threads: 1 + (pool?.size ?? 0),
    wasm: exports,
    memory: arena,
    pool,
    dispose,
    [Symbol.dispose]: dispose,
  };
}

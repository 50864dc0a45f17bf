import { instantiate } from '@assemblyscript/loader';
import type { WasmExports } from './exports.js';
import { Memory } from './memory.js';
import type { Pool } from './pool.js';

/**
 * `strict` gives the same bits on every engine and processor; `relaxed` uses fused multiply-add; `wide` has the engine
 * join its vectors to wider ones.
 */
export type Kernel = 'strict' | 'relaxed' | 'wide';

/** One instance of the WebAssembly module with its memory. Everything built on it lives in that memory. */
export interface Core {
  readonly kernel: Kernel;
  /** Threads that long work is shared over, this one included. */
  readonly threads: number;
  readonly wasm: WasmExports;
  readonly memory: Memory;
  /** The other threads, if there are any. */
  readonly pool?: Pool;
  /** Ends the other threads. Work in flight on them is rejected. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** A core over a compiled module. @param start starts the other threads, once the module proves right */
export async function instantiateCore(
  module: WebAssembly.Module,
  start?: () => Promise<Pool>,
): Promise<Core> {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = await instantiate<WasmExports>(module, { env: { memory } });
  if (typeof exports.isRelaxed !== 'function') {
    throw new TypeError(
      'loadCore: the module must be scorefield/strict.wasm or scorefield/relaxed.wasm, got another',
    );
  }
  const pool = await start?.();
  const dispose = () => pool?.close();
  return {
    kernel: exports.isWide() ? 'wide' : exports.isRelaxed() ? 'relaxed' : 'strict',
    threads: 1 + (pool?.size ?? 0),
    wasm: exports,
    memory: new Memory(memory, exports.heapBase()),
    pool,
    dispose,
    [Symbol.dispose]: dispose,
  };
}

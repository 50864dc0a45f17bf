import { instantiate } from '@assemblyscript/loader';
import relaxed from '../../dist/relaxed.wasm';
import strict from '../../dist/strict.wasm';
import type { WasmExports } from './exports.js';
import { Memory } from './memory.js';

/** `strict` gives the same bits on every engine and processor; `relaxed` uses fused multiply-add. */
export type Kernel = 'strict' | 'relaxed';

export interface CoreOptions {
  /** `auto`: relaxed where the engine has it, else strict. */
  kernel?: 'auto' | Kernel;
  /** A module the caller compiled from `scorefield/strict.wasm` or `scorefield/relaxed.wasm`. */
  module?: WebAssembly.Module;
  /** The bytes of one of the two files. */
  binary?: BufferSource;
}

/** One instance of the WebAssembly module with its memory. Everything built on it lives in that memory. */
export interface Core {
  readonly kernel: Kernel;
  readonly wasm: WasmExports;
  readonly memory: Memory;
}

/**
 * Compiles and instantiates the core. Both binaries are inside the JavaScript, so it needs no network and works
 * from any bundler, worker or `file:` page; `module` or `binary` replace them.
 *
 * @throws TypeError if both are given, if `kernel` is unknown, or if the engine lacks what the binary needs.
 */
export async function loadCore({ kernel = 'auto', module, binary }: CoreOptions = {}): Promise<Core> {
  if (module && binary) throw new TypeError('loadCore: give module or binary, not both');
  if (kernel !== 'auto' && kernel !== 'strict' && kernel !== 'relaxed') {
    throw new TypeError(
      `loadCore: kernel must be 'auto', 'strict' or 'relaxed', got ${JSON.stringify(kernel)}`,
    );
  }
  const chosen = module ?? (await compile(kernel, binary));
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = await instantiate<WasmExports>(chosen, { env: { memory } });
  if (typeof exports.isRelaxed !== 'function') {
    throw new TypeError(
      'loadCore: the module must be scorefield/strict.wasm or scorefield/relaxed.wasm, got another',
    );
  }
  return {
    kernel: exports.isRelaxed() ? 'relaxed' : 'strict',
    wasm: exports,
    memory: new Memory(memory, exports.heapBase()),
  };
}

async function compile(kernel: 'auto' | Kernel, binary?: BufferSource): Promise<WebAssembly.Module> {
  if (binary) {
    if (!WebAssembly.validate(binary)) {
      throw new TypeError('loadCore: binary is not a WebAssembly module this engine can compile');
    }
    return WebAssembly.compile(binary);
  }
  enableRelaxedSimd(kernel);
  // One opcode the engine does not know makes a whole module invalid: probe, never ask for versions.
  if (kernel !== 'strict' && WebAssembly.validate(relaxed)) return WebAssembly.compile(relaxed);
  if (kernel === 'relaxed')
    throw new TypeError("loadCore: this engine has no relaxed SIMD; use kernel 'auto' or 'strict'");
  if (!WebAssembly.validate(strict)) throw new TypeError('loadCore: this engine has no WebAssembly SIMD');
  return WebAssembly.compile(strict);
}

/** Node 20 has relaxed SIMD behind a V8 flag that takes effect when it is set before the module is compiled. */
function enableRelaxedSimd(kernel: 'auto' | Kernel): void {
  if (kernel === 'strict' || WebAssembly.validate(relaxed)) return;
  const node = (globalThis as { process?: { getBuiltinModule?(name: string): unknown } }).process;
  const v8 = node?.getBuiltinModule?.('node:v8') as { setFlagsFromString?(flag: string): void } | undefined;
  v8?.setFlagsFromString?.('--experimental-wasm-relaxed-simd');
}

import relaxed from '../../dist/relaxed.wasm';
import strict from '../../dist/strict.wasm';
import { show } from './check.js';
import { type Core, instantiateCore, type Kernel } from './instantiate.js';
import { Pool } from './pool.js';
import { newSharedMemory, withSharedMemory } from './sharedMemory.js';
import { isPort, type ThreadPort, type ThreadSource } from './thread.js';
import { threadCount, threadScript } from './threadCount.js';
import { compileWide } from './wide.js';

export type { Core, Kernel } from './instantiate.js';

/** Options of {@link loadCore}. */
export interface CoreOptions {
  /**
   * `auto`: relaxed where the engine has it, else strict. `wide`: in Node 26 and newer, 256-bit vectors by an experiment of
   * V8's; elsewhere, or where a check of its results fails, it warns and loads `auto`.
   */
  kernel?: 'auto' | Kernel;
  /**
   * Threads that share long work, this one included. `auto`: as many as there are processors, at most 8; where none can be
   * started, and in workers of Firefox, it warns once and takes this one alone. Ports: those of `threadPorts`, which the page
   * started for this worker.
   */
  threads?: 'auto' | number | readonly ThreadPort[];
  /** A module that the caller has compiled from `scorefield/strict.wasm` or `scorefield/relaxed.wasm`. */
  module?: WebAssembly.Module;
  /** The bytes of one of the two files. */
  binary?: ArrayBuffer | ArrayBufferView<ArrayBuffer>;
  /** Address of `scorefield/worker.js`, for pages whose content security policy forbids workers from `blob:` addresses. */
  worker?: URL | string;
}

/**
 * Compiles and instantiates the core. Both binaries are part of the JavaScript, so that it needs no network and works with any
 * bundler, in workers and in `file:` pages; `module` or `binary` replace them. With `threads` above 1 it starts the others, each
 * with its own instance; `dispose()` ends them. They share one memory in Node, and in pages that are isolated from others
 * (`crossOriginIsolated`); elsewhere, and with `module`, they send each other copies, and give the same bits.
 *
 * @throws RangeError if threads is neither 'auto' nor an integer from 1 to 64 nor ports; Error if so many cannot be started;
 *   TypeError if module and binary are both given, if `kernel` is unknown, or if the engine lacks what the binary needs.
 * @example
 * ```js
 * import { loadCore } from 'scorefield';
 *
 * const core = await loadCore({ threads: 2 });
 * console.log(core.kernel); // 'relaxed', or 'strict' where the engine has no relaxed SIMD
 * core.dispose(); // ends the other thread
 * ```
 */
export async function loadCore(options: CoreOptions = {}): Promise<Core> {
  const { kernel = 'auto', threads = 1, module, binary, worker } = options;
  if (module && binary) throw new TypeError('loadCore: give module or binary, not both');
  if (module && !(module instanceof WebAssembly.Module)) {
    throw new TypeError(`loadCore: module must be a WebAssembly.Module, got ${show(module)}`);
  }
  if (binary && !(binary instanceof ArrayBuffer || ArrayBuffer.isView(binary))) {
    throw new TypeError(`loadCore: binary must be bytes, got ${show(binary)}`);
  }
  if (!['auto', 'strict', 'relaxed', 'wide'].includes(kernel)) {
    throw new TypeError(
      `loadCore: kernel must be 'auto', 'strict', 'relaxed' or 'wide', got ${JSON.stringify(kernel)}`,
    );
  }
  const sources = threadSources(threads, worker);
  const shared = sources.length > 0 && !module ? newSharedMemory() : undefined;
  const chosen = module ?? (await compile(kernel, binary, shared !== undefined));
  return instantiateCore(chosen, {
    shared,
    ...(sources.length > 0 && {
      start: (memory, scratchBytes) =>
        Pool.start(sources, chosen, memory, scratchBytes).catch((error: Error) => {
          const reason = `threads cannot be started here (${error.message})`;
          if (threads !== 'auto') {
            throw new Error(
              `loadCore: ${reason}: give option worker, the address of scorefield/worker.js, or threads: 1`,
            );
          }
          warnOnce(`${reason}; one thread does all work`);
          return undefined;
        }),
    }),
  });
}

/** Where the other threads come from. @throws as {@link loadCore} does */
function threadSources(
  threads: NonNullable<CoreOptions['threads']>,
  worker: CoreOptions['worker'],
): readonly ThreadSource[] {
  if (Array.isArray(threads) && threads.every(isPort)) return threads;
  const count = threadCount('loadCore', threads as 'auto' | number);
  if (count === 1) return [];
  if (threads === 'auto' && mayFreeze()) {
    warnOnce('a worker of Firefox may freeze when it starts threads; one does all work: see threadPorts');
    return [];
  }
  return Array<ThreadSource>(count - 1).fill(threadScript('loadCore', worker));
}

/** Whether this is a worker of Firefox: it waits for the page's thread to start another, at times for ever. */
function mayFreeze(): boolean {
  const { WorkerGlobalScope, Worker, navigator } = globalThis as unknown as Record<string, unknown> & {
    navigator?: { userAgent?: string };
  };
  return Boolean(WorkerGlobalScope && Worker && navigator?.userAgent?.includes('Firefox/'));
}

const warned = new Set<string>();

/** Prints a warning, if it has not been printed before. */
function warnOnce(warning: string): void {
  if (!warned.has(warning)) console.warn(`loadCore: ${warning}`);
  warned.add(warning);
}

/**
 * Compiles `binary`, or the library's binary of this kind.
 *
 * @param isShared whether threads will share its memory
 * @throws TypeError where the engine cannot
 */
async function compile(
  kernel: 'auto' | Kernel,
  binary: BufferSource | undefined,
  isShared: boolean,
): Promise<WebAssembly.Module> {
  const compiled = (bytes: Uint8Array<ArrayBuffer>) =>
    WebAssembly.compile(isShared ? withSharedMemory(bytes) : bytes);
  if (kernel === 'wide' && !binary) {
    const ordinary = await compile('auto', undefined, isShared);
    const wide = await compileWide(ordinary, isShared);
    if ('module' in wide) return wide.module;
    warnOnce(`kernel 'wide' is not available: ${wide.reason}; using the ordinary one`);
    return ordinary;
  }
  if (binary) {
    if (!WebAssembly.validate(binary)) {
      throw new TypeError('loadCore: binary is not a WebAssembly module this engine can compile');
    }
    return compiled(bytesOf(binary));
  }
  enableRelaxedSimd(kernel);
  // An engine rejects a whole module for one opcode it does not know, so the module itself is tried, not the engine's version.
  if (kernel !== 'strict' && WebAssembly.validate(relaxed)) return compiled(relaxed);
  if (kernel === 'relaxed')
    throw new TypeError("loadCore: this engine has no relaxed SIMD; use kernel 'auto' or 'strict'");
  if (!WebAssembly.validate(strict)) throw new TypeError('loadCore: this engine has no WebAssembly SIMD');
  return compiled(strict);
}

function bytesOf(source: BufferSource): Uint8Array<ArrayBuffer> {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}

/** In Node 20, V8 has relaxed SIMD behind a flag, which may be set at run time before the module is compiled. */
function enableRelaxedSimd(kernel: 'auto' | Kernel): void {
  if (kernel === 'strict' || WebAssembly.validate(relaxed)) return;
  const node = (globalThis as { process?: { getBuiltinModule?(name: string): unknown } }).process;
  const v8 = node?.getBuiltinModule?.('node:v8') as { setFlagsFromString?(flag: string): void } | undefined;
  v8?.setFlagsFromString?.('--experimental-wasm-relaxed-simd');
}

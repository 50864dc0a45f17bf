import workerScript from '../../dist/worker.js?raw';
import { integer, show } from './check.js';

/** Most threads of `auto`: a batch is split into eight leaves at most. */
const AUTO_THREADS = 8;

/** Threads in all, the caller's included. @throws RangeError if `threads` is neither 'auto' nor an integer from 1 to 64 */
export function threadCount(caller: string, threads: 'auto' | number): number {
  return threads === 'auto'
    ? Math.min(AUTO_THREADS, processors())
    : integer(caller, 'threads', threads, 1, 64);
}

/** Processors of this machine; 1 where the engine does not tell. */
function processors(): number {
  const node = globalThis as {
    process?: { getBuiltinModule?(name: string): { availableParallelism?(): number } };
  };
  return (
    globalThis.navigator?.hardwareConcurrency ??
    node.process?.getBuiltinModule?.('node:os').availableParallelism?.() ??
    1
  );
}

/**
 * The script of a thread: its address, or the text that the library carries.
 *
 * @throws TypeError unless `worker`, where it is given, is an address, in a page relative to it
 */
export function threadScript(caller: string, worker?: URL | string): URL | string {
  if (!worker) return workerScript;
  try {
    return new URL(worker, globalThis.location?.href);
  } catch {
    throw new TypeError(`${caller}: worker must be the address of scorefield/worker.js, got ${show(worker)}`);
  }
}

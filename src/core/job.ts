import type { WasmExports } from './exports.js';
import type { Segment, Span } from './segments.js';

/** A call of one of the module's exports: its name, then its arguments. */
export type Call = {
  [Name in keyof WasmExports]: readonly [name: Name, ...args: Parameters<WasmExports[Name]>];
}[keyof WasmExports];

/**
 * Work for another thread. The thread grows its memory to `size` bytes, writes the segments of `write` into it, makes the calls,
 * and answers with copies of the spans of `read`. Only the first thread allocates, and an array has the same address in every
 * thread's memory.
 */
export interface Job {
  /** Bytes the memory must have. */
  size: number;
  write: Segment[];
  calls: readonly Call[];
  read: Span[];
}

/** Makes the calls in order. */
export function makeCalls(exports: WasmExports, calls: readonly Call[]): void {
  for (const [name, ...args] of calls) (exports[name] as (...args: unknown[]) => unknown)(...args);
}

import type { WasmExports } from './exports.js';
import type { Segment, Span } from './segments.js';

/** A call of one of the module's exports: its name and arguments. */
export type Call = {
  [Name in keyof WasmExports]: readonly [name: Name, ...args: Parameters<WasmExports[Name]>];
}[keyof WasmExports];

/**
 * Work for another thread's instance of the module: the thread grows its memory, writes the segments, makes the calls, and
 * answers with segments of the spans to read. An address means the same in every instance: the first thread's arena alone
 * gives addresses out, and what a call needs, or leaves, stands at the same address in both threads.
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

import type { WasmExports } from './exports.js';
import type { Segment, Span } from './segments.js';

/** A call of one of the module's exports: its name, then its arguments. */
export type Call = {
  [Name in keyof WasmExports]: readonly [name: Name, ...args: Parameters<WasmExports[Name]>];
}[keyof WasmExports];

/**
 * Work for another thread: calls, and the spans that they read and leave, for a thread with a memory of its own. Only the first
 * thread allocates, and an array has the same address in every thread.
 */
export interface Job {
  calls: readonly Call[];
  /** What has changed in this thread's memory since the thread was last sent it, and the calls read. */
  reads?: readonly Span[];
  /** What the calls leave for this thread. */
  leaves?: readonly Span[];
}

/**
 * A job as a thread receives it. A thread with a memory of its own grows it to `size` bytes, writes the segments of `write` into
 * it, makes the calls, and answers with copies of the spans of `read`. Where threads share the memory, there is nothing to copy.
 */
export interface PostedJob {
  size: number;
  write: readonly Segment[];
  calls: readonly Call[];
  read: readonly Span[];
}

/** Makes the calls in order. */
export function makeCalls(exports: WasmExports, calls: readonly Call[]): void {
  for (const [name, ...args] of calls) (exports[name] as (...args: unknown[]) => unknown)(...args);
}

import type { WasmExports } from './exports.js';

/** A call of one of the module's exports: its name and arguments. */
export type Call = {
  [Name in keyof WasmExports]: readonly [name: Name, ...args: Parameters<WasmExports[Name]>];
}[keyof WasmExports];

/** A stretch of the memory. */
export interface Span {
  at: number;
  bytes: number;
}

/** What stands, or shall stand, in a stretch of the memory. */
export interface Image {
  at: number;
  data: Uint8Array<ArrayBuffer>;
}

/**
 * Work for another thread's instance of the module, done in this order. An address means the same in every instance:
 * the first thread's arena alone gives them out, and what a call needs is written where the first thread has it.
 */
export interface Job {
  /** Bytes the memory must have. */
  size: number;
  write: Image[];
  calls: readonly Call[];
  read: Span[];
}

export interface JobResult {
  /** What the calls returned. */
  values: number[];
  /** What then stood in the spans to read. */
  read: Uint8Array<ArrayBuffer>[];
}

/** Makes the calls in order; returns what they return. */
export function makeCalls(exports: WasmExports, calls: readonly Call[]): number[] {
  return calls.map(([name, ...args]) => (exports[name] as (...args: unknown[]) => number)(...args));
}

import type { WasmExports } from './exports.js';

/** A call of one of the module's exports: its name and arguments. */
export type Call = {
  [Name in keyof WasmExports]: readonly [name: Name, ...args: Parameters<WasmExports[Name]>];
}[keyof WasmExports];

/** A stretch of the memory: where it starts, and its bytes. */
export interface Span {
  at: number;
  bytes: number;
}

/** Bytes for a stretch of another thread's memory, as a data segment of a module holds them. */
export interface Segment {
  at: number;
  data: Uint8Array<ArrayBuffer>;
}

/**
 * Work for another thread's instance of the module: the thread grows its memory, writes the segments, makes the calls, and
 * reads the spans. An address means the same in every instance: the first thread's arena alone gives addresses out, and
 * what a call needs stands in the other thread where it stands in the first.
 */
export interface Job {
  /** Bytes the memory must have. */
  size: number;
  write: Segment[];
  calls: readonly Call[];
  read: Span[];
}

export interface JobResult {
  /** What the calls returned, in their order. */
  values: number[];
  /** Copies of the spans to read, in their order, taken after the calls. */
  read: Uint8Array<ArrayBuffer>[];
}

/** Makes the calls in order; returns what they return. */
export function makeCalls(exports: WasmExports, calls: readonly Call[]): number[] {
  return calls.map(([name, ...args]) => (exports[name] as (...args: unknown[]) => number)(...args));
}

import type { Core } from './instantiate.js';
import { type Call, makeCalls } from './job.js';

/** Numbers of an array from which on it is worth handing parts of it to other threads, for a pass that reads each once. */
const LEAST_NUMBERS = 2 ** 19;

/** The calls that do one of so many parts of a pass over an array. */
export type PassCalls = (part: number, parts: number) => readonly Call[];

/**
 * Makes a pass over arrays of so many numbers. Large ones are divided among the threads where these share the memory; else this
 * thread makes the whole pass before the promise is returned.
 */
export async function makePass(core: Core, numbers: number, calls: PassCalls): Promise<void> {
  const { memory, pool, threads, wasm } = core;
  const parts = numbers < LEAST_NUMBERS ? 1 : memory.rooms(threads);
  const others = Array.from({ length: parts - 1 }, (_, i) => ({ calls: calls(i + 1, parts) }));
  const done = others.length > 0 ? pool?.perform(others) : undefined;
  makeCalls(wasm, calls(0, parts));
  await done;
}

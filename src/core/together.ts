import type { Core } from './instantiate.js';
import { type Call, makeCalls } from './job.js';

/** Numbers of an array from which on it is worth handing parts of it to other threads, for a pass that reads each once. */
const LEAST_NUMBERS = 2 ** 19;

/** Into how many parts threads divide passes over arrays of so many numbers; 1 where they share no memory. */
export function partsOf({ memory, threads }: Core, numbers: number): number {
  return numbers < LEAST_NUMBERS ? 1 : memory.rooms(threads);
}

/** Makes calls at the same time, the first in this thread and each other one in a thread of its own, which shares the memory. */
export async function makeTogether({ wasm, pool }: Core, [own, ...others]: readonly Call[]): Promise<void> {
  const done = others.length > 0 ? pool?.perform(others.map((call) => ({ calls: [call] }))) : undefined;
  makeCalls(wasm, [own]);
  await done;
}

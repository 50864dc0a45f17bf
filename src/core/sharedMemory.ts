import { nodeThreads } from './thread.js';

/** wasm32 ends at 4 GiB. */
export const MOST_PAGES = 65_536;

/** {@link MOST_PAGES} as LEB128. */
const MOST_PAGES_BYTES = [0x80, 0x80, 0x04];
/** Number of the section of imports. */
const IMPORTS = 2;
/** Kind of an import that is a memory. */
const MEMORY = 2;
/** How a memory's limits begin: with a minimum alone, or shared, with a minimum and a maximum. */
const MINIMUM = 0;
const SHARED = 3;

/**
 * A memory that threads may share; undefined where the engine has none. Node always has; a browser has where the page is isolated
 * from others (`crossOriginIsolated`), which its server decides.
 */
export function newSharedMemory(): WebAssembly.Memory | undefined {
  const { crossOriginIsolated: mayShare = nodeThreads() !== undefined } = globalThis;
  if (!mayShare) return undefined;
  try {
    return new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES, shared: true });
  } catch {
    // No stretch of addresses is free for as much as it may grow to.
    return undefined;
  }
}

/**
 * A module whose first import is a memory, with that memory declared shared, as it must be to be given a shared one. Engines that
 * cannot share may refuse such a module, so the files have the ordinary declaration. Any other module is returned as it is.
 */
export function withSharedMemory(binary: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  // Behind the magic number and the version.
  let at = 8;
  const number = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = binary[at++];
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const skip = (bytes: number) => {
    at += bytes;
  };
  while (at < binary.length) {
    const section = at;
    const id = binary[at++];
    const size = number();
    const start = at;
    if (id !== IMPORTS) {
      skip(size);
      continue;
    }
    number();
    // Its two names.
    skip(number());
    skip(number());
    const isMemory = binary[at++] === MEMORY;
    const limits = at++;
    if (!isMemory || binary[limits] !== MINIMUM) return binary;
    number();
    return Uint8Array.from([
      ...binary.subarray(0, section),
      ...[IMPORTS, ...leb(size + MOST_PAGES_BYTES.length)],
      ...binary.subarray(start, limits),
      SHARED,
      ...binary.subarray(limits + 1, at),
      ...MOST_PAGES_BYTES,
      ...binary.subarray(at),
    ]);
  }
  return binary;
}

/** An unsigned number in LEB128. */
function leb(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb(value >>> 7)];
}

import { nodeThreads } from './thread.js';

/** wasm32 ends at 4 GiB. */
export const MOST_PAGES = 65_536;

/** The section of imports of the library's binaries: their memory, with a minimum of one page. */
const IMPORTS = bytesOf('\x02\x0f\x01\x03env\x06memory\x02\x00\x01');
/** The same, shared, with a minimum of one page and a maximum of {@link MOST_PAGES}. */
const SHARED_IMPORTS = bytesOf('\x02\x12\x01\x03env\x06memory\x02\x03\x01\x80\x80\x04');

/**
 * A memory that threads may share; undefined where the engine has none. Node always has; a browser has where the page is isolated
 * from others (`crossOriginIsolated`), which its server decides.
 */
export function newSharedMemory(): WebAssembly.Memory | undefined {
  const { crossOriginIsolated: mayShare = nodeThreads() !== undefined } = globalThis;
  // WebKitGTK isolates pages, yet cannot send a shared memory to a thread.
  if (!mayShare || typeof SharedArrayBuffer === 'undefined') return undefined;
  try {
    return new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES, shared: true });
  } catch {
    // No stretch of addresses is free for as much as it may grow to.
    return undefined;
  }
}

/**
 * A binary of the library with its memory declared shared, as it must be to be given a shared one. Engines that cannot share may
 * refuse such a module, so the files have the ordinary declaration. Any other module is returned as it is.
 */
export function withSharedMemory(binary: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const at = binary.findIndex((_, i) => IMPORTS.every((byte, j) => byte === binary[i + j]));
  if (at < 0) return binary;
  const shared = new Uint8Array(binary.length + SHARED_IMPORTS.length - IMPORTS.length);
  shared.set(binary.subarray(0, at));
  shared.set(SHARED_IMPORTS, at);
  shared.set(binary.subarray(at + IMPORTS.length), at + SHARED_IMPORTS.length);
  return shared;
}

function bytesOf(text: string): number[] {
  return Array.from(text, (char) => char.charCodeAt(0));
}

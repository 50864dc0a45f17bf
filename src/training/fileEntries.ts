// Entries of the library's own safetensors files: what their metadata and tensors must be.
import { show } from '../core/check.js';
import type { Tensor as FileTensor } from '../formats/safetensors.js';

/** A JSON entry of the metadata, an object or a list. @throws Error if it is none */
export function parsed<T extends object>(metadata: Record<string, string>, entry: string, name: string): T {
  const advice = 'it is not a file of this program, or of a newer one';
  let value: unknown;
  try {
    value = JSON.parse(metadata[entry]);
  } catch {
    throw new Error(`${name}: its metadata ${entry} is not JSON; ${advice}`);
  }
  if (typeof value === 'object' && value !== null) return value as T;
  throw new Error(`${name}: its metadata ${entry} must be an object, got ${show(value)}; ${advice}`);
}

/** A count in the metadata, an integer >= 0. @throws Error otherwise */
export function countOf(metadata: Record<string, string>, entry: string, name: string): number {
  const count = Number(metadata[entry]);
  if (!Number.isSafeInteger(count) || count < 0)
    throw new Error(`${name}: its metadata ${entry} must be a count, got ${metadata[entry] ?? 'none'}`);
  return count;
}

/** The numbers of a tensor in float32, to which float64 is rounded. @throws Error if it is missing or of another type */
export function float(tensor: FileTensor | undefined, entry: string, name: string): Float32Array {
  if (tensor?.data instanceof Float32Array) return tensor.data;
  if (tensor?.data instanceof Float64Array) return Float32Array.from(tensor.data);
  throw new Error(`${name}: tensor ${entry} must be there, in float32`);
}

/** The key of a random generator, two words of 32 bits, which some programs keep in 64. @throws Error otherwise */
export function keyOf(tensor: FileTensor | undefined, name: string): Uint32Array {
  if (tensor?.data.length === 2) {
    const key = Uint32Array.from(tensor.data);
    if (key.every((word, i) => word === tensor.data[i])) return key;
  }
  throw new Error(`${name}: tensor key must be two 32-bit words`);
}

/** What a file is that has not the metadata which a file of this library has, and what to do where they were lost. */
export function strangeFile(metadata: Record<string, string>): string {
  const isLost = Object.keys(metadata).every((entry) => entry === 'format');
  return isLost
    ? 'a file without the metadata that say how it is built, which Python leaves out unless they are handed on: save it ' +
        'with metadata=safe_open(ORIGINAL, "numpy").metadata()'
    : 'a file of another program';
}

// Entries of the library's own safetensors files: what their metadata and tensors must be.
import type { Tensor as FileTensor } from '../formats/safetensors.js';

/** A JSON entry of the metadata. @throws Error if it is none */
export function parsed<T>(metadata: Record<string, string>, entry: string, name: string): T {
  try {
    return JSON.parse(metadata[entry]) as T;
  } catch {
    throw new Error(
      `${name}: its metadata ${entry} is not JSON; it is not a file of this program, or of a newer one`,
    );
  }
}

/** A count in the metadata, an integer >= 0. @throws Error otherwise */
export function countOf(metadata: Record<string, string>, entry: string, name: string): number {
  const count = Number(metadata[entry]);
  if (!Number.isSafeInteger(count) || count < 0)
    throw new Error(`${name}: its metadata ${entry} must be a count, got ${metadata[entry]}`);
  return count;
}

/** The numbers of a float32 tensor. @throws Error if it is missing or of another type */
export function float(tensor: FileTensor | undefined, entry: string, name: string): Float32Array {
  if (!(tensor?.data instanceof Float32Array))
    throw new Error(`${name}: tensor ${entry} must be there, in float32`);
  return tensor.data;
}

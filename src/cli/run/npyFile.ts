import { readNpy } from '../../index.js';
import { Failure, plainMessage } from '../terminal/failure.js';
import { readBytes } from './files.js';

/** Reads an npy file. @throws FileError, or Failure on a file that is not one */
export async function readNpyFile(file: string): Promise<ReturnType<typeof readNpy>> {
  const bytes = await readBytes(file);
  try {
    return readNpy(bytes, file);
  } catch (error) {
    throw new Failure(plainMessage(error));
  }
}

/** Copies the rows of x [n, dim] to n arrays, for events. */
export function rowsOf(x: Float32Array, dim: number): number[][] {
  return Array.from({ length: x.length / dim }, (_, i) => Array.from(x.subarray(i * dim, (i + 1) * dim)));
}

import { Failure, UsageError } from '../terminal/failure.js';
import { readNpyFile } from './npyFile.js';

/** The chains of a file, without those draws at their start that are left out. */
export interface Chains {
  /** [length, chains, dim] */
  draws: Float32Array | Float64Array;
  length: number;
  chains: number;
  dim: number;
  /** Draws left out at the start of each chain. */
  burnIn: number;
}

/** A diagnosis needs two draws in each half of a chain. */
const LEAST_DRAWS = 4;

/**
 * Reads samples [draws, chains, dim], [draws, dim] or [draws]. With `chains`, rows of the latter two belong to chain 0,
 * chain 1, ..., then to chain 0 again.
 * @throws FileError or Failure if the file holds no such samples, UsageError if the options do not fit the file
 */
export async function readChains(
  file: string,
  { chains, burnIn = 0 }: { chains?: number; burnIn?: number },
): Promise<Chains> {
  const { data, shape } = await readNpyFile(file);
  if (shape.length < 1 || shape.length > 3 || shape.includes(0)) {
    throw new Failure(
      `${file}: samples must have the shape [draws, chains, dim], [draws, dim] or [draws], got [${shape.join(', ')}]`,
    );
  }
  const many = shape.length === 3 ? shape[1] : (chains ?? 1);
  if (chains !== undefined && chains !== many) {
    throw new UsageError(`--chains must be ${many}, as many as ${file} has, or left out, got ${chains}`);
  }
  if (shape.length < 3 && shape[0] % many !== 0) {
    throw new UsageError(`--chains must divide the ${shape[0]} rows of ${file}, got ${many}`);
  }
  const dim = shape.length === 1 ? 1 : shape[shape.length - 1];
  const all = data.length / (many * dim);
  if (all < LEAST_DRAWS) {
    throw new Failure(`${file}: each chain must have at least ${LEAST_DRAWS} draws, got ${all}`);
  }
  if (all - burnIn < LEAST_DRAWS) {
    throw new UsageError(
      `--burn-in must leave at least ${LEAST_DRAWS} of the ${all} draws of a chain, got ${burnIn}`,
    );
  }
  const kept = data.subarray(burnIn * many * dim);
  const wrong = kept.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    const draw = burnIn + Math.floor(wrong / (many * dim));
    throw new Failure(
      `${file}: samples must be finite, got ${kept[wrong]} at draw ${draw} of chain ${Math.floor(wrong / dim) % many}; ` +
        'a smaller step size may keep them so',
    );
  }
  const isFloat = kept instanceof Float32Array || kept instanceof Float64Array;
  const draws = isFloat ? kept : Float64Array.from(kept);
  return { draws, length: all - burnIn, chains: many, dim, burnIn };
}

/** One coordinate of all chains: [length, chains]. */
export function column({ draws, length, chains, dim }: Chains, at: number): Float64Array {
  return Float64Array.from({ length: length * chains }, (_, i) => draws[i * dim + at]);
}

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
  /** What to ask where the axes look as if they stood in the other order. */
  hint?: string;
}

/** A diagnosis needs two draws in each half of a chain. */
const LEAST_DRAWS = 4;

/** Which axis of a file comes first: ours, or that of other programs. */
export const ORDERS = ['draws,chains', 'chains,draws'] as const;
export type Order = (typeof ORDERS)[number];

/**
 * Reads samples [draws, chains, dim], [draws, dim] or [draws]. With `chains`, rows of the latter two belong to chain 0,
 * chain 1, ..., then to chain 0 again. In the order chains,draws they are [chains, draws, dim] or [chains, draws].
 * @throws FileError or Failure if the file holds no such samples, UsageError if the options do not fit the file
 */
export async function readChains(
  file: string,
  { order = 'draws,chains', chains, burnIn = 0 }: { order?: Order; chains?: number; burnIn?: number },
): Promise<Chains> {
  const read = await readNpyFile(file);
  const isChainsFirst = order === 'chains,draws';
  const ranks = isChainsFirst ? [2, 3] : [1, 2, 3];
  if (!ranks.includes(read.shape.length) || read.shape.includes(0)) {
    const wanted = isChainsFirst
      ? '[chains, draws, dim] or [chains, draws]'
      : '[draws, chains, dim], [draws, dim] or [draws]';
    throw new Failure(
      `${file}: samples must have the shape ${wanted} in the order ${order}, got [${read.shape.join(', ')}]`,
    );
  }
  const { data, shape } = isChainsFirst ? drawsFirst(read) : read;
  const isTurned = !isChainsFirst && shape.length > 1 && shape[0] < shape[1];
  const hint = isTurned
    ? `${file} has the shape [${shape.join(', ')}], taken as ${shape.length === 3 ? '[draws, chains, dim]' : '[draws, dim]'}; if its chains come first, give --order chains,draws`
    : undefined;
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
    throw new Failure(hint ?? `${file}: each chain must have at least ${LEAST_DRAWS} draws, got ${all}`);
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
  return { draws, length: all - burnIn, chains: many, dim, burnIn, hint };
}

type Samples = Awaited<ReturnType<typeof readNpyFile>>;

/** Samples [chains, draws, dim] or [chains, draws], as [draws, chains, dim]. */
function drawsFirst({ data, shape }: Samples): Samples {
  const [chains, draws, dim = 1] = shape;
  const out = Float64Array.from({ length: data.length }, (_, i) => {
    const [row, at] = [Math.floor(i / dim), i % dim];
    return Number(data[((row % chains) * draws + Math.floor(row / chains)) * dim + at]);
  });
  return { data: out, shape: [draws, chains, dim] };
}

/** One coordinate of all chains: [length, chains]. */
export function column({ draws, length, chains, dim }: Chains, at: number): Float64Array {
  return Float64Array.from({ length: length * chains }, (_, i) => draws[i * dim + at]);
}

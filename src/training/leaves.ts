import { panelActivationBytes } from '../networks/placement.js';
import type { Plan } from '../networks/plan.js';

/** Most leaves that a batch is split into. */
const MOST_LEAVES = 8;
/**
 * Least work of a leaf, in multiply-adds of the forward pass. With less, a leaf costs more to send to a thread than to
 * compute.
 */
const LEAF_MULTIPLY_ADDS = 12_800_000;
/** A leaf of so many samples is large enough, whatever its work. */
const LEAF_SAMPLES = 128;

/**
 * How many leaves a batch is split into, a power of two. Their gradients are summed in one fixed binary tree, so that the sum
 * has the same bits however the leaves are distributed over threads.
 *
 * @param samples samples of the batch: data points times the noise levels at which each is seen
 * @param plan multiplyAdds of one sample's forward pass, and leafMultiplyAdds of a leaf whatever its samples ({@link Plan})
 */
export function leavesOf(
  samples: number,
  { multiplyAdds, leafMultiplyAdds }: { multiplyAdds: number; leafMultiplyAdds: number },
): number {
  const work = Math.max(LEAF_MULTIPLY_ADDS, leafMultiplyAdds);
  const leastSamples = Math.min(LEAF_SAMPLES, Math.ceil(work / multiplyAdds));
  let leaves = MOST_LEAVES;
  while (leaves > 1 && samples < leaves * leastSamples) leaves /= 2;
  return leaves;
}

/** Threads that form the gradients of so many leaves. */
export function threadsOf({ threads }: { threads: number }, leaves: number): number {
  return Math.min(threads, leaves);
}

/** Whether a batch can be split into so many leaves. */
export function isLeafCount(leaves: number): boolean {
  return [1, 2, 4, MOST_LEAVES].includes(leaves);
}

/** Most panels of a block of samples. */
export const MOST_PANELS = 16;
/** Most bytes of a block's activations, unless one panel has more: so that they stay in the cache. */
const BLOCK_BYTES = 2 ** 22;

/** Panels of the blocks in which a leaf is computed. The gradient is summed within a block first, so they fix its bits. */
export function panelsOf(plan: Plan): number {
  const fitting = Math.floor(BLOCK_BYTES / panelActivationBytes(plan));
  return Math.min(MOST_PANELS, Math.max(1, fitting));
}

/** How many leaves version 0.1.0 split a batch into, each in blocks of MOST_PANELS; its checkpoints say neither. */
export function leavesOfOldCheckpoint(samples: number): number {
  return leavesOf(samples, { multiplyAdds: 1, leafMultiplyAdds: 0 });
}

/** A node of the tree: the sum over the leaves first ... first + size - 1. */
export interface SumNode {
  first: number;
  size: number;
}

/** The fewest nodes of the tree that together are the leaves first ... end - 1. */
export function cover(first: number, end: number): SumNode[] {
  const nodes: SumNode[] = [];
  while (first < end) {
    let size = 1;
    while (first % (2 * size) === 0 && first + 2 * size <= end) size *= 2;
    nodes.push({ first, size });
    first += size;
  }
  return nodes;
}

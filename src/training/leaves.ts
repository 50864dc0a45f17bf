import { LANES } from '../core/abi.js';

/** Most leaves of a batch. */
const MOST = 8;
/**
 * Work of a leaf that is not the only one, in multiply-adds of the forward pass, at least: with less, a thread's share
 * costs more to hand over than to compute. A leaf has at least a panel of samples, and need not have more than LEAF_SAMPLES.
 */
const LEAF_MULTIPLY_ADDS = 12_800_000;
const LEAF_SAMPLES = 128;

/**
 * How many leaves a batch is cut into, a power of two. Their gradients are summed in one binary tree: the sum has the same
 * bits however the leaves are shared out over threads.
 *
 * @param samples of the batch: data points times the noise levels that each is seen at
 * @param multiplyAdds of one sample's forward pass
 */
export function leavesOf(samples: number, multiplyAdds: number): number {
  const enough = Math.ceil(LEAF_MULTIPLY_ADDS / multiplyAdds);
  const least = Math.min(LEAF_SAMPLES, Math.max(LANES, enough));
  let leaves = MOST;
  while (leaves > 1 && samples < leaves * least) leaves /= 2;
  return leaves;
}

/** Whether a batch may be cut into so many leaves. */
export function isLeafCount(leaves: number): boolean {
  return [1, 2, 4, MOST].includes(leaves);
}

/** Leaves of a batch in version 0.1.0, whose checkpoints do not name them. */
export function leavesOfOldCheckpoint(samples: number): number {
  return leavesOf(samples, 1);
}

/** The sum over the leaves first ... first + size - 1: a node of the tree. */
export interface TreeNode {
  first: number;
  size: number;
}

/** The fewest nodes of the tree that make up the leaves first ... end - 1. */
export function cover(first: number, end: number): TreeNode[] {
  const nodes: TreeNode[] = [];
  while (first < end) {
    let size = 1;
    while (first % (2 * size) === 0 && first + 2 * size <= end) size *= 2;
    nodes.push({ first, size });
    first += size;
  }
  return nodes;
}

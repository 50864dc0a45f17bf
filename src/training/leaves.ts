/** Most leaves of a batch. */
const MOST = 8;
/**
 * What a leaf must have to do, in multiply-adds of the forward pass: with less, a thread's share costs more to hand over than
 * to compute. And, for each parameter, what its gradient costs to empty, write and add.
 */
const LEAF_MULTIPLY_ADDS = 12_800_000;
const PARAMETER_MULTIPLY_ADDS = 60;
/** Samples that are enough for a leaf, whatever they cost. */
const LEAF_SAMPLES = 128;

/**
 * How many leaves a batch is cut into, a power of two. Their gradients are summed in one binary tree: the sum has the same
 * bits however the leaves are shared out over threads.
 *
 * @param samples of the batch: data points times the noise levels that each is seen at
 * @param plan multiply-adds of one sample's forward pass, and parameters
 */
export function leavesOf(
  samples: number,
  { multiplyAdds, count }: { multiplyAdds: number; count: number },
): number {
  const work = Math.max(LEAF_MULTIPLY_ADDS, PARAMETER_MULTIPLY_ADDS * count);
  const least = Math.min(LEAF_SAMPLES, Math.ceil(work / multiplyAdds));
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
  return leavesOf(samples, { multiplyAdds: 1, count: 0 });
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

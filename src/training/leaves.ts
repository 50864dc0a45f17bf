/** Most leaves of a batch. */
const MOST = 8;
/** Fewest rows of a leaf that is not the only one: a gradient costs as much to write and add as some rows to compute. */
const LEAF_ROWS = 128;

/**
 * How many leaves a batch of so many rows is cut into, a power of two. Their gradients are summed in one binary tree:
 * the sum has the same bits however the leaves are shared out over threads.
 */
export function leavesOf(rows: number): number {
  let leaves = MOST;
  while (leaves > 1 && rows < leaves * LEAF_ROWS) leaves /= 2;
  return leaves;
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

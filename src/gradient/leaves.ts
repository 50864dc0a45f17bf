/**
 * A batch is cut into this many leaves, whose gradients are summed in one binary tree: the sum has the same bits
 * however the leaves are shared out over threads.
 */
export const LEAVES = 8;

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

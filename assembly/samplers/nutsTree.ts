// What `nuts` keeps of a panel: for each half, four chains, a state; then the panel's arrays [D][8]. A tree is the
// trajectory of one step; a subtree is the part that its current doubling adds.

import { ADAPTATION_BYTES } from './adapt';
import { HAMILTONIAN_ARRAYS } from './leapfrog';
import { LOGP_BYTES, LOGP_LOW_AT } from './run';

// A half's state, u32: its next step; its phase; doublings of its trees so far; leaves of its subtrees so far. Then what its
// chains have learned.
export const T_AT: usize = 0;
export const PHASE_AT: usize = 4;
export const DEPTH_AT: usize = 8;
export const LEAVES_AT: usize = 12;
export const ADAPTATION_AT: usize = 16;

// Then vectors of four chains. A log-density has two: its high and low part.
/** Mask: trees that may still double. */
export const GROWING_AT: usize = ADAPTATION_AT + ADAPTATION_BYTES;
/** Mask: subtrees that may still be joined to their trees. */
export const VALID_AT: usize = GROWING_AT + 16;
/** Mask: subtrees that grow forwards in time. */
export const FORWARD_AT: usize = GROWING_AT + 32;
/** Log-densities where the trajectory started, at x (the tree's proposal), and at the subtree's proposal. */
export const START_LOGP_AT: usize = GROWING_AT + 48;
export const X_LOGP_AT: usize = GROWING_AT + 80;
export const PROPOSAL_LOGP_AT: usize = GROWING_AT + 112;
/** Log-densities at the trajectory's first and last point in time. */
export const LEFT_LOGP_AT: usize = GROWING_AT + 144;
export const RIGHT_LOGP_AT: usize = GROWING_AT + 176;
/** Kinetic energies at the start. */
export const START_KINETIC_AT: usize = GROWING_AT + 208;
/** Log-weights of subtrees. The weight of a leaf is exp(H(start) - H(leaf)), that of a subtree the sum of its leaves'. */
export const SUBTREE_WEIGHT_AT: usize = GROWING_AT + 224;
// From here to CLEARED_END, all is zero when a tree starts.
/** Log-weights of trees. */
export const TREE_WEIGHT_AT: usize = GROWING_AT + 240;
/** Sums of acceptance probabilities, and numbers of leaves they are of. */
export const ACCEPTANCE_SUM_AT: usize = GROWING_AT + 256;
export const LEAF_COUNT_AT: usize = GROWING_AT + 272;
/** Doublings of each tree. */
export const DEPTHS_AT: usize = GROWING_AT + 288;
/** Mask: trees that diverged. */
export const DIVERGED_AT: usize = GROWING_AT + 304;
/** Mask: trees whose proposal is no longer where they started. */
export const TAKEN_AT: usize = GROWING_AT + 320;
export const CLEARED_END: usize = GROWING_AT + 336;
/** Uniforms drawn ahead, four vectors for each purpose: directions, leaves, subtrees. */
export const UNIFORMS_AT: usize = CLEARED_END;
const STATE_BYTES: usize = UNIFORMS_AT + 3 * 64;

/** A panel's state: log-densities of its query points, then the states of its halves. */
export const PANEL_STATE_BYTES: usize = LOGP_BYTES + 2 * STATE_BYTES;

// Arrays. Those of one line stand one behind the other and are copied together.
/** The subtree's proposal, and its score. */
export const PROPOSAL: usize = HAMILTONIAN_ARRAYS;
/** The trajectory's first point in time: position, score, momentum. */
export const LEFT: usize = HAMILTONIAN_ARRAYS + 2;
export const LEFT_P: usize = HAMILTONIAN_ARRAYS + 4;
/** Its last point. */
export const RIGHT: usize = HAMILTONIAN_ARRAYS + 5;
export const RIGHT_P: usize = HAMILTONIAN_ARRAYS + 7;
/** Sum of the tree's momenta. */
export const TREE_SUM: usize = HAMILTONIAN_ARRAYS + 8;
/** Checkpoints, one for each depth: a leaf's momentum, and the subtree's sum of momenta up to it. */
export const CHECKPOINTS: usize = HAMILTONIAN_ARRAYS + 9;

/** Arrays of a panel whose trees double at most maxDepth times. */
export function nutsArrays(maxDepth: usize): usize {
  return CHECKPOINTS + 2 * maxDepth;
}

/** The state of a half (0 or 16) of the panel whose state is at `panel`. */
export function stateOf(panel: usize, half: usize): usize {
  return panel + LOGP_BYTES + (half == 0 ? 0 : STATE_BYTES);
}

/** Copies a log-density of the half's state, both parts, to another place of it. */
export function copyLogp(state: usize, from: usize, to: usize): void {
  v128.store(state + to, v128.load(state + from));
  v128.store(state + to, v128.load(state + from, 16), 16);
}

/** The same in the lanes of a mask. */
export function copyLogpWhere(state: usize, from: usize, to: usize, mask: v128): void {
  v128.store(state + to, v128.bitselect(v128.load(state + from), v128.load(state + to), mask));
  v128.store(state + to, v128.bitselect(v128.load(state + from, 16), v128.load(state + to, 16), mask), 16);
}

/** Copies the log-densities of the query points of a half of a panel to a place of its state, in the lanes of a mask. */
export function takeLogp(panel: usize, half: usize, state: usize, to: usize, mask: v128): void {
  const high = v128.load(panel + half);
  const low = v128.load(panel + half, LOGP_LOW_AT);
  v128.store(state + to, v128.bitselect(high, v128.load(state + to), mask));
  v128.store(state + to, v128.bitselect(low, v128.load(state + to, 16), mask), 16);
}

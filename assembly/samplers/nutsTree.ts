// What `nuts` keeps of a panel: for each half, four chains, a state; then the panel's arrays [D][8]. A tree is the
// trajectory of one step; a subtree is the part that its current doubling adds.

import { LANE_BYTES } from '../../src/abi/panels';
import { HAMILTONIAN_ARRAYS } from './leapfrog';

// A half's state, u32: its next step; its phase; doublings of its trees so far; leaves of its subtrees so far; steps that
// dual averaging has learned from; positions in the running mean and squares.
export const T_AT: usize = 0;
export const PHASE_AT: usize = 4;
export const DEPTH_AT: usize = 8;
export const LEAVES_AT: usize = 12;
export const ADAPTED_AT: usize = 16;
export const AVERAGED_AT: usize = 20;

// Then vectors of four chains.
/** Leapfrog step sizes. */
export const EPS_AT: usize = 32;
/** Mask: trees that may still double. */
export const GROWING_AT: usize = 48;
/** Mask: subtrees that may still be joined to their trees. */
export const VALID_AT: usize = 64;
/** Mask: subtrees that grow forwards in time. */
export const FORWARD_AT: usize = 80;
/** Log-densities where the trajectory started, at x (the tree's proposal), and at the subtree's proposal. */
export const START_LOGP_AT: usize = 96;
export const X_LOGP_AT: usize = 112;
export const PROPOSAL_LOGP_AT: usize = 128;
/** Kinetic energies at the start. */
export const START_KINETIC_AT: usize = 144;
/** Log-weights of subtrees. The weight of a leaf is exp(H(start) - H(leaf)), that of a subtree the sum of its leaves'. */
export const SUBTREE_WEIGHT_AT: usize = 160;
// From here to CLEARED_END, all is zero when a tree starts.
/** Log-weights of trees. */
export const TREE_WEIGHT_AT: usize = 176;
/** Sums of acceptance probabilities, and numbers of leaves they are of. */
export const ACCEPTANCE_SUM_AT: usize = 192;
export const LEAF_COUNT_AT: usize = 208;
/** Doublings of each tree. */
export const DEPTHS_AT: usize = 224;
/** Mask: trees that diverged. */
export const DIVERGED_AT: usize = 240;
export const CLEARED_END: usize = 256;
// Dual averaging: mean of the target less the acceptance; mean logarithm of the step size; where that is drawn to.
export const MEAN_ERROR_AT: usize = 256;
export const MEAN_LOG_EPS_AT: usize = 272;
export const CENTRE_AT: usize = 288;
/** Uniforms drawn ahead, four vectors for each purpose: directions, leaves, subtrees. */
export const UNIFORMS_AT: usize = 304;
const STATE_BYTES: usize = 304 + 3 * 64;

/** A panel's state: log-densities of its query points, then the states of its halves. */
export const PANEL_STATE_BYTES: usize = LANE_BYTES + 2 * STATE_BYTES;

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
/** Running mean of the positions, and sum of their squared deviations from it. */
export const MEAN: usize = HAMILTONIAN_ARRAYS + 9;
export const SQUARES: usize = HAMILTONIAN_ARRAYS + 10;
/** Checkpoints, one for each depth: a leaf's momentum, and the subtree's sum of momenta up to it. */
export const CHECKPOINTS: usize = HAMILTONIAN_ARRAYS + 11;

/** Arrays of a panel whose trees double at most maxDepth times. */
export function nutsArrays(maxDepth: usize): usize {
  return CHECKPOINTS + 2 * maxDepth;
}

/** The state of a half (0 or 16) of the panel whose state is at `panel`. */
export function stateOf(panel: usize, half: usize): usize {
  return panel + LANE_BYTES + (half == 0 ? 0 : STATE_BYTES);
}

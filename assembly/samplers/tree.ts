// Where the trees of a panel's chains stand in memory: a state for each half, then arrays [D][8].

import { LANE_BYTES } from '../../src/core/abi';
import { NEXT } from './leapfrog';

// A half's state: step, phase, depth of its trees, leaves of their new subtrees, steps adapted from, positions averaged.
export const T_AT: usize = 0;
export const PHASE_AT: usize = 4;
export const DEPTH_AT: usize = 8;
export const LEAF_AT: usize = 12;
export const ADAPTED_AT: usize = 16;
export const AVERAGED_AT: usize = 20;
export const TARGET_AT: usize = 24;
// Vectors of four chains: step size; masks of trees that grow, of new subtrees that may still be joined, of those that
// grow forwards; log-densities at the start, at x and at the subtree's choice; kinetic energy at the start; logarithm of
// the subtree's weight relative to the start's. From WEIGHT_AT on, zero at the start of a tree: the logarithm of its
// weight; sums for the report; the mask of trees that diverged.
export const EPS_AT: usize = 32;
export const ACTIVE_AT: usize = 48;
export const GOOD_AT: usize = 64;
export const FORWARD_AT: usize = 80;
export const LOG_START_AT: usize = 96;
export const LOG_X_AT: usize = 112;
export const LOG_SUB_AT: usize = 128;
export const KINETIC_AT: usize = 144;
export const SUB_WEIGHT_AT: usize = 160;
export const WEIGHT_AT: usize = 176;
export const ACCEPT_AT: usize = 192;
export const LEAVES_AT: usize = 208;
export const DEPTHS_AT: usize = 224;
export const DIVERGED_AT: usize = 240;
// Dual averaging: mean error, mean logarithm of the step size, where it is drawn to.
export const ERROR_AT: usize = 256;
export const MEAN_LOG_AT: usize = 272;
export const CENTRE_AT: usize = 288;
// Uniforms drawn ahead, four vectors each: of directions, leaves and whole subtrees.
export const UNIFORMS_AT: usize = 304;
export const STATE_BYTES: usize = 304 + 3 * 64;

// Arrays, after those of every Hamiltonian sampler: the subtree's choice and its score; the ends of the trajectory (place,
// score, momentum); the sum of its momenta; mean and squares of positions; checkpoints (momentum, sum). They are copied
// together from where they stand in this order.
export const SUB: usize = NEXT;
export const LEFT: usize = NEXT + 2;
export const LEFT_P: usize = NEXT + 4;
export const RIGHT: usize = NEXT + 5;
export const RIGHT_P: usize = NEXT + 7;
export const RHO: usize = NEXT + 8;
export const MEAN: usize = NEXT + 9;
export const SQUARES: usize = NEXT + 10;
export const CHECKPOINTS: usize = NEXT + 11;

/** The state of a half (0 or 16) of the panel at `block`. */
export function stateOf(block: usize, half: usize): usize {
  return block + LANE_BYTES + (half == 0 ? 0 : STATE_BYTES);
}

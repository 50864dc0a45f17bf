// The scores of all positions of a share, for samplers that move all panels together.

import { LANE_BYTES, LANES } from '../../src/abi/panels';
import { RunField } from '../../src/abi/samplers';
import { EMPIRICAL, NETWORK, NETWORK_SCORE_PANELS } from '../../src/abi/scores';
import { countOf, dimOf } from './run';
import { scoreEvaluate } from './score';

/**
 * Panels that a score evaluates at once, below which it would be slow: weights are read once for all of them, and points of data
 * too, which take 8 % longer by 4 panels than by 16 (20,000 points of 784 coordinates).
 */
function groupOf(score: usize): usize {
  const kind = load<u32>(score);
  return kind == EMPIRICAL || kind == NETWORK ? NETWORK_SCORE_PANELS : 1;
}

/**
 * Evaluates scores s of points x, panels [ceil(C / 8)][D][8] both, from the panel RunField.NEXT_PANEL on, which it updates, of at
 * most `left` panels, or a group of them. Returns how many of `left` remain. All are evaluated when NEXT_PANEL is 0 again.
 */
export function evaluateShare(run: usize, x: usize, s: usize, left: usize): usize {
  const score = load<usize>(run, RunField.SCORE);
  const C = countOf(run);
  const first = load<usize>(run, RunField.NEXT_PANEL);
  const rest = (C + LANES - 1) / LANES - first;
  const count = min<usize>(rest, max<usize>(left, groupOf(score)));
  const at = first * dimOf(run) * LANE_BYTES;
  scoreEvaluate(score, x + at, s + at, 0, min<usize>(C - first * LANES, count * LANES));
  store<usize>(run, count == rest ? 0 : first + count, RunField.NEXT_PANEL);
  return left - min<usize>(left, count);
}

/** Whether some scores of the share are still to be evaluated. */
export function isUnfinished(run: usize): bool {
  return load<usize>(run, RunField.NEXT_PANEL) != 0;
}

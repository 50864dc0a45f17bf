// What becomes of a score that a Hamiltonian sampler has asked for. Where masses are a matrix it is whitened (`dense.ts`). Where
// a score has no log-density, the work of the score along each leapfrog step is added to that of the point before, by
// Simpson's rule
//
//   log p(q') - log p(q) = (q' - q) . (s(q) + 4 s((q + q') / 2) + s(q')) / 6 + O(|q' - q|^5),
//
// which a second score in the middle of the step makes possible. It reads the same backwards, and depends on the step alone,
// so that a trajectory has the same log-densities, up to a constant, wherever it began. The trapezoidal rule, which would need no
// second score, errs by as much as the leapfrog scheme itself: it would leave of H' - H no more than eps^2 (|s'|^2 - |s|^2) / 8.

import { LANE_BYTES, LANES } from '../../src/abi/panels';
import { madd } from '../core/simd';
import { whiten } from './dense';
import { DELTA, lost, MIDDLE } from './leapfrog';
import {
  array,
  askAt,
  asksInTheMiddle,
  countOf,
  dimOf,
  evaluateAt,
  factorOf,
  isDense,
  isLine,
  LOGP_LOW_AT,
  panelOf,
  Q,
  S,
  takeAnswer,
  WORK_AT,
} from './run';

/** Evaluates scores and log-densities of the query points of the panel that begins with chain c. */
export function evaluate(run: usize, c: usize): void {
  const panel = panelOf(run, c);
  if (!isLine(run)) {
    evaluateAt(run, c, Q, panel);
    if (isDense(run)) whitenPanel(run, panel);
    return;
  }
  addWork(run, panel, 1);
  evaluateAt(run, c, MIDDLE, 0);
  if (isDense(run)) whitenPanel(run, panel);
  addWork(run, panel, 4);
  evaluateAt(run, c, Q, 0);
  if (isDense(run)) whitenPanel(run, panel);
  addWork(run, panel, 1);
  endWork(panel);
}

/** Takes the scores that came from outside, if any did. Returns true where it needs those of other query points first. */
export function takeAnswers(run: usize): bool {
  if (!takeAnswer(run)) return false;
  const line = isLine(run);
  const middle = asksInTheMiddle(run);
  const C = countOf(run);
  for (let c: usize = 0; c < C; c += LANES) {
    const panel = panelOf(run, c);
    if (isDense(run)) whitenPanel(run, panel);
    if (!line) continue;
    addWork(run, panel, middle ? 4 : 1);
    if (!middle) endWork(panel);
  }
  if (middle) askAt(run, Q);
  return middle;
}

/** Asks for the scores of the query points that wait from outside, where a line is integrated first for those in the middle. */
export function ask(run: usize): void {
  if (!isLine(run)) return;
  const C = countOf(run);
  for (let c: usize = 0; c < C; c += LANES) addWork(run, panelOf(run, c), 1);
  askAt(run, MIDDLE);
}

/** Whitens the scores of a panel. */
function whitenPanel(run: usize, panel: usize): void {
  for (let half: usize = 0; half < LANE_BYTES; half += 16) {
    whiten(factorOf(run, panel, half), array(run, panel, S, half), dimOf(run));
  }
}

/** Adds weight (q' - q) . s to the work of a panel's leapfrog step. */
function addWork(run: usize, panel: usize, weight: f32): void {
  const D = dimOf(run);
  for (let half: usize = 0; half < LANE_BYTES; half += 16) {
    const s = array(run, panel, S, half);
    const delta = array(run, panel, DELTA, half);
    let sum = f32x4.splat(0);
    for (let i: usize = 0, end = D * LANE_BYTES; i < end; i += LANE_BYTES) {
      sum = madd(v128.load(delta + i), v128.load(s + i), sum);
    }
    const work = v128.load(panel + half, WORK_AT);
    v128.store(panel + half, f32x4.add(work, f32x4.mul(f32x4.splat(weight), sum)), WORK_AT);
  }
}

/** Adds a sixth of a panel's work to its log-densities, in twice float32's digits, and clears it. */
function endWork(panel: usize): void {
  for (let half: usize = 0; half < LANE_BYTES; half += 16) {
    const work = f32x4.div(v128.load(panel + half, WORK_AT), f32x4.splat(6));
    const high = v128.load(panel + half);
    const sum = f32x4.add(high, work);
    v128.store(panel + half, sum);
    const low = f32x4.add(v128.load(panel + half, LOGP_LOW_AT), lost(high, work, sum));
    v128.store(panel + half, low, LOGP_LOW_AT);
    v128.store(panel + half, f32x4.splat(0), WORK_AT);
  }
}

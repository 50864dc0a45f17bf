// What samplers know of a score: a descriptor whose first word is its kind. A new kind of score is one line here.

import { LANE_BYTES, LANES } from '../../src/abi/panels';
import {
  BANANA,
  CONDITIONAL,
  ConditionalField,
  DENOISER,
  EMPIRICAL,
  GAUSSIAN,
  GUIDED,
  GuidedField,
  LOCAL,
  MIXTURE,
  NETWORK,
  RING,
} from '../../src/abi/scores';
import { addGuidance } from '../densities/conditional';
import { curvedPanel } from '../densities/curved';
import { empiricalPanels } from '../densities/empirical/panels';
import { gaussianPanel } from '../densities/gaussian';
import { localPanels } from '../densities/local/panels';
import { mixturePanel } from '../densities/mixture';
import { denoiserPanel } from '../plan/denoiserScore';
import { networkScorePanels, networkScoreRow } from '../plan/score';

/**
 * Writes the scores s of n points x, both panels [ceil(n / 8)][D][8], and their log-densities logp, f32 [ceil(n / 8)][8],
 * unless that is 0 or the score has none. score: a descriptor.
 */
export function scoreEvaluate(score: usize, x: usize, s: usize, logp: usize, n: usize): void {
  const kind = load<u32>(score);
  if (kind == NETWORK) {
    if (n == 1) networkScoreRow(score, x, s);
    else networkScorePanels(score, x, s, (n + LANES - 1) / LANES);
    return;
  }
  if (kind == EMPIRICAL) {
    empiricalPanels(score, x, s, logp, (n + LANES - 1) / LANES);
    return;
  }
  if (kind == LOCAL) {
    localPanels(score, x, s, n);
    return;
  }
  if (kind == CONDITIONAL) {
    scoreEvaluate(load<usize>(score, ConditionalField.OF), x, s, 0, n);
    addGuidance(score, x, s, (n + LANES - 1) / LANES);
    return;
  }
  const stride = load<usize>(score, 4) * LANE_BYTES;
  for (let i: usize = 0; i < n; i += LANES) {
    if (kind == MIXTURE) mixturePanel(score, x, s, logp);
    else if (kind == GAUSSIAN) gaussianPanel(score, x, s, logp);
    else if (kind >= BANANA && kind <= RING) curvedPanel(score, x, s, logp);
    else if (kind == DENOISER) denoiserPanel(score, x, s, logp, min<usize>(LANES, n - i));
    else if (kind == GUIDED) guidedPanel(score, x, s, min<usize>(LANES, n - i));
    x += stride;
    s += stride;
    if (logp != 0) logp += LANE_BYTES;
  }
}

/** As {@link scoreEvaluate} for the n points of one panel, without its detours where the score is quick. */
export function scorePanel(score: usize, x: usize, s: usize, logp: usize, n: usize): void {
  const kind = load<u32>(score);
  if (kind >= BANANA && kind <= RING) curvedPanel(score, x, s, logp);
  else scoreEvaluate(score, x, s, logp, n);
}

/** s = u + w (c - u) of two scores, for n samples of one panel. x, s: [D][8]. */
function guidedPanel(score: usize, x: usize, s: usize, n: usize): void {
  const room = load<usize>(score, GuidedField.ROOM);
  const weight = v128.load32_splat(score, GuidedField.WEIGHT);
  scoreEvaluate(load<usize>(score, GuidedField.CONDITIONAL), x, s, 0, n);
  scoreEvaluate(load<usize>(score, GuidedField.UNCONDITIONAL), x, room, 0, n);
  for (let i: usize = 0, end = load<usize>(score, 4) * LANE_BYTES; i < end; i += 16) {
    const u = v128.load(room + i);
    v128.store(s + i, f32x4.add(u, f32x4.mul(weight, f32x4.sub(v128.load(s + i), u))));
  }
}

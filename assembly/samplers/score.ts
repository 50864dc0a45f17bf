// What samplers know: a descriptor whose first word says what it is. A new kind of score is one line here.

import { LANE_BYTES, LANES } from '../core/pack';
import { BANANA, RING, shapePanel } from '../densities/curved';
import { empiricalPanels } from '../densities/empirical';
import { gaussianPanel } from '../densities/gaussian';
import { mixturePanel } from '../densities/mixture';
import { levelPanel, levelRow } from '../plan/level';

export const MIXTURE: u32 = 1;
export const EMPIRICAL: u32 = 2;
export const LEVEL: u32 = 3;
/** A score computed outside: `scoreEvaluate` leaves s as the caller filled it. */
export const EXTERNAL: u32 = 4;
export const GAUSSIAN: u32 = 5;

/**
 * Scores s of n points x, both panels [ceil(n / 8)][D][8], and log-densities logp [ceil(n / 8)][8]
 * unless it is 0 or the score has none; s and logp are overwritten.
 */
export function scoreEvaluate(score: usize, x: usize, s: usize, logp: usize, n: usize): void {
  const kind = load<u32>(score);
  if (kind == EXTERNAL) return;
  if (kind == LEVEL && n == 1) {
    levelRow(score, x, s, LANE_BYTES);
    return;
  }
  if (kind == EMPIRICAL) {
    empiricalPanels(score, x, s, logp, (n + LANES - 1) / LANES);
    return;
  }
  const stride = load<usize>(score, 4) * LANE_BYTES;
  for (let i: usize = 0; i < n; i += LANES) {
    if (kind == MIXTURE) mixturePanel(score, x, s, logp);
    else if (kind == GAUSSIAN) gaussianPanel(score, x, s, logp);
    else if (kind >= BANANA && kind <= RING) shapePanel(score, x, s, logp);
    else levelPanel(score, x, s);
    x += stride;
    s += stride;
    if (logp != 0) logp += LANE_BYTES;
  }
}

/** Rows to panels. x: [n][D]; out: [ceil(n / 8)][D][8], overwritten, lanes past the end zero. */
export function toPanels(x: usize, n: usize, D: usize, out: usize): void {
  memory.fill(out, 0, ((n + LANES - 1) / LANES) * D * LANE_BYTES);
  for (let i: usize = 0; i < n; i++) {
    const to = out + (i / LANES) * D * LANE_BYTES + ((i & (LANES - 1)) << 2);
    for (let d: usize = 0; d < D; d++) {
      store<f32>(to + d * LANE_BYTES, load<f32>(x));
      x += 4;
    }
  }
}

/** Panels to rows. x: [ceil(n / 8)][D][8]; out: [n][D], overwritten. */
export function fromPanels(x: usize, n: usize, D: usize, out: usize): void {
  for (let i: usize = 0; i < n; i++) {
    const from = x + (i / LANES) * D * LANE_BYTES + ((i & (LANES - 1)) << 2);
    for (let d: usize = 0; d < D; d++) {
      store<f32>(out, load<f32>(from + d * LANE_BYTES));
      out += 4;
    }
  }
}

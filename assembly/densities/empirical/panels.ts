// The exact score of an empirical density, by the way that its number of coordinates asks for.
import { differencePanels } from './differences';
import { productPanels } from './parts';
import { DIFFERENCES, wayOf } from './record';

/**
 * Scores and log-densities of panels. x: [panels][D][8]; s: the scores, [panels][D][8], overwritten; logp: log p(x),
 * [panels][8], overwritten, unless it is 0.
 */
export function empiricalPanels(score: usize, x: usize, s: usize, logp: usize, panels: usize): void {
  if (wayOf(score) == DIFFERENCES) differencePanels(score, x, s, logp, panels);
  else productPanels(score, x, s, logp, panels);
}

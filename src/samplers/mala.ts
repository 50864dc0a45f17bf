import { scale } from '../core/check.js';
import { checkKey, split } from '../core/random.js';
import type { Density } from '../core/score.js';
import { askingMoves } from './asking.js';
import { type ChainOptions, moveChains } from './chains.js';
import { checkDensity, type MetropolisState, massCalls, trajectories } from './hamiltonian.js';

export interface MalaOptions extends ChainOptions {
  /** eta, in squared units of the data. */
  stepSize: number;
}

/**
 * The Metropolis-adjusted Langevin algorithm (Roberts and Tweedie, 1996): a step of `langevin` is a proposal,
 *
 *   x' = x + (stepSize / 2) score(x) + sqrt(stepSize) z,   z ~ N(0, I),
 *
 * and accepted so that the target is left as it is. (With h = stepSize / 2 it is x + h score(x) + sqrt(2 h) z.) It needs a
 * density. Step t of chain c takes its z from normal(k, [steps, chains, dim])[t, c] and its acceptance from
 * uniform(a, [steps, chains])[t, c], where [k, a] = split(key). About 0.57 of the proposals accepted is best in many
 * dimensions (Roberts and Rosenthal, 1998). Fused, shared out over threads, and cut into calls as `langevin` is.
 *
 * @throws TypeError when the score has no log-density, RangeError on bad options, the signal's reason when aborted.
 */
export async function* mala(
  density: Density,
  options: MalaOptions,
): AsyncGenerator<MetropolisState, void, void> {
  checkDensity('mala', density);
  const eps = Math.sqrt(scale('mala', 'stepSize', options.stepSize));
  const masses = massCalls('mala', density.dim, undefined);
  // One leapfrog step is the proposal, and its energy the ratio (Neal, "MCMC using Hamiltonian dynamics", section 5.2).
  const moves = askingMoves(density, options, {
    name: 'hmc',
    layout: (run, count) => ['hmcLayout', run, count, density.dim],
    keys: split(checkKey('mala', options.key)),
    begin: (run) => [['hmcBegin', run, eps, 0, 1], ...masses(run)],
    mend: `start where the density is finite`,
    isMetropolis: true,
  });
  for await (const state of moveChains('mala', density, options, moves)) {
    const { leapfrogs: _, stepSizes: _sizes, depth: _depth, ...rest } = trajectories(state);
    yield rest;
  }
}

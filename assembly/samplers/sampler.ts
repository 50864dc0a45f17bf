// What the caller of the samplers sees: the size of a run block, its completion, and steps. A new sampler is a few lines
// here.

import { LANE_BYTES, LANES } from '../../src/abi/panels';
import {
  DIFFUSION,
  DONE,
  HMC,
  LANGEVIN,
  NUTS,
  PAUSED,
  RunField,
  UNDERDAMPED,
  WAITS,
} from '../../src/abi/samplers';
import { ask, evaluate, takeAnswers } from './answers';
import { DIFFUSION_ARRAYS, diffuse } from './diffusion';
import { HMC_STATE_BYTES, hmcPanel, openTrajectories } from './hmc';
import { LANGEVIN_ARRAYS, langevin } from './langevin';
import { HAMILTONIAN_ARRAYS, openMasses } from './leapfrog';
import { nutsPanel, openTrees } from './nuts';
import { nutsArrays, PANEL_STATE_BYTES } from './nutsTree';
import {
  countOf,
  headerBytes,
  isExternal,
  openKeys,
  openPanels,
  openShare,
  setBudget,
  spend,
  triangleBytes,
} from './run';
import { UNDERDAMPED_ARRAYS, UNDERDAMPED_STATE_BYTES, underdampedPanel } from './underdamped';

/** Bytes of a panel's state; 0 for samplers that keep none. */
function stateBytes(sampler: u32): usize {
  if (sampler == UNDERDAMPED) return UNDERDAMPED_STATE_BYTES;
  if (sampler == HMC) return HMC_STATE_BYTES;
  if (sampler == NUTS) return PANEL_STATE_BYTES;
  return 0;
}

/** Arrays [D][8] for each panel. */
function arrayCount(sampler: u32, maxDepth: usize): usize {
  if (sampler == LANGEVIN) return LANGEVIN_ARRAYS;
  if (sampler == DIFFUSION) return DIFFUSION_ARRAYS;
  if (sampler == UNDERDAMPED) return UNDERDAMPED_ARRAYS;
  if (sampler == HMC) return HAMILTONIAN_ARRAYS;
  return nutsArrays(maxDepth);
}

/**
 * Bytes of a run block and the panels' memory behind it, of C chains in D dimensions. maxDepth: of NUTS, else 0; dense: whether
 * masses are a matrix.
 */
export function runBytes(sampler: u32, C: usize, D: usize, maxDepth: usize, dense: bool): f64 {
  const arrays = <f64>(arrayCount(sampler, maxDepth) * LANE_BYTES) * <f64>D;
  const panelBytes = <f64>stateBytes(sampler) + arrays + <f64>(dense ? triangleBytes(D) : 0);
  return <f64>headerBytes(D, dense) + <f64>((C + LANES - 1) / LANES) * panelBytes;
}

/**
 * Completes a run block whose fields of `src/abi/samplers.ts` are written: key schedules, where arrays stand, and what chains start
 * from. The memory behind the block must be zero. It may then be copied to other threads, to the same address.
 */
export function runOpen(run: usize): void {
  const sampler = load<u32>(run, RunField.SAMPLER);
  openKeys(run);
  if (sampler == LANGEVIN || sampler == DIFFUSION) {
    openShare(run);
    return;
  }
  openPanels(run, stateBytes(sampler), arrayCount(sampler, load<usize>(run, RunField.MAX_DEPTH)));
  if (sampler == HMC || sampler == NUTS) openMasses(run);
  if (sampler == HMC) openTrajectories(run);
  if (sampler == NUTS) openTrees(run);
}

/**
 * Makes the steps first ... first + steps - 1 of all chains of a share; step 0 is the first of the warm-up.
 * path: room for the positions that these steps keep, f32 [..][C][D]; budget: panels of points whose scores it may evaluate
 * before it returns, or 0 for as many as the steps take.
 * Returns DONE; WAITS for scores from outside: read the query points with `queryPoints`, write their scores with `queryScores`,
 * and call again with the same arguments; or PAUSED: call again with the same arguments, but for the budget.
 */
export function runSteps(run: usize, first: u32, steps: u32, path: usize, budget: u32): u32 {
  const sampler = load<u32>(run, RunField.SAMPLER);
  if (sampler == LANGEVIN) return langevin(run, first, steps, path, budget);
  if (sampler == DIFFUSION) return diffuse(run, first, steps, path, budget);
  const external = isExternal(run);
  if (external && takeAnswers(run)) return WAITS;
  const C = countOf(run);
  setBudget(run, budget);
  let waits = false;
  for (let c: usize = 0; c < C; c += LANES) {
    while (advancePanel(sampler, run, c, first, first + steps, path)) {
      waits = external;
      if (external) break;
      evaluate(run, c);
      if (!spend(run)) return PAUSED;
    }
  }
  if (!waits) return DONE;
  ask(run);
  return WAITS;
}

/**
 * Takes the chains c ... c + 7 to where they need the scores of their query points: true; or to step `end`: false.
 * Those scores must stand in the panel when it is called again.
 */
function advancePanel(sampler: u32, run: usize, c: usize, first: u32, end: u32, path: usize): bool {
  switch (sampler) {
    case UNDERDAMPED:
      return underdampedPanel(run, c, first, end, path);
    case HMC:
      return hmcPanel(run, c, first, end, path);
    default:
      return nutsPanel(run, c, first, end, path);
  }
}

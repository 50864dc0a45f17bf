// Unadjusted Langevin dynamics of many chains (Roberts and Tweedie, "Exponential convergence of
// Langevin distributions and their discrete approximations", 1996), in the article's convention:
//
//   x <- x + (eta / 2) score(x) + sqrt(eta) z
//
// where eta is the same in all steps or has a value for each.
// One call makes many steps of all chains, and stores nothing but what the run records.
import { DONE, PAUSED, RunField, WAITS } from '../../src/abi/samplers';
import { noisyStep } from './draws';
import { isRecording, record } from './record';
import { countOf, isExternal, shareArray, takeAnswer } from './run';
import { evaluateShare, isUnfinished } from './shareScores';

/** Arrays over all panels: the scores. */
export const LANGEVIN_ARRAYS: usize = 1;

/**
 * Makes the steps first ... first + steps - 1 of a share. Step t of chain c takes its z from
 * normal(key, [.., chains, D])[t, c].
 * path: room for the positions that these steps keep, f32 [..][C][D]; budget and what it returns: see `runSteps`. It waits for
 * the scores of the positions.
 */
export function langevin(run: usize, first: u32, steps: u32, path: usize, budget: u32): u32 {
  const external = isExternal(run);
  const x = load<usize>(run, RunField.POSITIONS);
  const s = shareArray(run, 0);
  const C = countOf(run);
  const recording = isRecording(run);
  const stepSizes = load<usize>(run, RunField.STEP_SIZES);
  let eta = load<f32>(run, RunField.STEP_SIZE);
  const one = f32x4.splat(1);
  const end = first + steps;
  const most: usize = budget == 0 ? <usize>-1 : budget;
  let left = most;
  for (let t = load<u32>(run, RunField.NEXT); t < end; t++) {
    if (external) {
      if (!takeAnswer(run)) return WAITS;
    } else {
      if (left == 0) return PAUSED;
      left = evaluateShare(run, x, s, left);
      if (isUnfinished(run)) return PAUSED;
      if (budget == 0) left = most;
    }
    if (stepSizes != 0) eta = load<f32>(stepSizes + ((<usize>t) << 2));
    noisyStep(run, t, x, s, one, f32x4.splat(eta * 0.5), f32x4.splat(sqrt<f32>(eta)));
    if (recording) record(run, t, 0, C, first, path);
    store<u32>(run, t + 1, RunField.NEXT);
  }
  return DONE;
}

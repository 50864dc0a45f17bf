// What a run keeps of its steps: every thin-th position, a histogram, and statistics of each chain.

import { LANE_BYTES, LANES } from '../../src/abi/panels';
import { LIMITS_BYTES, RunField, STATISTICS } from '../../src/abi/samplers';
import { measured } from '../core/scratch';
import { countOf, dimOf, positionsOf } from './run';

/** Whether {@link record} has anything to do in this run. */
export function isRecording(run: usize): bool {
  return load<u32>(run, RunField.THIN) != 0 || load<usize>(run, RunField.HISTOGRAM) != 0;
}

/**
 * Records the positions of the chains c ... end - 1 of a share after step t: as a row of `path` when it is a thin-th step
 * after the warm-up, and in the histogram.
 * path: f32 [..][C][D], its first row the first that the steps from `first` on keep.
 */
export function record(run: usize, t: u32, c: usize, end: usize, first: u32, path: usize): void {
  const warmup = load<u32>(run, RunField.WARMUP);
  if (t < warmup) return;
  const thin = load<u32>(run, RunField.THIN);
  const histogram = load<usize>(run, RunField.HISTOGRAM);
  const step = t - warmup + 1;
  const isKept = thin != 0 && step % thin == 0;
  if (!isKept && histogram == 0) return;
  const C = countOf(run);
  const D = dimOf(run);
  let to = path;
  if (isKept) {
    const before = first < warmup ? 0 : first - warmup;
    const row = <usize>(step / thin - 1 - before / thin);
    to += ((row * C + c) * D) << 2;
  }
  for (let i = c; i < end; i++) {
    const from = positionsOf(run, i) + ((i & (LANES - 1)) << 2);
    if (isKept) {
      for (let d: usize = 0; d < D; d++) {
        store<f32>(to, load<f32>(from + d * LANE_BYTES));
        to += 4;
      }
    }
    if (histogram != 0) addToHistogram(histogram, load<usize>(run, RunField.BINS), from, i, C, D);
  }
}

/**
 * Adds the position of chain c of C to a histogram, which is f64: limits [low, cells per unit, high] of x[0] and of x[1];
 * sums [C][D], one for each chain, so that they do not depend on how chains are shared out; counts [bins][bins] of
 * (x[0], x[1]); and the count outside. Cells are those of numpy.histogram2d: each holds its lower edge, the last one its
 * upper edge too.
 * from: coordinates, LANE_BYTES apart.
 */
function addToHistogram(histogram: usize, bins: usize, from: usize, c: usize, C: usize, D: usize): void {
  const sums = histogram + LIMITS_BYTES;
  const counts = sums + ((C * D) << 3);
  for (let d: usize = 0; d < D; d++) {
    const at = sums + ((c * D + d) << 3);
    store<f64>(at, load<f64>(at) + <f64>load<f32>(from + d * LANE_BYTES));
  }
  const row = cell(histogram, <f64>load<f32>(from), bins);
  const column = cell(histogram + LIMITS_BYTES / 2, <f64>load<f32>(from + LANE_BYTES), bins);
  const at = counts + ((row < bins && column < bins ? row * bins + column : bins * bins) << 3);
  store<f64>(at, load<f64>(at) + 1);
}

/** The cell of v, or `bins` when it is outside. limits: f64 [low, cells per unit, high]. */
function cell(limits: usize, v: f64, bins: usize): usize {
  const low = load<f64>(limits);
  const high = load<f64>(limits, 16);
  if (!(v >= low && v <= high)) return bins;
  const i = <usize>((v - low) * load<f64>(limits, 8));
  return min<usize>(i, bins - 1);
}

/**
 * Adds a step of the chains c ... c + 3 to their statistics; steps of the warm-up do not count. The sampler has written to
 * {@link measured} of each chain: acceptance probability, leapfrog steps, depth of the tree, divergence (0 or 1), step size, and
 * energy at the start of the step, in two parts.
 * Statistics of a chain, the first of f64 [STATISTICS]: steps; sums of acceptance, leapfrog steps, depth and divergence; step size and
 * energy of the last step; mean of the energy, sum of its squared deviations from the mean, and sum of squares of its
 * changes from step to step.
 */
export function addStatistics(run: usize, t: u32, c: usize): void {
  if (t < load<u32>(run, RunField.WARMUP)) return;
  const end = min<usize>(c + 4, countOf(run));
  for (let i = c; i < end; i++) {
    const from = measured() + ((i - c) << 2);
    const to = load<usize>(run, RunField.STATISTICS) + ((i * STATISTICS) << 3);
    const steps = load<f64>(to) + 1;
    store<f64>(to, steps);
    for (let k: usize = 0; k < 4; k++) {
      const sum = to + 8 + (k << 3);
      store<f64>(sum, load<f64>(sum) + <f64>load<f32>(from + (k << 4)));
    }
    store<f64>(to, <f64>load<f32>(from, 64), 40);
    const energy = <f64>load<f32>(from, 80) + <f64>load<f32>(from, 96);
    const mean = load<f64>(to, 56);
    const deviation = energy - mean;
    const change = steps > 1 ? energy - load<f64>(to, 48) : 0;
    store<f64>(to, energy, 48);
    store<f64>(to, mean + deviation / steps, 56);
    store<f64>(to, load<f64>(to, 64) + deviation * (energy - mean - deviation / steps), 64);
    store<f64>(to, load<f64>(to, 72) + change * change, 72);
  }
}

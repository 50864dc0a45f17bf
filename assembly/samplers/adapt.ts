// Adaptation of `hmc` and `nuts`: in the warm-up each chain learns its step size and its inverse masses. Step sizes follow dual
// averaging (Hoffman and Gelman, 2014, algorithm 6). Inverse masses are the variances of positions, or their covariances, in windows that double
// (Stan's reference manual, "HMC algorithm parameters"): 75 steps for the step size alone, then windows of 25, 50, 100, ...
// steps, then 50 steps for the step size again; in a warm-up of less than 150 steps these are 15, 75 and 10 percent of it.

import { LANE_BYTES } from '../../src/abi/panels';
import { RunField } from '../../src/abi/samplers';
import { exp } from '../core/math';
import { averageProducts, learnFactor } from './dense';
import { M, MEAN, SQUARES, X } from './leapfrog';
import { array, dimOf, exhaust, factorOf, isDense, productsOf } from './run';

// What four chains learn, u32: steps that dual averaging has learned from; positions in the running mean and squares. Then
// vectors of four.
const ADAPTED_AT: usize = 0;
const AVERAGED_AT: usize = 4;
/** Leapfrog step sizes. */
export const EPS_AT: usize = 16;
// Dual averaging: mean of the target less the acceptance; mean logarithm of the step size; where that is drawn to.
const MEAN_ERROR_AT: usize = 32;
const MEAN_LOG_EPS_AT: usize = 48;
const CENTRE_AT: usize = 64;
export const ADAPTATION_BYTES: usize = 80;

const GAMMA: f32 = 0.05;
const T0: f32 = 10;

// Where a step stands in the windows that average positions: in none, in one, or at the end of one.
const OUTSIDE: u32 = 0;
const INSIDE: u32 = 1;
const LAST: u32 = 2;

/** Where step t of a warm-up stands in the windows. */
function windowOf(t: u32, warmup: u32): u32 {
  if (warmup < 20) return OUTSIDE;
  let start: u32 = 75;
  let rest: u32 = 50;
  let size: u32 = 25;
  if (warmup < 150) {
    start = <u32>(0.15 * <f64>warmup);
    rest = <u32>(0.1 * <f64>warmup);
    size = warmup - start - rest;
  }
  const last = warmup - rest;
  if (t < start || t >= last) return OUTSIDE;
  let end = start;
  while (t >= end) {
    end += size;
    size *= 2;
    // A window that leaves no room for the next one takes that room.
    if (end + size > last) end = last;
  }
  return t + 1 == end ? LAST : INSIDE;
}

/** Gives four chains the first step size, and dual averaging the logarithm of ten times that. */
export function openAdaptation(run: usize, own: usize): void {
  v128.store(own, v128.load32_splat(run, RunField.STEP_SIZE), EPS_AT);
  v128.store(own, v128.load32_splat(run, RunField.CENTRE), CENTRE_AT);
}

/**
 * Adapts the four chains of a half of a panel after step t; does nothing after the warm-up.
 * own: what they have learned; accept: the mean acceptance probability of each chain's trajectory.
 * Writes step sizes, and at the end of a window inverse masses.
 */
export function adapt(run: usize, panel: usize, own: usize, half: usize, t: u32, accept: v128): void {
  const warmup = load<u32>(run, RunField.WARMUP);
  if (t >= warmup) return;
  const count = load<u32>(own, ADAPTED_AT) + 1;
  store<u32>(own, count, ADAPTED_AT);
  const n = <f32>count;
  const miss = f32x4.sub(v128.load32_splat(run, RunField.TARGET), accept);
  let error = v128.load(own, MEAN_ERROR_AT);
  error = f32x4.add(error, f32x4.mul(f32x4.splat(1 / (n + T0)), f32x4.sub(miss, error)));
  v128.store(own, error, MEAN_ERROR_AT);
  const root = sqrt<f32>(n);
  const free = f32x4.sub(v128.load(own, CENTRE_AT), f32x4.mul(f32x4.splat(root / GAMMA), error));
  // e^40 and its square are within float32's range.
  const next = f32x4.max(f32x4.splat(-40), f32x4.min(f32x4.splat(40), free));
  // The weight n^(-3/4): kappa = 0.75.
  const weight = f32x4.splat(1 / (root * sqrt<f32>(root)));
  const old = v128.load(own, MEAN_LOG_EPS_AT);
  const averaged = f32x4.add(old, f32x4.mul(weight, f32x4.sub(next, old)));
  v128.store(own, averaged, MEAN_LOG_EPS_AT);

  const window = windowOf(t, warmup);
  const isSettled = window == LAST || t + 1 == warmup;
  v128.store(own, exp(isSettled ? averaged : next), EPS_AT);
  if (window != OUTSIDE) averagePositions(run, panel, own, half);
  if (window != LAST) return;
  learnMasses(run, panel, own, half);
  // Dual averaging begins anew, drawn to ten times the step size: log 10 is added to its logarithm.
  v128.store(own, f32x4.splat(0), MEAN_ERROR_AT);
  v128.store(own, f32x4.splat(0), MEAN_LOG_EPS_AT);
  v128.store(own, f32x4.add(averaged, f32x4.splat(2.3025851)), CENTRE_AT);
  store<u32>(own, 0, ADAPTED_AT);
}

/** Adds the positions x of four chains to their running mean and squared deviations (Welford), or products of deviations. */
function averagePositions(run: usize, panel: usize, own: usize, half: usize): void {
  const x = array(run, panel, X, half);
  const n = load<u32>(own, AVERAGED_AT) + 1;
  store<u32>(own, n, AVERAGED_AT);
  const weight = f32x4.splat(1 / <f32>n);
  const mean = array(run, panel, MEAN, half);
  if (isDense(run)) {
    averageProducts(x, mean, productsOf(run, panel, half), weight, dimOf(run));
    return;
  }
  const squares = array(run, panel, SQUARES, half);
  for (let i: usize = 0, end = dimOf(run) * LANE_BYTES; i < end; i += LANE_BYTES) {
    const deviation = f32x4.sub(v128.load(x + i), v128.load(mean + i));
    const next = f32x4.add(v128.load(mean + i), f32x4.mul(weight, deviation));
    v128.store(mean + i, next);
    const square = f32x4.mul(deviation, f32x4.sub(v128.load(x + i), next));
    v128.store(squares + i, f32x4.add(v128.load(squares + i), square));
  }
}

/**
 * Sets inverse masses to the variances, or covariances, of the n positions averaged, drawn towards 1e-3 times the identity as
 * by five more positions (Stan's regularisation), and clears mean and sums.
 */
function learnMasses(run: usize, panel: usize, own: usize, half: usize): void {
  const D = dimOf(run);
  const n = <f32>load<u32>(own, AVERAGED_AT);
  const scale = f32x4.splat(n / (n + 5) / max<f32>(1, n - 1));
  const least = f32x4.splat((1e-3 * 5) / (n + 5));
  const mean = array(run, panel, MEAN, half);
  const squares = array(run, panel, SQUARES, half);
  const m = array(run, panel, M, half);
  const dense = isDense(run);
  if (dense) {
    // The score of x stands behind it.
    const s = array(run, panel, X + 1, half);
    learnFactor(factorOf(run, panel, half), productsOf(run, panel, half), s, scale, least, D);
    exhaust(run);
  }
  for (let i: usize = 0, end = D * LANE_BYTES; i < end; i += LANE_BYTES) {
    if (!dense) v128.store(m + i, f32x4.add(f32x4.mul(scale, v128.load(squares + i)), least));
    v128.store(mean + i, f32x4.splat(0));
    v128.store(squares + i, f32x4.splat(0));
  }
  store<u32>(own, 0, AVERAGED_AT);
}

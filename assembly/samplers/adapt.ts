// Adaptation of each chain's step size and inverse masses in its warm-up. Step sizes follow dual averaging (Hoffman and
// Gelman, 2014, algorithm 6), inverse masses the variance of positions in windows that double (Stan's reference manual,
// "HMC algorithm parameters"): 75 steps for the step size alone, windows of 25, 50, 100, ... and 50 steps for the step
// size again, or 15, 75 and 10 percent of a warm-up below 150.

import { LANE_BYTES } from '../../src/core/abi';
import { exp } from '../core/math';
import { M, X } from './leapfrog';
import { array, DIM_AT, WARMUP_AT } from './run';
import {
  ADAPTED_AT,
  AVERAGED_AT,
  CENTRE_AT,
  EPS_AT,
  ERROR_AT,
  MEAN,
  MEAN_LOG_AT,
  SQUARES,
  TARGET_AT,
} from './tree';

const GAMMA: f32 = 0.05;
const T0: f32 = 10;

const OUTSIDE: u32 = 0;
const INSIDE: u32 = 1;
const LAST: u32 = 2;

/** Whether step t of a warm-up is in a window that averages positions, and is its last. */
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

/**
 * Sets the first step size of four chains, the logarithm of ten of it, where dual averaging is drawn to, and the mean
 * acceptance probability to aim at.
 */
export function adaptBegin(state: usize, eps: f32, centre: f32, target: f32): void {
  store<f32>(state, target, TARGET_AT);
  v128.store(state, f32x4.splat(eps), EPS_AT);
  v128.store(state, f32x4.splat(centre), CENTRE_AT);
}

/** Learns from step t of four chains, which accepted with a mean probability; nothing after the warm-up. */
export function adapt(run: usize, block: usize, state: usize, half: usize, t: u32, accept: v128): void {
  const warmup = load<u32>(run, WARMUP_AT);
  if (t >= warmup) return;
  const count = load<u32>(state, ADAPTED_AT) + 1;
  store<u32>(state, count, ADAPTED_AT);
  const n = <f32>count;
  const miss = f32x4.sub(v128.load32_splat(state, TARGET_AT), accept);
  let error = v128.load(state, ERROR_AT);
  error = f32x4.add(error, f32x4.mul(f32x4.splat(1 / (n + T0)), f32x4.sub(miss, error)));
  v128.store(state, error, ERROR_AT);
  const root = sqrt<f32>(n);
  const free = f32x4.sub(v128.load(state, CENTRE_AT), f32x4.mul(f32x4.splat(root / GAMMA), error));
  // Within what float32 holds, with the squares.
  const next = f32x4.max(f32x4.splat(-40), f32x4.min(f32x4.splat(40), free));
  // The weight n^(-3/4): kappa = 0.75.
  const weight = f32x4.splat(1 / (root * sqrt<f32>(root)));
  const old = v128.load(state, MEAN_LOG_AT);
  const averaged = f32x4.add(old, f32x4.mul(weight, f32x4.sub(next, old)));
  v128.store(state, averaged, MEAN_LOG_AT);

  const window = windowOf(t, warmup);
  const isSettled = window == LAST || t + 1 == warmup;
  v128.store(state, exp(isSettled ? averaged : next), EPS_AT);
  if (window != OUTSIDE) average(run, block, state, half);
  if (window != LAST) return;
  learnMass(run, block, state, half);
  // Dual averaging begins anew, drawn to ten times the step size.
  v128.store(state, f32x4.splat(0), ERROR_AT);
  v128.store(state, f32x4.splat(0), MEAN_LOG_AT);
  v128.store(state, f32x4.add(averaged, f32x4.splat(2.3025851)), CENTRE_AT);
  store<u32>(state, 0, ADAPTED_AT);
}

/** Adds positions to their running mean and squares (Welford). */
function average(run: usize, block: usize, state: usize, half: usize): void {
  const D = load<usize>(run, DIM_AT);
  const x = array(run, block, X, half);
  const n = load<u32>(state, AVERAGED_AT) + 1;
  store<u32>(state, n, AVERAGED_AT);
  const share = f32x4.splat(1 / <f32>n);
  const mean = array(run, block, MEAN, half);
  const squares = array(run, block, SQUARES, half);
  for (let i: usize = 0, end = D * LANE_BYTES; i < end; i += LANE_BYTES) {
    const off = f32x4.sub(v128.load(x + i), v128.load(mean + i));
    const next = f32x4.add(v128.load(mean + i), f32x4.mul(share, off));
    v128.store(mean + i, next);
    const square = f32x4.mul(off, f32x4.sub(v128.load(x + i), next));
    v128.store(squares + i, f32x4.add(v128.load(squares + i), square));
  }
}

/** Inverse masses from the variance of n positions, drawn to 1e-3 as by five more (Stan's regularisation). */
function learnMass(run: usize, block: usize, state: usize, half: usize): void {
  const D = load<usize>(run, DIM_AT);
  const n = <f32>load<u32>(state, AVERAGED_AT);
  const scale = f32x4.splat(n / (n + 5) / max<f32>(1, n - 1));
  const least = f32x4.splat((1e-3 * 5) / (n + 5));
  const mean = array(run, block, MEAN, half);
  const squares = array(run, block, SQUARES, half);
  const m = array(run, block, M, half);
  for (let i: usize = 0, end = D * LANE_BYTES; i < end; i += LANE_BYTES) {
    v128.store(m + i, f32x4.add(f32x4.mul(scale, v128.load(squares + i)), least));
    v128.store(mean + i, f32x4.splat(0));
    v128.store(squares + i, f32x4.splat(0));
  }
  store<u32>(state, 0, AVERAGED_AT);
}

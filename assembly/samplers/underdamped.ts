// Underdamped Langevin dynamics, dq = v dt, dv = u score(q) dt - gamma v dt + sqrt(2 gamma u) dW, with u the inverse mass,
// in the splitting ABOBA: the walk of walk-jump sampling (Saremi and Srivastava, "Multimeasurement generative models",
// 2022, algorithm 1, after Sachs, Leimkuhler and Danos, "Langevin dynamics with variable coefficients and nonconservative
// forces", 2017):
//
//   q <- q + (h / 2) v
//   v <- e^(-gamma h) (v + (u h / 2) score(q)) + (u h / 2) score(q) + sqrt(u (1 - e^(-2 gamma h))) z
//   q <- q + (h / 2) v

import { LANE_BYTES, LANES } from '../../src/abi/panels';
import { RunField } from '../../src/abi/samplers';
import { madd } from '../core/simd';
import { normals } from './draws';
import { record } from './record';
import { array, countOf, dimOf, P, panelOf, positionsOf, Q, S } from './run';

// A panel's state, behind its log-densities: its next step, and 1 when half of that step is done.
const T_AT: usize = 32;
const IS_HALFWAY_AT: usize = 36;
export const UNDERDAMPED_STATE_BYTES: usize = 48;

/** Normals, the array behind query points, scores and velocities. */
const Z: usize = 3;
export const UNDERDAMPED_ARRAYS: usize = 4;

/**
 * Takes the chains c ... c + 7 to the middle of their next step, where it needs a score: true; or to step `end`: false.
 * first, path: see `record`.
 */
export function underdampedPanel(run: usize, c: usize, first: u32, end: u32, path: usize): bool {
  const bytes = dimOf(run) * LANE_BYTES;
  const panel = panelOf(run, c);
  const x = positionsOf(run, c);
  let t = load<u32>(panel, T_AT);
  if (load<u32>(panel, IS_HALFWAY_AT) == 1) {
    normals(run, t, c, array(run, panel, Z, 0));
    secondHalf(run, panel, x);
    record(run, t, c, min<usize>(c + LANES, countOf(run)), first, path);
    t++;
    store<u32>(panel, t, T_AT);
    store<u32>(panel, 0, IS_HALFWAY_AT);
  }
  if (t == end) return false;
  const q = array(run, panel, Q, 0);
  const v = array(run, panel, P, 0);
  const halfStep = f32x4.splat(load<f32>(run, RunField.STEP_SIZE) * 0.5);
  for (let i: usize = 0; i < bytes; i += 16) {
    v128.store(q + i, madd(halfStep, v128.load(v + i), v128.load(x + i)));
  }
  store<u32>(panel, 1, IS_HALFWAY_AT);
  return true;
}

/** Changes the velocities of a panel by score and noise, and writes the positions x [D][8] at the end of the step. */
function secondHalf(run: usize, panel: usize, x: usize): void {
  const bytes = dimOf(run) * LANE_BYTES;
  const q = array(run, panel, Q, 0);
  const s = array(run, panel, S, 0);
  const v = array(run, panel, P, 0);
  const z = array(run, panel, Z, 0);
  const halfStep = f32x4.splat(load<f32>(run, RunField.STEP_SIZE) * 0.5);
  const decay = v128.load32_splat(run, RunField.DECAY);
  const size = v128.load32_splat(run, RunField.KICK);
  const noise = v128.load32_splat(run, RunField.NOISE);
  for (let i: usize = 0; i < bytes; i += 16) {
    const kick = f32x4.mul(size, v128.load(s + i));
    const kept = madd(decay, f32x4.add(v128.load(v + i), kick), kick);
    const next = madd(noise, v128.load(z + i), kept);
    v128.store(v + i, next);
    v128.store(x + i, madd(halfStep, next, v128.load(q + i)));
  }
}

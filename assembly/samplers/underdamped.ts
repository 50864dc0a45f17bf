// Underdamped Langevin dynamics, dq = v dt, dv = u score(q) dt - gamma v dt + sqrt(2 gamma u) dW, with u the inverse mass,
// in the splitting ABOBA: the walk of walk-jump sampling (Saremi and Srivastava, "Multimeasurement generative models",
// 2022, algorithm 1, after Sachs, Leimkuhler and Danos, "Langevin dynamics with variable coefficients and nonconservative
// forces", 2017):
//
//   q <- q + (h / 2) v
//   v <- e^(-gamma h) (v + (u h / 2) score(q)) + (u h / 2) score(q) + sqrt(u (1 - e^(-2 gamma h))) z
//   q <- q + (h / 2) v

import { LANE_BYTES, LANES } from '../../src/core/abi';
import { madd } from '../core/simd';
import { normals } from './draws';
import {
  array,
  blockOf,
  COUNT_AT,
  DIM_AT,
  evaluate,
  isExternal,
  keep,
  OWN_AT,
  P,
  Q,
  runLayout,
  S,
  X_AT,
} from './run';

const HALF_STEP_AT: usize = OWN_AT;
const DECAY_AT: usize = OWN_AT + 4;
const PULL_AT: usize = OWN_AT + 8;
const NOISE_AT: usize = OWN_AT + 12;

// A panel's state: step, and whether it is half done.
const T_AT: usize = 32;
const HALFWAY_AT: usize = 36;
const STATE_BYTES: usize = 48;
/** Array of normals, after those of every run. */
const Z: usize = 3;
const ARRAYS: usize = 4;

/** Writes sizes to the block at `run`, and returns its bytes; with run = 0 only returns them. */
export function underdampedLayout(run: usize, C: usize, D: usize): usize {
  return runLayout(run, C, D, STATE_BYTES, ARRAYS);
}

/** Sets h / 2, e^(-gamma h), u h / 2 and the noise's size. */
export function underdampedBegin(run: usize, halfStep: f32, decay: f32, pull: f32, noise: f32): void {
  store<f32>(run, halfStep, HALF_STEP_AT);
  store<f32>(run, decay, DECAY_AT);
  store<f32>(run, pull, PULL_AT);
  store<f32>(run, noise, NOISE_AT);
}

/** Makes the steps first ... first + steps - 1 of all chains; true when it waits for scores from outside. */
export function underdamped(run: usize, first: u32, steps: u32, path: usize): bool {
  const C = load<usize>(run, COUNT_AT);
  const external = isExternal(run);
  let waits = false;
  for (let c: usize = 0; c < C; c += LANES) {
    while (advance(run, c, first, first + steps, path)) {
      waits = external;
      if (external) break;
      evaluate(run, c);
    }
  }
  return waits;
}

/** Takes the chains c ... c + 7 to the middle of their next step, or to step `end`: false. */
function advance(run: usize, c: usize, first: u32, end: u32, path: usize): bool {
  const bytes = load<usize>(run, DIM_AT) * LANE_BYTES;
  const block = blockOf(run, c);
  const x = load<usize>(run, X_AT) + (c / LANES) * bytes;
  const q = array(run, block, Q, 0);
  const v = array(run, block, P, 0);
  let t = load<u32>(block, T_AT);
  if (load<u32>(block, HALFWAY_AT) == 1) {
    normals(run, t, c, array(run, block, Z, 0));
    kickAndDrift(run, block, x);
    keep(run, t, c, first, path);
    keep(run, t, c + 4, first, path);
    t++;
    store<u32>(block, t, T_AT);
    store<u32>(block, 0, HALFWAY_AT);
  }
  if (t == end) return false;
  const vHalf = v128.load32_splat(run, HALF_STEP_AT);
  for (let i: usize = 0; i < bytes; i += 16) {
    v128.store(q + i, madd(vHalf, v128.load(v + i), v128.load(x + i)));
  }
  store<u32>(block, 1, HALFWAY_AT);
  return true;
}

/** The second half of a step of a panel. */
function kickAndDrift(run: usize, block: usize, x: usize): void {
  const bytes = load<usize>(run, DIM_AT) * LANE_BYTES;
  const q = array(run, block, Q, 0);
  const s = array(run, block, S, 0);
  const v = array(run, block, P, 0);
  const z = array(run, block, Z, 0);
  const vHalf = v128.load32_splat(run, HALF_STEP_AT);
  const vDecay = v128.load32_splat(run, DECAY_AT);
  const vPull = v128.load32_splat(run, PULL_AT);
  const vNoise = v128.load32_splat(run, NOISE_AT);
  for (let i: usize = 0; i < bytes; i += 16) {
    const pull = f32x4.mul(vPull, v128.load(s + i));
    const kept = madd(vDecay, f32x4.add(v128.load(v + i), pull), pull);
    const next = madd(vNoise, v128.load(z + i), kept);
    v128.store(v + i, next);
    v128.store(x + i, madd(vHalf, next, v128.load(q + i)));
  }
}

// Hamiltonian Monte Carlo (Duane and others, 1987; Neal, "MCMC using Hamiltonian dynamics", 2011): each step draws
// momenta p ~ N(0, 1 / m), makes L leapfrog steps, and accepts the end with probability min(1, exp(H - H')). With L = 1 it
// is the Metropolis-adjusted Langevin algorithm of step size eps^2 (Neal, section 5.2).

import { LANE_BYTES, LANES } from '../../src/core/abi';
import { madd } from '../core/simd';
import { normals, uniforms } from './draws';
import { acceptance, choose, isSound, kick, kinetic, leap, M, momenta, NEXT, X } from './leapfrog';
import {
  array,
  blockOf,
  COUNT_AT,
  DIM_AT,
  done,
  evaluate,
  isExternal,
  keep,
  OWN_AT,
  P,
  Q,
  report,
  runLayout,
  S,
  X_AT,
} from './run';

const EPS_AT: usize = OWN_AT;
const JITTER_AT: usize = OWN_AT + 4;
const LEAPS_AT: usize = OWN_AT + 8;

// A panel's state: step, phase, leapfrog steps made; then f32 [8]: log-density at x, kinetic energy at the start, eps.
const T_AT: usize = 32;
const PHASE_AT: usize = 36;
const LEAP_AT: usize = 40;
const LOG_X_AT: usize = 48;
const KINETIC_AT: usize = 80;
const LENGTH_AT: usize = 112;
/** Uniforms: of the length, then of the acceptance. */
const UNIFORM_AT: usize = 144;
const STATE_BYTES: usize = 176;

const NEW: u32 = 0;
const START: u32 = 1;
const IDLE: u32 = 2;
const FLIGHT: u32 = 3;

// Purposes of keys; 0 are the momenta.
const ACCEPT: usize = 1;
const LENGTH: usize = 2;

/** Writes sizes to the block at `run`, and returns its bytes; with run = 0 only returns them. */
export function hmcLayout(run: usize, C: usize, D: usize): usize {
  return runLayout(run, C, D, STATE_BYTES, NEXT);
}

/** Sets the step eps, scaled for each trajectory by 1 + jitter (2 u - 1), and the leapfrog steps of a trajectory. */
export function hmcBegin(run: usize, eps: f32, jitter: f32, leaps: u32): void {
  store<f32>(run, eps, EPS_AT);
  store<f32>(run, jitter, JITTER_AT);
  store<u32>(run, leaps, LEAPS_AT);
}

/** Makes the steps first ... first + steps - 1 of all chains; true when it waits for scores from outside. */
export function hmc(run: usize, first: u32, steps: u32, path: usize): bool {
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

/** Takes the chains c ... c + 7 to where a score is wanted at q, or to step `end`: false. */
function advance(run: usize, c: usize, first: u32, end: u32, path: usize): bool {
  const bytes = load<usize>(run, DIM_AT) * LANE_BYTES;
  const block = blockOf(run, c);
  const x = load<usize>(run, X_AT) + (c / LANES) * bytes;
  const phase = load<u32>(block, PHASE_AT);
  if (phase == NEW) {
    memory.copy(array(run, block, Q, 0), x, bytes);
    store<u32>(block, START, PHASE_AT);
    return true;
  }
  if (phase == START) {
    // Places and scores stand side by side.
    memory.copy(array(run, block, X, 0), array(run, block, Q, 0), 2 * bytes);
    memory.copy(block + LOG_X_AT, block, LANE_BYTES);
  }
  if (phase == FLIGHT) {
    const leap = load<u32>(block, LEAP_AT) + 1;
    store<u32>(block, leap, LEAP_AT);
    if (leap < load<u32>(run, LEAPS_AT)) {
      leapOn(run, block, 0);
      leapOn(run, block, 16);
      return true;
    }
    const t = load<u32>(block, T_AT);
    uniforms(run, ACCEPT, t, c, block + UNIFORM_AT);
    finish(run, block, t, c, 0);
    finish(run, block, t, c, 16);
    memory.copy(x, array(run, block, X, 0), bytes);
    keep(run, t, c, first, path);
    keep(run, t, c + 4, first, path);
    store<u32>(block, t + 1, T_AT);
  }
  store<u32>(block, IDLE, PHASE_AT);
  const t = load<u32>(block, T_AT);
  if (t == end) return false;
  memory.copy(array(run, block, Q, 0), array(run, block, X, 0), 2 * bytes);
  normals(run, t, c, array(run, block, P, 0));
  if (load<f32>(run, JITTER_AT) != 0) uniforms(run, LENGTH, t, c, block + UNIFORM_AT);
  takeOff(run, block, 0);
  takeOff(run, block, 16);
  store<u32>(block, 0, LEAP_AT);
  store<u32>(block, FLIGHT, PHASE_AT);
  return true;
}

/** Makes normals momenta of a half of a panel, and begins the first leapfrog step. */
function takeOff(run: usize, block: usize, half: usize): void {
  const D = load<usize>(run, DIM_AT);
  const p = array(run, block, P, half);
  const m = array(run, block, M, half);
  momenta(p, m, D);
  let eps = v128.load32_splat(run, EPS_AT);
  if (load<f32>(run, JITTER_AT) != 0) {
    const u = v128.load(block + half, UNIFORM_AT);
    const way = f32x4.sub(f32x4.add(u, u), f32x4.splat(1));
    eps = f32x4.mul(eps, madd(v128.load32_splat(run, JITTER_AT), way, f32x4.splat(1)));
  }
  v128.store(block + half, eps, LENGTH_AT);
  v128.store(block + half, kinetic(p, m, D), KINETIC_AT);
  leap(run, block, half, f32x4.mul(f32x4.splat(0.5), eps), eps, i32x4.splat(-1));
}

/** Ends a leapfrog step and begins the next one. */
function leapOn(run: usize, block: usize, half: usize): void {
  const eps = v128.load(block + half, LENGTH_AT);
  leap(run, block, half, eps, eps, i32x4.splat(-1));
}

/** Ends the last leapfrog step of a trajectory, and accepts it or not. */
function finish(run: usize, block: usize, t: u32, c: usize, half: usize): void {
  const D = load<usize>(run, DIM_AT);
  const chain = c + (half >> 2);
  const p = array(run, block, P, half);
  const eps = v128.load(block + half, LENGTH_AT);
  kick(p, array(run, block, S, half), f32x4.mul(f32x4.splat(0.5), eps), i32x4.splat(-1), D);
  const logp = v128.load(block + half);
  const before = v128.load(block + half, LOG_X_AT);
  const start = v128.load(block + half, KINETIC_AT);
  const energy = kinetic(p, array(run, block, M, half), D);
  const change = f32x4.sub(f32x4.sub(logp, before), f32x4.sub(energy, start));
  const chance = acceptance(change);
  const taken = f32x4.lt(v128.load(block + half, UNIFORM_AT), chance);
  choose(array(run, block, X, half), array(run, block, Q, half), taken, 2 * D);
  v128.store(block + half, v128.bitselect(logp, before, taken), LOG_X_AT);
  v128.store(done, chance);
  v128.store(done, f32x4.convert_i32x4_u(v128.load32_splat(run, LEAPS_AT)), 16);
  v128.store(done, f32x4.splat(0), 32);
  v128.store(done, v128.andnot(f32x4.splat(1), isSound(change)), 48);
  v128.store(done, eps, 64);
  v128.store(done, f32x4.sub(start, before), 80);
  report(run, t, chain);
}

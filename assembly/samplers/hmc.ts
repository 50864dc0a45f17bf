// Hamiltonian Monte Carlo (Duane and others, 1987; Neal, "MCMC using Hamiltonian dynamics", 2011): each step draws
// momenta p ~ N(0, 1 / m), makes L leapfrog steps, and accepts the end with probability min(1, exp(H - H')). With L = 1 it
// is the Metropolis-adjusted Langevin algorithm of step size eps^2 (Neal, section 5.2).

import { LANE_BYTES, LANES } from '../../src/abi/panels';
import { RunField } from '../../src/abi/samplers';
import { measured } from '../core/scratch';
import { madd } from '../core/simd';
import { ADAPTATION_BYTES, EPS_AT as ADAPTED_EPS_AT, adapt, openAdaptation } from './adapt';
import { evaluate } from './answers';
import { normals, uniforms } from './draws';
import { keepStart, look } from './health';
import {
  acceptance,
  copyRows,
  copyWhere,
  gain,
  isPlain,
  isStable,
  kick,
  kickAndDrift,
  kinetic,
  leapfrog,
  M,
  MIDDLE,
  measureEnergy,
  toMomenta,
  X,
} from './leapfrog';
import { addStatistics, record } from './record';
import {
  array,
  countOf,
  dimOf,
  isExternal,
  isLine,
  LOGP_BYTES,
  LOGP_LOW_AT,
  P,
  panelOf,
  positionsOf,
  Q,
  S,
  spend,
} from './run';

// A panel's state: log-densities at q; u32: its next step, its phase, leapfrog steps made of the trajectory; then f32 [8]
// each: log-densities at x, in two parts, kinetic energies at the trajectory's start, its leapfrog step sizes eps; f32 [2][8],
// uniforms of an even step and the one behind it: those that accept, and those that draw eps; what each half has learned.
const T_AT: usize = LOGP_BYTES;
const PHASE_AT: usize = T_AT + 4;
const LEAPFROGS_DONE_AT: usize = T_AT + 8;
const X_LOGP_AT: usize = T_AT + 16;
const X_LOGP_LOW_AT: usize = X_LOGP_AT + LOGP_LOW_AT;
const START_KINETIC_AT: usize = X_LOGP_AT + 64;
const EPS_AT: usize = START_KINETIC_AT + 32;
const ACCEPTANCE_AT: usize = EPS_AT + 32;
const JITTER_AT: usize = ACCEPTANCE_AT + 64;
const ADAPTATION_AT: usize = JITTER_AT + 64;
export const HMC_STATE_BYTES: usize = ADAPTATION_AT + 2 * ADAPTATION_BYTES;

// Phases: what the panel waits for.
/** Nothing was done yet. */
const NEW: u32 = 0;
/** The score of the starting position. */
const STARTING: u32 = 1;
/** Nothing: it stands between two steps. */
const IDLE: u32 = 2;
/** The score of the end of a leapfrog step. */
const MOVING: u32 = 3;

// Purposes of keys, behind that of the momenta.
const ACCEPTANCE: usize = 1;
const JITTER: usize = 2;

/** What the half (0 or 16) of a panel has learned. */
function learnedBy(panel: usize, half: usize): usize {
  return panel + ADAPTATION_AT + (half == 0 ? 0 : ADAPTATION_BYTES);
}

/** Gives all chains the first step size. */
export function openTrajectories(run: usize): void {
  const C = countOf(run);
  for (let c: usize = 0; c < C; c += LANES) {
    openAdaptation(run, learnedBy(panelOf(run, c), 0));
    openAdaptation(run, learnedBy(panelOf(run, c), 16));
  }
}

/**
 * Takes the chains c ... c + 7 to where they need a score at q: true; or to step `end`: false.
 * first, path: see `record`.
 */
export function hmcPanel(run: usize, c: usize, first: u32, end: u32, path: usize): bool {
  const bytes = dimOf(run) * LANE_BYTES;
  const panel = panelOf(run, c);
  const x = positionsOf(run, c);
  const phase = load<u32>(panel, PHASE_AT);
  if (phase == NEW) {
    copyRows(array(run, panel, Q, 0), x, bytes);
    copyRows(array(run, panel, MIDDLE, 0), x, bytes);
    store<u32>(panel, STARTING, PHASE_AT);
    return true;
  }
  if (phase == STARTING) {
    // The scores stand behind the positions, in either place.
    copyRows(array(run, panel, X, 0), array(run, panel, Q, 0), 2 * bytes);
    copyRows(panel + X_LOGP_AT, panel, 2 * LANE_BYTES);
    keepStart(run, panel, c, 0, v128.load(panel));
    keepStart(run, panel, c + 4, 16, v128.load(panel, 16));
  }
  if (phase == MOVING) {
    const most = load<u32>(run, RunField.LEAPFROGS);
    const plain = isPlain(run);
    const external = isExternal(run);
    for (let n = load<u32>(panel, LEAPFROGS_DONE_AT) + 1; n < most; n++) {
      if (plain) leapfrog(run, panel, panel + EPS_AT);
      else {
        leapfrogOf(run, panel, 0);
        leapfrogOf(run, panel, 16);
      }
      store<u32>(panel, n, LEAPFROGS_DONE_AT);
      // The last evaluation that a call may make is its caller's.
      if (external || !spend(run)) return true;
      evaluate(run, c);
    }
    const t = load<u32>(panel, T_AT);
    if ((t & 1) == 0) uniforms(run, ACCEPTANCE, t, c, panel + ACCEPTANCE_AT);
    endTrajectory(run, panel, t, c, 0);
    endTrajectory(run, panel, t, c, 16);
    copyRows(x, array(run, panel, X, 0), bytes);
    record(run, t, c, min<usize>(c + LANES, countOf(run)), first, path);
    store<u32>(panel, t + 1, T_AT);
  }
  store<u32>(panel, IDLE, PHASE_AT);
  const t = load<u32>(panel, T_AT);
  if (t == end) return false;
  copyRows(array(run, panel, Q, 0), array(run, panel, X, 0), 2 * bytes);
  if (isLine(run)) copyRows(panel, panel + X_LOGP_AT, 2 * LANE_BYTES);
  normals(run, t, c, array(run, panel, P, 0));
  if (load<f32>(run, RunField.JITTER) != 0 && (t & 1) == 0) uniforms(run, JITTER, t, c, panel + JITTER_AT);
  startTrajectory(run, panel, t, 0);
  startTrajectory(run, panel, t, 16);
  store<u32>(panel, 0, LEAPFROGS_DONE_AT);
  store<u32>(panel, MOVING, PHASE_AT);
  return true;
}

/** Turns the normals of a half of a panel into momenta, and begins its first leapfrog step. */
function startTrajectory(run: usize, panel: usize, t: u32, half: usize): void {
  const D = dimOf(run);
  const p = array(run, panel, P, half);
  const m = array(run, panel, M, half);
  toMomenta(p, m, D);
  let eps = v128.load(learnedBy(panel, half), ADAPTED_EPS_AT);
  if (load<f32>(run, RunField.JITTER) != 0) {
    const u = v128.load(panel + half + ((t & 1) << 5), JITTER_AT);
    const centred = f32x4.sub(f32x4.add(u, u), f32x4.splat(1));
    eps = f32x4.mul(eps, madd(v128.load32_splat(run, RunField.JITTER), centred, f32x4.splat(1)));
  }
  v128.store(panel + half, eps, EPS_AT);
  v128.store(panel + half, kinetic(p, m, D), START_KINETIC_AT);
  kickAndDrift(run, panel, half, f32x4.mul(f32x4.splat(0.5), eps), eps, i32x4.splat(-1));
}

/** Ends a leapfrog step of a half of a panel and begins the next. */
function leapfrogOf(run: usize, panel: usize, half: usize): void {
  const eps = v128.load(panel + half, EPS_AT);
  kickAndDrift(run, panel, half, eps, eps, i32x4.splat(-1));
}

/** Ends the last leapfrog step of a half of a panel, moves x to the end where it is accepted, adds statistics, and adapts. */
function endTrajectory(run: usize, panel: usize, t: u32, c: usize, half: usize): void {
  const D = dimOf(run);
  const p = array(run, panel, P, half);
  const eps = v128.load(panel + half, EPS_AT);
  kick(p, array(run, panel, S, half), f32x4.mul(f32x4.splat(0.5), eps), i32x4.splat(-1), D);
  const logp = v128.load(panel + half);
  const low = v128.load(panel + half, LOGP_LOW_AT);
  const startLogp = v128.load(panel + half, X_LOGP_AT);
  const startLow = v128.load(panel + half, X_LOGP_LOW_AT);
  const startKinetic = v128.load(panel + half, START_KINETIC_AT);
  const endKinetic = kinetic(p, array(run, panel, M, half), D);
  const change = f32x4.sub(gain(logp, low, startLogp, startLow), f32x4.sub(endKinetic, startKinetic));
  const chance = acceptance(change);
  const accepted = f32x4.lt(v128.load(panel + half + ((t & 1) << 5), ACCEPTANCE_AT), chance);
  const x = array(run, panel, X, half);
  const q = array(run, panel, Q, half);
  // One step in four is enough, and costs no time that could be measured.
  if ((t & 3) == 0) look(run, panel, c + (half >> 2), half, t, x, q, accepted);
  copyWhere(x, q, accepted, 2 * D);
  v128.store(panel + half, v128.bitselect(logp, startLogp, accepted), X_LOGP_AT);
  v128.store(panel + half, v128.bitselect(low, startLow, accepted), X_LOGP_LOW_AT);
  const to = measured();
  v128.store(to, chance);
  v128.store(to, f32x4.convert_i32x4_u(v128.load32_splat(run, RunField.LEAPFROGS)), 16);
  v128.store(to, f32x4.splat(0), 32);
  v128.store(to, v128.andnot(f32x4.splat(1), isStable(change)), 48);
  v128.store(to, eps, 64);
  measureEnergy(to + 80, startKinetic, startLogp, startLow);
  addStatistics(run, t, c + (half >> 2));
  if (t < load<u32>(run, RunField.WARMUP)) adapt(run, panel, learnedBy(panel, half), half, t, chance);
}

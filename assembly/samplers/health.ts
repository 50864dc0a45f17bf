// What tells that chains cannot be right although nothing in them is infinite: where they start, and whether steps that are
// accepted move them. All functions work on the chains c ... c + 3, a half of a panel.

import { LANE_BYTES } from '../../src/abi/panels';
import { RunField, STATISTICS } from '../../src/abi/samplers';
import { measured } from '../core/scratch';
import { MEAN, X } from './leapfrog';
import { array, countOf, dimOf } from './run';

// Places in a chain's statistics, behind those of `addStatistics`.
/** The log-density where the chain starts. */
const START_LOGP_AT: usize = 80;
/** 0 where its score is finite there, else NaN. */
const START_SCORE_AT: usize = 88;
/** Accepted steps that were looked at. */
const LOOKS_AT: usize = 96;
/** Of these, those that left a coordinate as it was, once that is more than 7 of 8; and which coordinate. */
const STILL_AT: usize = 104;
const COORDINATE_AT: usize = 112;

/** Looks before the first judgement, a power of two. */
const LEAST_LOOKS: u32 = 32;
/**
 * Where a coordinate's accepted steps that left it are counted, f32: learning of masses has no use for this array after the
 * warm-up, and leaves zeros.
 */
const COUNTS: usize = MEAN;

/** The statistics of chain c. */
function statisticsOf(run: usize, c: usize): usize {
  return load<usize>(run, RunField.STATISTICS) + ((c * STATISTICS) << 3);
}

/** Keeps what the density says of where the chains start: X holds positions and, behind them, scores. */
export function keepStart(run: usize, panel: usize, c: usize, half: usize, logp: v128): void {
  const D = dimOf(run);
  const s = array(run, panel, X + 1, half);
  let rest = f32x4.splat(0);
  for (let i: usize = 0, end = D * LANE_BYTES; i < end; i += LANE_BYTES) {
    const v = v128.load(s + i);
    rest = f32x4.add(rest, f32x4.sub(v, v));
  }
  const from = measured();
  v128.store(from, logp);
  v128.store(from, rest, 16);
  const end = min<usize>(c + 4, countOf(run));
  for (let i = c; i < end; i++) {
    const lane = from + ((i - c) << 2);
    const to = statisticsOf(run, i);
    store<f64>(to, <f64>load<f32>(lane), START_LOGP_AT);
    store<f64>(to, <f64>load<f32>(lane, 16), START_SCORE_AT);
  }
}

/**
 * Looks, after the warm-up, at step t from `before` to `after`, both [D], in the lanes where it was accepted: coordinates that
 * have not changed are counted. In exact arithmetic there are none; positions whose step is below the spacing of float32
 * numbers have nearly nothing else. When a chain has been looked at 32, 64, 128, ... times, and more than 7 of 8 left one
 * coordinate, that is kept for good. (Of a normal distribution as wide as the spacing, 3 in 4 steps of `hmc` leave it, and
 * its variance still comes out right; of one half as wide, all do.)
 */
export function look(
  run: usize,
  panel: usize,
  c: usize,
  half: usize,
  t: u32,
  before: usize,
  after: usize,
  accepted: v128,
): void {
  if (t < load<u32>(run, RunField.WARMUP)) return;
  const counts = array(run, panel, COUNTS, half);
  const one = v128.and(accepted, f32x4.splat(1));
  for (let i: usize = 0, end = dimOf(run) * LANE_BYTES; i < end; i += LANE_BYTES) {
    const same = f32x4.eq(v128.load(before + i), v128.load(after + i));
    v128.store(counts + i, f32x4.add(v128.load(counts + i), v128.and(one, same)));
  }
  const from = measured();
  v128.store(from, one);
  const end = min<usize>(c + 4, countOf(run));
  for (let i = c; i < end; i++) {
    const lane = (i - c) << 2;
    if (load<f32>(from + lane) != 0) judge(run, i, counts + lane);
  }
}

/** Counts a look at a chain. counts: f32 [D], LANE_BYTES apart. */
function judge(run: usize, c: usize, counts: usize): void {
  const to = statisticsOf(run, c);
  if (load<f64>(to, STILL_AT) != 0) return;
  const looks = <u32>load<f64>(to, LOOKS_AT) + 1;
  store<f64>(to, <f64>looks, LOOKS_AT);
  if (looks < LEAST_LOOKS || popcnt<u32>(looks) != 1) return;
  for (let d: usize = 0, D = dimOf(run); d < D; d++) {
    const still = load<f32>(counts + d * LANE_BYTES);
    if (still <= <f32>looks * 0.875) continue;
    store<f64>(to, <f64>still, STILL_AT);
    store<f64>(to, <f64>d, COORDINATE_AT);
    return;
  }
}

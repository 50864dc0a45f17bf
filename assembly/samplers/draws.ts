// Random numbers of a run. Each is an element of an array that is drawn over all steps and all chains of the run, so that
// no way of sharing out chains or cutting a run into calls changes it. A sampler has a key for each purpose.
import { LANE_BYTES, LANES } from '../../src/abi/panels';
import { RunField } from '../../src/abi/samplers';
import { normal, normal16 } from '../core/normal';
import { bits16, elementBits, PARTITIONABLE, unit } from '../core/random';
import { pairs } from '../core/scratch';
import { addWords, madd } from '../core/simd';
import { countOf, dimOf, elementOf, scheduleOf } from './run';

/** The purpose that every sampler has: z, or the normals that become momenta. */
const NORMALS: usize = 0;

/**
 * x <- a x + b s + c z over all panels of a share, with z = normal(key, [.., chains, D])[t].
 * x: [ceil(C / 8)][D][8], overwritten; s: as x; a, b, c: the same number in each lane.
 */
export function noisyStep(run: usize, t: u32, x: usize, s: usize, a: v128, b: v128, c: v128): void {
  const scratch = pairs();
  const D = dimOf(run);
  const total = load<u32>(run, RunField.NORMALS);
  const partitionable = load<i32>(run, RunField.PARTITIONABLE);
  const schedule = scheduleOf(run, NORMALS);
  const rows = ((countOf(run) + LANES - 1) / LANES) * D;
  let j = elementOf(run, t, 0) * D;
  // Two rows of panels at a time: row r is the coordinate r % D of eight chains.
  for (let r: usize = 0, d: usize = 0, at: usize = 0; r < rows; r += 2) {
    const next = toNextRow(d, D);
    normal16(schedule, j, <u32>D, next, scratch, total, partitionable);
    const end = min<usize>(2, rows - r) * LANE_BYTES;
    for (let i: usize = 0; i < end; i += 16) {
      const moved = madd(b, v128.load(s + at), f32x4.mul(a, v128.load(x + at)));
      v128.store(x + at, madd(c, v128.load(scratch + i), moved));
      at += 16;
    }
    d = d + 1 < D ? d + 1 : 0;
    j += next + toNextRow(d, D);
    d = d + 1 < D ? d + 1 : 0;
  }
}

/** Elements from a row of a panel to the next row; after the last coordinate that is the next panel's first. */
function toNextRow(d: usize, D: usize): u64 {
  return d + 1 < D ? 1 : <u64>(7 * D + 1);
}

/** Writes normal(key, [.., chains, D])[t, c ... c + 7], [D][8], at z. */
export function normals(run: usize, t: u32, c: usize, z: usize): void {
  const scratch = pairs();
  const D = <u32>dimOf(run);
  const total = load<u32>(run, RunField.NORMALS);
  const partitionable = load<i32>(run, RunField.PARTITIONABLE);
  const j = elementOf(run, t, c) * D;
  for (let d: usize = 0; d < D; d += 2) {
    normal16(scheduleOf(run, NORMALS), j + d, D, 1, scratch, total, partitionable);
    const to = z + d * LANE_BYTES;
    v128.store(to, v128.load(scratch));
    v128.store(to, v128.load(scratch, 16), 16);
    if (d + 1 == D) return;
    v128.store(to, v128.load(scratch, 32), 32);
    v128.store(to, v128.load(scratch, 48), 48);
  }
}

/** Writes normal(key, [.., chains, D])[t, c ... c + 3] at z: a half of a panel, [D] vectors LANE_BYTES apart. */
export function normals4(run: usize, t: u32, c: usize, z: usize): void {
  const scratch = pairs();
  const D = <u32>dimOf(run);
  const total = load<u32>(run, RunField.NORMALS);
  const partitionable = load<i32>(run, RunField.PARTITIONABLE);
  const j = elementOf(run, t, c) * D;
  const offset = i32x4.mul(i32x4.splat(D), i32x4(0, 1, 2, 3));
  for (let d: u32 = 0; d < D; d += 4) {
    for (let i: u32 = 0; i < 4; i++) {
      const first = j + d + i;
      const low = addWords(i32x4.splat(<i32>first), offset);
      // A lane that wrapped carries one into its high word.
      const high = i32x4.sub(i32x4.splat(<i32>(first >> 32)), v128.lt<u32>(low, offset));
      v128.store(scratch + ((<usize>i) << 4), high);
      v128.store(scratch + ((<usize>i) << 4), low, 64);
    }
    elementBits(scheduleOf(run, NORMALS), scratch, total, partitionable);
    normal(scratch, 16);
    const left = min<u32>(4, D - d);
    for (let i: u32 = 0; i < left; i++) {
      v128.store(z + <usize>(d + i) * LANE_BYTES, v128.load(scratch + ((<usize>i) << 4)));
    }
  }
}

/**
 * Writes uniform(key, [.., chains])[t ... t + 1, c ... c + 7] of a purpose's key, f32 [2][8], at u: sixteen numbers cost as much
 * as eight.
 */
export function uniforms(run: usize, purpose: usize, t: u32, c: usize, u: usize): void {
  const scratch = pairs();
  const total = load<u32>(run, RunField.NORMALS) / <u32>dimOf(run);
  const partitionable = load<i32>(run, RunField.PARTITIONABLE);
  const chains = load<u32>(run, RunField.CHAINS);
  bits16(scheduleOf(run, purpose), elementOf(run, t, c), 1, chains, scratch, total, partitionable);
  for (let i: usize = 0; i < 64; i += 32) {
    const a = v128.load(scratch + i);
    const b = v128.load(scratch + i, 16);
    v128.store(u + i, unit(a));
    v128.store(u + i, unit(b), 16);
  }
}

/**
 * Writes uniform(key, [.., chains, 2^32])[t, c ... c + 3, n ... n + 3] of a purpose's key at u: a vector of four chains for
 * each n. The counters are partitionable whatever the run's are, for the original ones cannot number so many elements.
 */
export function treeUniforms(run: usize, purpose: usize, t: u32, c: usize, n: u32, u: usize): void {
  const scratch = pairs();
  const high = addWords(i32x4.splat(<i32>elementOf(run, t, c)), i32x4(0, 1, 2, 3));
  for (let i: usize = 0; i < 64; i += 16) {
    v128.store(scratch + i, high);
    v128.store(scratch + i, i32x4.splat(n + <u32>(i >> 4)), 64);
  }
  elementBits(scheduleOf(run, purpose), scratch, 0, PARTITIONABLE);
  for (let i: usize = 0; i < 64; i += 16) v128.store(u + i, unit(v128.load(scratch + i)));
}

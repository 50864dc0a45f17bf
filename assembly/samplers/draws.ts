// What the samplers over a run draw: elements of arrays by their place [t, c, ..], so that no way of sharing out or cutting
// a run changes them.
import { LANE_BYTES } from '../../src/core/abi';
import { bits16, block, elementBits, normal, normal16, PARTITIONABLE, unit } from '../core/random';
import { addWords } from '../core/simd';
import { DIM_AT, keysOf, LAYOUT_AT, place, TOTAL_AT } from './run';

/** normal(key, [.., chains, D])[t, c ... c + 7] of the key of purpose 0, [D][8] at z. */
export function normals(run: usize, t: u32, c: usize, z: usize): void {
  const D = load<u32>(run, DIM_AT);
  const total = load<u32>(run, TOTAL_AT);
  const layout = load<i32>(run, LAYOUT_AT);
  const j = place(run, t, c) * D;
  for (let d: usize = 0; d < D; d += 2) {
    normal16(keysOf(run, 0), j + d, D, 1, block, total, layout);
    const to = z + d * LANE_BYTES;
    v128.store(to, v128.load(block));
    v128.store(to, v128.load(block, 16), 16);
    if (d + 1 == D) return;
    v128.store(to, v128.load(block, 32), 32);
    v128.store(to, v128.load(block, 48), 48);
  }
}

/** normal(key, [.., chains, D])[t, c ... c + 3] of the key of purpose 0: [D] vectors at z, LANE_BYTES apart. */
export function normals4(run: usize, t: u32, c: usize, z: usize): void {
  const D = load<u32>(run, DIM_AT);
  const total = load<u32>(run, TOTAL_AT);
  const layout = load<i32>(run, LAYOUT_AT);
  const j = place(run, t, c) * D;
  const offset = i32x4.mul(i32x4.splat(D), i32x4(0, 1, 2, 3));
  for (let d: u32 = 0; d < D; d += 4) {
    for (let i: u32 = 0; i < 4; i++) {
      const first = j + d + i;
      const low = addWords(i32x4.splat(<i32>first), offset);
      // A lane that wrapped carries one into its high word.
      const high = i32x4.sub(i32x4.splat(<i32>(first >> 32)), v128.lt<u32>(low, offset));
      v128.store(block + ((<usize>i) << 4), high);
      v128.store(block + ((<usize>i) << 4), low, 64);
    }
    elementBits(keysOf(run, 0), 0, block, total, layout);
    normal(block, 16);
    const left = min<u32>(4, D - d);
    for (let i: u32 = 0; i < left; i++) {
      v128.store(z + <usize>(d + i) * LANE_BYTES, v128.load(block + ((<usize>i) << 4)));
    }
  }
}

/** uniform(key, [.., chains])[t, c ... c + 7], at u. */
export function uniforms(run: usize, purpose: usize, t: u32, c: usize, u: usize): void {
  const total = load<u32>(run, TOTAL_AT) / load<u32>(run, DIM_AT);
  bits16(keysOf(run, purpose), place(run, t, c), 1, 0, block, total, load<i32>(run, LAYOUT_AT));
  v128.store(u, unit(v128.load(block)));
  v128.store(u, unit(v128.load(block, 16)), 16);
}

/**
 * uniform(key, [.., chains, 2^32])[t, c ... c + 3, n ... n + 3] in the partitionable layout, whatever the run's is: a
 * vector for each n at u.
 */
export function treeUniforms(run: usize, purpose: usize, t: u32, c: usize, n: u32, u: usize): void {
  const high = addWords(i32x4.splat(<i32>place(run, t, c)), i32x4(0, 1, 2, 3));
  for (let i: usize = 0; i < 64; i += 16) {
    v128.store(block + i, high);
    v128.store(block + i, i32x4.splat(n + <u32>(i >> 4)), 64);
  }
  elementBits(keysOf(run, purpose), 0, block, 0, PARTITIONABLE);
  for (let i: usize = 0; i < 64; i += 16) v128.store(u + i, unit(v128.load(block + i)));
}

// The score of a network at one noise, as samplers use it. `score` is the address of its descriptor, NetworkScoreField.
import { LANE_BYTES, LANES } from '../../src/abi/panels';
import { FIX, FIXED, FIXED_ROW, PACK_ROW } from '../../src/abi/plan';
import { NetworkScoreField as Score } from '../../src/abi/scores';
import { walk } from './walk';

/** After the parameters changed: packs the weights for products with one sample, and computes what depends on the noise alone. */
export function networkScorePack(score: usize): void {
  walk(load<usize>(score, Score.ROW), PACK_ROW, 0, 0, false);
  walk(load<usize>(score, Score.PANELS), FIX, 0, 0, false);
}

/**
 * Sets the noise, `fraction` of the way from `level` to the next one, and the factor `scale` that turns the output into a
 * score there. Computes what depends on the noise alone.
 */
export function networkScoreNoise(score: usize, level: usize, fraction: f32, scale: f32): void {
  store<usize>(score, level, Score.LEVEL);
  store<f32>(score, fraction, Score.FRACTION);
  store<f32>(score, scale, Score.SCALE);
  walk(load<usize>(score, Score.PANELS), FIX, 0, 0, false);
}

/** s = scale f(x) for one panel. x: [D][8]; s: [D][8], overwritten. */
export function networkScorePanel(score: usize, x: usize, s: usize): void {
  const bytes = load<usize>(score, Score.D) * LANE_BYTES;
  const scale = v128.load32_splat(score, Score.SCALE);
  const output = load<usize>(score, Score.OUTPUT);
  copyVectors(load<usize>(score, Score.INPUT), x, bytes);
  walk(load<usize>(score, Score.PANELS), FIXED, LANES, 0, false);
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(s + at, f32x4.mul(v128.load(output + at), scale));
  }
}

/**
 * s = scale f(x) for one sample, the same bits as {@link networkScorePanel} computes. x: the first lane of a panel [D][8]; s:
 * the first lane of a panel, overwritten.
 */
export function networkScoreRow(score: usize, x: usize, s: usize): void {
  const D = load<usize>(score, Score.D);
  const scale = load<f32>(score, Score.SCALE);
  const input = load<usize>(score, Score.ROW_INPUT);
  const output = load<usize>(score, Score.ROW_OUTPUT);
  for (let d: usize = 0; d < D; d++) store<f32>(input + (d << 2), load<f32>(x + d * LANE_BYTES));
  walk(load<usize>(score, Score.ROW), FIXED_ROW, 1, 0, false);
  for (let d: usize = 0; d < D; d++) {
    store<f32>(s + d * LANE_BYTES, load<f32>(output + (d << 2)) * scale);
  }
}

/** Copies whole vectors. Faster than memory.copy for a few of them. */
function copyVectors(to: usize, from: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) v128.store(to + at, v128.load(from + at));
}

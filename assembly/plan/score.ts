// The score of a network at one noise, as samplers use it. `score` is the address of its descriptor, NetworkScoreField.
import { LANE_BYTES, LANES } from '../../src/abi/panels';
import { FIX, FIXED, FIXED_ROW, PACK_ROW } from '../../src/abi/plan';
import { NETWORK_SCORE_PANELS, NetworkScoreField as Score } from '../../src/abi/scores';
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

/** s = scale f(x) for panels. x: [panels][D][8]; s: as x, overwritten. */
export function networkScorePanels(score: usize, x: usize, s: usize, panels: usize): void {
  const bytes = load<usize>(score, Score.D) * LANE_BYTES;
  const scale = v128.load32_splat(score, Score.SCALE);
  for (let first: usize = 0; first < panels; first += NETWORK_SCORE_PANELS) {
    const count = min<usize>(NETWORK_SCORE_PANELS, panels - first);
    for (let p: usize = 0; p < count; p++) {
      copyVectors(load<usize>(score, Score.INPUT) + p * load<usize>(score, Score.INPUT_STRIDE), x, bytes);
      x += bytes;
    }
    walk(load<usize>(score, Score.PANELS), FIXED, count * LANES, 0, false);
    for (let p: usize = 0; p < count; p++) {
      const output = load<usize>(score, Score.OUTPUT) + p * load<usize>(score, Score.OUTPUT_STRIDE);
      for (let at: usize = 0; at < bytes; at += 16) {
        v128.store(s + at, f32x4.mul(v128.load(output + at), scale));
      }
      s += bytes;
    }
  }
}

/**
 * s = scale f(x) for one sample, the same bits as {@link networkScorePanels} computes. x: the first lane of a panel [D][8]; s:
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

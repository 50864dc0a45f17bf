// Scores given some coordinates of the clean point: what an observation adds to a score.

import { LANE_BYTES } from '../../src/abi/panels';
import { ConditionalField } from '../../src/abi/scores';
import { madd } from '../core/simd';

/**
 * s <- s + PULL m (y - x - SQUARE s), coordinate by coordinate.
 * score: a descriptor of kind CONDITIONAL; x, s: panels [panels][D][8].
 */
export function addGuidance(score: usize, x: usize, s: usize, panels: usize): void {
  const D = load<usize>(score, ConditionalField.D);
  const mask = load<usize>(score, ConditionalField.MASK);
  const observed = load<usize>(score, ConditionalField.OBSERVED);
  const pull = load<f32>(score, ConditionalField.PULL);
  const vSquare = v128.load32_splat(score, ConditionalField.SQUARE);
  for (let panel: usize = 0; panel < panels; panel++) {
    for (let d: usize = 0; d < D; d++) {
      const vPull = f32x4.splat(pull * load<f32>(mask + (d << 2)));
      const vY = v128.load32_splat(observed + (d << 2));
      for (let half: usize = 0; half < LANE_BYTES; half += 16) {
        const vS = v128.load(s + half);
        const vClean = madd(vSquare, vS, v128.load(x + half));
        v128.store(s + half, madd(vPull, f32x4.sub(vY, vClean), vS));
      }
      x += LANE_BYTES;
      s += LANE_BYTES;
    }
  }
}

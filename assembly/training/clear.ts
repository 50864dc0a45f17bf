// What a gradient holds before its first block.
import { DENSE, DenseField, LEVEL_DENSE, LevelDenseField, OPERATION_BYTES } from '../../src/abi/plan';

/**
 * Sets a gradient to zero, but for the weights of dense layers, which the first block overwrites: most of all numbers.
 * list: the plan's operations; parameters, gradient: f32 [P]; count: points to come, of which none make no block.
 */
export function clearGradient(list: usize, parameters: usize, gradient: usize, P: usize, count: usize): void {
  if (count == 0) {
    memory.fill(gradient, 0, P << 2);
    return;
  }
  const gradients = gradient - parameters;
  const end = parameters + (P << 2);
  let from = parameters;
  for (let i: usize = 0; i < load<usize>(list); i++) {
    const op = list + (i + 1) * OPERATION_BYTES;
    const code = load<u32>(op);
    let W: usize = 0;
    let count: usize = 0;
    if (code == DENSE) {
      W = load<usize>(op, DenseField.W);
      count = load<usize>(op, DenseField.N) * load<usize>(op, DenseField.K);
    } else if (code == LEVEL_DENSE) {
      W = load<usize>(op, LevelDenseField.W);
      count =
        load<usize>(op, LevelDenseField.N) *
        (load<usize>(op, LevelDenseField.FEATURES) + load<usize>(op, LevelDenseField.D));
    }
    // Weights that stand before those of an earlier operation are zero already.
    if (W < from) continue;
    memory.fill(from + gradients, 0, W - from);
    from = W + (count << 2);
  }
  memory.fill(from + gradients, 0, end - from);
}

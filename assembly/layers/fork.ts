// Fork: y = x and z = x, in the memory of x, so that the forward pass has nothing to do. Backward: dx = dy + dz.
import { LANE_BYTES } from '../../src/abi/panels';
import { ForkField as At } from '../../src/abi/plan';

/** dx = dy + dz. All: panels [N][8]; dx is overwritten and may be dy or dz. */
export function forkBackward(op: usize, panels: usize): void {
  const bytes = load<usize>(op, At.N) * LANE_BYTES;
  for (let p: usize = 0; p < panels; p++) {
    const dx = load<usize>(op, At.DX) + p * load<usize>(op, At.DX_STRIDE);
    const dy = load<usize>(op, At.DY) + p * load<usize>(op, At.DY_STRIDE);
    const dz = load<usize>(op, At.DZ) + p * load<usize>(op, At.DZ_STRIDE);
    for (let at: usize = 0; at < bytes; at += 16) {
      v128.store(dx + at, f32x4.add(v128.load(dy + at), v128.load(dz + at)));
    }
  }
}

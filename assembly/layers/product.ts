// A product of two values: y = g d. Backward: dg = dy d and dd = dy g.
import { LANE_BYTES } from '../../src/abi/panels';
import { ProductField as At } from '../../src/abi/plan';

/** y = g d, overwritten. All: panels [N][8]. */
export function productForward(op: usize, panels: usize): void {
  for (let p: usize = 0; p < panels; p++)
    multiply(
      load<usize>(op, At.G) + p * load<usize>(op, At.G_STRIDE),
      load<usize>(op, At.D) + p * load<usize>(op, At.D_STRIDE),
      load<usize>(op, At.Y) + p * load<usize>(op, At.Y_STRIDE),
      load<usize>(op, At.N) * LANE_BYTES,
    );
}

/** The same for one sample. g, d, y: [N], room for N rounded up to 4. */
export function productRow(op: usize): void {
  multiply(load<usize>(op, At.G), load<usize>(op, At.D), load<usize>(op, At.Y), load<usize>(op, At.N) << 2);
}

/** dg = dy d and dd = dy g, overwritten. */
export function productBackward(op: usize, panels: usize): void {
  const bytes = load<usize>(op, At.N) * LANE_BYTES;
  for (let p: usize = 0; p < panels; p++) {
    const dy = load<usize>(op, At.DY) + p * load<usize>(op, At.DY_STRIDE);
    const d = load<usize>(op, At.D) + p * load<usize>(op, At.D_STRIDE);
    const g = load<usize>(op, At.G) + p * load<usize>(op, At.G_STRIDE);
    // Before dg, which may stand where dy does.
    multiply(dy, g, load<usize>(op, At.DD) + p * load<usize>(op, At.DD_STRIDE), bytes);
    multiply(dy, d, load<usize>(op, At.DG) + p * load<usize>(op, At.DG_STRIDE), bytes);
  }
}

function multiply(a: usize, b: usize, y: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 16)
    v128.store(y + at, f32x4.mul(v128.load(a + at), v128.load(b + at)));
}

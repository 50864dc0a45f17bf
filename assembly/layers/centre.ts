// Centring, in place: x <- x - 1/2, so that the unit square is around the origin. It reads network inputs, so it has no gradient.
import { LANE_BYTES } from '../../src/abi/panels';
import { CentreField as At } from '../../src/abi/plan';

/** x <- x - 1/2. x: panels [N][8]. */
export function centreForward(op: usize, panels: usize): void {
  const bytes = load<usize>(op, At.N) * LANE_BYTES;
  const stride = load<usize>(op, At.X_STRIDE);
  let x = load<usize>(op, At.X);
  for (let p: usize = 0; p < panels; p++) {
    centre(x, bytes);
    x += stride;
  }
}

/** x <- x - 1/2 for one sample. x: [N], padded to a multiple of 4. */
export function centreRow(op: usize): void {
  centre(load<usize>(op, At.X), load<usize>(op, At.N) << 2);
}

function centre(x: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(x + at, f32x4.sub(v128.load(x + at), f32x4.splat(0.5)));
  }
}

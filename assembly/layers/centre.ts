// Changes of a network's inputs, in place: centring, x <- x - 1/2, and recentring, x <- 2 x - 1. Inputs have no gradient.
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

/** x <- 2 x - 1, from the unit interval to [-1, 1]. x: panels [N][8] or eight rows [N]. */
export function recentreForward(op: usize, panels: usize): void {
  for (let p: usize = 0; p < panels; p++)
    recentre(load<usize>(op, At.X) + p * load<usize>(op, At.X_STRIDE), load<usize>(op, At.N) * LANE_BYTES);
}

/** The same for one sample. x: [N], padded to a multiple of 4. */
export function recentreRow(op: usize): void {
  recentre(load<usize>(op, At.X), load<usize>(op, At.N) << 2);
}

function recentre(x: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    const v = v128.load(x + at);
    v128.store(x + at, f32x4.sub(f32x4.add(v, v), f32x4.splat(1)));
  }
}

/** x <- 2 x of the tangents behind so many panels of samples. */
export function recentreTangents(op: usize, panels: usize, tangents: usize): void {
  const bytes = load<usize>(op, At.N) * LANE_BYTES;
  for (let p = panels; p < panels * (1 + tangents); p++) {
    const x = load<usize>(op, At.X) + p * load<usize>(op, At.X_STRIDE);
    for (let at: usize = 0; at < bytes; at += 16) {
      const v = v128.load(x + at);
      v128.store(x + at, f32x4.add(v, v));
    }
  }
}

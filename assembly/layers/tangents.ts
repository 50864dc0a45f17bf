// How tangents go through a curve y = f(x), elementwise: ydot = f'(x) xdot. Backward, from the gradients dy and dydot:
// dxdot = f'(x) dydot, and dx = f'(x) dy + the sum over tangents of f''(x) xdot dydot.

/**
 * For the numbers of a sample or a panel: the tangents' x <- slope x, `stride` bytes apart from `x` on; bytes: of one of them,
 * whole vectors.
 */
export function slopeTangents(x: usize, stride: usize, slope: usize, bytes: usize, tangents: usize): void {
  for (let k: usize = 0; k < tangents; k++) {
    for (let at: usize = 0; at < bytes; at += 16)
      v128.store(x + at, f32x4.mul(v128.load(x + at), v128.load(slope + at)));
    x += stride;
  }
}

/**
 * dy <- slope dy + the sum over tangents of bend d, then the tangents' d <- slope d. d, bend: those of the tangents, `stride`
 * and `bendStride` bytes apart; bend: f''(x) xdot.
 */
export function curveBackward(
  dy: usize,
  d: usize,
  stride: usize,
  slope: usize,
  bend: usize,
  bendStride: usize,
  bytes: usize,
  tangents: usize,
): void {
  for (let at: usize = 0; at < bytes; at += 16)
    v128.store(dy + at, f32x4.mul(v128.load(dy + at), v128.load(slope + at)));
  for (let k: usize = 0; k < tangents; k++) {
    for (let at: usize = 0; at < bytes; at += 16) {
      const v = v128.load(d + at);
      v128.store(dy + at, f32x4.add(v128.load(dy + at), f32x4.mul(v, v128.load(bend + at))));
      v128.store(d + at, f32x4.mul(v, v128.load(slope + at)));
    }
    d += stride;
    bend += bendStride;
  }
}

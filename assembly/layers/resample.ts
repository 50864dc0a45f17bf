// Nearest upsampling of pictures [sample][y][x][channel] to twice their size: y[2 i + a][2 j + b] = x[i][j] for a, b = 0, 1.
// Backward: dx is the sum of the four.
import { UpsampleField as At } from '../../src/abi/plan';
import { storeLanes } from '../core/simd';

/** y: overwritten. */
export function upsampleForward(op: usize, samples: usize): void {
  const bytes = load<usize>(op, At.CHANNELS) << 2;
  const width = load<usize>(op, At.WIDTH);
  const line = (width * bytes) << 1;
  let x = load<usize>(op, At.X);
  let y = load<usize>(op, At.Y);
  for (let row = samples * load<usize>(op, At.HEIGHT); row > 0; row--) {
    for (let at: usize = 0; at < line; at += bytes << 1) {
      memory.copy(y + at, x, bytes);
      memory.copy(y + at + bytes, x, bytes);
      x += bytes;
    }
    memory.copy(y + line, y, line);
    y += 2 * line;
  }
}

/** dx: overwritten. */
export function upsampleBackward(op: usize, samples: usize): void {
  const bytes = load<usize>(op, At.CHANNELS) << 2;
  const width = load<usize>(op, At.WIDTH);
  const line = (width * bytes) << 1;
  let dx = load<usize>(op, At.DX);
  let dy = load<usize>(op, At.DY);
  for (let row = samples * load<usize>(op, At.HEIGHT); row > 0; row--) {
    for (let x: usize = 0; x < width; x++) {
      for (let c: usize = 0; c < bytes; c += 16) {
        const at = dy + c;
        const upper = f32x4.add(v128.load(at), v128.load(at + bytes));
        const sum = f32x4.add(upper, f32x4.add(v128.load(at + line), v128.load(at + line + bytes)));
        if (c + 16 <= bytes) v128.store(dx + c, sum);
        else storeLanes(dx + c, sum, (bytes - c) >> 2);
      }
      dx += bytes;
      dy += 2 * bytes;
    }
    dy += line;
  }
}

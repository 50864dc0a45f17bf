// A sum, in place: y <- y + x, of panels or rows. Backward: dx = dy; the gradient of y as it was is dy too, which stays.
import { LANE_BYTES } from '../../src/abi/panels';
import { AddField as At } from '../../src/abi/plan';

export function addForward(op: usize, panels: usize): void {
  for (let p: usize = 0; p < panels; p++)
    add(
      load<usize>(op, At.Y) + p * load<usize>(op, At.Y_STRIDE),
      load<usize>(op, At.X) + p * load<usize>(op, At.X_STRIDE),
      load<usize>(op, At.N) * LANE_BYTES,
    );
}

/** The same for one sample. x, y: [N], room for N rounded up to 4. */
export function addRow(op: usize): void {
  add(load<usize>(op, At.Y), load<usize>(op, At.X), load<usize>(op, At.N) << 2);
}

function add(y: usize, x: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 16)
    v128.store(y + at, f32x4.add(v128.load(y + at), v128.load(x + at)));
}

/** dx = dy, overwritten. */
export function addBackward(op: usize, panels: usize): void {
  const dx = load<usize>(op, At.DX);
  if (dx == 0) return;
  for (let p: usize = 0; p < panels; p++)
    memory.copy(
      dx + p * load<usize>(op, At.DX_STRIDE),
      load<usize>(op, At.DY) + p * load<usize>(op, At.DY_STRIDE),
      load<usize>(op, At.N) * LANE_BYTES,
    );
}

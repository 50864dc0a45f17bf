// Concatenation of the channels of two pictures: y[p] = [a[p], b[p]] for each pixel. Backward: da and db are its parts.
import { ConcatenateField as At } from '../../src/abi/plan';

/** y: overwritten. */
export function concatenateForward(op: usize, samples: usize): void {
  const aBytes = load<usize>(op, At.A_CHANNELS) << 2;
  const bBytes = load<usize>(op, At.B_CHANNELS) << 2;
  let a = load<usize>(op, At.A);
  let b = load<usize>(op, At.B);
  let y = load<usize>(op, At.Y);
  for (let p = samples * load<usize>(op, At.PIXELS); p > 0; p--) {
    memory.copy(y, a, aBytes);
    memory.copy(y + aBytes, b, bBytes);
    a += aBytes;
    b += bBytes;
    y += aBytes + bBytes;
  }
}

/** da, db: overwritten. */
export function concatenateBackward(op: usize, samples: usize): void {
  const aBytes = load<usize>(op, At.A_CHANNELS) << 2;
  const bBytes = load<usize>(op, At.B_CHANNELS) << 2;
  let da = load<usize>(op, At.DA);
  let db = load<usize>(op, At.DB);
  let dy = load<usize>(op, At.DY);
  for (let p = samples * load<usize>(op, At.PIXELS); p > 0; p--) {
    memory.copy(da, dy, aBytes);
    memory.copy(db, dy + aBytes, bBytes);
    da += aBytes;
    db += bBytes;
    dy += aBytes + bBytes;
  }
}

// Pictures with zeros around them, in a convolution's WORK.
import { ConvField as At } from '../../src/abi/plan';
import { packedColumns } from '../core/rows';

/** Where WORK has room for pictures: behind the sums that columns start from. */
export function pictureRoom(op: usize): usize {
  return (
    load<usize>(op, At.WORK) +
    ((packedColumns(load<usize>(op, At.OUT_CHANNELS)) + packedColumns(load<usize>(op, At.CHANNELS))) << 2)
  );
}

/**
 * Copies a picture into one of zeros: its pixel (0, 0) to (corner, corner). What falls outside is left out. bytes: of a pixel.
 */
export function spread(
  from: usize,
  height: usize,
  width: usize,
  bytes: usize,
  to: usize,
  toHeight: usize,
  toWidth: usize,
  corner: usize,
): void {
  memory.fill(to, 0, toHeight * toWidth * bytes);
  const columns = min<usize>(width, toWidth - corner);
  const rows = min<usize>(height, toHeight - corner);
  for (let y: usize = 0; y < rows; y++)
    memory.copy(to + ((corner + y) * toWidth + corner) * bytes, from + y * width * bytes, columns * bytes);
}

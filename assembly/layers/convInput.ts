// The gradient of a convolution's input: dx = dy * turned W.
import { ConvField as At } from '../../src/abi/plan';
import { packedColumns, packStrips, rowsProduct, stripBytes } from '../core/rows';
import { pictureRoom, spread } from './paddedPicture';

/**
 * Packs the turned kernel for dx. With a step, an input pixel meets every step-th tap, from one on that its line and column
 * decide: each such choice of taps is a matrix of its own, one behind the other.
 */
export function packBack(op: usize, back: usize): void {
  const C = load<usize>(op, At.CHANNELS);
  const N = load<usize>(op, At.OUT_CHANNELS);
  const side = load<usize>(op, At.SIDE);
  const step = load<usize>(op, At.STEP);
  const last = load<usize>(op, At.W) + (((side * side - 1) * C * N) << 2);
  for (let y: usize = 0; y < step; y++) {
    for (let x: usize = 0; x < step; x++) {
      const rows = tapsFrom(y, side, step);
      const columns = tapsFrom(x, side, step);
      const strip = stripBytes(rows * columns * N, 1);
      let to = back;
      for (let ty = y; ty < side; ty += step) {
        for (let tx = x; tx < side; tx += step) {
          packStrips(to, strip, last - (((ty * side + tx) * C * N) << 2), N, C, 1, N);
          to += stripBytes(N, 1);
        }
      }
      back += stripBytes(rows * columns * N, C);
    }
  }
}

/** Number of taps first, first + step, ... of a side. */
function tapsFrom(first: usize, side: usize, step: usize): usize {
  return first < side ? (side - first + step - 1) / step : 0;
}

/** dx = dy * turned W for one sample. */
export function inputGradient(op: usize, dy: usize, dx: usize): void {
  const C = load<usize>(op, At.CHANNELS);
  const N = load<usize>(op, At.OUT_CHANNELS);
  const side = load<usize>(op, At.SIDE);
  const height = load<usize>(op, At.HEIGHT);
  const width = load<usize>(op, At.WIDTH);
  const start = load<usize>(op, At.WORK);
  memory.fill(start, 0, packedColumns(C) << 2);
  if (load<usize>(op, At.STEP) != 1) {
    steppedGradient(op, dy, dx, start);
    return;
  }
  let from = dy;
  if (side != 1) {
    from = pictureRoom(op);
    spread(
      dy,
      load<usize>(op, At.OUT_HEIGHT),
      load<usize>(op, At.OUT_WIDTH),
      N << 2,
      from,
      height + side - 1,
      width + side - 1,
      side - 1 - load<usize>(op, At.PAD),
    );
  }
  rowsProduct(
    height * width,
    C,
    side * N,
    side,
    ((width + side - 1) * N) << 2,
    load<usize>(op, At.BACK_PLACES),
    from,
    load<usize>(op, At.BACK_STRIPS),
    start,
    dx,
    C << 2,
  );
}

/**
 * The same with a step, which would be the convolution of a dy with zeros between its pixels: those are left out. The pixels
 * of a line that are a step apart meet the same taps (`packBack`).
 */
function steppedGradient(op: usize, dy: usize, dx: usize, start: usize): void {
  const C = load<usize>(op, At.CHANNELS);
  const N = load<usize>(op, At.OUT_CHANNELS);
  const side = load<usize>(op, At.SIDE);
  const step = load<usize>(op, At.STEP);
  const width = load<usize>(op, At.WIDTH);
  const outWidth = load<usize>(op, At.OUT_WIDTH);
  const outHeight = load<usize>(op, At.OUT_HEIGHT);
  const corner = side - 1 - load<usize>(op, At.PAD);
  // Where dy(0, 0) stands: before it are as many zeros as taps reach beyond it.
  const before = side;
  const line = (outWidth + 2 * side) * N;
  const from = pictureRoom(op);
  spread(dy, outHeight, outWidth, N << 2, from, outHeight + 2 * side, outWidth + 2 * side, before);
  let strips = load<usize>(op, At.BACK_STRIPS);
  for (let ty: usize = 0; ty < step; ty++) {
    for (let tx: usize = 0; tx < step; tx++) {
      const rows = tapsFrom(ty, side, step);
      const columns = tapsFrom(tx, side, step);
      // Pixel y meets tap ty if y + ty - corner is a multiple of the step, and there output (y + ty - corner) / step.
      const firstX = (corner + step * side - tx) % step;
      const pixels = (width - firstX + step - 1) / step;
      const column = (firstX + tx + step * before - corner) / step;
      for (let y = (corner + step * side - ty) % step; y < load<usize>(op, At.HEIGHT); y += step) {
        const row = (y + ty + step * before - corner) / step;
        rowsProduct(
          pixels,
          C,
          columns * N,
          rows,
          line << 2,
          load<usize>(op, At.BACK_PLACES),
          from + ((row * line + column * N) << 2),
          strips,
          start,
          dx + (((y * width + firstX) * C) << 2),
          (step * C) << 2,
        );
      }
      strips += stripBytes(rows * columns * N, C);
    }
  }
}

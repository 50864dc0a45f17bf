// Convolution of pictures, rows [sample][y][x][channel], as a product: an output pixel is a row of the patch that it reads, times
// the kernel, [SIDE][SIDE][CHANNELS][OUT_CHANNELS]. Backward: dx is the convolution of dy with the turned kernel, dW the
// product of patches and dy. A picture is copied into WORK with zeros around it, unless the kernel is one pixel.
import { ConvField as At } from '../../src/abi/plan';
import { packStrips, rowsGradient, rowsProduct, stripBytes } from '../core/rows';
import { addChannelSums } from './channels';
import { inputGradient, packBack } from './convInput';
import { pictureRoom, spread } from './paddedPicture';

/** Pixels whose patches and gradients stay in the first-level cache while they meet the kernel's gradient. */
const GRADIENT_PIXELS: usize = 128;

/** After the parameters changed: packs the kernel, and writes where patches begin. */
export function convPack(op: usize): void {
  const C = load<usize>(op, At.CHANNELS);
  const N = load<usize>(op, At.OUT_CHANNELS);
  const side = load<usize>(op, At.SIDE);
  const step = load<usize>(op, At.STEP);
  const W = load<usize>(op, At.W);
  const taps = side * side;
  packStrips(load<usize>(op, At.STRIPS), stripBytes(taps * C, 1), W, taps * C, N, N, 1);
  const width = load<usize>(op, At.OUT_WIDTH);
  const pixels = load<usize>(op, At.OUT_HEIGHT) * width;
  writePlaces(load<usize>(op, At.PLACES), pixels, width, step * paddedWidth(op) * C, step * C);
  const back = load<usize>(op, At.BACK_STRIPS);
  if (back == 0) return;
  packBack(op, back);
  const inWidth = load<usize>(op, At.WIDTH);
  const inPixels = load<usize>(op, At.HEIGHT) * inWidth;
  writePlaces(load<usize>(op, At.BACK_PLACES), inPixels, inWidth, (inWidth + side - 1) * N, N);
}

/** places: u32 [pixels], the bytes to each pixel where lines are `line` numbers apart, and pixels `step`. */
function writePlaces(places: usize, pixels: usize, width: usize, line: usize, step: usize): void {
  for (let p: usize = 0; p < pixels; p++)
    store<u32>(places + (p << 2), <u32>(((p / width) * line + (p % width) * step) << 2));
}

/** Height and width of the part of the picture, with its zeros, that outputs read. */
function paddedHeight(op: usize): usize {
  return (load<usize>(op, At.OUT_HEIGHT) - 1) * load<usize>(op, At.STEP) + load<usize>(op, At.SIDE);
}
function paddedWidth(op: usize): usize {
  return (load<usize>(op, At.OUT_WIDTH) - 1) * load<usize>(op, At.STEP) + load<usize>(op, At.SIDE);
}

/** A picture with its zeros, at the address returned: x itself where the kernel is one pixel and reads each. */
function padded(op: usize, x: usize): usize {
  const bytes = load<usize>(op, At.CHANNELS) << 2;
  if (load<usize>(op, At.SIDE) == 1 && load<usize>(op, At.STEP) == 1) return x;
  const to = pictureRoom(op);
  spread(
    x,
    load<usize>(op, At.HEIGHT),
    load<usize>(op, At.WIDTH),
    bytes,
    to,
    paddedHeight(op),
    paddedWidth(op),
    load<usize>(op, At.PAD),
  );
  return to;
}

/** y = W * x + b + shift, of the first `biased` samples; W * x of the others, which are tangents. y: overwritten. */
export function convForward(op: usize, samples: usize, biased: usize): void {
  const C = load<usize>(op, At.CHANNELS);
  const N = load<usize>(op, At.OUT_CHANNELS);
  const side = load<usize>(op, At.SIDE);
  const pixels = load<usize>(op, At.OUT_HEIGHT) * load<usize>(op, At.OUT_WIDTH);
  const bytes = (load<usize>(op, At.HEIGHT) * load<usize>(op, At.WIDTH) * C) << 2;
  const bias = load<usize>(op, At.BIAS);
  const shift = load<usize>(op, At.SHIFT);
  const shiftStride = load<usize>(op, At.SHIFT_STRIDE) >> 3;
  const start = load<usize>(op, At.WORK);
  for (let s: usize = 0; s < samples; s++) {
    const from = shift + s * shiftStride;
    if (s == biased) memory.fill(start, 0, N << 2);
    if (s < biased) {
      for (let n: usize = 0; n < N << 2; n += 4)
        store<f32>(start + n, load<f32>(bias + n) + (shift != 0 ? load<f32>(from + n) : 0));
    }
    rowsProduct(
      pixels,
      N,
      side * C,
      side,
      (paddedWidth(op) * C) << 2,
      load<usize>(op, At.PLACES),
      padded(op, load<usize>(op, At.X) + s * bytes),
      load<usize>(op, At.STRIPS),
      start,
      load<usize>(op, At.Y) + ((s * pixels * N) << 2),
      N << 2,
    );
  }
}

/**
 * dW += patches of x times dy, db += the sum of dy over pixels, which is dshift of a sample; dx = dy * turned W unless DX is 0.
 * gradients: bytes from a parameter to its gradient; dx, dshift: overwritten; biased: samples that have the bias and the shift.
 */
export function convBackward(op: usize, samples: usize, gradients: usize, biased: usize): void {
  const C = load<usize>(op, At.CHANNELS);
  const N = load<usize>(op, At.OUT_CHANNELS);
  const side = load<usize>(op, At.SIDE);
  const pixels = load<usize>(op, At.OUT_HEIGHT) * load<usize>(op, At.OUT_WIDTH);
  const bytes = (load<usize>(op, At.HEIGHT) * load<usize>(op, At.WIDTH) * C) << 2;
  const dShift = load<usize>(op, At.DSHIFT);
  const sums = load<usize>(op, At.WORK);
  const line = (paddedWidth(op) * C) << 2;
  for (let s: usize = 0; s < samples; s++) {
    const dy = load<usize>(op, At.DY) + ((s * pixels * N) << 2);
    if (s < biased) {
      memory.fill(sums, 0, N << 2);
      addChannelSums(dy, pixels, N, sums);
      if (dShift != 0) memory.copy(dShift + ((s * N) << 2), sums, N << 2);
      const dBias = load<usize>(op, At.BIAS) + gradients;
      for (let n: usize = 0; n < N << 2; n += 4)
        store<f32>(dBias + n, load<f32>(dBias + n) + load<f32>(sums + n));
    }
    const x = padded(op, load<usize>(op, At.X) + s * bytes);
    for (let first: usize = 0; first < pixels; first += GRADIENT_PIXELS) {
      for (let k: usize = 0; k < side; k++) {
        rowsGradient(
          min<usize>(GRADIENT_PIXELS, pixels - first),
          side * C,
          N,
          load<usize>(op, At.PLACES) + (first << 2),
          x + k * line,
          dy + ((first * N) << 2),
          N << 2,
          load<usize>(op, At.W) + gradients + ((k * side * C * N) << 2),
          N << 2,
        );
      }
    }
    if (load<usize>(op, At.DX) != 0) inputGradient(op, dy, load<usize>(op, At.DX) + s * bytes);
  }
}

/** Bytes of W in strips: for y, and for dx with inputs and outputs exchanged. */
export function kernelBytes(side: usize, inputs: usize, outputs: usize): usize {
  return stripBytes(side * side * inputs, outputs);
}

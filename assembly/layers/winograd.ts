// Convolution of pictures, rows [sample][y][x][channel], by 3x3 kernels with zeros around, as Winograd's F(4x4, 3x3): among the
// points, where a tile of 16 output pixels takes 36 products instead of 144. Forward: y = A^T [U . V] A with V = B^T x B for
// each tile, a product of rows of channels for each of the 36 points. Backward: dx is the convolution of dy with the turned
// kernel, and dW = G^T (sum over tiles of (A dy A^T) V^T) G. Tiles are worked on in blocks whose transforms stay in the
// second-level cache.
import { WinogradField as At } from '../../src/abi/plan';
import { packedColumns, rowsGradient, rowsProduct } from '../core/rows';
import { LINE_BYTES } from '../core/winograd';
import { addChannelSums } from './channels';
import { addKernelGradient, matrixBytes, transformKernel } from './winogradKernel';
import {
  deltaPiece,
  inputPiece,
  LINES_BYTES,
  openLines,
  outputPiece,
  POINTS,
  TILE,
  zeroLine,
} from './winogradTiles';

const MATRICES = POINTS * POINTS;
/** The matrix of the point (1, 1), all of whose factors are 1: what is added there reaches all pixels of a tile. */
const ONES = POINTS + 1;
/**
 * Most tiles of a block. Its transforms should stay in the second-level cache; with fewer tiles, those of wide kernels, which
 * do not, are read and added to more often.
 */
const MOST_TILES: usize = 48;
/** Tiles whose products are summed before the sum is turned into the kernel's gradient, which takes as long as some tiles. */
const MOST_SUMMED: usize = 384;

/** Tiles of a piece: a row of tiles, or a part of it such that its pixels fit a line. */
function tilesOfPiece(width: usize, C: usize, N: usize): usize {
  const across = (width + TILE - 1) / TILE;
  const pixels = (LINE_BYTES >> 2) / max<usize>(C, N);
  const most = min<usize>(MOST_TILES, max<usize>(1, (pixels - 2) / TILE));
  const pieces = (across + most - 1) / most;
  return (across + pieces - 1) / pieces;
}

/** Bytes from one matrix of transforms to the next: rows of N numbers. */
function rowsBytes(tiles: usize, N: usize): usize {
  return ((tiles * N) << 2) + 192;
}

/** Bytes of WORK. */
export function winogradWorkBytes(C: usize, N: usize): usize {
  const rows = MATRICES * (rowsBytes(MOST_TILES, packedColumns(C)) + rowsBytes(MOST_TILES, packedColumns(N)));
  return LINES_BYTES + (MOST_TILES << 2) + rows + ((N + C) << 2) + 256;
}

/** After the parameters changed: transforms the kernel. */
export function winogradPack(op: usize): void {
  const C = load<usize>(op, At.CHANNELS);
  const N = load<usize>(op, At.OUT_CHANNELS);
  const W = load<usize>(op, At.W);
  const tap = (C * N) << 2;
  transformKernel(load<usize>(op, At.KERNEL), W, tap, C, N, N, 1);
  const back = load<usize>(op, At.BACK_KERNEL);
  if (back != 0) transformKernel(back, W + 8 * tap, 0 - tap, N, C, 1, N);
}

/** y = W * x + b + shift, of the first `biased` samples; W * x of the others, which are tangents. y: overwritten. */
export function winogradForward(op: usize, samples: usize, biased: usize): void {
  convolve(
    op,
    samples,
    load<usize>(op, At.X),
    load<usize>(op, At.CHANNELS),
    load<usize>(op, At.KERNEL),
    load<usize>(op, At.Y),
    load<usize>(op, At.OUT_CHANNELS),
    biased,
  );
}

/** Places of rows of `bytes`: u32 [tiles] at the address returned. */
function writePlaces(op: usize, bytes: usize): usize {
  const places = load<usize>(op, At.WORK) + LINES_BYTES;
  for (let i: usize = 0; i < MOST_TILES; i++) store<u32>(places + (i << 2), <u32>(i * bytes));
  return places;
}

/** y = kernel * x, and b and the shift added to the first `biased` samples. C, N: channels of x and of y. */
function convolve(
  op: usize,
  samples: usize,
  x: usize,
  C: usize,
  kernel: usize,
  y: usize,
  N: usize,
  biased: usize,
): void {
  const height = load<usize>(op, At.HEIGHT);
  const width = load<usize>(op, At.WIDTH);
  const columns = packedColumns(N);
  const across = (width + TILE - 1) / TILE;
  const most = tilesOfPiece(width, C, N);
  const inLine = (across + most - 1) / most;
  const inPicture = inLine * ((height + TILE - 1) / TILE);
  const inBlock = MOST_TILES / most;
  const lines = load<usize>(op, At.WORK);
  const places = writePlaces(op, C << 2);
  const start = places + (MOST_TILES << 2);
  const V = start + (columns << 2);
  const vMatrix = rowsBytes(MOST_TILES, C);
  const M = V + MATRICES * vMatrix;
  const mMatrix = rowsBytes(MOST_TILES, columns);
  const uMatrix = matrixBytes(C, N);
  openLines(lines);
  const end = samples * inPicture;
  for (let block: usize = 0; block < end; block += inBlock) {
    const stop = min<usize>(end, block + inBlock);
    let tiles: usize = 0;
    for (let piece = block; piece < stop; piece++) {
      const s = piece / inPicture;
      const row = (piece % inPicture) / inLine;
      const first = (piece % inLine) * most;
      const count = min<usize>(most, across - first);
      const picture = x + ((s * height * width * C) << 2);
      inputPiece(picture, height, width, C << 2, row, first, count, lines, V + ((tiles * C) << 2), vMatrix);
      tiles += count;
    }
    for (let i: usize = 0; i < MATRICES; i++) {
      const u = kernel + i * uMatrix;
      const zeros = zeroLine(lines);
      rowsProduct(tiles, columns, C, 1, 0, places, V + i * vMatrix, u, zeros, M + i * mMatrix, columns << 2);
    }
    tiles = 0;
    for (let piece = block; piece < stop; piece++) {
      const s = piece / inPicture;
      const row = (piece % inPicture) / inLine;
      const first = (piece % inLine) * most;
      const count = min<usize>(most, across - first);
      const m = M + ((tiles * columns) << 2);
      if (s < biased) addStart(op, s, start, m + ONES * mMatrix, count, N, columns);
      const picture = y + ((s * height * width * N) << 2);
      const skip = (columns - N) << 2;
      outputPiece(picture, height, width, N << 2, row, first, count, lines, m, mMatrix, skip);
      tiles += count;
    }
  }
}

/** Adds b and the sample's shift to rows of `columns` numbers. start: f32 [N], overwritten. */
function addStart(
  op: usize,
  sample: usize,
  start: usize,
  rows: usize,
  count: usize,
  N: usize,
  columns: usize,
): void {
  const bias = load<usize>(op, At.BIAS);
  let shift = load<usize>(op, At.SHIFT);
  if (shift != 0) shift += sample * (load<usize>(op, At.SHIFT_STRIDE) >> 3);
  for (let n: usize = 0; n < N << 2; n += 16) {
    let sum = v128.load(bias + n);
    if (shift != 0) sum = f32x4.add(sum, v128.load(shift + n));
    v128.store(start + n, sum);
  }
  for (let r: usize = 0; r < count; r++) {
    for (let n: usize = 0; n < N << 2; n += 16)
      v128.store(rows + n, f32x4.add(v128.load(rows + n), v128.load(start + n)));
    rows += columns << 2;
  }
}

/**
 * dW += G^T (sum of (A dy A^T) V^T) G, db += the sum of dy over pixels, which is dshift of a sample; dx = dy * turned W unless DX is 0.
 * gradients: bytes from a parameter to its gradient; dx, dshift: overwritten; biased: samples that have the bias and the shift.
 */
export function winogradBackward(op: usize, samples: usize, gradients: usize, biased: usize): void {
  const C = load<usize>(op, At.CHANNELS);
  const N = load<usize>(op, At.OUT_CHANNELS);
  kernelGradient(op, samples, C, N, gradients, biased);
  const dx = load<usize>(op, At.DX);
  if (dx != 0) convolve(op, samples, load<usize>(op, At.DY), N, load<usize>(op, At.BACK_KERNEL), dx, C, 0);
}

function kernelGradient(
  op: usize,
  samples: usize,
  C: usize,
  N: usize,
  gradients: usize,
  biased: usize,
): void {
  const height = load<usize>(op, At.HEIGHT);
  const width = load<usize>(op, At.WIDTH);
  const columns = packedColumns(N);
  const across = (width + TILE - 1) / TILE;
  const most = tilesOfPiece(width, C, N);
  const inLine = (across + most - 1) / most;
  const inPicture = inLine * ((height + TILE - 1) / TILE);
  const inBlock = MOST_TILES / most;
  const lines = load<usize>(op, At.WORK);
  const places = writePlaces(op, C << 2);
  const sums = places + (MOST_TILES << 2);
  const V = sums + (columns << 2);
  const vMatrix = rowsBytes(MOST_TILES, C);
  const D = V + MATRICES * vMatrix;
  const dMatrix = rowsBytes(MOST_TILES, columns);
  const uMatrix = matrixBytes(C, N);
  const dU = load<usize>(op, At.DU);
  memory.fill(dU, 0, MATRICES * uMatrix);
  const dW = load<usize>(op, At.W) + gradients;
  const dShift = load<usize>(op, At.DSHIFT);
  const dBias = load<usize>(op, At.BIAS) + gradients;
  if (dShift != 0) memory.fill(dShift, 0, (biased * N) << 2);
  openLines(lines);
  const end = samples * inPicture;
  let summed: usize = 0;
  for (let block: usize = 0; block < end; block += inBlock) {
    const stop = min<usize>(end, block + inBlock);
    let tiles: usize = 0;
    for (let piece = block; piece < stop; piece++) {
      const s = piece / inPicture;
      const row = (piece % inPicture) / inLine;
      const first = (piece % inLine) * most;
      const count = min<usize>(most, across - first);
      const pixels = s * height * width;
      const v = V + ((tiles * C) << 2);
      const d = D + ((tiles * columns) << 2);
      const skip = (columns - N) << 2;
      const x = load<usize>(op, At.X) + ((pixels * C) << 2);
      const dy = load<usize>(op, At.DY) + ((pixels * N) << 2);
      inputPiece(x, height, width, C << 2, row, first, count, lines, v, vMatrix);
      deltaPiece(dy, height, width, N << 2, row, first, count, lines, d, dMatrix, skip);
      if (s < biased) {
        memory.fill(sums, 0, columns << 2);
        addChannelSums(d + ONES * dMatrix, count, columns, sums);
        addTo(dBias, sums, N);
        if (dShift != 0) addTo(dShift + ((s * N) << 2), sums, N);
      }
      tiles += count;
    }
    for (let i: usize = 0; i < MATRICES; i++) {
      const d = D + i * dMatrix;
      const to = dU + i * uMatrix;
      rowsGradient(tiles, C, columns, places, V + i * vMatrix, d, columns << 2, to, columns << 2);
    }
    // Rounding errors grow with the number of terms of a sum.
    summed += tiles;
    if (summed >= MOST_SUMMED && stop < end) {
      addKernelGradient(dU, dW, C, N);
      memory.fill(dU, 0, MATRICES * uMatrix);
      summed = 0;
    }
  }
  addKernelGradient(dU, dW, C, N);
}

/** to += from, [N]. */
function addTo(to: usize, from: usize, N: usize): void {
  for (let n: usize = 0; n < N << 2; n += 16)
    v128.store(to + n, f32x4.add(v128.load(to + n), v128.load(from + n)));
}

// A dense layer without its bias: y = W x, and so dW = dy x^T and dx = W^T dy. The transposed one, over the weights of such a
// layer: y = W^T x, and so dW = x dy^T and dx = W dy.
import { LANES } from '../../src/abi/panels';
import { DenseField as At, DenseTransposeField as Back } from '../../src/abi/plan';
import { gemm, gemmGradient, gemv } from '../core/gemm';
import { packDeltas, packRows, packRowTiles, packTiles } from '../core/pack';

/** Packs W [N][K] for the products with x and, where dx is wanted, with dy. */
export function densePack(op: usize): void {
  const N = load<usize>(op, At.N);
  const K = load<usize>(op, At.K);
  const W = load<usize>(op, At.W);
  const backTiles = load<usize>(op, At.BACK_TILES);
  packTiles(load<usize>(op, At.TILES), W, N, K, K, 1);
  if (backTiles != 0) packTiles(backTiles, W, K, N, 1, K);
}

/** y = W x. x: panels [K][8]; y: panels [N][8], overwritten. */
export function denseForward(op: usize, panels: usize): void {
  gemm(
    load<usize>(op, At.N),
    load<usize>(op, At.K),
    load<usize>(op, At.TILES),
    load<usize>(op, At.X),
    load<usize>(op, At.X_STRIDE),
    load<usize>(op, At.Y),
    load<usize>(op, At.Y_STRIDE),
    panels,
  );
}

/**
 * dW += dy x^T summed over the block's samples, and dx = W^T dy unless DX is 0.
 * dy: panels [N][8], zero in lanes that hold no sample; dx: panels [K][8], overwritten; gradients: bytes from a parameter
 * to its gradient; isFirst: whether this is the first block, which overwrites dW unless a transposed layer has.
 */
export function denseBackward(op: usize, panels: usize, gradients: usize, isFirst: bool): void {
  const N = load<usize>(op, At.N);
  const K = load<usize>(op, At.K);
  const dy = load<usize>(op, At.DY);
  const dyStride = load<usize>(op, At.DY_STRIDE);
  const dx = load<usize>(op, At.DX);
  const dyPack = load<usize>(op, At.DY_PACK);
  const xPack = load<usize>(op, At.X_PACK);
  packDeltas(dyPack, dy, panels, N, dyStride);
  packRows(xPack, load<usize>(op, At.X), panels, K, load<usize>(op, At.X_STRIDE));
  const add = !isFirst || load<u32>(op, At.IS_TIED) != 0;
  gemmGradient(N, K, panels * LANES, dyPack, xPack, load<usize>(op, At.W) + gradients, K, add);
  if (dx == 0) return;
  gemm(K, N, load<usize>(op, At.BACK_TILES), dy, dyStride, dx, load<usize>(op, At.DX_STRIDE), panels);
}

/** Packs W for the product with one sample. */
export function densePackRow(op: usize): void {
  packRowTiles(
    load<usize>(op, At.ROW_TILES),
    load<usize>(op, At.W),
    load<usize>(op, At.N),
    load<usize>(op, At.K),
    load<usize>(op, At.K),
    1,
  );
}

/** y = W x for one sample. x: [K]; y: room for N rounded up to 4, overwritten. */
export function denseRow(op: usize): void {
  gemv(
    load<usize>(op, At.N),
    load<usize>(op, At.K),
    load<usize>(op, At.ROW_TILES),
    load<usize>(op, At.X),
    load<usize>(op, At.Y),
  );
}

/** y = W^T x. x: panels [N][8]; y: panels [K][8], overwritten. */
export function denseTransposeForward(op: usize, panels: usize): void {
  gemm(
    load<usize>(op, Back.K),
    load<usize>(op, Back.N),
    load<usize>(op, Back.BACK_TILES),
    load<usize>(op, Back.X),
    load<usize>(op, Back.X_STRIDE),
    load<usize>(op, Back.Y),
    load<usize>(op, Back.Y_STRIDE),
    panels,
  );
}

/**
 * dW += x dy^T summed over the block's samples, and dx = W dy.
 * dy: panels [K][8], zero in lanes that hold no sample; dx: panels [N][8], overwritten; gradients: bytes from a parameter to its
 * gradient; isFirst: whether this is the first block, which overwrites dW.
 */
export function denseTransposeBackward(op: usize, panels: usize, gradients: usize, isFirst: bool): void {
  const N = load<usize>(op, Back.N);
  const K = load<usize>(op, Back.K);
  const dy = load<usize>(op, Back.DY);
  const dyStride = load<usize>(op, Back.DY_STRIDE);
  const xPack = load<usize>(op, Back.X_PACK);
  const dyPack = load<usize>(op, Back.DY_PACK);
  packDeltas(xPack, load<usize>(op, Back.X), panels, N, load<usize>(op, Back.X_STRIDE));
  packRows(dyPack, dy, panels, K, dyStride);
  gemmGradient(N, K, panels * LANES, xPack, dyPack, load<usize>(op, Back.W) + gradients, K, !isFirst);
  const dx = load<usize>(op, Back.DX);
  gemm(N, K, load<usize>(op, Back.TILES), dy, dyStride, dx, load<usize>(op, Back.DX_STRIDE), panels);
}

/** Packs W^T for the product with one sample. */
export function denseTransposePackRow(op: usize): void {
  const N = load<usize>(op, Back.N);
  const K = load<usize>(op, Back.K);
  packRowTiles(load<usize>(op, Back.ROW_TILES), load<usize>(op, Back.W), K, N, 1, K);
}

/** y = W^T x for one sample. x: [N]; y: room for K rounded up to 4, overwritten. */
export function denseTransposeRow(op: usize): void {
  gemv(
    load<usize>(op, Back.K),
    load<usize>(op, Back.N),
    load<usize>(op, Back.ROW_TILES),
    load<usize>(op, Back.X),
    load<usize>(op, Back.Y),
  );
}

// A short computation with random numbers, packing, tiles and elementary functions. Two binaries that are compiled rightly
// give the same bits; an engine that joins vectors wrongly gives others.
import { LANE_BYTES, LANES } from '../../src/abi/panels';
import { gemm, gemmGradient } from './gemm';
import { cosTurn, softplusValue } from './math';
import { normal } from './normal';
import { packDeltas, packRows, packTiles, tileBytes } from './pack';
import { panelBytes } from './panels';
import { bits } from './random';

const N: usize = 61;
const K: usize = 66;
const PANELS: usize = 5;
const ROWS: usize = PANELS * LANES;

/** Bytes of the memory that {@link probe} works in. */
export function probeBytes(): usize {
  return probeResultBytes() + 4 * K * N + tileBytes(N, K) + PANELS * panelBytes(K) + packBytes();
}

/** Bytes of the result, with which that memory begins: a gradient f32 [N][K], then outputs, panels [N][8]. */
export function probeResultBytes(): usize {
  return 4 * N * K + PANELS * panelBytes(N);
}

/** Bytes of the operands of the gradient product. */
function packBytes(): usize {
  return 4 * ROWS * (K + LANES + N + LANES);
}

/**
 * y = softplus(W x) and dW = y x^T, W standard normal and x cosines of normals. at: {@link probeBytes}, zeros; overwritten, the
 * first {@link probeResultBytes} with dW and y.
 */
export function probe(at: usize): void {
  const y = at + 4 * N * K;
  const W = at + probeResultBytes();
  const tiles = W + 4 * N * K;
  const x = tiles + tileBytes(N, K);
  const xPack = x + PANELS * panelBytes(K);
  const dyPack = xPack + 4 * ROWS * (K + LANES);
  bits(W, <u32>(N * K), 1, 2, 0);
  normal(W, N * K);
  bits(x, <u32>((PANELS * panelBytes(K)) >> 2), 3, 4, 0);
  normal(x, (PANELS * panelBytes(K)) >> 2);
  for (let i: usize = 0; i < PANELS * panelBytes(K); i += 16) v128.store(x + i, cosTurn(v128.load(x + i)));
  packTiles(tiles, W, N, K, K, 1);
  gemm(N, K, tiles, x, panelBytes(K), y, panelBytes(N), PANELS);
  for (let p: usize = 0; p < PANELS; p++) {
    for (let i: usize = 0; i < N * LANE_BYTES; i += 16) {
      const to = y + p * panelBytes(N) + i;
      v128.store(to, softplusValue(v128.load(to)));
    }
  }
  packDeltas(dyPack, y, PANELS, N, panelBytes(N));
  packRows(xPack, x, PANELS, K, panelBytes(K));
  gemmGradient(N, K, ROWS, dyPack, xPack, at, K, false);
}

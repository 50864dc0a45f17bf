import { addGram, packTiles, TILE, TILE_PRODUCT, tileProduct } from './tiles.js';

/** Columns that are factored before what lies right of them is brought up to date. */
const BLOCK = 48;

/** The Cholesky factor L of G + variance I = L L^T, in float64, for solving systems of four right-hand sides. */
export class Cholesky {
  readonly #size: number;
  /** Left of the diagonal tiles: tile t is rows 4t to 4t + 3 of L, [4t][4]. */
  readonly #left: Float64Array[];
  /** Below the diagonal tiles: tile t is columns 4t to 4t + 3 of L, [size - 4t - 4][4]. */
  readonly #below: Float64Array[];
  /** The diagonal tiles, [size / 4][4][4]. */
  readonly #diagonal: Float64Array;

  /**
   * @param G symmetric and positive semidefinite, [size, size], of which the lower triangle is read; size is a multiple of 4
   * @param variance positive, and far above the rounding error of G's entries
   */
  constructor(G: Float64Array, size: number, variance: number) {
    const L = G.slice();
    for (let i = 0; i < size; i++) L[i * size + i] += variance;
    factor(L, size);
    const tiles = Array.from({ length: size / TILE }, (_, t) => TILE * t);
    this.#size = size;
    this.#left = tiles.map((at) => packTiles(TILE, at, (k, i) => L[(at + i) * size + k]));
    this.#below = tiles.map((at) =>
      packTiles(TILE, size - at - TILE, (k, i) => L[(at + TILE + k) * size + at + i]),
    );
    this.#diagonal = new Float64Array(size * TILE);
    for (const at of tiles) {
      for (let row = 0; row < TILE; row++) {
        const from = (at + row) * size + at;
        this.#diagonal.set(L.subarray(from, from + TILE), (at + row) * TILE);
      }
    }
  }

  /** Solves (G + variance I) x = b for four right-hand sides: b [size][4], overwritten by x. */
  solve(b: Float64Array): void {
    const size = this.#size;
    const D = this.#diagonal;
    const sums = new Float64Array(TILE_PRODUCT);
    // L v = b, from the first row to the last.
    for (let at = 0, t = 0; at < size; at += TILE, t++) {
      tileProduct(this.#left[t], 0, b, 0, at, sums);
      for (let row = 0; row < TILE; row++) {
        const from = (at + row) * TILE;
        for (let lane = 0; lane < TILE; lane++) {
          let rest = b[from + lane] - sums[row * TILE + lane];
          for (let k = 0; k < row; k++) rest -= D[from + k] * b[(at + k) * TILE + lane];
          b[from + lane] = rest / D[from + row];
        }
      }
    }
    // L^T x = v, from the last row to the first.
    for (let at = size - TILE, t = size / TILE - 1; at >= 0; at -= TILE, t--) {
      tileProduct(this.#below[t], 0, b, (at + TILE) * TILE, size - at - TILE, sums);
      for (let row = TILE - 1; row >= 0; row--) {
        const from = (at + row) * TILE;
        for (let lane = 0; lane < TILE; lane++) {
          let rest = b[from + lane] - sums[row * TILE + lane];
          for (let k = row + 1; k < TILE; k++) rest -= D[(at + k) * TILE + row] * b[(at + k) * TILE + lane];
          b[from + lane] = rest / D[from + row];
        }
      }
    }
  }
}

/** Overwrites the lower triangle of a positive definite matrix, [size, size], with its Cholesky factor, block by block. */
function factor(L: Float64Array, size: number): void {
  for (let first = 0; first < size; first += BLOCK) {
    const end = Math.min(first + BLOCK, size);
    // The columns of the block, from which those left of it have been taken already.
    for (let i = first; i < size; i++) {
      for (let j = first; j < Math.min(i + 1, end); j++) {
        let rest = L[i * size + j];
        for (let k = first; k < j; k++) rest -= L[i * size + k] * L[j * size + k];
        L[i * size + j] = i === j ? Math.sqrt(rest) : rest / L[j * size + j];
      }
    }
    const left = size - end;
    const tiles = packTiles(left, end - first, (k, i) => L[(end + i) * size + first + k]);
    addGram(L, size, end, tiles, left, end - first, -1);
  }
}

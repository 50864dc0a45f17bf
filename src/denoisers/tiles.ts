// Float64 products of matrices in tiles of four: the arithmetic of the linear denoiser.

/** Rows or columns a tile. */
export const TILE = 4;
/** Numbers a product of two tiles has. */
export const TILE_PRODUCT = TILE * TILE;
/** Products that are summed from one packing: its tiles then stay in the caches. */
const DEPTH = 256;

/** The least multiple of a tile that is n or more. */
export function whole(n: number): number {
  return Math.ceil(n / TILE) * TILE;
}

/**
 * c[i][j] = sum over k < depth of a[k][i] b[k][j]: the product of two tiles, in order of k.
 *
 * @param a [depth][4], from index `aAt` on; b [depth][4], from index `bAt` on
 * @param c [4][4], overwritten
 */
export function tileProduct(
  a: Float64Array,
  aAt: number,
  b: Float64Array,
  bAt: number,
  depth: number,
  c: Float64Array,
): void {
  // Sixteen sums in registers: an engine keeps no array there.
  let [c00, c01, c02, c03] = [0, 0, 0, 0];
  let [c10, c11, c12, c13] = [0, 0, 0, 0];
  let [c20, c21, c22, c23] = [0, 0, 0, 0];
  let [c30, c31, c32, c33] = [0, 0, 0, 0];
  for (let k = 0; k < depth; k++) {
    const b0 = b[bAt];
    const b1 = b[bAt + 1];
    const b2 = b[bAt + 2];
    const b3 = b[bAt + 3];
    const a0 = a[aAt];
    c00 += a0 * b0;
    c01 += a0 * b1;
    c02 += a0 * b2;
    c03 += a0 * b3;
    const a1 = a[aAt + 1];
    c10 += a1 * b0;
    c11 += a1 * b1;
    c12 += a1 * b2;
    c13 += a1 * b3;
    const a2 = a[aAt + 2];
    c20 += a2 * b0;
    c21 += a2 * b1;
    c22 += a2 * b2;
    c23 += a2 * b3;
    const a3 = a[aAt + 3];
    c30 += a3 * b0;
    c31 += a3 * b1;
    c32 += a3 * b2;
    c33 += a3 * b3;
    aAt += TILE;
    bAt += TILE;
  }
  c[0] = c00;
  c[1] = c01;
  c[2] = c02;
  c[3] = c03;
  c[4] = c10;
  c[5] = c11;
  c[6] = c12;
  c[7] = c13;
  c[8] = c20;
  c[9] = c21;
  c[10] = c22;
  c[11] = c23;
  c[12] = c30;
  c[13] = c31;
  c[14] = c32;
  c[15] = c33;
}

/**
 * A matrix as {@link tileProduct} reads it: `count` columns of `depth` numbers, in tiles [count / 4][depth][4]; columns beyond
 * `count` that fill the last tile are zeros.
 *
 * @param entry the number in row k of column i
 */
export function packTiles(
  count: number,
  depth: number,
  entry: (k: number, i: number) => number,
): Float64Array {
  const tiles = new Float64Array(whole(count) * depth);
  for (let i = 0; i < count; i++) {
    let at = (i - (i % TILE)) * depth + (i % TILE);
    for (let k = 0; k < depth; k++, at += TILE) tiles[at] = entry(k, i);
  }
  return tiles;
}

/**
 * G[i][j] += factor sum over k of a[k][i] a[k][j], for j <= i. What stands above the diagonal is left alone.
 *
 * @param G rows of `stride` numbers, from row and column `first` on, of which there are as many as a has columns
 * @param tiles a, `depth` rows and `count` columns, as {@link packTiles} gives it; count is a multiple of 4
 */
export function addGram(
  G: Float64Array,
  stride: number,
  first: number,
  tiles: Float64Array,
  count: number,
  depth: number,
  factor: number,
): void {
  const c = new Float64Array(TILE_PRODUCT);
  for (let j = 0; j < count; j += TILE) {
    for (let i = j; i < count; i += TILE) {
      tileProduct(tiles, i * depth, tiles, j * depth, depth, c);
      for (let row = 0; row < TILE; row++) {
        const at = (first + i + row) * stride + first + j;
        const columns = i === j ? row + 1 : TILE;
        for (let column = 0; column < columns; column++) G[at + column] += factor * c[row * TILE + column];
      }
    }
  }
}

/**
 * The lower triangle of a^T a, [whole(count), whole(count)], for a matrix of `depth` rows and `count` columns; rows and columns
 * beyond `count` are zeros.
 *
 * @param entry the number in row k of column i
 */
export function gram(count: number, depth: number, entry: (k: number, i: number) => number): Float64Array {
  const size = whole(count);
  const G = new Float64Array(size * size);
  for (let from = 0; from < depth; from += DEPTH) {
    const rows = Math.min(DEPTH, depth - from);
    const tiles = packTiles(count, rows, (k, i) => entry(from + k, i));
    addGram(G, size, 0, tiles, size, rows, 1);
  }
  return G;
}

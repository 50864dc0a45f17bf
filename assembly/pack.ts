// Layouts. Activations live in row panels: LANES rows side by side, [panel][feature][LANES], so that
// a layer's output has its input's layout and every elementwise pass runs over whole vectors.
// Weights live in tiles of TILE outputs, [tile][input][TILE], the surplus outputs of the last zero.

/** Rows in a panel: two vectors. */
export const LANES: usize = 8;
/** Bytes of one feature of one panel. */
export const LANE_BYTES: usize = 32;
/** Outputs in a tile of weights. */
export const TILE: usize = 4;
/** Bytes of one input of one tile. */
export const TILE_BYTES: usize = 16;
/**
 * Outputs in a tile of the one-row product: six sums in flight. V8 loads all of a step's weights before it uses
 * one, so that eight sums and eight weights would not fit sixteen registers, and one sum would live on the stack.
 */
export const ROW_TILE: usize = 24;

/** n rounded up to a multiple of TILE. */
export function tiled(n: usize): usize {
  return (n + (TILE - 1)) & ~(TILE - 1);
}

/** Bytes of packed weights of N outputs and K inputs. */
export function tileBytes(N: usize, K: usize): usize {
  return tiled(N) * K << 2;
}

/**
 * Bytes between two panels of K features, K rounded up to a tile. One cache line is added, so that
 * the same feature of consecutive panels does not fall into one set of the first-level cache.
 */
export function panelBytes(K: usize): usize {
  return tiled(K) * LANE_BYTES + 64;
}

/**
 * Packs a matrix into tiles. W: element (n, k) at W + 4 (n rowStride + k columnStride), N outputs, K
 * inputs; a transposed matrix is packed by exchanging the strides. out: tileBytes(N, K); overwritten.
 */
export function packTiles(out: usize, W: usize, N: usize, K: usize, rowStride: usize, columnStride: usize): void {
  packWide(out, W, 0, N, K, rowStride, columnStride, TILE);
}

/**
 * Packs a matrix for one-row products: tiles of ROW_TILE outputs while they are full, then of TILE. Their weights
 * are read once a product, so they stand in the order of reading. Arguments as {@link packTiles}, W row-major.
 */
export function packRowTiles(out: usize, W: usize, N: usize, K: usize): void {
  const wide = N / ROW_TILE * ROW_TILE;
  packWide(out, W, 0, wide, K, K, 1, ROW_TILE);
  packWide(out, W, wide, N, K, K, 1, TILE);
}

function packWide(
  out: usize, W: usize, first: usize, N: usize, K: usize, rowStride: usize, columnStride: usize, width: usize,
): void {
  for (let n = first; n < N; n += width) {
    const rows = min<usize>(width, N - n);
    const tile = out + (n * K << 2);
    for (let i: usize = 0; i < width; i++) {
      let to = tile + (i << 2);
      let from = W + ((n + i) * rowStride << 2);
      const step = columnStride << 2;
      for (let k: usize = 0; k < K; k++) {
        store<f32>(to, i < rows ? load<f32>(from) : 0);
        to += width << 2;
        from += step;
      }
    }
  }
}

/** Transposes the 4 x 4 block of floats at `from` (row stride a) into `to` (row stride b), in bytes. */
function transpose4(from: usize, a: usize, to: usize, b: usize): void {
  const r0 = v128.load(from);
  const r1 = v128.load(from + a);
  const r2 = v128.load(from + 2 * a);
  const r3 = v128.load(from + 3 * a);
  const t0 = i32x4.shuffle(r0, r1, 0, 4, 1, 5);
  const t1 = i32x4.shuffle(r2, r3, 0, 4, 1, 5);
  const t2 = i32x4.shuffle(r0, r1, 2, 6, 3, 7);
  const t3 = i32x4.shuffle(r2, r3, 2, 6, 3, 7);
  v128.store(to, i64x2.shuffle(t0, t1, 0, 2));
  v128.store(to + b, i64x2.shuffle(t0, t1, 1, 3));
  v128.store(to + 2 * b, i64x2.shuffle(t2, t3, 0, 2));
  v128.store(to + 3 * b, i64x2.shuffle(t2, t3, 1, 3));
}

/**
 * Turns panels into `width`-column tiles over rows: [panel][feature][LANES] to [tile][row][width],
 * the operands of a gradient product, where rows are summed over. width: 4 or 8.
 * x: panels of K features (room for K rounded up to a tile), stride bytes apart; out: overwritten.
 */
export function packRows(out: usize, x: usize, panels: usize, K: usize, stride: usize, width: usize): void {
  const rowBytes = width << 2;
  const tile = panels * LANES * rowBytes;
  for (let p: usize = 0; p < panels; p++) {
    for (let k: usize = 0; k < K; k += 4) {
      const from = x + p * stride + k * LANE_BYTES;
      const to = out + k / width * tile + p * LANES * rowBytes + ((k & (width - 1)) << 2);
      transpose4(from, LANE_BYTES, to, rowBytes);
      transpose4(from + 16, LANE_BYTES, to + 4 * rowBytes, rowBytes);
    }
  }
}

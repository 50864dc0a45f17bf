// Copies matrices into the order in which the tiles of `tiles.ts` read them: tiles of WIDE_TILE outputs, then of TILE
// outputs, each [input][outputs of the tile]. Outputs that fill up a last tile are zero.
import { LANE_BYTES, LANES } from '../../src/abi/panels';
import { padded } from './panels';

/**
 * Outputs of a wide tile. The sums of one output are two vectors: six outputs take twelve of sixteen registers, and three more
 * hold the operands. Where the engine joins the two vectors, the tile meets two panels at a time, and five outputs take ten.
 */
export const WIDE_TILE: usize = WIDE ? 5 : 6;
/** Bytes of one input of a wide tile. */
const WIDE_BYTES: usize = WIDE_TILE << 2;
/** Outputs of the other tiles, which hold those that fill no wide tile. */
export const TILE: usize = 4;
/** Bytes of one input of a tile of TILE outputs. */
export const TILE_BYTES: usize = 16;
/**
 * Outputs of a tile for one sample: six vectors of sums. V8 loads all weights of an input before it uses one, so that eight
 * vectors of sums and eight of weights would not fit sixteen registers, and one sum would be kept on the stack.
 */
export const ROW_TILE: usize = 24;

/** How many of N outputs are in wide tiles; more than N where the last wide tile is not full. */
export function wideEnd(N: usize): usize {
  const rest = N % WIDE_TILE;
  // Of N = 5 m + r outputs, r = 1 ... 4, the last 4 (5 - r) fill tiles of four.
  if (WIDE) return rest == 0 ? N : N >= TILE * (WIDE_TILE - rest) ? N - TILE * (WIDE_TILE - rest) : 0;
  if (rest == WIDE_TILE - 1) return N + 1;
  // Of N = 6 m + 2 outputs, the last eight fill two tiles of four; after m wide tiles, one of four would be half empty.
  return rest == 2 && N >= 8 ? N - 8 : N - rest;
}

/** Bytes of a packed matrix of N outputs and K inputs. */
export function tileBytes(N: usize, K: usize): usize {
  return (padded(N) * K) << 2;
}

/**
 * Packs a matrix of N outputs and K inputs into tiles. W: element (n, k) is at W + 4 (n rowStride + k columnStride), so that
 * exchanged strides pack the transposed matrix. out: tileBytes(N, K), overwritten.
 */
export function packTiles(
  out: usize,
  W: usize,
  N: usize,
  K: usize,
  rowStride: usize,
  columnStride: usize,
): void {
  const wide = wideEnd(N);
  // Full wide tiles are copied by whole vectors where one of the strides is 1.
  let n: usize = 0;
  if (columnStride == 1) {
    for (; n + WIDE_TILE <= min<usize>(wide, N); n += WIDE_TILE) {
      packAcross(out + ((n * K) << 2), W + ((n * rowStride) << 2), K, rowStride << 2);
    }
  } else if (rowStride == 1) {
    n = (min<usize>(wide, N) / WIDE_TILE) * WIDE_TILE;
    packAlong(out, W, n, K, columnStride << 2);
  }
  packEach(out, W, n, min<usize>(wide, N), K, rowStride, columnStride, WIDE_TILE);
  if (wide < N) packEach(out, W, wide, N, K, rowStride, columnStride, TILE);
}

/** Packs one wide tile from rows of K inputs, `stride` bytes apart. out: [K][WIDE_TILE]. */
function packAcross(out: usize, W: usize, K: usize, stride: usize): void {
  const whole = K & ~3;
  for (let k: usize = 0; k < whole; k += 4) {
    if (WIDE) {
      transpose4(W, stride, out, WIDE_BYTES);
      spread4(W + 4 * stride, out + 16);
    } else {
      for (let i: usize = 0; i < WIDE_TILE; i += 2) {
        interleave4(W + i * stride, W + (i + 1) * stride, out + (i << 2));
      }
    }
    W += 16;
    out += 4 * WIDE_BYTES;
  }
  for (let k = whole; k < K; k++) {
    for (let i: usize = 0; i < WIDE_TILE; i++) store<f32>(out + (i << 2), load<f32>(W + i * stride));
    W += 4;
    out += WIDE_BYTES;
  }
}

/** Inputs that are packed for all tiles before the next inputs are: tiles share the cache lines of an input. */
const STRIP: usize = 16;

/** Packs full wide tiles from K columns of N outputs, `stride` bytes apart. N: a multiple of WIDE_TILE. */
function packAlong(out: usize, W: usize, N: usize, K: usize, stride: usize): void {
  for (let k: usize = 0; k < K; k += STRIP) {
    const inputs = min<usize>(STRIP, K - k);
    for (let n: usize = 0; n < N; n += WIDE_TILE) {
      let to = out + ((n * K + k * WIDE_TILE) << 2);
      let from = W + k * stride + (n << 2);
      for (const end = to + inputs * WIDE_BYTES; to < end; to += WIDE_BYTES) {
        v128.store(to, v128.load(from));
        if (WIDE) store<f32>(to, load<f32>(from, 16), 16);
        else store<u64>(to, load<u64>(from, 16), 16);
        from += stride;
      }
    }
  }
}

/**
 * Packs a matrix for products with one sample: full tiles of ROW_TILE outputs, then tiles of TILE. Such a product reads each
 * weight once, from the first to the last. W, rowStride, columnStride: as {@link packTiles} has them; out: tileBytes(N, K),
 * overwritten.
 */
export function packRowTiles(
  out: usize,
  W: usize,
  N: usize,
  K: usize,
  rowStride: usize,
  columnStride: usize,
): void {
  const wide = (N / ROW_TILE) * ROW_TILE;
  packEach(out, W, 0, wide, K, rowStride, columnStride, ROW_TILE);
  packEach(out, W, wide, N, K, rowStride, columnStride, TILE);
}

/** Packs the outputs first ... N - 1 one number at a time, into tiles of `width` outputs; the surplus of the last is zero. */
function packEach(
  out: usize,
  W: usize,
  first: usize,
  N: usize,
  K: usize,
  rowStride: usize,
  columnStride: usize,
  width: usize,
): void {
  for (let n = first; n < N; n += width) {
    const rows = min<usize>(width, N - n);
    const tile = out + ((n * K) << 2);
    for (let i: usize = 0; i < width; i++) {
      let to = tile + (i << 2);
      let from = W + (((n + i) * rowStride) << 2);
      const step = columnStride << 2;
      for (let k: usize = 0; k < K; k++) {
        store<f32>(to, i < rows ? load<f32>(from) : 0);
        to += width << 2;
        from += step;
      }
    }
  }
}

/** Transposes 4 x 4 floats from rows `a` bytes apart at `from` to rows `b` bytes apart at `to`. */
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
 * Packs the right operand of a gradient product, which sums over samples: transposes panels [K][8] into tiles of eight
 * coordinates, [tile][sample][8].
 * x: panels `stride` bytes apart, padded(K) coordinates each; out: f32 [ceil(K / 8)][8 panels][8], overwritten.
 */
export function packRows(out: usize, x: usize, panels: usize, K: usize, stride: usize): void {
  const tile = panels * LANES * LANE_BYTES;
  for (let p: usize = 0; p < panels; p++) {
    for (let k: usize = 0; k < K; k += 4) {
      const from = x + p * stride + k * LANE_BYTES;
      const to = out + (k >> 3) * tile + p * LANES * LANE_BYTES + ((k & 4) << 2);
      transpose4(from, LANE_BYTES, to, LANE_BYTES);
      transpose4(from + 16, LANE_BYTES, to + 4 * LANE_BYTES, LANE_BYTES);
    }
  }
}

/**
 * Packs the left operand of a gradient product: transposes panels [N][8] into tiles of outputs, the same as those of weights,
 * [tile][sample][outputs of the tile].
 * delta: panels `stride` bytes apart, padded(N) outputs each; out: f32 [padded(N)][8 panels] in all, overwritten.
 */
export function packDeltas(out: usize, delta: usize, panels: usize, N: usize, stride: usize): void {
  const rows = panels * LANES;
  const wide = wideEnd(N);
  for (let p: usize = 0; p < panels; p++) {
    const panel = delta + p * stride;
    for (let n: usize = 0; n < wide; n += WIDE ? WIDE_TILE : 2) {
      const tile =
        out + (((n / WIDE_TILE) * rows * WIDE_TILE + p * LANES * WIDE_TILE + (n % WIDE_TILE)) << 2);
      const output = panel + n * LANE_BYTES;
      if (WIDE) {
        transpose4(output, LANE_BYTES, tile, WIDE_BYTES);
        transpose4(output + 16, LANE_BYTES, tile + 4 * WIDE_BYTES, WIDE_BYTES);
        spread4(output + 4 * LANE_BYTES, tile + 16);
        spread4(output + 4 * LANE_BYTES + 16, tile + 4 * WIDE_BYTES + 16);
      } else {
        interleave4(output, output + LANE_BYTES, tile);
        interleave4(output + 16, output + LANE_BYTES + 16, tile + 4 * WIDE_BYTES);
      }
    }
    for (let n = wide; n < N; n += TILE) {
      const tile = out + ((n * rows + p * LANES * TILE) << 2);
      transpose4(panel + n * LANE_BYTES, LANE_BYTES, tile, TILE_BYTES);
      transpose4(panel + n * LANE_BYTES + 16, LANE_BYTES, tile + 4 * TILE_BYTES, TILE_BYTES);
    }
  }
}

/** Interleaves two rows of four floats: element i of both to the pair at `to` + i WIDE_BYTES. */
function interleave4(first: usize, second: usize, to: usize): void {
  const a = v128.load(first);
  const b = v128.load(second);
  const low = i32x4.shuffle(a, b, 0, 4, 1, 5);
  const high = i32x4.shuffle(a, b, 2, 6, 3, 7);
  v128.store_lane<u64>(to, low, 0);
  v128.store_lane<u64>(to + WIDE_BYTES, low, 1);
  v128.store_lane<u64>(to + 2 * WIDE_BYTES, high, 0);
  v128.store_lane<u64>(to + 3 * WIDE_BYTES, high, 1);
}

/** Copies four floats to places WIDE_BYTES apart, the first at `to`. */
function spread4(from: usize, to: usize): void {
  const v = v128.load(from);
  v128.store_lane<f32>(to, v, 0);
  v128.store_lane<f32>(to + WIDE_BYTES, v, 1);
  v128.store_lane<f32>(to + 2 * WIDE_BYTES, v, 2);
  v128.store_lane<f32>(to + 3 * WIDE_BYTES, v, 3);
}

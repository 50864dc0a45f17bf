// Panels: LANES samples side by side, [panel][coordinate][LANES], so that a layer's output has its input's layout and every
// elementwise pass runs over whole vectors.
import { LANE_BYTES, LANES } from '../../src/abi/panels';

/** Room for N outputs with those that fill the last tile, and whole vectors. */
export function padded(N: usize): usize {
  return (N + 6) & ~3;
}

/**
 * Bytes between two panels of K features, K padded. One cache line is added, so that
 * the same feature of consecutive panels does not fall into one set of the first-level cache.
 */
export function panelBytes(K: usize): usize {
  return padded(K) * LANE_BYTES + 64;
}

/** Rows to panels. x: [n][D]; out: [ceil(n / 8)][D][8], overwritten, lanes past the end zero. */
export function toPanels(x: usize, n: usize, D: usize, out: usize): void {
  memory.fill(out, 0, ((n + LANES - 1) / LANES) * D * LANE_BYTES);
  for (let i: usize = 0; i < n; i++) {
    const to = out + (i / LANES) * D * LANE_BYTES + ((i & (LANES - 1)) << 2);
    for (let d: usize = 0; d < D; d++) {
      store<f32>(to + d * LANE_BYTES, load<f32>(x));
      x += 4;
    }
  }
}

/** Panels to rows. x: [ceil(n / 8)][D][8]; out: [n][D], overwritten. */
export function fromPanels(x: usize, n: usize, D: usize, out: usize): void {
  for (let i: usize = 0; i < n; i++) {
    const from = x + (i / LANES) * D * LANE_BYTES + ((i & (LANES - 1)) << 2);
    for (let d: usize = 0; d < D; d++) {
      store<f32>(out, load<f32>(from + d * LANE_BYTES));
      out += 4;
    }
  }
}
